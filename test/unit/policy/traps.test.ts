/** Traps that other policy engines fell into, each by the name of where it was seen: none of them is here. */
import { describe, expect, it } from "vitest";
import { decode } from "../../../src/intent/calldata.ts";
import { operationSchema } from "../../../src/intent/operation.ts";
import { analyse } from "../../../src/policy/analyse/analyse.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { decide } from "../../../src/policy/decide.ts";
import { readPolicyYaml } from "../../../src/policy/document/yaml-document.ts";
import { checkAgainstRoster } from "../../../src/policy/analyse/roster-fit.ts";
import * as amount from "../../../src/values/amount.ts";
import type { Hex } from "../../../src/values/hex.ts";
import {
  bankA,
  clause,
  day,
  decideWith,
  document,
  documentWith,
  ether,
  factsWith,
  gld,
  idOf,
  inputWith,
  key,
  n,
  now,
  outcome,
  refusalOf,
  reserve,
  rosterIndex,
  rosterWith,
  spend,
  stranger,
  vote,
  yaml,
} from "./example.ts";

const [mintRule, ...otherRules] = document.rules;
const mintTier = mintRule!.tiers[0]!;

/** The mint rule with a tier of this quorum and nothing else in the way. */
function mintWith(tier: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const rules = [{ ...mintRule, tiers: [{ ...mintTier, upTo: "max", ...tier }] }, ...otherRules];
  return { rules, guards: [], limits: [], separation: [] };
}

describe("Fordefi: somebody in two groups approves once and is counted twice", () => {
  const roster = rosterWith({ cora: { groups: [n("compliance"), n("custodians")] } });
  const both = [
    { group: "custodians", min: 1 },
    { group: "compliance", min: 1 },
  ];

  it("seats one person once over all groups of a quorum", () => {
    const policy = mintWith({ quorum: { all: both } });
    const alone = decideWith({ policy, roster, facts: { votes: [vote("cora")] } });
    expect(alone).toMatchObject({ verdict: "pending", code: "policy.quorum-missing" });
    expect(alone.seats.filter(({ person }) => person === "cora")).toHaveLength(1);
    expect(decideWith({ policy, roster, facts: { votes: [vote("cora"), vote("carla")] } }).verdict).toBe("allowed");
  });

  it("seats one person once over a tier and what a guard adds to it", () => {
    const added = { id: "more", when: { operation: "mint" }, add: { quorum: both[1] } };
    const policy = { ...mintWith({ quorum: both[0] }), guards: [added] };
    expect(decideWith({ policy, roster, facts: { votes: [vote("cora")] } }).code).toBe("policy.quorum-missing");
    expect(decideWith({ policy, roster, facts: { votes: [vote("cora"), vote("carla")] } }).verdict).toBe("allowed");
  });

  it("counts a person with several credentials, or several votes, once", () => {
    const votes = [vote("carla"), vote("carla", { approvalId: idOf("another") }), vote("carla")];
    expect(outcome({ facts: { votes } }).failing).toEqual(["mint.quorum"]);
  });
});

describe("Narval: a transfer without a price drops out of the sum, and the limit holds", () => {
  const guard = {
    id: "fresh-price",
    when: { operation: "mint" },
    require: { evidence: "price", maxAge: "60s", sources: 1, deviation: "0.01" },
  };
  const policy = { guards: [guard] };
  const price = (value: string): object => ({
    ...{ attestor: "vault-auditor", subject: "GLD/USD", value, source: "fix", asOf: now - 5, expiresAt: now + 60 },
    statement: idOf("price"),
  });

  it("is not allowed without a price, nor with one that is no number, nothing or below nothing", () => {
    expect(decideWith({ policy, facts: { prices: [price("61.25")] } }).verdict).toBe("allowed");
    expect(decideWith({ policy }).verdict).toBe("pending");
    for (const value of ["", "NaN", "undefined", "0", "-1", "1e3"])
      expect(`${value}: ${decideWith({ policy, facts: { prices: [price(value)] } }).verdict}`).toBe(
        `${value}: pending`,
      );
  });

  it("counts every spend in full, since a limit is in units of the token and asks for no price", () => {
    const facts = { spends: [spend({ amount: gld("4950").toString() })] };
    expect(outcome({ facts, intent: { amount: gld("51").toString() } }).failing).toContain("limit.mint-day");
  });
});

