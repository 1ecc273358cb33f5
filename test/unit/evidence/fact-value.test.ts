/** Values of facts have one spelling each. */
import { expect, it } from "vitest";
import { isFactValue, readNonce } from "../../../src/evidence/fact-value.ts";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import type { FactName } from "../../../src/evidence/subject.ts";
import { tokenEventText } from "../../../src/evidence/token-event.ts";
import * as address from "../../../src/values/address.ts";
import * as instant from "../../../src/values/instant.ts";

const account = address.parse(`0x${"ab".repeat(20)}`);
const outcome = outcomeText({ status: "reverted", from: account, nonce: 0, to: null, blockNumber: 7, logs: [] });
const event = tokenEventText({ block: 7, time: instant.parse(1_800_000_000), what: ["a mint", "a burn", "a mint"] });

const shares = '{"announced":null,"current":"1","nonce":"2"}';

const cases: readonly (readonly [FactName, readonly string[], readonly string[]])[] = [
  ["codehash", [`0x${"ab".repeat(32)}`], [`0x${"AB".repeat(32)}`, `0x${"ab".repeat(31)}`, ""]],
  ["implementation", [account, address.zero], [address.checksum(account), "0x", ""]],
  ["supply", ["0", "12", String(2n ** 256n - 1n)], ["", "01", "-1", "1.0", "0x1", String(2n ** 256n)]],
  ["paused", ["true", "false"], ["TRUE", "1", "", "false "]],
  ["held", ["true", "false"], ["True", "0", "", " true"]],
  ["sanctions", [account, address.zero], [address.checksum(account), "0x", ""]],
  ["identity", [account, address.zero], [address.checksum(account), "0x", ""]],
  ["country", ["0", "4", "756", "65535"], ["", "004", "CH", "-4", "65536", "7.5", "1e2"]],
  [
    "multiplier",
    [shares, shares.replace("null", '{"activationTime":"7","multiplier":"0"}')],
    ["", "{}", ` ${shares}`, shares.replace('"1"', '"0"'), shares.replace('"1"', "1"), shares.replace("null", "7")],
  ],
  ["nonce", ["0", "7", "9007199254740991"], ["", "07", "zz", "0x1", "1e3", "9007199254740992", "10000000000000000"]],
  ["event", [event], ["", "{}", ` ${event}`, event.replace("a burn", "a gift"), event.replace("7", "-7")]],
  ["outcome", [outcome], ["", "{}", ` ${outcome}`]],
];

it.each(cases)("a %s is what an observer would write, and nothing near it", (fact, good, bad) => {
  expect(good.filter((value) => !isFactValue(fact, value))).toEqual([]);
  expect(bad.filter((value) => isFactValue(fact, value))).toEqual([]);
});

it("a nonce that is no number is nothing", () => {
  expect(["5", "0", "zz", "", " 5", "9007199254740992"].map(readNonce)).toEqual([
    5,
    0,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
