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
import { intentHash } from "../../../../src/intent/intent.ts";
import { feedGuard, vaultFeed } from "../../../place/feeds.ts";
import {
  bankA,
  document,
  documentWith,
  gld,
  inputWith,
  intentWith,
  key,
  n,
  now,
  rosterIndex,
  stranger,
} from "../example.ts";

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

/** What stands for a hash or a signature that nobody made. */
const mark = (word: string, index = 0): string =>
  `0x${Buffer.from(word).toString("hex").padEnd(48, "0")}${index.toString(16).padStart(16, "0")}`;

const year = 366 * 86_400;
const evidence = (id: string, what: object): object => ({ id, when: { operation: "mint" }, require: what });
const asking = {
  guards: [
    evidence("r-1", { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "1h", cover: { ratio: "1" } }),
    evidence("r-2", { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "1h", cover: { ratio: "2" } }),
    evidence("p-1", { evidence: "price", maxAge: "1h", sources: 2, deviation: "0.01" }),
    evidence("p-2", { evidence: "price", maxAge: "2h", sources: 1, deviation: "0.01" }),
    evidence("p-3", { evidence: "price", quote: "EUR", maxAge: "1h", sources: 1, deviation: "0.01" }),
    evidence("i-1", { evidence: "identity" }),
    evidence("i-2", { evidence: "identity", by: { group: "verifiers", min: 1 } }),
    evidence("i-3", { evidence: "identity", maxAge: "1h" }),
    evidence("d-1", { evidence: "document", by: { group: "verifiers", min: 1 } }),
  ],
};

function factsIn(
  given: Given | undefined,
  fields: Readonly<Record<string, unknown>> = asking,
): ReturnType<typeof worldOf>["facts"] {
  return worldOf({
    policy: compile(documentWith(fields)),
    roster: rosterIndex,
    asked: intentWith(),
    now: at,
    ...(given === undefined ? {} : { given }),
  }).facts;
}

describe("what everybody says in the favourable world", () => {
  const times = { asOf: now, expiresAt: now + year };
  const said = (subject: string, value: string, source: string, index: number, attestor = "vault-auditor"): object => ({
    ...{ attestor, subject, value, source, ...times },
    statement: mark("attested", index),
  });

  it("is each word once, of everybody whom a guard asks, now and for a year", () => {
    const { reserves, prices, identities, documents } = factsIn(undefined);
    expect(reserves).toEqual([
      {
        attestor: "vault-auditor",
        reserves: (1n << 256n) - 1n,
        supply: 0n,
        supplyBlock: 1,
        ...times,
        sequence: 1,
        statement: mark("reserve"),
      },
    ]);
    expect(prices).toEqual([
      said("GLD/USD", "1", "source-1", 0),
      said("GLD/USD", "1", "source-2", 1),
      said("GLD/EUR", "1", "source-1", 2),
    ]);
    expect(identities).toEqual([
      said(`address:${bankA}`, "verified", "source-1", 0),
      said(`address:${bankA}`, "verified", "source-1", 1, "kyc-desk"),
    ]);
    expect(documents).toEqual([said("reference:receipt-42", mark("document"), "source-1", 0, "kyc-desk")]);
  });

  it("is as old as is said", () => {
    const { reserves, prices = [], identities = [], documents = [] } = factsIn({ ageSeconds: 60 });
    const told = [...reserves, ...prices, ...identities, ...documents];
    expect(new Set(told.map(({ asOf }) => asOf))).toEqual(new Set([now - 60]));
  });

  it("is a price from a source of its own for each that is given", () => {
    const { prices } = factsIn({ price: ["7", "8", "9"] });
    expect(prices?.map(({ source, value, subject }) => [subject, source, value])).toEqual(
      ["GLD/USD", "GLD/EUR"].flatMap((subject) =>
        ["7", "8", "9"].map((value, index) => [subject, `source-${String(index + 1)}`, value]),
      ),
    );
  });

  it.each<[Missable, "reserves" | "prices" | "identities" | "documents"]>([
    ["reserve", "reserves"],
    ["price", "prices"],
    ["identity", "identities"],
    ["document", "documents"],
  ])("is nothing of a %s that is missing, and all of the rest", (what, field) => {
    const facts = factsIn({ missing: new Set([what]) });
    expect(facts[field]).toEqual([]);
    const rest = (["reserves", "prices", "identities", "documents"] as const).filter((one) => one !== field);
    expect(rest.filter((one) => facts[one]?.length === 0)).toEqual([]);
  });

  it("is what observers see of the token and of the account, in the latest block, for good", () => {
    const token = `token:${document.token.address}`;
    const account = `account:${key.account}`;
    const seen = (subject: string, fact: string, value: string): [string, object] => [
      `${subject} ${fact}`,
      { subject, fact, value, blockNumber: 1, blockTime: now, finalized: true, statements: [] },
    ];
    const usual = [
      seen(token, "codehash", document.token.codehash),
      seen(token, "supply", "0"),
      seen(token, "paused", "false"),
      seen(account, "nonce", "0"),
    ];
    expect(factsIn(undefined).observed).toEqual(Object.fromEntries(usual));
    const proxied = factsIn(undefined, { token: { ...document.token, implementation: stranger } });
    expect(proxied.observed).toEqual(Object.fromEntries([...usual, seen(token, "implementation", stranger)]));
  });

  it("is nothing used, nobody's vote and nobody's veto, and no entry that is older than its list wants", () => {
    const unused = { added: 0n, removed: 0n, count: 0, roomAt: null };
    const clauses = ["limit.mint-day", "limit.redeem-day", "ceiling.day", "ceiling.share", "ceiling.fees"];
    const { votes, vetoes, usage, listedSince, firstSeen, outstanding } = factsIn(undefined, {});
    expect({ votes, vetoes, listedSince, firstSeen, outstanding }).toEqual({
      ...{ votes: [], vetoes: [], listedSince: {} },
      ...{ firstSeen: now, outstanding: 0n },
    });
    expect(usage).toEqual(Object.fromEntries(clauses.map((id) => [id, unused])));
  });

  it("is an entry as old as its list wants, and none of it when that is missing", () => {
    const { entries } = document.lists!["treasury" as never]!;
    const lists = { lists: { treasury: { entries, minAge: "1h" } } };
    const since = Object.fromEntries(entries.map(({ address }) => [`treasury ${address}`, now - 3_600]));
    expect(factsIn(undefined, lists).listedSince).toEqual(since);
    expect(factsIn({ missing: new Set(["listed"]) }, lists).listedSince).toEqual({});
  });

  it("is what is used of a limit of requests in requests, of a ceiling in amounts, and room a year later", () => {
    const count = { ...document.limits![0], id: "often", metric: "count", max: 3 };
    const { usage } = factsIn({ used: new Map(Object.entries({ often: 2n, day: 5n })) }, { limits: [count] });
    const full = { removed: 0n, roomAt: now + year };
    expect(usage?.["limit.often"]).toEqual({ ...full, added: 0n, count: 2 });
    expect(usage?.["ceiling.day"]).toEqual({ ...full, added: 5n, count: 0 });
  });
});