describe("Turnkey: a denial with a time window is skipped when the window cannot be told", () => {
  const calendar = { until: now, offsets: [{ from: 0, seconds: 3_600 }] };
  const zone = { timezone: "Europe/Zurich", calendar };
  const hours = { time: { days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from: "00:00", to: "24:00" } };

  it("denies outside the hours that spare, and where no hour is known", () => {
    const policy = { ...zone, guards: [{ id: "hours", unless: hours, deny: true }] };
    const known = { ...policy, calendar: { ...calendar, until: now + 1 } };
    expect(decideWith({ policy: known }).verdict).toBe("allowed");
    expect(outcome({ policy }).failing).toEqual(["guard.hours"]);
  });

  it("denies within the hours that deny, and where no hour is known", () => {
    const closed = { days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from: "00:00", to: "00:01" };
    const policy = { ...zone, guards: [{ id: "night", when: { time: closed }, deny: true }] };
    const known = { ...policy, calendar: { ...calendar, until: now + 1 } };
    expect(decideWith({ policy: known }).verdict).toBe("allowed");
    expect(outcome({ policy }).failing).toEqual(["guard.night"]);
  });

  it("permits nothing by a rule whose hours cannot be told", () => {
    const rules = [{ ...mintRule, when: { ...mintRule!.when, ...hours } }, ...otherRules];
    expect(decideWith({ policy: { ...zone, rules } }).verdict).toBe("refused");
    const known = { ...zone, calendar: { ...calendar, until: now + 1 }, rules };
    expect(decideWith({ policy: known }).verdict).toBe("allowed");
  });
});

describe("Fireblocks: an accumulator below another rule counts nothing", () => {
  const facts = { spends: [spend({ amount: gld("4950").toString() })] };
  const intent = { amount: gld("51").toString() };

  it("counts whatever rule allowed it, in every order of rules and limits", () => {
    const reversed = { rules: [...document.rules].reverse(), limits: [...document.limits!].reverse() };
    expect(outcome({ facts, intent }).failing).toContain("limit.mint-day");
    expect(outcome({ facts, intent, policy: reversed }).failing).toContain("limit.mint-day");
  });

  it("is told of a limit that nothing can ever fill", () => {
    const dead = { ...document.limits![0], id: "dead", when: { operation: "mint", amount: { gt: "5000 GLD" } } };
    const found = (limits: object[]): unknown =>
      analyse(compile(documentWith({ limits })), rosterIndex).findings.filter(
        ({ code }) => code === "policy.limit-idle",
      );
    expect(found([...document.limits!, dead])).toMatchObject([{ field: "limits.2" }]);
    expect(found([...document.limits!])).toEqual([]);
  });

  it("reads tiers in ascending order and refuses any other", () => {
    const tiers = [...mintRule!.tiers].reverse();
    expect(refusalOf(() => compile(documentWith({ rules: [{ ...mintRule, tiers }] }))).code).toBe("policy.tier");
  });
});

describe("Dfns: what no policy mentions is allowed", () => {
  it("refuses what no rule names, and reads no policy without rules", () => {
    const policy = { rules: [mintRule] };
    expect(outcome({ policy, intent: { operation: "transfer" } })).toMatchObject({
      verdict: "refused",
      code: "policy.no-rule",
    });
    expect(refusalOf(() => documentWith({ rules: [] })).code).toBe("policy.malformed");
  });

  it("refuses a recipient, an initiator and an amount that no rule names", () => {
    expect(outcome({ intent: { to: stranger } }).verdict).toBe("refused");
    expect(outcome({ initiator: "carla" }).verdict).toBe("refused");
    expect(outcome({ initiator: "nobody" }).verdict).toBe("refused");
    expect(outcome({ intent: { amount: gld("5001").toString() } }).verdict).toBe("refused");
  });
});

