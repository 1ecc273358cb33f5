/** What people outside hear of an asset, and how often. */
import { describe, expect, it } from "vitest";
import { assetNotices } from "../../../src/request/asset-notice.ts";
import { goldView } from "../../place/asset-view.ts";

type Fields = Readonly<Record<string, unknown>>;
const [covered] = goldView().cover;
const at = 1_800_000_000;
const told = (cover: Fields, view: Fields = {}): readonly string[] =>
  assetNotices(goldView({ at, cover: [{ ...covered, ...cover }], ...view })).map(
    ({ topic, key }) => `${topic} | ${key}`,
  );

describe("evidence", () => {
  it("is asked for from a fifth of its age on, under one key for one end", () => {
    const key = (endsAt: number): string => `evidence-due | evidence-due GLD reserves-cover ${endsAt}`;
    expect(told({ endsAt: at + 17_281 })).toEqual([]);
    expect(told({ endsAt: at + 17_280 })).toEqual([key(at + 17_280)]);
    expect(told({ endsAt: at + 1 })).toEqual([key(at + 1)]);
  });

  it("that is missing is asked for once a day", () => {
    const missing = { endsAt: null, band: "unknown" };
    const [first] = told(missing);
    expect(first).toBe(`evidence-due | evidence-due GLD reserves-cover ${Math.floor(at / 86_400)}`);
    expect(told(missing, { at: at + 60 })).toEqual([first]);
    expect(told(missing, { at: at + 86_400 })).not.toEqual([first]);
  });

  it("of an audit is asked for as that of a cover", () => {
    const audit = {
      guard: "audit",
      by: { group: "auditors", min: 1 },
      maxAgeSeconds: 3_024_000,
      last: at,
      dueAt: at + 604_800,
    };
    const texts = assetNotices(goldView({ at, audits: [audit] })).map(({ text }) => text);
    expect(texts).toEqual([
      "what 1 of auditors for guard.audit of GLD attested is enough until 2027-01-22T08:00:00Z, and nothing is minted afterwards",
    ]);
    expect(assetNotices(goldView({ at, audits: [{ ...audit, dueAt: at + 604_801 }] }))).toEqual([]);
  });
});

describe("reserves", () => {
  it("that are thin or short are told once a day, without an amount", () => {
    const day = Math.floor(at / 86_400);
    expect(told({ band: "warning" })).toEqual([`reserves-thin | reserves-thin GLD reserves-cover ${day}`]);
    expect(told({ band: "short" })).toEqual([`reserves-short | reserves-short GLD reserves-cover ${day}`]);
    expect(told({ band: "covered" })).toEqual([]);
    const [short] = assetNotices(goldView({ at, cover: [{ ...covered, band: "short" }] }));
    expect(short?.text).toBe(
      "more GLD is out than its reserves cover by guard.reserves-cover; a pause is proposed: see `asset show GLD`",
    );
  });
});
