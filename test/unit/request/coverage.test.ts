/** How far reserves reach, as the page of an asset shows it: at the edge of a band, and where evidence is missing. */
import { describe, expect, it } from "vitest";
import { multiplierText } from "../../../src/evidence/multiplier.ts";
import * as subject from "../../../src/evidence/subject.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import type { Clause } from "../../../src/policy/decision.ts";
import { bandOf, coverageOf, headroomOf, proposalOf } from "../../../src/request/coverage.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import { parse as parseAmount } from "../../../src/values/amount.ts";
import { parse as multiplierOf } from "../../../src/values/multiplier.ts";
import { feedGuard, feedSubject, saidBy, vaultFeed } from "../../place/feeds.ts";
import { tokenOf } from "../../place/profiles.ts";
import {
  clause,
  day,
  decideWith,
  document,
  documentWith,
  factsWith,
  gld,
  inputWith,
  now,
  observation,
  observed,
  reserve,
  roster,
} from "../policy/example.ts";

type Fields = Readonly<Record<string, unknown>>;

const seenWith = (facts: Fields = {}, guards?: unknown): Parameters<typeof coverageOf>[0] => ({
  policy: compile(guards === undefined ? document : documentWith({ guards })),
  roster: indexRoster(roster),
  facts: factsWith(facts),
});
const coverOf = (facts: Fields = {}): ReturnType<typeof coverageOf>[number] => coverageOf(seenWith(facts))[0]!;
const sightOf = (updatedAt: number, fields: Parameters<typeof saidBy>[1]): object => ({
  ...{ subject: feedSubject, fact: "round", value: saidBy(updatedAt, fields) },
  ...{ blockNumber: 77, blockTime: now - 5, finalized: false, statements: [] },
});
const units = (text: string): string => gld(text).toString();
const warned = [
  {
    ...document.guards![0]!,
    require: {
      ...{ evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "24h" },
      cover: { ratio: "1.00", warn: { ratio: "0.5", add: { delay: "1h" } } },
    },
  },
];

const announced = { multiplier: multiplierOf("1.01"), activationTime: parseAmount(String(now + 60)) };
const shares = multiplierText({ current: multiplierOf("1"), nonce: parseAmount("3"), announced });

