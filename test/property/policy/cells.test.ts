/** Analysis, proof and diff of small random policies, beside the decision itself asked over and over. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/policy/analyse/analyse.ts";
import { compileClaims } from "../../../src/policy/analyse/claim.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { decide } from "../../../src/policy/decide.ts";
import { diff } from "../../../src/policy/analyse/diff.ts";
import { readPolicyDocument } from "../../../src/policy/document/document.ts";
import type { Policy } from "../../../src/policy/policy.ts";
import { fewest } from "../../../src/policy/analyse/fewest.ts";
import { prove } from "../../../src/policy/analyse/prove.ts";
import { terrainOf, visits } from "../../../src/policy/analyse/survey.ts";
import { inMeetingOrder, votersFor } from "../../../src/policy/analyse/voting.ts";
import { inputBest, witnessOf, type Witness } from "../../../src/policy/analyse/witness.ts";
import { holds } from "../../../src/policy/decide/holds.ts";
import { n } from "../../unit/policy/example.ts";
import { decideExample } from "../../unit/policy/small.ts";
import { anyTry, atBest, condition, everybody, inputOf, isAllowed, smallPair, smallPolicy } from "./small-policy.ts";
import { untilSeen } from "./until-seen.ts";

/** Without the list of every smaller failure: a policy is a page. */
const runs = (numRuns: number): fc.Parameters<unknown> => ({ numRuns });

describe("cells of small random policies", () => {
  it("say of their representative what the decision says of it", () => {
    let permitted = 0;
    fc.assert(
      fc.property(smallPolicy, ({ policy }) => {
        const terrain = terrainOf(policy, everybody);
        for (const rule of policy.rules)
          for (const { tier, spot, outcome } of visits(rule, terrain, { left: 10_000 })) {
            const key = tier?.sign ?? rule.tiers[0]!.sign;
            const witness = witnessOf(spot, key, { policy, roster: everybody });
            if (witness === undefined) continue;
            const electorate = { roster: everybody, groups: policy.groups, initiator: witness.initiator };
            const ask = outcome.kind === "permitted" ? outcome.requirement.ask : undefined;
            const people =
              ask === undefined ? everybody.roster.people : (fewest(ask, electorate) ?? votersFor(ask, electorate));
            const voters = ask === undefined ? people : (inMeetingOrder(ask, people, electorate) ?? people);
            const waitedSeconds = outcome.kind === "permitted" ? outcome.requirement.delaySeconds : 86_400;
            const decision = decide(inputBest(witness, { policy, roster: everybody, voters, waitedSeconds }));
            const expected = ask !== undefined && fewest(ask, electorate) !== undefined;
            expect([decision.verdict === "allowed", JSON.stringify(outcome, text)]).toEqual([
              expected,
              JSON.stringify(outcome, text),
            ]);
            if (outcome.kind === "denied" && outcome.clause !== "rule")
              expect(
                decision.clauses
                  .filter(({ ok }) => !ok)
                  .map(({ id }) => id)
                  .join(),
              ).toContain(outcome.clause);
            if (expected) permitted += 1;
          }
      }),
      runs(60),
    );
    expect(permitted).toBeGreaterThan(50);
  });

  it("miss no request that is allowed or ambiguous, and find none that is not there", () => {
    const seen = { allowed: 0, ambiguous: 0, found: 0 };
    untilSeen(seen, { allowed: 5, ambiguous: 5, found: 5 }, (random) => {
      fc.assert(
        fc.property(smallPolicy, fc.array(atBest, { minLength: 60, maxLength: 60 }), (small, tries) => {
          const { findings, kind } = analyse(small.policy, everybody);
          expect(kind).not.toBe("undecided");
          const fields = findings
            .filter(({ code }) => code === "policy.tier-unreachable" || code === "policy.rule-dead")
            .map(({ field }) => field);
          for (const one of tries) {
            const { verdict, code, rule, tier } = decide(inputOf(small, one));
            if (code === "policy.ambiguous") {
              seen.ambiguous += 1;
              expect(findings.map((finding) => finding.code)).toContain("policy.overlap");
            }
            if (verdict !== "allowed") continue;
            seen.allowed += 1;
            const index = small.policy.rules.findIndex(({ id }) => id === rule);
            expect(fields).not.toContain(`rules.${index}`);
            expect(fields).not.toContain(`rules.${index}.tiers.${tier ?? 0}`);
          }
          for (const { code, example } of findings) {
            if (code !== "policy.overlap") continue;
            seen.found += 1;
            expect(decideExample(example!, small.policy, everybody).code).toBe("policy.ambiguous");
          }
        }),
        { ...runs(60), ...random },
      );
    });
  });
});

