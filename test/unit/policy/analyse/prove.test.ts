/** The proof of claims: what they mean at their edges, and when it cannot decide. */
import { describe, expect, it } from "vitest";
import { compileClaims } from "../../../../src/policy/analyse/claim.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { prove, type Proof } from "../../../../src/policy/analyse/prove.ts";
import type { Bounded } from "../../../../src/policy/analyse/spots.ts";
import { checksum, parse as parseAddress } from "../../../../src/values/address.ts";
import { rosterIndex, rosterWith, n } from "../example.ts";
import { bank, compliance, custodians, mintRule, officers, small, two, upTo } from "../small.ts";

type Fields = Readonly<Record<string, unknown>>;

function proofOf(fields: Fields, roster = rosterIndex, options: Bounded = {}): Proof {
  const document = small(fields);
  return prove(compile(document), compileClaims(document), roster, options);
}

const stop = (quorum: object): object => ({
  id: "stop",
  when: { operation: "pause", initiator: { group: "officers" } },
  tiers: [upTo("max", quorum)],
});
const pause = { operation: "pause", initiator: { group: "officers" } };

describe("a claim", () => {
  it("counts people and not votes: somebody in two groups is one", () => {
    const never = [{ operation: "mint", withFewerPeopleThan: 2 }];
    const rules = [mintRule({}, [upTo("100 GLD", { any: [custodians(1), compliance] })])];
    expect(proofOf({ never, rules }).claims[0]).toMatchObject({
      kind: "false",
      message: "1 people are enough, fewer than 2",
    });
  });

  it("leaves the initiator out of those who agree", () => {
    const roster = rosterWith({ ida: { groups: ["issuers", "custodians"].map(n) } });
    const never = [{ operation: "mint", withFewerPeopleThan: 2 }];
    const { claims } = proofOf({ never, rules: [mintRule({}, [upTo("100 GLD", custodians(1))])] }, roster);
    expect(claims[0]?.example?.votes).not.toContain("ida");
  });

  it("is refuted by the fewest people, in an order that meets the stages", () => {
    const never = [{ operation: "mint" }];
    const rules = [mintRule({}, [upTo("100 GLD", { ordered: [compliance, custodians(2)] })])];
    expect(proofOf({ never, rules }).claims[0]?.example?.votes?.[0]).toBe("cora");
  });

  it("lacks something when it lacks any one of what it says", () => {
    const never = [{ operation: "mint", withFewerPeopleThan: 2, withoutDelay: "1h" }];
    expect(proofOf({ never }).claims[0]?.message).toContain("at once, sooner than 1h");
  });

  it("looks at batches, of which a claim speaks by the total too", () => {
    const never = [{ operation: "mint", amount: { gt: "100 GLD" }, withFewerPeopleThan: 3 }];
    const rule = mintRule({ amount: { lte: "50 GLD" } }, [upTo("1000 GLD", custodians(1))]);
    expect(proofOf({ never, rules: [rule] }).claims[0]?.kind).toBe("proved");
    const { claims } = proofOf({ never, rules: [{ ...rule, batch: { max: 2, total: "101 GLD" } }] });
    expect(claims[0]).toMatchObject({
      kind: "false",
      message: "1 people are enough, fewer than 3",
      example: { batch: { count: 2, total: "100.000000000000000001 GLD" } },
    });
    expect(claims[0]?.example?.text).toContain("in a batch of 2 requests, 100.000000000000000001 GLD together, with ");
    const small = { ...rule, batch: { max: 2, total: "100 GLD" } };
    expect(proofOf({ never, rules: [small] }).claims[0]?.kind).toBe("proved");
    const guards = [
      { id: "large", when: { operation: "mint", amount: { gt: "100 GLD" } }, add: { quorum: custodians(2) } },
    ];
    const guarded = { never, guards, rules: [{ ...rule, batch: { max: 2, total: "101 GLD" } }] };
    expect(proofOf(guarded).claims[0]?.kind).toBe("proved");
  });

  it("takes what a request demands alone for demanded in a batch, and the other way round", () => {
    const never = [{ operation: "mint", withFewerPeopleThan: 3 }];
    const tiers = [upTo("100 GLD", custodians(3)), upTo("1000 GLD", custodians(1))];
    const rule = { ...mintRule({ amount: { lte: "50 GLD" } }, tiers), batch: { max: 2, total: "500 GLD" } };
    expect(proofOf({ never, rules: [rule] }).claims[0]?.kind).toBe("proved");
    const turned = {
      ...rule,
      tiers: tiers.map((tier, index) => ({ ...tier, quorum: custodians(index === 0 ? 1 : 3) })),
    };
    expect(proofOf({ never, rules: [turned] }).claims[0]?.kind).toBe("false");
  });

  it("looks at batches that another key signs for than for the request alone", () => {
    const never = [{ operation: "mint", account: "hsm-other", withFewerPeopleThan: 3 }];
    const tiers = [upTo("100 GLD", custodians(2)), upTo("1000 GLD", custodians(1), { sign: "hsm-other" })];
    const rule = mintRule({ amount: { lte: "50 GLD" } }, tiers);
    expect(proofOf({ never, rules: [rule] }).claims[0]?.kind).toBe("proved");
    expect(proofOf({ never, rules: [{ ...rule, batch: { max: 2, total: "500 GLD" } }] }).claims[0]?.kind).toBe("false");
  });

  it("is proved where nothing can agree to what it speaks of", () => {
    expect(
      proofOf({ never: [{ operation: "mint" }], rules: [mintRule({}, [upTo("100 GLD", custodians(9))])] }).kind,
    ).toBe("proved");
  });

  it("that something is always allowed is false where no request is what it speaks of", () => {
    const always = [{ operation: "pause", initiator: { group: "nobody" } }];
    expect(proofOf({ always, rules: [mintRule(), stop(officers(1))] }).kind).toBe("false");
    expect(proofOf({ always: [pause] }).claims[0]).toMatchObject({ kind: "false" });
  });

  it("leaves key and fees to whoever asks, and nothing else", () => {
    const guards = [{ id: "fee", unless: { maxFee: { lte: "0.05 ETH" } }, deny: true }];
    expect(proofOf({ always: [pause], guards, rules: [stop(officers(1))] }).kind).toBe("proved");
    expect(
      proofOf({ always: [{ operation: "mint", initiator: { group: "issuers" } }], guards }).claims[0],
    ).toMatchObject({ kind: "false" });
    const bounded = {
      operation: "mint",
      initiator: { group: "issuers" },
      to: { in: "treasury" },
      amount: { lte: "100 GLD" },
    };
    expect(proofOf({ always: [bounded], guards }).kind).toBe("proved");
  });

  it("wants somebody left who asks when somebody is gone", () => {
    const always = [{ ...pause, afterLosing: 1 }];
    const roster = rosterWith({ olga: { groups: [] }, omar: { groups: [] } });
    const { claims } = proofOf({ always, rules: [stop(custodians(1))] }, roster);
    expect(claims[0]).toMatchObject({ kind: "false", message: "without otto, nobody is left who could ask" });
  });

  it("speaks of the people left when it counts them", () => {
    const always = [{ ...pause, withAtMostPeople: 1, afterLosing: 1 }];
    const rules = [stop({ any: [compliance, custodians(2)] })];
    expect(proofOf({ always, rules }).claims[0]?.message).toBe("without cora, it takes 2 people, more than 1");
  });

  it("is proved of anybody whom the policy does not exclude, without a roster", () => {
    const document = small({ never: [{ operation: "mint", withFewerPeopleThan: 3 }] });
    expect(prove(compile(document), compileClaims(document))).toMatchObject({ kind: "false", syntheticRoster: true });
    const sound = small({ never: [{ operation: "mint", withFewerPeopleThan: 2 }] });
    expect(prove(compile(sound), compileClaims(sound))).toMatchObject({
      kind: "proved",
      lines: [
        "never.0 proved: never a mint with fewer than 2 people",
        "no roster was given: proved of anybody whom the policy does not exclude",
      ],
    });
  });

  it("is neither proved nor false over the budget", () => {
    const proof = proofOf(
      { never: [{ operation: "mint", withFewerPeopleThan: 2 }], rules: [mintRule({}, [two])] },
      rosterIndex,
      { budget: 0 },
    );
    expect(proof.kind).toBe("undecided");
    expect(proof.lines).toEqual([
      "never.0 undecided: never a mint with fewer than 2 people: cannot decide: there are more cases than this check looks at",
    ]);
  });

  it("shares one budget with all others, so that a hundred of them take no longer than one may", () => {
    const never = [{ operation: "mint", withFewerPeopleThan: 2 }];
    const rules = [mintRule({}, [two])];
    const kinds = (claims: number, budget: number): string[] => {
      const fields = { never: Array.from({ length: claims }, () => never[0]), rules };
      return proofOf(fields, rosterIndex, { budget }).claims.map(({ kind }) => kind);
    };
    const least = Array.from({ length: 400 }, (_, budget) => budget).find((one) => kinds(1, one)[0] === "proved") ?? 0;
    expect(least).toBeGreaterThan(0);
    expect(kinds(2, least)).toEqual(["proved", "undecided"]);
  });

  it("pays for the ways in which a quorum can be met, not only for the cases", () => {
    const way = (min: number): object => ({ any: [custodians(min), compliance, officers(min)] });
    const never = [{ operation: "mint", withFewerPeopleThan: 3 }];
    const least = (quorum: object): number => {
      const fields = { never, rules: [mintRule({}, [upTo("100 GLD", quorum)])] };
      const budgets = Array.from({ length: 2_000 }, (_, budget) => budget);
      return budgets.find((budget) => proofOf(fields, rosterIndex, { budget }).kind !== "undecided") ?? 2_000;
    };
    expect(least({ all: [way(1), way(1)] })).toBeGreaterThan(least(custodians(2)) + 9);
  });

  it("about a field that is compared with the clock and with a number cannot be decided", () => {
    const typedData = (deadline: object): object => ({
      domain: { verifyingContract: `0x${"1".repeat(40)}`, chainId: 31_337 },
      primaryType: "Permit",
      fields: { deadline },
    });
    const rules = [
      {
        id: "permit",
        when: { operation: "signTypedData", initiator: { group: "issuers" }, typedData: typedData({ within: "1h" }) },
        tiers: [upTo("max", custodians(2))],
      },
    ];
    const proof = proofOf({
      rules,
      never: [{ operation: "signTypedData", typedData: typedData({ gt: "2000000000" }) }],
    });
    expect(proof.claims[0]).toMatchObject({
      kind: "undecided",
      message: "cannot decide: field `deadline` is compared with the clock and with a fixed value",
    });
  });

  it("is told in a line with what refutes it; of several, the worst is what the proof says", () => {
    const never = [
      { operation: "mint", withFewerPeopleThan: 3 },
      { operation: "mint", withFewerPeopleThan: 2 },
    ];
    const proof = proofOf({ never });
    expect(proof).toMatchObject({ kind: "false", syntheticRoster: false });
    expect(proof.claims.map(({ kind }) => kind)).toEqual(["false", "proved"]);
    expect(proof.lines).toEqual([
      `never.0 false: never a mint with fewer than 3 people: 2 people are enough, fewer than 3; for example: mint 100 GLD to Bank A (${checksum(parseAddress(bank("a")))}) by ida, with carla and chris`,
      "never.1 proved: never a mint with fewer than 2 people",
    ]);
    expect(proofOf({}).kind).toBe("proved");
  });
});
