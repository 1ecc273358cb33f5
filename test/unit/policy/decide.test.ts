/** The decision as a whole: what is allowed, what waits, what is refused, and that everything is always judged. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/policy/decide.ts";
import { decisionSchema } from "../../../src/policy/decision.ts";
import { toWire } from "../../../src/values/wire.ts";
import {
  clause,
  decideWith,
  document,
  gld,
  idOf,
  inputWith,
  intentWith,
  key,
  mintRule,
  minute,
  now,
  observation,
  outcome,
  reserve,
  rosterWith,
  stranger,
  tierWith,
  vote,
  n,
} from "./example.ts";
import { intentHash } from "../../../src/intent/intent.ts";
import { hash } from "../../../src/values/json.ts";

const allowed = { verdict: "allowed", code: "policy.allowed", failing: [] };

describe("decide", () => {
  it("allows the mint that everything speaks for, and says by what", () => {
    const decision = decideWith();
    expect(decision).toMatchObject({
      verdict: "allowed",
      code: "policy.allowed",
      rule: "mint",
      tier: 0,
      key: "hsm-mint",
      missing: [],
      nearest: [],
    });
    expect(decision).toMatchObject({
      policyHash: hash(document),
      intentHash: intentHash(intentWith()),
      expiresAt: now + 3_600,
      notBefore: now - 600,
    });
    expect(decision.seats.map((seat) => seat.person)).toEqual(["carla", "chris"]);
    expect(decision.requires).toEqual({ group: "custodians", min: 2 });
  });

  it("is a document that its own schema reads", () => {
    expect(decisionSchema.parse(toWire(decideWith()))).toEqual(decideWith());
  });

  it("judges every clause, also beside one that cannot be cured", () => {
    const all = decideWith().clauses.map(({ id }) => id);
    expect(all).toEqual(
      "token.asset token.chain intent.chain intent.expiresAt intent.lifetime intent.notBefore mint.operation mint.initiator mint.to mint.amount mint.sign group.custodians mint.quorum mint.delay separation.issuers.custodians separation.officers.custodians separation.attestors.issuers guard.reserves-cover.evidence guard.reserves-cover guard.fee limit.mint-day ceiling.request ceiling.day ceiling.fees token.codehash token.paused token.freshness".split(
        " ",
      ),
    );
    expect(
      decideWith({ bounds: { chainKnown: false }, facts: { votes: [], observed: {}, reserves: [] } }).clauses.map(
        ({ id }) => id,
      ),
    ).toEqual(all);
  });

  it("waits for people", () => {
    expect(outcome({ facts: { votes: [vote("carla")] } })).toEqual({
      verdict: "pending",
      code: "policy.quorum-missing",
      failing: ["mint.quorum"],
    });
  });

  it("refuses rather than waits when one lack is incurable and comes last", () => {
    const bend = { facts: { votes: [], observed: observation("codehash", `0x${"00".repeat(32)}`) } };
    expect(outcome(bend)).toMatchObject({ verdict: "refused", code: "policy.code-changed" });
    expect(outcome(bend).failing).toContain("mint.quorum");
  });

  it("refuses another asset and another chain", () => {
    expect(outcome({ intent: { asset: "SLV" } })).toMatchObject({ verdict: "refused", code: "policy.wrong-asset" });
    expect(outcome({ intent: { chainId: 1 } })).toMatchObject({ verdict: "refused", code: "policy.wrong-chain" });
    expect(outcome({ bounds: { chainKnown: false } })).toMatchObject({
      verdict: "refused",
      code: "policy.chain-unknown",
      failing: ["intent.chain"],
    });
  });

  it("refuses a key that is not the tier's, and an account that nobody manages", () => {
    const wrong = { verdict: "refused", code: "policy.wrong-key", failing: ["mint.sign"] };
    expect(outcome({ bounds: { managed: { key: n("hsm-other"), account: key.account } } })).toEqual(wrong);
    expect(outcome({ bounds: { managed: { key: key.id, account: stranger } } })).toEqual(wrong);
    expect(outcome({ bounds: { managed: undefined } })).toEqual(wrong);
  });

  it("says what is asked for of asset, chain and key, and what may be", () => {
    const rule = { kind: "rule", curable: false };
    const asked = decideWith({ intent: { asset: "SLV", chainId: 1 }, bounds: { managed: undefined } });
    const said = (id: string, ok: boolean, observed: string, bound: string) => ({ ...rule, id, ok, observed, bound });
    expect(asked.clauses.slice(0, 3)).toEqual([
      said("token.asset", false, "SLV", "GLD"),
      said("token.chain", false, "chain 1", "chain 31337"),
      said("intent.chain", true, "chain 1", "a chain of the genesis"),
    ]);
    expect(clause(asked, "mint.sign")).toEqual(
      said("mint.sign", false, `${key.account} is no managed account`, "key hsm-mint"),
    );
    expect(clause(decideWith(), "mint.sign")).toEqual(
      said("mint.sign", true, `${key.account} is hsm-mint`, "key hsm-mint"),
    );
    const other = decideWith({ bounds: { managed: { key: n("hsm-other"), account: key.account } } });
    expect(clause(other, "mint.sign")).toEqual(said("mint.sign", false, `${key.account} is hsm-other`, "key hsm-mint"));
  });

  it("takes the tier from the amount, inclusive at its top", () => {
    const votes = [vote("carla"), vote("chris"), vote("cora")];
    const facts = { votes, firstSeen: now - 30 * minute };
    expect(decideWith({ intent: { amount: gld("1000").toString() }, facts })).toMatchObject({
      verdict: "allowed",
      tier: 0,
    });
    expect(decideWith({ intent: { amount: (gld("1000") + 1n).toString() }, facts })).toMatchObject({
      verdict: "allowed",
      tier: 1,
    });
    expect(decideWith({ intent: { amount: gld("5000").toString() }, facts })).toMatchObject({
      verdict: "allowed",
      tier: 1,
    });
    expect(decideWith({ intent: { amount: (gld("5000") + 1n).toString() }, facts })).toMatchObject({
      verdict: "refused",
      code: "policy.over-top-tier",
      rule: "mint",
      tier: null,
      key: null,
      requires: null,
    });
  });

  it("pauses without votes of custodians, reserves or supply, and only on the code it knows", () => {
    const intent = { operation: "pause", amount: "0", to: `0x${"00".repeat(20)}` };
    const facts = { votes: [vote("olga")], reserves: [], observed: observation("codehash", document.token.codehash) };
    expect(outcome({ intent, facts, initiator: "otto" })).toEqual(allowed);
    expect(outcome({ intent, facts: { ...facts, observed: {} }, initiator: "otto" })).toMatchObject({
      code: "policy.evidence-missing",
      failing: ["token.codehash", "token.freshness"],
    });
  });

  it("redeems without reserves", () => {
    const intent = { operation: "redeem", to: `0x${"00".repeat(20)}` };
    expect(outcome({ intent, facts: { votes: [vote("chris")], reserves: [] } })).toEqual(allowed);
  });

  it("names the rule of no operation, the group and the list, each in its own word", () => {
    const rules = document.rules.filter((rule) => rule.id !== "stop");
    const pause = { operation: "pause", amount: "0", to: `0x${"00".repeat(20)}` };
    expect(outcome({ policy: { rules }, intent: pause, initiator: "otto" })).toMatchObject({
      verdict: "refused",
      code: "policy.no-rule",
    });
    expect(outcome({ initiator: "cora" })).toMatchObject({
      verdict: "refused",
      code: "policy.initiator-not-in-group",
      failing: ["rule"],
    });
    expect(outcome({ intent: { to: stranger } })).toMatchObject({
      verdict: "refused",
      code: "policy.recipient-not-listed",
      failing: ["rule"],
    });
  });

  it("says of no fact that is missing that it is well", () => {
    for (const fact of Object.keys(inputWith().facts.observed)) {
      const observed = Object.fromEntries(Object.entries(inputWith().facts.observed).filter(([one]) => one !== fact));
      expect(outcome({ facts: { observed } })).toMatchObject({ verdict: "pending", code: "policy.evidence-missing" });
    }
    expect(outcome({ facts: { reserves: [] } })).toMatchObject({ verdict: "pending", code: "policy.evidence-missing" });
  });

  it("holds a mint while somebody is in two groups that are to be apart", () => {
    const roster = rosterWith({ otto: { groups: [n("officers"), n("custodians")] } });
    const decision = decideWith({ roster });
    expect(decision).toMatchObject({ verdict: "pending", code: "policy.separation" });
    expect(clause(decision, "separation.officers.custodians").observed).toBe("otto in both");
  });

  it("counts one of two reserves below the bound and one above it as the lower", () => {
    const reserves = [reserve(), reserve({ attestor: "obs-1", reserves: "1" })];
    const roster = rosterWith({ "obs-1": { groups: [n("observers"), n("attestors")] } });
    expect(outcome({ facts: { reserves }, roster })).toMatchObject({ code: "policy.reserves-short" });
    expect(outcome({ facts: { reserves } })).toEqual(allowed);
  });

  it("answers the same to the same", () => {
    const input = inputWith({ facts: { votes: [vote("chris"), vote("carla", { approvalId: idOf("x") })] } });
    expect(decide(input)).toEqual(decide(input));
  });
});

describe("what is demanded together", () => {
  const officers = { group: "officers", min: 1 };
  const policy = {
    guards: [{ id: "big", when: { operation: "mint" }, add: { quorum: officers, delay: "5m" } }],
    limits: [
      {
        id: "day",
        when: { operation: "mint" },
        metric: "sum",
        window: "rolling 24h",
        per: "asset",
        max: "50 GLD",
        over: { add: { quorum: { ...officers, min: 2 }, distinct: { people: 6 } } },
      },
    ],
  };
  const spoken = ["carla", "chris", "olga", "otto", "omar"].map((person) => vote(person));

  it("is one requirement of the tier, of guards and of full limits", () => {
    const decision = decideWith({ policy, facts: { votes: spoken } });
    expect(decision.requires).toEqual({ all: [{ group: "custodians", min: 2 }, officers, { ...officers, min: 2 }] });
    expect(decision.seats.map(({ person }) => person)).toEqual(["carla", "chris", "olga", "omar", "otto"]);
    expect(clause(decision, "mint.quorum").ok).toBe(true);
    expect(decision).toMatchObject({ verdict: "pending", code: "policy.too-few-people" });
  });

  it("is never met by one person in two seats", () => {
    const two = decideWith({ policy, facts: { votes: spoken.slice(0, 4) } });
    expect(two.missing).toEqual([{ group: "officers", count: 1, candidates: ["omar"] }]);
  });

  it("is a document that its own schema reads", () => {
    const decision = decideWith({ policy });
    expect(decisionSchema.parse(toWire(decision))).toEqual(decision);
  });
});

describe("a loud rule", () => {
  const stop = { id: "stop", when: { operation: "pause", initiator: { group: "officers" } }, ...tierWith({}) };
  const pause = { operation: "pause", amount: "0", to: `0x${"00".repeat(20)}` };
  const told = (loud: object): unknown =>
    decideWith({ policy: { rules: [mintRule(), { ...stop, ...loud }] }, intent: pause, initiator: "otto" });

  it("says in the decision that everybody is told, and no other rule does", () => {
    expect(told({ loud: true })).toMatchObject({ verdict: "allowed", rule: "stop", loud: true });
    expect(told({})).not.toHaveProperty("loud");
    expect(decisionSchema.parse(toWire(told({ loud: true })))).toEqual(told({ loud: true }));
  });
});
