/** The favourable world: a request with its votes and its waiting is allowed in it, and what is bent is what then fails. */
import { describe, expect, it } from "vitest";
import type { Asked } from "../../../../src/policy/asked.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { decide } from "../../../../src/policy/decide.ts";
import type { Decision } from "../../../../src/policy/decision.ts";
import {
  hashOf,
  unsignedHash,
  vetoOf,
  voteOf,
  worldOf,
  type Given,
  type Missable,
} from "../../../../src/policy/trial/world.ts";
import type { Instant } from "../../../../src/values/instant.ts";
import { document, gld, intentWith, n, now, rosterIndex } from "../example.ts";

const policy = compile(document);
const at = now as Instant;

function votes(...people: readonly string[]): ReturnType<typeof voteOf>[] {
  return people.map((person, index) => {
    const credential = rosterIndex.member(n(person))?.credentials[0];
    if (credential === undefined) throw new Error(`nobody is called ${person}`);
    return voteOf(n(person), credential, index + 1);
  });
}

function decideIn(given: Given = {}, asked: Asked = intentWith(), waitedSeconds = 0): Decision {
  const world = worldOf({
    policy,
    roster: rosterIndex,
    asked,
    now: at,
    waitedSeconds,
    votes: votes("carla", "chris", "cora"),
    given,
  });
  const hashes = { policyHash: unsignedHash, rosterHash: unsignedHash, intentHash: hashOf(asked) };
  return decide({ ...world, roster: rosterIndex, intent: asked, initiator: n("ida"), ...hashes });
}

const failing = (decision: Decision): string[] =>
  decision.clauses.filter((clause) => !clause.ok).map((clause) => clause.id);

describe("the favourable world", () => {
  it("allows what has its votes", () => {
    expect(decideIn().verdict).toBe("allowed");
  });

  it("has waited no longer than is said", () => {
    const larger = intentWith({ amount: gld("1000.5").toString() });
    expect(failing(decideIn({}, larger))).toEqual(["mint.delay"]);
    expect(decideIn({}, larger, 1_800).verdict).toBe("allowed");
  });

  it.each<[string, Given, string]>([
    ["a paused token", { paused: true }, "token.paused"],
    ["reserves that do not cover", { reserves: gld("99") }, "guard.reserves-cover"],
    ["a supply that fills the reserves", { reserves: gld("100"), supply: gld("1") }, "guard.reserves-cover"],
    [
      "mints on their way that fill the reserves",
      { reserves: gld("100"), outstanding: gld("1") },
      "guard.reserves-cover",
    ],
    ["attestations of long ago", { ageSeconds: 86_401 }, "guard.reserves-cover"],
  ])("is bent by %s", (_, given, clause) => {
    expect(failing(decideIn(given))).toContain(clause);
  });

  it.each<[Missable, string]>([
    ["codehash", "token.codehash"],
    ["supply", "guard.reserves-cover"],
    ["paused", "token.paused"],
    ["reserve", "guard.reserves-cover.evidence"],
  ])("lacks %s when it is missing", (what, clause) => {
    expect(failing(decideIn({ missing: new Set([what]) }))).toContain(clause);
  });

  it("knows no local time when the calendar is missing", () => {
    const given = { missing: new Set<Missable>(["calendar"]) };
    expect(
      worldOf({ policy, roster: rosterIndex, asked: intentWith(), now: at, given }).policy.calendar,
    ).toBeUndefined();
  });

  it("carries what is used, by the id of its clause", () => {
    const given = { used: new Map([["mint-day", gld("10")]]) };
    const { usage } = worldOf({ policy, roster: rosterIndex, asked: intentWith(), now: at, given }).facts;
    expect(usage?.["limit.mint-day"]).toMatchObject({ added: gld("10"), removed: 0n, count: 0 });
    expect(usage?.["ceiling.fees"]).toMatchObject({ added: 0n, roomAt: null });
  });

  it("carries objections", () => {
    const veto = vetoOf(n("otto"), at);
    const { facts } = worldOf({ policy, roster: rosterIndex, asked: intentWith(), now: at, vetoes: [veto] });
    expect(facts.vetoes).toEqual([veto]);
  });
});
