/** What a condition says of a cell: yes, no, or nothing for want of a fact; the same as of each request in it. */
import { describe, expect, it } from "vitest";
import type { AddressClass } from "../../../../src/policy/analyse/address-classes.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import type { Condition } from "../../../../src/policy/compile/condition.ts";
import type { Policy } from "../../../../src/policy/policy.ts";
import { holdsIn, type FieldSlot, type Spot, type Truth } from "../../../../src/policy/analyse/spot.ts";
import * as address from "../../../../src/values/address.ts";
import * as amount from "../../../../src/values/amount.ts";
import * as instant from "../../../../src/values/instant.ts";
import { gld, n, rosterIndex } from "../example.ts";
import { bank, lists, small, zurich } from "../small.ts";

const policyWith = (when: object): Policy =>
  compile(small({ ...zurich, lists: lists("a", "b"), guards: [{ id: "guard", when, deny: true }] }));

function truth(when: object, bend: (policy: Policy) => Partial<Spot> = () => ({}), key = "hsm-mint"): Truth {
  const policy = policyWith(when);
  const condition: Condition = policy.guards[0]!.when;
  return holdsIn({ condition, policy }, { ...spot(policy), ...bend(policy) }, n(key));
}

const listed = (policy: Policy, name: string, pinned?: string): AddressClass => ({
  lists: new Set([policy.lists.get(n(name))!]),
  pinned: pinned === undefined ? undefined : address.parse(pinned),
  members: [address.parse(bank("a"))],
  kind: "listed",
  parts: [0],
});

const spot = (policy: Policy): Spot => ({
  operation: "mint",
  initiators: [rosterIndex.member(n("ida"))!],
  recipients: listed(policy, "treasury"),
  amount: { from: 1n, below: gld("10") + 1n },
  maxFee: { from: 0n, below: amount.max + 1n },
  at: instant.fromIso("2026-12-21T09:00:00Z"),
  typed: undefined,
});

describe("a condition, of a mint of up to 10 GLD to the treasury by ida on a Monday", () => {
  it.each<[object, Truth]>([
    [{ operation: "mint" }, true],
    [{ operation: "burn" }, false],
    [{ initiator: { group: "issuers" } }, true],
    [{ initiator: { group: "officers" } }, false],
    [{ operation: "mint", to: { in: "treasury" } }, true],
    [{ operation: "mint", to: { notIn: "treasury" } }, false],
    [{ operation: "mint", to: { in: "other" } }, false],
    [{ account: "hsm-mint" }, true],
    [{ account: "hsm-other" }, false],
    [{ operation: "mint", amount: { lte: "10 GLD" } }, true],
    [{ operation: "mint", amount: { gt: "10 GLD" } }, false],
    [{ maxFee: { gte: "0 ETH" } }, true],
    [{ maxFee: { gt: "0 ETH" } }, false],
    [{ operation: "mint", args: { to: { in: "treasury" }, amount: { lte: "10 GLD" } } }, true],
    [{ operation: "mint", args: { to: { notIn: "treasury" } } }, false],
    [{ operation: "mint", args: { to: { is: bank("b") } } }, false],
    [{ time: { days: ["mon"], from: "09:00", to: "11:00" } }, true],
    [{ time: { days: ["tue"] } }, false],
  ])("%j is %s", (when, expected) => {
    expect(truth(when)).toBe(expected);
  });

  it("leaves the key open when none is said", () => {
    const policy = policyWith({ account: "hsm-other" });
    expect(holdsIn({ condition: policy.guards[0]!.when, policy }, spot(policy), undefined)).toBe(true);
  });

  it("is the pinned recipient and no other", () => {
    expect(
      truth({ operation: "mint", args: { to: { is: bank("a") } } }, (policy) => ({
        recipients: listed(policy, "treasury", bank("a")),
      })),
    ).toBe(true);
  });

  it("says nothing when local time is not known", () => {
    const later = (): Partial<Spot> => ({ at: zurich.calendar.until });
    expect(truth({ time: { days: ["mon"] } }, later)).toBeUndefined();
    expect(truth({ operation: "burn", time: { days: ["mon"] } }, later)).toBe(false);
  });
});