/** Requests that stand for every cell in which something can be allowed. */
function permittedIn(policy: Policy): readonly Witness[] {
  const terrain = terrainOf(policy, everybody);
  return policy.rules.flatMap((rule) =>
    [...visits(rule, terrain, { left: 10_000 })].flatMap(({ tier, spot, outcome }) => {
      if (tier === undefined || outcome.kind !== "permitted") return [];
      return witnessOf(spot, tier.sign, { policy, roster: everybody }) ?? [];
    }),
  );
}

const claim = fc
  .tuple(
    condition,
    fc.record(
      {
        withFewerPeopleThan: fc.integer({ min: 1, max: 3 }),
        withoutDelay: fc.constantFrom("1h", "2h"),
        without: fc.constantFrom({ group: "compliance", min: 1 }, { group: "officers", min: 1 }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([when, lacks]) => ({ ...when, ...lacks }));

describe("proofs over small random policies", () => {
  it("agree with every request that is tried, and refute by one that is allowed", () => {
    const seen = { proved: 0, refuted: 0, tried: 0 };
    untilSeen(seen, { proved: 5, refuted: 5, tried: 5 }, (random) => {
      fc.assert(
        fc.property(smallPolicy, claim, fc.array(anyTry, { minLength: 80, maxLength: 80 }), (small, never, tries) => {
          const document = readPolicyDocument({ ...small.document, never: [never] });
          const policy = compile(document);
          const claims = compileClaims(document);
          const [result] = prove(policy, claims, everybody).claims;
          if (result!.kind === "false") {
            seen.refuted += 1;
            expect(decideExample(result!.example!, policy, everybody).verdict).toBe("allowed");
            return;
          }
          expect(result!.kind).toBe("proved");
          seen.proved += 1;
          const witnesses = permittedIn(policy);
          for (const [index, one] of tries.entries()) {
            const witness = witnesses[index % Math.max(1, witnesses.length)];
            if (witness === undefined) return;
            const voters_ = one.voters.flatMap((id) => everybody.member(n(id)) ?? []);
            const input = inputBest(witness, {
              policy,
              roster: everybody,
              voters: voters_,
              waitedSeconds: one.waitedSeconds,
            });
            if (decide(input).verdict !== "allowed" || holds(claims[0]!.when, input) !== "yes") continue;
            seen.tried += 1;
            const voters = new Set(one.voters.filter((id) => id !== witness.initiator));
            const { withFewerPeopleThan, withoutDelay, without } = never;
            const lacking = [
              ...(withFewerPeopleThan === undefined ? [] : [voters.size < withFewerPeopleThan]),
              ...(withoutDelay === undefined ? [] : [one.waitedSeconds < Number.parseInt(withoutDelay) * 3_600]),
              ...(without === undefined
                ? []
                : [![...voters].some((id) => everybody.inGroup(id as never, without.group as never))]),
            ];
            expect(lacking.length === 0 || lacking.includes(true)).toBe(false);
          }
        }),
        { ...runs(100), ...random },
      );
    });
  });
});

describe("diffs of small random policies", () => {
  it("call nothing a tightening by which a request that is tried comes to be allowed", () => {
    const seen = { same: 0, tightening: 0, loosening: 0, undecided: 0, flipped: 0 };
    untilSeen(seen, { tightening: 5, loosening: 5, flipped: 11 }, (random) => {
      fc.assert(
        fc.property(smallPair, fc.array(anyTry, { minLength: 80, maxLength: 80 }), ([before, next], tries) => {
          const found = diff(before.policy, next.policy, everybody);
          seen[found.kind] += 1;
          for (const one of tries) {
            const [was, is] = [isAllowed(before, one), isAllowed(next, one)];
            if (was === is) continue;
            seen.flipped += 1;
            expect([found.kind, was, is]).not.toEqual(["same", was, is]);
            if (is) expect(found.kind).toBe("loosening");
            expect(found.regions.some(({ effect }) => effect !== (is ? "tightening" : "loosening"))).toBe(true);
          }
          for (const { from, to, example } of found.regions) {
            // A region in which one of the two denies has an example that only the other lets through, if people suffice.
            if (!/^(denied|refused)/.test(to) || example === undefined) continue;
            expect(decideExample(example, next.policy, everybody).verdict, `${from} → ${to}`).not.toBe("allowed");
          }
        }),
        { ...runs(100), ...random },
      );
    });
  });

  it("find nothing between a policy and itself", () => {
    fc.assert(
      fc.property(smallPolicy, ({ policy }) => {
        expect(diff(policy, policy, everybody)).toMatchObject({ kind: "same", regions: [], settings: [] });
      }),
      runs(60),
    );
  });
});

const text = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? value.toString() : value instanceof Set || value instanceof Map ? [...value] : value;
