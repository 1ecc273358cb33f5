/** What becomes of a cell at best: permitted with what is asked, or denied by whom. */
import { describe, expect, it } from "vitest";
import { groundOf, isVoid, outcomeIn, uncoverable, type Permitted } from "../../../../src/policy/analyse/outcome.ts";
import * as address from "../../../../src/values/address.ts";
import { key, n, rosterIndex, rosterWith } from "../example.ts";
import { compliance, custodians, lists, mintRule, small, sum, two, upTo, zurich } from "../small.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { first, outcomes, spotOf, visitsOf } from "../terrain.ts";

const guard = (then: object, more: object = {}): object => ({
  guards: [{ id: "guard", when: { operation: "mint" }, ...more, ...then }],
});
const limit = (more: object): object => ({ limits: [{ id: "day", ...sum, max: "50 GLD", over: "deny", ...more }] });

describe("the outcome of a cell", () => {
  it("is permitted with the tier's own requirement, and denied above the last tier", () => {
    expect(outcomes()).toEqual(["permitted", "mint.amount"]);
    const { outcome } = first(visitsOf());
    expect(outcome).toMatchObject({
      kind: "permitted",
      requirement: { delaySeconds: 0, vetoes: [], sign: "hsm-mint", ask: { floors: [] } },
    });
  });

  it.each<[string, object, readonly string[]]>([
    ["a guard that denies", guard({ deny: true }), ["guard.guard", "mint.amount"]],
    [
      "evidence that nobody gives",
      guard({ require: { evidence: "identity", by: { group: "nobody", min: 1 } } }),
      ["guard.guard", "mint.amount"],
    ],
    ["evidence that somebody gives", guard({ require: { evidence: "document" } }), ["permitted", "mint.amount"]],
    ["a limit above its maximum", limit({}), ["permitted", "limit.day", "mint.amount"]],
    ["a count that one request fits", limit({ metric: "count", max: 1 }), ["permitted", "mint.amount"]],
    [
      "a net, of which more may have been burned",
      { limits: [{ id: "net", metric: "net", window: "rolling 24h", per: "asset", max: "1 GLD", over: "deny" }] },
      ["permitted", "mint.amount"],
    ],
    [
      "a limit that is asked of others",
      limit({ when: { operation: "burn" } }),
      ["permitted", "permitted", "mint.amount"],
    ],
    [
      "a group that is too small",
      { groups: { observers: { min: 2 }, custodians: { min: 4 } } },
      ["group.custodians", "mint.amount"],
    ],
    [
      "a key that the roster has not",
      { rules: [mintRule({}, [upTo("100 GLD", custodians(2), { sign: "gone" })])] },
      ["mint.sign", "mint.amount"],
    ],
  ])("follows %s", (_, fields, expected) => {
    expect(outcomes(fields as never)).toEqual(expected);
  });

  it.each<[string, object, { readonly code: string; readonly clause: string }]>([
    ["a guard", guard({ deny: true }), { code: "policy.guard", clause: "guard.guard" }],
    ["a full limit", limit({ max: "1 GLD" }), { code: "policy.limit-exceeded", clause: "limit.day" }],
    ["no tier", {}, { code: "policy.over-top-tier", clause: "mint.amount" }],
    [
      "a key that is gone",
      { rules: [mintRule({}, [upTo("100 GLD", custodians(2), { sign: "gone" })])] },
      { code: "policy.wrong-key", clause: "mint.sign" },
    ],
    [
      "a group that is too small",
      { groups: { observers: { min: 2 }, custodians: { min: 4 } } },
      { code: "policy.group-floor", clause: "group.custodians" },
    ],
  ])("is denied with the code and the clause of a decision by %s", (_, fields, expected) => {
    expect(visitsOf(fields as never).map(({ outcome }) => outcome)).toContainEqual({ kind: "denied", ...expected });
  });

  it("has every limit that counts it, evidence that is wanted, and lists that say who may receive", () => {
    const require = { evidence: "document", by: { group: "attestors", min: 1 } };
    const permitted = (fields: object): Permitted => {
      const found = first(visitsOf(fields as never).filter(({ outcome }) => outcome.kind === "permitted")).outcome;
      if (found.kind !== "permitted") throw new Error("nothing is permitted");
      return found;
    };
    const found = permitted({
      lists: lists("a", "b"),
      guards: [
        { id: "more", when: { operation: "mint" }, add: { quorum: compliance } },
        { id: "paper", when: { operation: "mint" }, require },
      ],
      limits: [
        { id: "day", ...sum, max: "500 GLD", over: "deny" },
        { id: "other", when: { operation: "burn" }, ...sum, max: "500 GLD", over: "deny" },
      ],
    });
    expect(found.evidence.map(({ id }) => id)).toEqual(["paper"]);
    expect(found.limits.map(({ id }) => id)).toEqual(["day"]);
    const listedIn = ({ lists: found }: Permitted): readonly string[] =>
      found.flatMap(({ entries }) => [...entries.values()]);
    expect(listedIn(found)).toEqual(["Bank A"]);
    const args = (tests: object): object => ({
      lists: lists("a", "b"),
      rules: [{ id: "mint", when: { operation: "mint", initiator: { group: "issuers" }, args: tests }, tiers: [two] }],
    });
    expect(listedIn(permitted(args({ to: { in: "other" } })))).toEqual(["Bank B"]);
    expect(listedIn(permitted(args({ to: { notIn: "other" } })))).toEqual([]);
  });

  it("asks for what guards add in the order of their ids, however they stand", () => {
    const guards = ["b", "a"].map((id) => ({
      id,
      when: { operation: "mint" },
      add: { quorum: id === "a" ? compliance : custodians(1) },
    }));
    const { outcome } = first(visitsOf({ guards }));
    expect(outcome.kind === "permitted" && outcome.requirement.ask.quorum).toEqual({
      all: [custodians(2), compliance, custodians(1)],
    });
  });

  it("of a burn or a redemption is counted by no net", () => {
    const net = { id: "net", metric: "net", window: "rolling 24h", per: "asset", max: "1 GLD", over: "deny" };
    const counted = (operation: string): boolean[] =>
      visitsOf({
        rules: [{ id: "burning", when: { operation, initiator: { group: "issuers" } }, tiers: [two] }],
        limits: [net],
      }).flatMap(({ outcome }) => (outcome.kind === "permitted" ? [outcome.limits.length > 0] : []));
    expect([counted("mint"), counted("burn"), counted("redeem")]).toEqual([[true], [false], [false]]);
  });

  it("is denied throughout while somebody is in two groups that are kept apart", () => {
    const roster = rosterWith({ ida: { groups: ["issuers", "officers"].map(n) } });
    const fields = { separation: [["issuers", "officers"]] };
    expect(visitsOf(fields, roster)[0]?.outcome).toEqual({
      kind: "denied",
      code: "policy.separation",
      clause: "separation.issuers.officers",
    });
  });

  it("asks for what guards and limits add, in the order of their ids", () => {
    const fields = {
      ...guard({ add: { quorum: compliance, delay: "1h" } }),
      ...limit({ over: { add: { quorum: custodians(1), delay: "2h" } } }),
    };
    const last = visitsOf(fields).find(({ spot }) => spot.amount.from > 1n)!.outcome;
    expect(last.kind === "permitted" && last.requirement).toMatchObject({
      ask: { quorum: { all: [custodians(2), compliance, custodians(1)] } },
      delaySeconds: 7_200,
    });
  });

  it("adds what a limit by the calendar adds where no local time is known, and is denied where it would deny", () => {
    const calendar = (over: unknown): object => ({
      ...zurich,
      ...limit({ window: "calendar day", max: "100 GLD", over }),
    });
    expect(outcomes(calendar("deny") as never)).toEqual(["permitted", "mint.amount", "limit.day", "mint.amount"]);
    expect(outcomes(calendar({ add: { quorum: compliance } }) as never)).toEqual([
      "permitted",
      "mint.amount",
      "permitted",
      "mint.amount",
    ]);
  });

  it("is ambiguous where two rules match", () => {
    const roster = rosterWith({ ivan: { groups: ["issuers", "traders"].map(n) } });
    expect(
      outcomes({ rules: [mintRule(), mintRule({ initiator: { group: "traders" } }, [two], "trade")] }, roster),
    ).toContain("ambiguous");
  });

  it("is no rule for a key that no rule is for", () => {
    const policy = compile(small({ rules: [mintRule({ account: "hsm-mint" })] }));
    const ground = groundOf(policy, rosterIndex);
    const spot = spotOf({ rules: [mintRule({ account: "hsm-mint" })] });
    expect(outcomeIn(ground, { ...spot, recipients: undefined }, n("hsm-other"))).toMatchObject({
      code: "policy.no-rule",
    });
  });
});

