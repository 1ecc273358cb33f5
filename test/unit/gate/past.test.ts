/** Past requests as the log tells them, and what a draft would have made of them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { historyOf, type LogHistory } from "../../../src/gate/past.ts";
import { withStanding } from "../../../src/gate/recount.ts";
import type { Logged } from "../../../src/gate/usage-from-log.ts";
import { entrySchema } from "../../../src/log/entry.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { decide } from "../../../src/policy/decide.ts";
import { replay, replayLines, type Replay } from "../../../src/policy/trial/replay.ts";
import { intentHash } from "../../../src/intent/intent.ts";
import { readPolicyDocument } from "../../../src/policy/document/document.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import { hash } from "../../../src/values/json.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { fullBundle } from "../../place/bundle-maker.ts";
import { openPlace } from "../../place/gate.ts";
import { approval, submission } from "../../place/gold.ts";
import { logOf, writtenLog, type Written } from "./usage-log.ts";

const checks = nativeChecks();
const gold = parseName("GLD");
let written: Written;
let history: LogHistory;

beforeAll(async () => {
  written = await writtenLog();
  history = historyOf(written.log, gold, checks);
});
afterAll(async () => {
  await written.place.close();
});

/** What the policy of the log becomes with these fields. */
function under(fields: object, past = history.past): Replay {
  const document = readPolicyDocument({ ...written.place.deployment.policy, ...fields });
  return replay(past, { policy: compile(document), hash: hash(document) });
}

const limitsWith = (id: string, max: string) =>
  written.place.deployment.policy.limits!.map((limit) => (limit.id === id ? { ...limit, max } : limit));

describe("the history of a log", () => {
  it("has every request with its facts, in the order of its allocations", () => {
    expect(history.past).toHaveLength(7);
    expect(history.past.every(({ facts }) => facts !== undefined)).toBe(true);
    expect(history.past.map(({ initiator }) => initiator)).toEqual([
      "ida",
      "ivan",
      "ida",
      "ida",
      "ivan",
      "ivan",
      "ida",
    ]);
  });

  it("decides every request again as it was decided", () => {
    const recorded = written.log.flatMap(({ entry }) => (entry.kind === "allocation" ? [entry.decision] : []));
    const again = history.past.map((one) => {
      const { policy, policyHash, roster, rosterHash, bounds, intent, initiator, facts } = one;
      return decide({
        ...{ policy, policyHash, roster, rosterHash, bounds, intent, initiator, facts: facts! },
        intentHash: intentHash(intent),
      });
    });
    expect(again).toEqual(recorded);
  });

  it("flips nothing under the policy that was in force", () => {
    expect(under({})).toEqual({ tried: 7, flips: [] });
    expect(replayLines(under({}))).toEqual(["0 of 7 past requests would have come out otherwise"]);
  });

  it("says which requests a lower limit would have held back, and why", () => {
    const { flips } = under({ limits: limitsWith("all", "500 GLD") });
    expect(flips.map(({ words }) => words.slice(0, 12))).toEqual(["mint 400 GLD", "mint 500 GLD", "mint 250 GLD"]);
    expect(flips[0]).toMatchObject({ from: "allowed", to: "pending", recorded: true, unasked: false });
    expect(flips[0]?.why.map(({ id }) => id)).toEqual(["limit.all"]);
    expect(flips[0]?.why[0]?.observed).toContain("300 GLD");
    const lines = replayLines(under({ limits: limitsWith("all", "500 GLD") }), 1);
    expect(lines[0]).toBe("3 of 7 past requests would have come out otherwise");
    expect(lines[2]).toMatch(/allowed before, pending now: limit.all: /);
    expect(lines.at(-1)).toBe("  and 2 more");
  });

  it("says when nobody asked for the evidence that a draft wants", () => {
    const guards = [
      ...written.place.deployment.policy.guards!,
      {
        id: "priced",
        when: { operation: "mint" },
        require: { evidence: "price", maxAge: "1h", sources: 1, deviation: "0.1" },
      },
    ];
    const { flips } = under({ guards });
    expect(flips).toHaveLength(5);
    expect(flips.every(({ unasked }) => unasked)).toBe(true);
    expect(replayLines(under({ guards }))[2]).toMatch(/nobody asked for this then/);
  });

  it("is that of one asset only, and of none when none is meant", () => {
    expect(historyOf(written.log, parseName("SLV"), checks).past).toEqual([]);
    expect(historyOf(written.log, undefined, checks).past).toEqual([]);
    expect(historyOf(written.log, undefined, checks).standing.policies.has(gold)).toBe(true);
  });

  it("depends on the leaves that it is given, and on no later one", () => {
    const place = written.log.findIndex(({ entry }) => entry.kind === "allocation");
    expect(historyOf(written.log.slice(0, place + 1), gold, checks).past).toHaveLength(1);
    expect(historyOf(written.log.slice(0, place + 1), gold, checks).past[0]?.facts).toBeDefined();
    expect(historyOf(written.log.slice(0, place), gold, checks).past[0]?.facts).toBeUndefined();
  });

  it("is not made of leaves without a genesis", () => {
    expect(() => historyOf(written.log.slice(1), gold, checks)).toThrow(InvalidValue);
    expect(() => historyOf([], gold, checks)).toThrow(InvalidValue);
  });
});

describe("a request that was never allocated", () => {
  it("is judged by what people had said, as if all evidence had been there", async () => {
    const place = openPlace();
    const said = submission(place.deployment, { now: place.now });
    await place.admit(said);
    await place.admit(approval(place.deployment, said, "carla"));
    const log = logOf(place);
    await place.close();
    const { past } = historyOf(log, gold, checks);
    expect(past).toMatchObject([{ facts: undefined, initiator: "ida", at: place.now }]);
    expect(past[0]?.heard.votes.map(({ person }) => person)).toEqual(["carla"]);
    const rules = place.deployment.policy.rules.map((rule) => ({
      ...rule,
      tiers: rule.tiers.map((tier) => ({ ...tier, quorum: { group: "custodians", min: 1 } })),
    }));
    const document = readPolicyDocument({ ...place.deployment.policy, rules });
    const found = replay(past, { policy: compile(document), hash: hash(document) });
    expect(found.flips).toMatchObject([{ from: "pending", to: "allowed", recorded: false, why: [] }]);
    expect(replayLines(found)[2]).toMatch(/every clause holds \(it was never allocated/);
  });
});

describe("a history across changes of documents", () => {
  it("takes each request under the documents of its moment", async () => {
    const { log } = await fullBundle();
    const leaves = log.map(({ index, entry }): Logged => ({ index, entry: entrySchema.parse(entry) }));
    const { standing, past } = historyOf(leaves, gold, checks);
    const versions = [...withStanding(leaves, checks)].map((one) => one.standing.roster.version);
    expect(standing.roster.version).toBe(versions.at(-1));
    const flips = past.map((one) => replay([one], { policy: one.policy, hash: one.policyHash }).flips);
    expect(flips.flat()).toEqual([]);
  });
});
