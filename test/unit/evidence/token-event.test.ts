/** Events that change a token are told from all others, and what observers say of them has one spelling. */
import { keccak256 as referenceHash, toUtf8Bytes } from "ethers";
import { expect, it } from "vitest";
import {
  changeIn,
  minterIn,
  changeTopics,
  isOfNothing,
  nobodyTopic,
  readTokenEvent,
  tokenEventText,
  transferTopic,
} from "../../../src/evidence/token-event.ts";
import * as instant from "../../../src/values/instant.ts";

const topic = (signature: string): string => referenceHash(toUtf8Bytes(signature));
const somebody = `0x${"ab".repeat(32)}`;
const time = instant.parse(1_800_000_000);

it("knows a mint and a burn by nobody at one end, and a transfer between holders as none of both", () => {
  expect(transferTopic).toBe(topic("Transfer(address,address,uint256)"));
  expect(changeIn([transferTopic, nobodyTopic, somebody])).toBe("a mint");
  expect(changeIn([transferTopic, somebody, nobodyTopic])).toBe("a burn");
  expect(changeIn([transferTopic, somebody, somebody])).toBeUndefined();
  expect(changeIn([transferTopic])).toBeUndefined();
  expect(changeIn([])).toBeUndefined();
});

it.each([
  ["RoleGranted(bytes32,address,address)", "a grant of a role"],
  ["RoleRevoked(bytes32,address,address)", "a revocation of a role"],
  ["AgentAdded(address)", "a grant of a role"],
  ["MinterConfigured(address,uint256)", "a grant of a role"],
  ["OwnershipTransferred(address,address)", "a change of owner"],
  ["Paused(address)", "a pause"],
  ["Unpause()", "the end of a pause"],
  ["NewMultiplierUpdater(address)", "a grant of a role"],
  ["PauseModeChange(bool)", "a pause or its end"],
  ["MultiplierScheduled(uint256,uint256)", "an announced multiplier"],
  ["NewSanctionsList(address)", "a change of the list of sanctions"],
  ["Upgraded(address)", "a change of code"],
])("knows %s as %s", (signature, change) => {
  expect(changeIn([topic(signature), somebody])).toBe(change);
  expect(changeTopics).toContain(topic(signature));
});

it("a transfer of nothing is told from one of something, and from an event that is no transfer", () => {
  const burn = [transferTopic, somebody, nobodyTopic];
  expect(isOfNothing({ topics: burn, data: `0x${"0".repeat(64)}` })).toBe(true);
  expect(isOfNothing({ topics: burn, data: `0x${"0".repeat(63)}1` })).toBe(false);
  expect(isOfNothing({ topics: burn, data: "0x" })).toBe(false);
  expect(isOfNothing({ topics: [topic("Paused(address)")], data: `0x${"0".repeat(64)}` })).toBe(false);
});

it("what a share is now is written down by whoever moves the token, and is no change", () => {
  expect(changeIn([topic("MultiplierUpdated(uint256)")])).toBeUndefined();
});

it("an approval is no change", () => {
  expect(changeIn([topic("Approval(address,address,uint256)"), somebody, somebody])).toBeUndefined();
});

it("the text names each change once, in one order, and is read back as it was", () => {
  const text = tokenEventText({ block: 7, time, what: ["a mint", "a burn", "a mint"] });
  expect(text).toBe('{"block":7,"time":1800000000,"what":["a burn","a mint"]}');
  expect(readTokenEvent(text)).toEqual({ block: 7, time, what: ["a burn", "a mint"] });
  expect(readTokenEvent('{"block":7,"time":1800000000,"what":["a mint","a burn"]}')).toBeUndefined();
  expect(readTokenEvent('{"block":7,"time":1800000000,"what":[]}')).toBeUndefined();
});

it("names the minter whose allowance was set, and nobody in any other event", () => {
  const minter = `0x${"0".repeat(24)}${"ab".repeat(20)}`;
  expect(minterIn([topic("MinterConfigured(address,uint256)"), minter])).toBe(`0x${"ab".repeat(20)}`);
  expect(minterIn([topic("AgentAdded(address)"), minter])).toBeUndefined();
  expect(minterIn([])).toBeUndefined();
});