describe("BitGo: the sole admin asks, and nobody is left to approve", () => {
  const alone = rosterWith({
    carla: { groups: [n("custodians"), n("issuers")] },
    chris: { groups: [] },
    cyril: { groups: [] },
    ida: { groups: [] },
    ivan: { groups: [] },
  });
  const policy = mintWith({ quorum: { group: "custodians", min: 1 } });

  it("is found against the roster before the policy is proposed", () => {
    const findings = checkAgainstRoster(compile(documentWith(policy)), alone);
    expect(findings.map(({ code }) => code)).toContain("policy.quorum-unfillable");
    expect(checkAgainstRoster(compile(documentWith(policy)), rosterIndex)).toEqual([]);
  });

  it("is found in a change of the policy that its own officers cannot make any more", () => {
    const change = { ...document.change, loosen: { ...document.change.loosen, quorum: { group: "officers", min: 4 } } };
    const codes = analyse(compile(documentWith({ change })), rosterIndex).findings.map(({ code }) => code);
    expect(codes).toContain("policy.change-deadlock");
  });

  it("does not count who asked, and says that nobody is left", () => {
    const groups = { observers: { min: 2 }, custodians: { min: 1 } };
    const facts = { votes: [vote("carla")] };
    const decision = decideWith({ policy: { ...policy, groups }, roster: alone, initiator: "carla", facts });
    expect(decision.code).toBe("policy.quorum-missing");
    expect(decision.missing).toEqual([{ group: "custodians", count: 1, candidates: [] }]);
    expect(clause(decision, "mint.quorum").observed).toContain("nobody is left");
  });

  it("says so when a group shrank below what the policy was written for", () => {
    const roster = rosterWith({ cyril: { groups: [] } });
    expect(outcome({ roster }).failing).toEqual(["group.custodians"]);
  });
});

describe("Google: a 64-bit number ends at 9.22 billion tokens", () => {
  const beyond = [2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 64n + 1n, 2n ** 128n, amount.max - 1n];
  const text = (value: bigint): string => `${amount.format(value as amount.Amount, 18).replaceAll(",", "")} GLD`;
  const open = { request: amount.max, day: amount.max };

  it("tells a tier from the next by one base unit, however large", () => {
    for (const top of beyond) {
      const policy = { ...mintWith({}), rules: [{ ...mintRule, tiers: [{ ...mintTier, upTo: text(top) }] }] };
      const verdictAt = (value: bigint): string =>
        decideWith({ policy, ceilings: open, intent: { amount: value.toString() } }).verdict;
      expect(`${top}: ${verdictAt(top)}, ${verdictAt(top + 1n)}`).toBe(`${top}: allowed, refused`);
    }
  });

  it("adds up what is used without wrapping around, also beyond 256 bits", () => {
    const limits = [
      { id: "wide", when: { operation: "mint" }, metric: "sum", window: "rolling 24h", per: "asset", over: "deny" },
    ];
    for (const max of beyond) {
      const policy = { ...mintWith({}), limits: [{ ...limits[0], max: text(max) }] };
      const verdictWith = (used: bigint): string[] =>
        outcome({
          policy,
          ceilings: open,
          facts: { spends: [spend({ amount: used.toString() })] },
          intent: { amount: "1" },
        }).failing;
      expect(verdictWith(max - 1n)).toEqual([]);
      expect(verdictWith(max)).toContain("limit.wide");
    }
    const spends = [spend({ amount: amount.max.toString() }), spend({ amount: amount.max.toString() })];
    expect(outcome({ policy: mintWith({}), ceilings: open, facts: { spends } }).failing).toContain("ceiling.day");
  });

  it("covers a mint with reserves of more than 64 bits, to the last unit", () => {
    const supply = 2n ** 200n;
    const observed = { ...factsWith().observed };
    const [at] = Object.keys(observed).filter((name) => name.endsWith(" supply"));
    observed[at!] = { ...observed[at!]!, value: supply.toString() };
    const need = supply + gld("100");
    const failing = (reserves: bigint): string[] =>
      outcome({ facts: { observed, reserves: [reserve({ reserves: reserves.toString(), supply: "0" })] } }).failing;
    expect(failing(need)).toEqual([]);
    expect(failing(need - 1n)).toEqual(["guard.reserves-cover"]);
  });
});

