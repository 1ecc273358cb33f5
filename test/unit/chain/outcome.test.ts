/** What a receipt says against what was approved. */
import { describe, expect, it } from "vitest";
import { encodeAbiParameters, encodeEventTopics, parseAbi } from "viem";
import { compare } from "../../../src/chain/outcome.ts";
import type { SeenLog, SeenReceipt } from "../../../src/evidence/outcome.ts";
import { operations, type Operation } from "../../../src/intent/operation.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";

const someone = (words: string): address.Address => address.parse(`0x${keccak256(utf8(words)).slice(26)}`);
const token = someone("token");
const account = someone("account");
const to = someone("recipient");
const other = someone("other");
const thousand = amount.fromBigInt(1_000n * 10n ** 18n);

const abi = parseAbi([
  "event Transfer(address indexed from, address indexed to, uint256 value)",
  "event Paused(address account)",
  "event Unpaused(address account)",
  "event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)",
  "event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender)",
  "event AddressFrozen(address indexed user, bool indexed isFrozen, address indexed owner)",
  "event Frozen(address indexed account, uint256 amount)",
  "event Blacklisted(address indexed account)",
  "event UnBlacklisted(address indexed account)",
  "event Pause()",
  "event Unpause()",
  "event IdentityRegistered(address indexed investorAddress, address indexed identity)",
  "event IdentityRemoved(address indexed investorAddress, address indexed identity)",
]);
const identity = someone("identity");
const holder = someone("holder");
const minting = keccak256(utf8("MINTER_ROLE"));

function transfer(from: address.Address, recipient: address.Address, value: bigint, contract = token): SeenLog {
  const topics = encodeEventTopics({
    abi,
    eventName: "Transfer",
    args: { from, to: recipient },
  }) as unknown[] as Bytes32[];
  return { address: contract, topics, data: encodeAbiParameters([{ type: "uint256" }], [value]) };
}

function pausing(eventName: "Paused" | "Unpaused", by = account, contract = token): SeenLog {
  const topics = encodeEventTopics({ abi, eventName }) as unknown[] as Bytes32[];
  return { address: contract, topics, data: encodeAbiParameters([{ type: "address" }], [by]) };
}

function roleChange(
  eventName: "RoleGranted" | "RoleRevoked",
  {
    role = minting,
    holder = to,
    by = account,
  }: { role?: Bytes32; holder?: address.Address; by?: address.Address } = {},
): SeenLog {
  const args = { role, account: holder, sender: by };
  const topics = encodeEventTopics({ abi, eventName, args }) as unknown[] as Bytes32[];
  return { address: token, topics, data: "0x" };
}

/** An event of a name, its indexed arguments, and a word of data where it has one. */
function event(eventName: string, args: readonly unknown[] = [], word?: bigint): SeenLog {
  const request = { abi, eventName, args } as unknown as Parameters<typeof encodeEventTopics>[0];
  const topics = encodeEventTopics(request) as unknown[] as Bytes32[];
  return {
    address: token,
    topics,
    data: word === undefined ? "0x" : encodeAbiParameters([{ type: "uint256" }], [word]),
  };
}

function receipt(
  logs: readonly SeenLog[],
  changes: Partial<SeenReceipt> = {},
): Pick<SeenReceipt, "status" | "from" | "to" | "logs"> {
  return { status: "success", from: account, to: token, logs, ...changes };
}

const intent = (operation: Operation) => ({
  operation,
  account,
  to: operations[operation].recipient ? to : address.zero,
  amount: operations[operation].amount ? thousand : amount.zero,
  from: holder,
  identity,
});

