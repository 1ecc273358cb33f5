/** Requests that stand for cells: likely numbers, in words and as data. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../../src/policy/decide.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { exampleOf, inputBest, named, witnessOf, type Witness } from "../../../../src/policy/analyse/witness.ts";
import type { FieldSlot } from "../../../../src/policy/analyse/spot.ts";
import * as address from "../../../../src/values/address.ts";
import * as amount from "../../../../src/values/amount.ts";
import { gld, key, n, rosterIndex, stranger } from "../example.ts";
import { bank, custodians, small, sum, upTo } from "../small.ts";
import { first, spotOf, visitsOf } from "../terrain.ts";

const policy = compile(small());
const place = { policy, roster: rosterIndex };
const spot = spotOf();
const witness: Witness = witnessOf(spot, n("hsm-mint"), place)!;

describe("a request that stands for a cell", () => {
  it("has the largest amount of it, and of an open one where it begins, or one whole", () => {
    const amountOf = (from: bigint, below: bigint): bigint | undefined =>
      witnessOf({ ...spot, amount: { from, below } }, n("hsm-mint"), place)?.asked.amount;
    expect(amountOf(1n, gld("5") + 1n)).toBe(gld("5"));
    expect(amountOf(gld("5"), amount.max + 1n)).toBe(gld("5"));
    expect(amountOf(1n, amount.max + 1n)).toBe(gld("1"));
    expect(amountOf(5n, amount.max)).toBe(amount.max - 1n);
  });

  it("goes to somebody who is not the account, and is nobody's when there is nobody or no key", () => {
    const members = [key.account, address.parse(bank("b"))];
    expect(witnessOf({ ...spot, recipients: { ...spot.recipients!, members } }, n("hsm-mint"), place)?.asked.to).toBe(
      bank("b"),
    );
    expect(
      witnessOf({ ...spot, recipients: { ...spot.recipients!, members: [key.account] } }, n("hsm-mint"), place),
    ).toBeUndefined();
    expect(witnessOf(spot, n("gone"), place)).toBeUndefined();
    expect(witnessOf({ ...spot, initiators: [] }, n("hsm-mint"), place)).toBeUndefined();
  });

  it("is allowed when the people agree and the wait is over", () => {
    const voters = ["carla", "chris"].flatMap((id) => rosterIndex.member(n(id)) ?? []);
    expect(decide(inputBest(witness, { ...place, voters, waitedSeconds: 0 })).verdict).toBe("allowed");
    expect(decide(inputBest(witness, { ...place, voters: voters.slice(1), waitedSeconds: 0 })).verdict).toBe("pending");
  });

  it("is at its best when more was burned than a net limit counts", () => {
    const net = compile(small({ limits: [{ ...sum, id: "net", metric: "net", max: "1 GLD", over: "deny" }] }));
    const voters = ["carla", "chris"].flatMap((id) => rosterIndex.member(n(id)) ?? []);
    expect(decide(inputBest(witness, { policy: net, roster: rosterIndex, voters, waitedSeconds: 0 })).verdict).toBe(
      "allowed",
    );
  });

  it("is told in words and as data, with its votes and its wait", () => {
    const voters = ["carla", "chris"].flatMap((id) => rosterIndex.member(n(id)) ?? []);
    expect(exampleOf(witness, policy, rosterIndex)).toStrictEqual({
      text: `mint 100 GLD to Bank A (${address.checksum(address.parse(bank("a")))}) by ida`,
      request: {
        operation: "mint",
        by: "ida",
        account: "hsm-mint",
        amount: "100 GLD",
        to: address.checksum(address.parse(bank("a"))),
        maxFee: "0.01 ETH",
      },
      at: "2027-01-04T12:00:00Z",
    });
    const agreed = exampleOf(witness, policy, rosterIndex, { voters, waitedSeconds: 1_800 });
    expect(agreed).toMatchObject({ votes: ["carla", "chris"], waited: "30m" });
    expect(agreed.text).toContain("by ida, with carla and chris, after 30m");
  });

  it("is told without size and recipient where there are none, and without a key that the roster has not", () => {
    const asked = { ...witness.asked, operation: "pause" as const, feeCeilingWei: amount.parseUnits("2000", 18) };
    expect(exampleOf({ ...witness, asked }, policy, rosterIndex)).toEqual({
      text: "pause by ida",
      request: { operation: "pause", by: "ida", account: "hsm-mint", maxFee: "2000 ETH" },
      at: "2027-01-04T12:00:00Z",
    });
    const gone = { ...witness, asked: { ...witness.asked, account: stranger, amount: gld("1000000") } };
    expect(exampleOf(gone, policy, rosterIndex)).toMatchObject({
      text: `mint 1,000,000 GLD to Bank A (${address.checksum(address.parse(bank("a")))}) by ida`,
      request: { amount: "1000000 GLD" },
    });
    expect(exampleOf(gone, policy, rosterIndex).request).not.toHaveProperty("account");
  });

  it("has nothing of a limit used but what is best of a net", () => {
    const limits = ["sum", "net"].map((metric) => ({ ...sum, id: metric, metric, max: "1 GLD", over: "deny" }));
    const { facts } = inputBest(witness, {
      policy: compile(small({ limits })),
      roster: rosterIndex,
      voters: [],
      waitedSeconds: 0,
    });
    expect(facts.usage).toMatchObject({
      "limit.sum": { added: 0n, removed: 0n, count: 0 },
      "limit.net": { added: 0n, removed: amount.max, count: 0 },
    });
  });

  it("of typed data may be below 0, false, in any version, and lack what the cell says it lacks", () => {
    const domain = {
      name: undefined,
      version: "2",
      chainId: policy.token.chain,
      verifyingContract: address.parse(bank("1")),
    };
    const fields = new Map<string, FieldSlot>([
      ["deadline", { kind: "absent" }],
      ["low", { kind: "number", from: -5n, below: 0n }],
      ["no", { kind: "text", value: "false" }],
      ["yes", { kind: "text", value: "true" }],
      ["word", { kind: "text", value: "yes" }],
    ]);
    const typed = { domain, primaryType: "Permit", fields };
    const found = witnessOf(
      { ...spot, operation: "signTypedData", recipients: undefined, typed },
      n("hsm-mint"),
      place,
    );
    expect(found?.typedData).toStrictEqual({
      domain: { version: "2", chainId: 31_337, verifyingContract: bank("1") },
      types: {
        Permit: [
          { name: "low", type: "int256" },
          { name: "no", type: "bool" },
          { name: "yes", type: "bool" },
          { name: "word", type: "string" },
        ],
      },
      primaryType: "Permit",
      message: { low: "-1", no: false, yes: true, word: "yes" },
    });
  });

  it("names a recipient by the label of a list, or by address", () => {
    expect(named(address.parse(bank("a")), policy)).toContain("Bank A (0x");
    expect(named(stranger, policy)).toBe(address.checksum(stranger));
  });

  it("of typed data has the fields that the cell speaks of, of a type that fits", () => {
    const typedData = {
      domain: { verifyingContract: bank("1"), chainId: 31_337, name: "GLD" },
      primaryType: "Permit",
      fields: { spender: { in: "treasury" }, value: { lte: "10" }, memo: { is: "yes" }, open: { is: "true" } },
    };
    const rules = [
      {
        id: "permit",
        when: { operation: "signTypedData", initiator: { group: "issuers" }, typedData },
        tiers: [upTo("max", custodians(2))],
      },
    ];
    const [visit] = visitsOf({ rules });
    const signing = compile(small({ rules }));
    const found = witnessOf(visit!.spot, n("hsm-mint"), { policy: signing, roster: rosterIndex });
    expect(found?.typedData).toEqual({
      domain: { name: "GLD", chainId: 31_337, verifyingContract: bank("1") },
      types: {
        Permit: [
          { name: "memo", type: "string" },
          { name: "open", type: "bool" },
          { name: "spender", type: "address" },
          { name: "value", type: "uint256" },
        ],
      },
      primaryType: "Permit",
      message: { memo: "yes", open: true, spender: bank("a"), value: "10" },
    });
    const voters = ["carla", "chris"].flatMap((id) => rosterIndex.member(n(id)) ?? []);
    expect(decide(inputBest(found!, { policy: signing, roster: rosterIndex, voters, waitedSeconds: 0 })).verdict).toBe(
      "allowed",
    );
    expect(first(visitsOf({ rules })).outcome.kind).toBe("permitted");
  });
});