describe("what nobody signed", () => {
  it("is marked by what it stands for", () => {
    const [one] = votes("carla");
    expect(one).toEqual({
      person: "carla",
      credential: "carla-1",
      credentialKind: "wallet",
      approvalId: mark("approval", 1),
      statement: mark("vote", 1),
      expiresAt: 253_402_300_799,
      position: 1,
    });
    expect(vetoOf(n("otto"), at)).toEqual({ person: "otto", statement: mark("veto"), at });
    expect(unsignedHash).toBe(mark("unsigned"));
  });

  it("has the hash of the intent, but of typed data none", () => {
    const asked = intentWith();
    expect(hashOf(asked)).toBe(intentHash(asked));
    expect(hashOf({ ...asked, operation: "signTypedData" })).toBe(unsignedHash);
  });
});

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

  it("is a feed that says as much as it may, or what reserves are given, and nothing of one that is missing", () => {
    const policy = compile(documentWith({ feeds: { vault: vaultFeed }, guards: [feedGuard] }));
    const decided = (given: Given, amount: string): string[] => {
      const input = inputWith({ intent: { amount: gld(amount).toString() } });
      return failing(
        decide({
          ...input,
          ...worldOf({ policy, roster: rosterIndex, asked: input.intent, now: at, given, votes: input.facts.votes }),
        }),
      );
    };
    const guards = (ids: readonly string[]): readonly string[] => ids.filter((id) => id.startsWith("guard"));
    expect(guards(decided({}, "999999"))).toEqual([]);
    expect(guards(decided({}, "1000000"))).toEqual(["guard.backed"]);
    expect(guards(decided({ reserves: gld("99.5") }, "99.5"))).toEqual([]);
    expect(guards(decided({ reserves: gld("99.5") }, "99.6"))).toEqual(["guard.backed"]);
    expect(guards(decided({ missing: new Set(["feed"]) }, "1"))).toContain("guard.backed.feed.vault");
    expect(guards(decided({ ageSeconds: 90_001 }, "1"))).toContain("guard.backed.feed.vault.age");
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