const right: readonly [Operation, SeenLog][] = [
  ["mint", transfer(address.zero, to, thousand)],
  ["burn", transfer(account, address.zero, thousand)],
  ["redeem", transfer(account, address.zero, thousand)],
  ["transfer", transfer(account, to, thousand)],
  ["pause", pausing("Paused")],
  ["unpause", pausing("Unpaused")],
  ["grantRole", roleChange("RoleGranted")],
  ["revokeRole", roleChange("RoleRevoked")],
  ["pause", event("Pause")],
  ["unpause", event("Unpause")],
  ["freeze", event("AddressFrozen", [to, true, account])],
  ["unfreeze", event("AddressFrozen", [to, false, account])],
  ["freeze", event("Frozen", [to], amount.max)],
  ["unfreeze", event("Frozen", [to], 0n)],
  ["freeze", event("Blacklisted", [to])],
  ["unfreeze", event("UnBlacklisted", [to])],
  ["registerIdentity", event("IdentityRegistered", [to, identity])],
  ["forcedTransfer", transfer(holder, to, thousand)],
];

describe.each(right)("the outcome of a %s", (operation, log) => {
  const approved = intent(operation);

  it("is as approved on exactly the expected event", () => {
    expect(compare(receipt([log]), approved, token)).toEqual({ kind: "as-approved" });
  });

  it("does not mind events of other contracts or other events of the token", () => {
    const foreign = transfer(account, other, 1n, other);
    const unknown = { address: token, topics: [keccak256(utf8("Noted(uint256)"))], data: "0x" } as const;
    expect(compare(receipt([foreign, log, unknown]), approved, token)).toEqual({ kind: "as-approved" });
  });

  it("is reverted whatever the logs claim", () => {
    expect(compare(receipt([log], { status: "reverted" }), approved, token)).toEqual({ kind: "reverted" });
  });

  it("is a mismatch without the event, with the event twice, and when another contract emitted it", () => {
    for (const logs of [[], [log, log], [{ ...log, address: other }]]) {
      expect(compare(receipt(logs), approved, token)).toMatchObject({ kind: "mismatch", field: "event" });
    }
  });

  it("is a mismatch when the token moved besides", () => {
    expect(compare(receipt([log, transfer(account, other, 1n)]), approved, token)).toMatchObject({
      kind: "mismatch",
      field: "event",
    });
    expect(compare(receipt([transfer(address.zero, other, 1n), log]), approved, token)).toMatchObject({
      kind: "mismatch",
      field: "event",
    });
  });

  it("is a mismatch when sent by another account, to another contract, or to none", () => {
    expect(compare(receipt([log], { from: other }), approved, token)).toEqual({
      kind: "mismatch",
      field: "sender",
      expected: account,
      seen: other,
    });
    expect(compare(receipt([log], { to: other }), approved, token)).toMatchObject({
      kind: "mismatch",
      field: "contract",
    });
    expect(compare(receipt([log], { to: null }), approved, token)).toMatchObject({
      kind: "mismatch",
      field: "contract",
    });
  });

  it("is a mismatch when the event has another shape", () => {
    const shapes: SeenLog[] = [
      { ...log, data: `${log.data}00` },
      { ...log, data: "0x" },
      { ...log, topics: [...log.topics, keccak256(utf8("one more"))] },
      { ...log, topics: log.topics.slice(0, 1), data: log.data === "0x" ? "0x" : `0x01${log.data.slice(4)}` },
    ];
    for (const shape of shapes.filter(({ data, topics }) => data !== log.data || topics.length !== log.topics.length))
      expect(compare(receipt([shape]), approved, token)).toMatchObject({ kind: "mismatch", field: "event" });
  });
});

