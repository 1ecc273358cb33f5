/** A pause is prepared for each freeze that holds for a stranger's transaction, and for no other one. */
import { expect, it } from "vitest";
import { strangerText } from "../../../src/gate/stranger.ts";
import { proposalOf, proposalsOf } from "../../../src/request/proposal.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { parse as parseBytes32 } from "../../../src/values/bytes32.ts";

const freezeId = parseBytes32(`0x${"22".repeat(32)}`);
const txHash = parseBytes32(`0x${"ab".repeat(32)}`);
const token = parseAddress(`0x${"11".repeat(20)}`);
const reason = strangerText({ txHash, chainId: 31_337, token, block: 7, what: "a mint" });
const freeze = { freezeId, scope: "asset", target: "GLD", reason };

it("names the asset, the transaction and the command that asks for the pause, under an id that all who ask have in common", () => {
  expect(proposalOf(freeze)).toEqual({
    asset: "GLD",
    txHash,
    why: reason,
    operation: "pause",
    requestId: freezeId,
    reference: "STOP-abababababab",
    command: `countersign request submit --operation pause --asset GLD --reference STOP-abababababab --request-id ${freezeId}`,
  });
});

it.each([
  ["a person's freeze", { ...freeze, reason: "drill" }],
  ["a freeze of a key", { ...freeze, scope: "key", target: "hsm-mint" }],
])("there is none for %s", (_, other) => {
  expect(proposalOf(other)).toBeUndefined();
  expect(proposalsOf([other, freeze, other]).map((one) => one.requestId)).toEqual([freezeId]);
});