describe("a cell without requests", () => {
  const ground = groundOf(compile(small()), rosterIndex);
  const spot = spotOf();

  it("has the account for its only recipient", () => {
    const members = [key.account];
    expect(isVoid({ ...spot, recipients: { ...spot.recipients!, members } }, n("hsm-mint"), ground)).toBe(true);
    expect(isVoid({ ...spot, recipients: { ...spot.recipients!, members } }, n("hsm-other"), ground)).toBe(false);
    expect(
      isVoid(
        { ...spot, recipients: { ...spot.recipients!, members: [...members, address.zero] } },
        n("hsm-mint"),
        ground,
      ),
    ).toBe(false);
  });

  it("has the domain of the house's own statements", () => {
    const domain = {
      name: " Countersign",
      version: undefined,
      chainId: ground.policy.token.chain,
      verifyingContract: address.zero,
    };
    expect(
      isVoid({ ...spot, typed: { domain, primaryType: "Approval", fields: new Map() } }, n("hsm-mint"), ground),
    ).toBe(true);
  });
});

describe("reserves", () => {
  it("can cover no more than there are numbers for", () => {
    const half = compile(
      small(
        guard({
          require: { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "1h", cover: { ratio: "0.5" } },
        }) as never,
      ),
    );
    expect(uncoverable(half, half.guards[0]!)).toEqual([((1n << 256n) - 1n) / 2n + 1n]);
    expect(
      outcomes({
        ...guard({
          require: { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "1h", cover: { ratio: "0.5" } },
        }),
        rules: [mintRule({}, [upTo("max", custodians(2))])],
      }),
    ).toEqual(["permitted", "guard.guard"]);
  });

  it("warn of what no reserves could keep from it, and of nothing less", () => {
    const warn = { ratio: "0.25", add: { quorum: { group: "compliance", min: 1 } } };
    const fields = {
      ...guard({
        require: {
          ...{ evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "1h" },
          cover: { ratio: "0.5", warn },
        },
      }),
      rules: [mintRule({}, [upTo("max", custodians(2))])],
    };
    const most = (1n << 256n) - 1n;
    const policy = compile(small(fields));
    expect(uncoverable(policy, policy.guards[0]!)).toEqual([most / 2n + 1n, most / 4n + 1n]);
    const asked = visitsOf(fields).map(({ outcome }) =>
      outcome.kind === "permitted" ? outcome.requirement.ask.quorum : outcome.kind,
    );
    expect(asked).toEqual([custodians(2), { all: [custodians(2), { group: "compliance", min: 1 }] }, "denied"]);
  });

  it("are worth at most the highest price that anybody can attest", () => {
    const priced = { par: "1000", maxAge: "1h", sources: 1, deviation: "0.01" };
    const require = {
      ...{ evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "1h" },
      cover: { ratio: "0.5", price: priced },
    };
    const policy = compile(small({ ...guard({ require }) }));
    const [edge] = uncoverable(policy, policy.guards[0]!);
    const highest = 10n ** 30n - 1n;
    expect(edge).toBe((((1n << 256n) - 1n) * 5n * highest) / (10n * 1000n * 10n ** 18n) + 1n);
  });

  it("cover the largest number there is, unless only a share of them counts", () => {
    const last = (ratio: string): unknown =>
      visitsOf({
        ...guard({
          require: { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "1h", cover: { ratio } },
        }),
        rules: [mintRule({ amount: { eq: "max" } }, [upTo("max", custodians(2))])],
      }).map(({ outcome }) => (outcome.kind === "denied" ? outcome.clause : outcome.kind));
    expect(last("1.00")).toEqual(["permitted"]);
    expect(last("0.99")).toEqual(["guard.guard"]);
    expect(last("1.01")).toEqual(["permitted"]);
  });
});