describe("the outcome of a change of a role", () => {
  it.each([
    ["the other change", "event", roleChange("RoleRevoked")],
    ["another role", "event", roleChange("RoleGranted", { role: keccak256(utf8("PAUSER_ROLE")) })],
    ["another holder", "to", roleChange("RoleGranted", { holder: other })],
    ["another sender", "account", roleChange("RoleGranted", { by: other })],
  ] as const)("is a mismatch on %s", (_, field, log) => {
    expect(compare(receipt([log]), intent("grantRole"), token)).toMatchObject({ kind: "mismatch", field });
  });

  it("is a mismatch when the role's administrator changed besides", () => {
    const topics = [keccak256(utf8("RoleAdminChanged(bytes32,bytes32,bytes32)")), minting, minting, minting];
    const besides = { address: token, topics, data: "0x" } as const;
    const logs = [roleChange("RoleGranted"), besides];
    expect(compare(receipt(logs), intent("grantRole"), token)).toMatchObject({ kind: "mismatch", field: "event" });
  });
});

describe("the field a mismatch names", () => {
  it.each([
    ["from", transfer(account, to, thousand), address.zero, account],
    ["to", transfer(address.zero, other, thousand), to, other],
    ["amount", transfer(address.zero, to, thousand + 1n), String(thousand), String(thousand + 1n)],
  ])("of a mint is %s", (field, log, expected, seen) => {
    expect(compare(receipt([log]), intent("mint"), token)).toEqual({ kind: "mismatch", field, expected, seen });
  });

  it("of a redemption is the recipient when the tokens went to a person instead of nowhere", () => {
    expect(compare(receipt([transfer(account, other, thousand)]), intent("redeem"), token)).toMatchObject({
      field: "to",
      seen: other,
    });
  });

  it("of a pause is the account when another one paused, and the event when it was unpaused", () => {
    expect(compare(receipt([pausing("Paused", other)]), intent("pause"), token)).toMatchObject({
      field: "account",
      seen: other,
    });
    expect(compare(receipt([pausing("Unpaused")]), intent("pause"), token)).toMatchObject({
      field: "event",
      seen: "Unpaused",
    });
    expect(compare(receipt([pausing("Paused"), pausing("Unpaused")]), intent("pause"), token)).toMatchObject({
      field: "event",
    });
  });
});

describe("what differs in an event of a holder", () => {
  it.each<[Operation, SeenLog, string]>([
    ["freeze", event("AddressFrozen", [other, true, account]), "to"],
    ["freeze", event("AddressFrozen", [to, false, account]), "event"],
    ["freeze", event("AddressFrozen", [to, true, other]), "account"],
    ["freeze", event("Frozen", [to], 5n), "event"],
    ["freeze", event("Frozen", [to], 0n), "event"],
    ["freeze", event("Frozen", [other], amount.max), "to"],
    ["unfreeze", event("Frozen", [to], 1n), "event"],
    ["freeze", event("UnBlacklisted", [to]), "event"],
    ["freeze", event("Blacklisted", [other]), "to"],
    ["freeze", { ...event("Blacklisted", [to]), data: `0x${"00".repeat(32)}` }, "event"],
    ["pause", event("Unpause"), "event"],
    ["registerIdentity", event("IdentityRegistered", [other, identity]), "to"],
    ["registerIdentity", event("IdentityRegistered", [to, other]), "identity"],
    ["registerIdentity", event("IdentityRemoved", [to, identity]), "event"],
    ["forcedTransfer", transfer(other, to, thousand), "from"],
    ["forcedTransfer", transfer(holder, other, thousand), "to"],
    ["forcedTransfer", transfer(account, to, thousand), "from"],
  ])("of a %s is told, %#", (operation, log, field) => {
    expect(compare(receipt([log]), intent(operation), token)).toMatchObject({ kind: "mismatch", field });
  });

  it("is more than one event, also of two forms", () => {
    const both = [event("AddressFrozen", [to, true, account]), event("Blacklisted", [to])];
    expect(compare(receipt(both), intent("freeze"), token)).toMatchObject({ kind: "mismatch", field: "event" });
    const twice = [event("IdentityRegistered", [to, identity]), event("IdentityRegistered", [other, identity])];
    expect(compare(receipt(twice), intent("registerIdentity"), token)).toMatchObject({ field: "event" });
  });
});