describe("a test of typed data", () => {
  const domain = { verifyingContract: bank("1"), chainId: 31_337 };
  const when = (fields: object, more: object = {}): object => ({
    operation: "signTypedData",
    typedData: { domain: { ...domain, ...more }, primaryType: "Permit", fields },
  });
  const signing = (policy: Policy, slots: Readonly<Record<string, FieldSlot>>): Partial<Spot> => ({
    operation: "signTypedData",
    recipients: undefined,
    amount: { from: 0n, below: 1n },
    typed: {
      domain: {
        ...policy.token,
        chainId: policy.token.chain,
        verifyingContract: address.parse(bank("1")),
        name: "GLD",
        version: undefined,
      },
      primaryType: "Permit",
      fields: new Map(Object.entries(slots)),
    },
  });
  const number = (from: bigint, below: bigint): FieldSlot => ({ kind: "number", from, below });
  const now = BigInt(instant.fromIso("2026-12-21T09:00:00Z"));

  it.each<[string, object, Readonly<Record<string, FieldSlot>>, Truth]>([
    ["a number inside", { value: { lte: "10" } }, { value: number(0n, 11n) }, true],
    ["a number outside", { value: { lte: "10" } }, { value: number(11n, 12n) }, false],
    ["one value", { value: { is: "7" } }, { value: number(7n, 8n) }, true],
    ["a time that is near", { value: { within: "1h" } }, { value: number(0n, now + 3_601n) }, true],
    ["a time that is far", { value: { within: "1h" } }, { value: number(now + 3_601n, now + 3_602n) }, false],
    ["a number below 0, as a time", { value: { within: "1h" } }, { value: number(-5n, 0n) }, true],
    ["a text", { value: { is: "yes" } }, { value: { kind: "text", value: "yes" } }, true],
    ["another text", { value: { is: "yes" } }, { value: { kind: "text", value: "no" } }, false],
    ["a text where a number is meant", { value: { lte: "10" } }, { value: { kind: "text", value: "yes" } }, undefined],
    ["a number where a list is meant", { value: { in: "treasury" } }, { value: number(0n, 1n) }, undefined],
    ["a field that is not there", { value: { lte: "10" } }, { value: { kind: "absent" } }, undefined],
    ["a field that nobody spoke of", { value: { lte: "10" } }, {}, undefined],
  ])("of %s", (_, fields, slots, expected) => {
    expect(truth(when(fields), (policy) => signing(policy, slots))).toBe(expected);
  });

  it("of an address is a matter of its lists", () => {
    const slots = (policy: Policy): Partial<Spot> =>
      signing(policy, { value: { kind: "address", members: listed(policy, "treasury") } });
    expect(truth(when({ value: { in: "treasury" } }), slots)).toBe(true);
    expect(truth(when({ value: { notIn: "treasury" } }), slots)).toBe(false);
    expect(truth(when({ value: { lte: "10" } }), slots)).toBeUndefined();
  });

  it("holds for its own domain alone, and for nothing that is no typed data", () => {
    const fields = { value: { lte: "10" } };
    const slots = (policy: Policy): Partial<Spot> => signing(policy, { value: number(0n, 1n) });
    expect(truth(when(fields, { name: "GLD" }), slots)).toBe(true);
    expect(truth(when(fields, { name: "SLV" }), slots)).toBe(false);
    expect(truth(when(fields, { version: "1" }), slots)).toBe(false);
    expect(truth(when(fields, { chainId: 1 }), slots)).toBe(false);
    expect(truth(when(fields), () => ({ operation: "signTypedData" }))).toBe(false);
  });
});