describe("the cover of a guard", () => {
  it("is the least reserves by its ratio, less what is out and on its way", () => {
    expect(coverOf({ outstanding: units("250") })).toMatchObject({
      guard: "reserves-cover",
      by: { group: "attestors", min: 1 },
      ratio: "1.00",
      reserves: gld("10000"),
      most: gld("10000"),
      headroom: gld("8750"),
      coverage: "8.0000",
      band: "covered",
      endsAt: now - 3_600 + day + 1,
    });
  });

  it("is short from one unit over, and covered to the last one", () => {
    const exact = { reserves: [reserve({ reserves: units("1000") })] };
    expect(coverOf(exact)).toMatchObject({ band: "covered", headroom: 0n, coverage: "1.0000" });
    expect(coverOf({ ...exact, outstanding: "1" })).toMatchObject({ band: "short", headroom: 0n, coverage: "0.9999" });
  });

  it("is unknown while too few attest or nobody saw the supply", () => {
    const nothing = { reserves: null, most: null, headroom: null, coverage: null, band: "unknown", endsAt: null };
    expect(coverOf({ reserves: [] })).toMatchObject({ ...nothing, words: [] });
    expect(coverOf({ reserves: [reserve({ asOf: now - day - 1 })] })).toMatchObject({
      ...nothing,
      words: [{ source: "vault-auditor", standing: "old", ageSeconds: day + 1 }],
    });
    expect(coverOf({ observed: {} })).toMatchObject({ reserves: gld("10000"), headroom: null, band: "unknown" });
  });

  it("says of a word why it does not count", () => {
    const standing = (fields: Fields): unknown => coverOf({ reserves: [reserve(fields)] }).words[0]?.standing;
    expect(standing({})).toBe("current");
    expect(standing({ expiresAt: now })).toBe("expired");
    expect(standing({ asOf: now + 1 })).toBe("to come");
    expect(standing({ asOf: now - day - 1 })).toBe("old");
  });

  it("is no more than a feed says, and unknown while one does not count", () => {
    const read = (
      fields: Parameters<typeof saidBy>[1],
      updatedAt = now - 60,
    ): ReturnType<typeof coverageOf>[number] => {
      const seen = { ...observation("supply", units("1000")), [`${feedSubject} round`]: sightOf(updatedAt, fields) };
      const given = factsWith({ observed: seen, rounds: { [feedSubject]: "0" } });
      const policy = compile(documentWith({ feeds: { vault: vaultFeed }, guards: [feedGuard] }));
      return coverageOf({ policy, roster: indexRoster(roster), facts: given })[0]!;
    };
    const word = { source: "feed vault", reserves: gld("5000"), asOf: now - 60, ageSeconds: 60 };
    expect(read({})).toMatchObject({
      reserves: gld("5000"),
      most: gld("5000"),
      headroom: gld("4000"),
      band: "covered",
    });
    expect(read({}).words).toMatchObject([
      { source: "vault-auditor", standing: "current" },
      { ...word, expiresAt: now - 60 + 25 * 3_600, standing: "current" },
    ]);
    expect(read({}).endsAt).toBe(now - 3_600 + day + 1);
    expect(read({}, now - 24 * 3_600).endsAt).toBe(now + 3_600 + 1);
    const nothing = { reserves: null, most: null, headroom: null, band: "unknown", endsAt: null };
    expect(read({}, now - 25 * 3_600 - 1)).toMatchObject({ ...nothing, words: [{}, { standing: "old" }] });
    expect(read({ answer: "0" })).toMatchObject({ ...nothing, words: [{}, { reserves: 0n, standing: "unsound" }] });
    expect(read({ decimals: 18 })).toMatchObject({ ...nothing, words: [{}, { standing: "unsound" }] });
    expect(read({ answer: "-5" })).toMatchObject({ ...nothing, words: [{}, { reserves: 0n, standing: "unsound" }] });
    expect(read({ updatedAt: "9".repeat(70) })).toMatchObject({ ...nothing, words: [{ source: "vault-auditor" }] });
  });

  it("has no share of nothing", () => {
    const none = { observed: observation("supply", "0"), reserves: [reserve({ supply: "0" })] };
    expect(coverOf(none)).toMatchObject({ coverage: null, band: "covered" });
  });

  it("leaves what the gate lets through while a raise is announced, and not a unit more", () => {
    const about = subject.token(document.token.address);
    const policy = { token: tokenOf("backed-token", document.token), limits: [], guards: warned };
    for (const outstanding of ["0", units("250")]) {
      const facts = {
        observed: { ...observed, ...observation("multiplier", shares) },
        rounds: { [about]: "3" },
        outstanding,
      };
      const input = inputWith({ policy, facts });
      const cover = coverageOf(input)[0]!;
      const minted = (amount: bigint): Clause =>
        clause(decideWith({ policy, facts, intent: { amount: amount.toString() } }), "guard.reserves-cover");
      expect(cover.headroom).toBeLessThan(gld("8999") - input.facts.outstanding);
      expect(minted(cover.headroom!).ok).toBe(true);
      expect(minted(cover.headroom! + 1n).ok).toBe(false);
    }
  });

  it("counts what is on its way with all that it becomes, and nothing where nothing is", () => {
    const bandWith = (outstanding: string, reserves: string): string => {
      const policy = compile(documentWith({ token: tokenOf("backed-token", document.token), guards: warned }));
      const seen = { ...observed, ...observation("multiplier", shares) };
      const facts = factsWith({ observed: seen, outstanding, reserves: [reserve({ reserves })] });
      return coverageOf({ policy, roster: indexRoster(roster), facts })[0]!.band;
    };
    expect(bandWith(units("100"), units("1100"))).toBe("short");
    expect(bandWith(units("100"), units("1101.1"))).toBe("warning");
    expect(bandWith(units("100"), units("2202"))).toBe("warning");
    expect(bandWith(units("100"), units("2202.1"))).toBe("covered");
    expect(bandWith("0", units("1000"))).toBe("warning");
  });

  it("ends with the last word that is needed", () => {
    const early = reserve({ expiresAt: now + 10 });
    expect(coverOf({ reserves: [early] }).endsAt).toBe(now + 10);
  });
});

describe("several guards together", () => {
  const covers = (...bands: readonly string[]): Parameters<typeof bandOf>[0] =>
    bands.map((band) => ({ band })) as never;
  it("are as bad as the worst, and nothing is known where none looks", () => {
    expect(bandOf(covers("covered", "warning"))).toBe("warning");
    expect(bandOf(covers("short", "warning"))).toBe("short");
    expect(bandOf(covers("short", "unknown", "covered"))).toBe("unknown");
    expect(bandOf([])).toBe("unknown");
  });

  it("leave what the strictest leaves, and nothing while one cannot tell", () => {
    const rooms = (...left: readonly (string | null)[]): Parameters<typeof headroomOf>[0] =>
      left.map((headroom) => ({ headroom: headroom === null ? null : parseAmount(headroom) }));
    expect(headroomOf(rooms("5", "3", "4"))).toBe(3n);
    expect(headroomOf(rooms("5", null, "4"))).toBeNull();
    expect(headroomOf([])).toBeNull();
  });

  it("propose a pause where one is short, and name it", () => {
    const short = coverageOf(seenWith({ outstanding: units("9001") }));
    expect(proposalOf("GLD", short)).toEqual({
      operation: "pause",
      why: "more GLD is out than its reserves cover by guard.reserves-cover",
    });
    expect(proposalOf("GLD", coverageOf(seenWith()))).toBeNull();
  });
});
