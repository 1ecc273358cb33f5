/** The reason of a freeze for a stranger's transaction is read back as it was written, and no other reason is. */
import { expect, it } from "vitest";
import { changeIn, changeTopics } from "../../../src/evidence/token-event.ts";
import { readStranger, strangerText } from "../../../src/gate/stranger.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";

const stranger = {
  txHash: sha256(utf8("a transaction")),
  chainId: 31_337,
  token: parseAddress(`0x${"11".repeat(20)}`),
  block: 7,
  what: "a burn and a change of a role's administrator",
};

it("is its own inverse", () => {
  const text = strangerText(stranger);
  expect(text).toBe(
    `transaction ${stranger.txHash} in block 7 of chain 31337 made a burn and a change of a role's administrator of token ${stranger.token}, and this gate signed no such transaction`,
  );
  expect(readStranger(text)).toEqual(stranger);
});

it("is read back of a transaction that made every change there is", () => {
  const what = [...new Set(["a mint", "a burn", ...changeTopics.map((topic) => changeIn([topic]))])]
    .sort()
    .join(" and ");
  expect(readStranger(strangerText({ ...stranger, what }))).toEqual({ ...stranger, what });
});

it.each([
  "drill",
  "",
  ` ${strangerText(stranger)}`,
  `${strangerText(stranger)}.`,
  strangerText({ ...stranger, block: 0.5 }),
])("`%s` is another reason", (reason) => {
  expect(readStranger(reason)).toBeUndefined();
});

it("a number has one spelling", () => {
  expect(readStranger(strangerText(stranger).replace("block 7", "block 07"))).toBeUndefined();
});