describe("CDP: a criterion is ignored on a test network", () => {
  it("asks the same on every chain", () => {
    for (const chain of [1, 31_337, 11_155_111, 80_002]) {
      const policy = { token: { ...document.token, chain } };
      const intent = { chainId: chain };
      expect(outcome({ policy, intent }).verdict).toBe("allowed");
      expect(outcome({ policy, intent: { ...intent, feeCeilingWei: ether("0.06").toString() } }).failing).toEqual([
        "guard.fee",
      ]);
      expect(outcome({ policy, intent, facts: { reserves: [] } }).verdict).toBe("pending");
      expect(outcome({ policy, intent: { ...intent, to: stranger } }).verdict).toBe("refused");
    }
  });

  it("refuses a criterion that it does not know, wherever it stands", () => {
    const places: [string, string][] = [
      ["to: { in: treasury } }", "to: { in: treasury }, netUSDChange: { lte: 5 } }"],
      ["maxFee: { lte:", "maxFee: { roughly: true, lte:"],
      ["per: asset,", "per: asset, approximately: true,"],
      ["sign: hsm-mint }", "sign: hsm-mint, unless: never }"],
    ];
    for (const [known, more] of places) {
      expect(yaml).toContain(known);
      expect(refusalOf(() => readPolicyYaml(yaml.replace(known, more))).code).toBe("policy.malformed");
    }
  });
});

describe("Cedar: a forbid that meets an error is skipped, and the request is allowed", () => {
  it("denies when what a denial asks about is missing", () => {
    const denying = (parts: object): Readonly<Record<string, unknown>> => ({
      guards: [{ id: "no", ...parts, deny: true }],
      separation: [],
    });
    const strange = { managed: { key: key.id, account: stranger } };
    // Whose account it is nobody says: a guard for another key applies, and one that spares this key does not spare.
    for (const parts of [{ when: { account: "hsm-other" } }, { unless: { account: "hsm-mint" } }]) {
      expect(outcome({ policy: denying(parts) }).failing).toEqual([]);
      expect(outcome({ policy: denying(parts), bounds: strange }).failing).toContain("guard.no");
    }
  });

  it("is not allowed on facts that are nonsense", () => {
    const observed = Object.fromEntries(
      Object.entries(factsWith().observed).map(([at, seen]) => [at, { ...seen, value: "not a value" }]),
    );
    expect(outcome({ facts: { observed } }).verdict).toBe("refused");
    expect(() => decideWith({ facts: { observed } })).not.toThrow();
  });

  it("refuses a denial that is no denial when the policy is read", () => {
    // As another engine let a `deny` that was not a boolean pass for none.
    for (const deny of ["false", "'yes'", "1", "null"]) {
      const text = yaml.replace(
        'unless: { maxFee: { lte: "0.05 ETH" } }, deny: true',
        `unless: { maxFee: { lte: "0.05 ETH" } }, deny: ${deny}`,
      );
      expect(text).not.toBe(yaml);
      expect(refusalOf(() => readPolicyYaml(text)).code).toBe("policy.malformed");
    }
  });
});

describe("Bybit: people sign a delegatecall that they cannot read", () => {
  it("has no word for a call it does not understand, so no rule can permit one", () => {
    expect(operationSchema.options).toEqual([
      ...["mint", "burn", "redeem", "transfer", "pause", "unpause", "grantRole", "revokeRole"],
      ...["freeze", "unfreeze", "registerIdentity", "forcedTransfer", "distribute"],
      ...["addClaim", "removeClaim", "raiseMultiplier"],
    ]);
    for (const operation of ["delegatecall", "opaque", "raw", "call", "upgrade", "'*'"]) {
      const text = yaml.replace("when: { operation: transfer,", `when: { operation: ${operation},`);
      expect(text).not.toBe(yaml);
      expect(refusalOf(() => readPolicyYaml(text)).code).toBe("policy.malformed");
      expect(() => inputWith({ intent: { operation } })).toThrow();
    }
  });

  it("takes calldata of an unknown selector, with more or less than its arguments, or with dirt in them, for opaque", () => {
    const word = (digits: string): string => digits.padStart(64, "0");
    const mint = `0x40c10f19${word("aa".repeat(20))}${word("64")}`;
    expect(decode(mint as Hex, "role-erc20")).toMatchObject({ kind: "mint", to: bankA, amount: 100n });
    const strange = [
      // execTransaction of a Safe, with operation 1.
      `0x6a761202${word("1")}`,
      "0x",
      "0x40c1",
      `${mint}00`,
      mint.slice(0, -2),
      mint.replace("000000aa", "000001aa"),
      `0xb61d27f6${mint.slice(10)}`,
    ];
    for (const data of strange) expect(`${data}: ${decode(data as Hex, "role-erc20").kind}`).toBe(`${data}: opaque`);
  });
});

describe("a limit that adds up different tokens", () => {
  const other = spend({ asset: "SLV", amount: gld("1000000").toString() });

  it("counts its own asset alone: another asset's spends neither fill it nor make room", () => {
    const full = spend({ amount: gld("4900").toString() });
    const verdictWith = (spends: object[], asked: string): string =>
      outcome({ facts: { spends }, intent: { amount: gld(asked).toString() } }).failing.join(" ");
    expect(verdictWith([other], "100")).toBe("");
    expect(verdictWith([other, full], "100")).toBe("");
    expect(verdictWith([full], "101")).toBe("limit.mint-day");
    expect(verdictWith([other, full, { ...other, operation: "burn" }], "101")).toBe("limit.mint-day");
  });

  it("counts its own asset alone also for one initiator, recipient or account", () => {
    for (const per of ["initiator", "to", "account"]) {
      const policy = { limits: [{ ...document.limits![0], id: "own", per, max: "200 GLD" }] };
      const failing = (spends: object[]): string[] => outcome({ policy, facts: { spends } }).failing;
      expect(`${per}: ${failing([other]).join()}`).toBe(`${per}: `);
      expect(`${per}: ${failing([other, spend({ amount: gld("101").toString() })]).join()}`).toBe(`${per}: limit.own`);
    }
  });

  it("counts fees by account over all assets, since gas is one currency", () => {
    const fees = spend({ asset: "SLV", amount: "1", feeCeilingWei: ether("0.995").toString() });
    expect(outcome({ facts: { spends: [fees] } }).failing).toEqual(["ceiling.fees"]);
    expect(outcome({ facts: { spends: [{ ...fees, account: stranger }] } }).failing).toEqual([]);
    expect(outcome({ facts: { spends: [{ ...fees, at: now - day }] } }).failing).toEqual([]);
  });

  it("refuses a request about another asset than the policy's", () => {
    expect(outcome({ intent: { asset: "SLV" } })).toMatchObject({ verdict: "refused", code: "policy.wrong-asset" });
  });
});

describe("json-logic: an amount that is missing is below every limit", () => {
  it("has an amount for every operation that moves one, and knows no limit of which nobody counted the use", () => {
    expect(() => inputWith({ intent: { amount: "0" } })).toThrow();
    expect(() => inputWith({ intent: { amount: "" } })).toThrow();
    const input = inputWith();
    const facts = { ...input.facts, spends: undefined };
    expect(decide({ ...input, facts }).verdict).not.toBe("allowed");
    expect(decide({ ...input, facts: { ...facts, usage: {} } }).verdict).not.toBe("allowed");
  });
});
