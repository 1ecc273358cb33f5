/** The reserve guard at its edges: what covers a mint, what is too old, and who counts. */
import { describe, expect, it } from "vitest";
import {
  clause,
  day,
  decideWith,
  document,
  gld,
  n,
  now,
  observation,
  observed,
  outcome,
  reserve,
  rosterWith,
  type Bend,
} from "../example.ts";

const text = (value: string): string => gld(value).toString();
const allowed = { verdict: "allowed" };
const short = { verdict: "pending", code: "policy.reserves-short", failing: ["guard.reserves-cover"] };
const seen = (supply: string): Record<string, unknown> => ({ ...observed, ...observation("supply", supply) });
const guards = (by: unknown, ratio = "1.00"): readonly unknown[] => [
  {
    id: "reserves-cover",
    when: { operation: "mint" },
    require: { evidence: "reserve", by, maxAge: "24h", cover: { ratio } },
  },
];
const two = rosterWith({ "obs-1": { groups: [n("observers"), n("attestors")] } });
const one = { group: "attestors", min: 1 };

describe("cover", () => {
  it("allows supply + outstanding + amount equal to the reserves, and one unit more waits", () => {
    const reserves = [reserve({ reserves: text("1150") })];
    expect(outcome({ facts: { reserves, outstanding: text("50") } })).toMatchObject(allowed);
    expect(outcome({ facts: { reserves, outstanding: (gld("50") + 1n).toString() } })).toEqual(short);
    expect(outcome({ facts: { reserves: [reserve({ reserves: (gld("1100") - 1n).toString() })] } })).toEqual(short);
  });

  it("takes the greater of observed and attested supply", () => {
    const reserves = [reserve({ reserves: text("1200"), supply: text("1101") })];
    expect(outcome({ facts: { reserves } })).toEqual(short);
    expect(
      outcome({
        facts: { reserves: [reserve({ reserves: text("1200"), supply: text("900") })], observed: seen(text("1101")) },
      }),
    ).toEqual(short);
    expect(
      outcome({
        facts: { reserves: [reserve({ reserves: text("1200"), supply: text("900") })], observed: seen(text("1100")) },
      }),
    ).toMatchObject(allowed);
  });

  it("takes the least reserves and the greatest supply of all that count, whatever block they name", () => {
    const reserves = [
      reserve({ reserves: text("1200"), supply: text("1000"), supplyBlock: 1 }),
      reserve({ attestor: "obs-1", reserves: text("1100"), supplyBlock: 900 }),
    ];
    expect(outcome({ facts: { reserves }, roster: two })).toMatchObject(allowed);
    const more = reserve({ reserves: text("1200"), supply: (gld("1000") + 1n).toString(), supplyBlock: 1 });
    expect(outcome({ facts: { reserves: [more, reserves[1]] }, roster: two })).toEqual(short);
    const old = { ...more, asOf: now - day - 1 };
    expect(outcome({ facts: { reserves: [old, reserves[1]] }, roster: two })).toMatchObject(allowed);
    expect(
      outcome({
        facts: { reserves: [reserves[0], reserve({ attestor: "obs-1", reserves: text("1099") })] },
        roster: two,
      }),
    ).toEqual(short);
    const level = [
      reserve({ reserves: text("1200"), supply: text("1101") }),
      reserve({ attestor: "obs-1", reserves: text("1200") }),
    ];
    expect(outcome({ facts: { reserves: level }, roster: two })).toEqual(short);
  });

  it("reckons a ratio without rounding", () => {
    const bend = (ratio: string, reserves: bigint): Bend => ({
      policy: { guards: guards(one, ratio) },
      facts: { reserves: [reserve({ reserves: reserves.toString() })] },
    });
    expect(outcome(bend("0.5", gld("2200")))).toMatchObject(allowed);
    expect(outcome(bend("0.5", gld("2200") - 1n))).toEqual(short);
    expect(outcome(bend("0.333333333333333333", gld("3300")))).toEqual(short);
    expect(outcome(bend("2", gld("550")))).toMatchObject(allowed);
  });

  it("shows what it added up, in human units", () => {
    const decision = decideWith({ facts: { outstanding: text("37250") } });
    expect(clause(decision, "guard.reserves-cover")).toMatchObject({
      ok: false,
      observed: "38,350 GLD (supply 1,000 GLD, outstanding 37,250 GLD, asked 100 GLD)",
      bound: "reserves 10,000 GLD × 1.00",
    });
  });

  it("says what it lacks, and what the reserves are multiplied by", () => {
    const unseen = Object.fromEntries(Object.entries(observed).filter(([key]) => !key.endsWith(" supply")));
    const cover = { id: "guard.reserves-cover", kind: "guard", ok: false, curable: true, bound: "reserves × 1.00" };
    expect(clause(decideWith({ facts: { observed: unseen } }), "guard.reserves-cover")).toEqual({
      ...cover,
      observed: "supply not observed",
    });
    expect(clause(decideWith({ facts: { reserves: [] } }), "guard.reserves-cover")).toEqual({
      ...cover,
      observed: "reserves not attested",
    });
    expect(clause(decideWith({ facts: { reserves: [], observed: unseen } }), "guard.reserves-cover").observed).toBe(
      "supply not observed",
    );
  });

  it("waits for a supply that nobody observed or nobody can read", () => {
    const unseen = Object.fromEntries(Object.entries(observed).filter(([key]) => !key.endsWith(" supply")));
    for (const facts of [{ observed: unseen }, { observed: seen("0x10") }, { observed: seen("-1") }]) {
      expect(outcome({ facts })).toMatchObject({ verdict: "pending", code: "policy.evidence-missing" });
    }
  });

  it("holds a sum beyond 256 bits to be too much, and says so", () => {
    const most = ((1n << 256n) - 1n).toString();
    expect(outcome({ facts: { outstanding: most, reserves: [reserve({ reserves: most })] } })).toEqual(short);
  });
});

describe("attestations", () => {
  const stale = { verdict: "pending", code: "policy.attestation-stale" };

  it("count to the second of their age and to the instant before they expire", () => {
    expect(outcome({ facts: { reserves: [reserve({ asOf: now - day })] } })).toMatchObject(allowed);
    expect(outcome({ facts: { reserves: [reserve({ asOf: now - day - 1 })] } })).toMatchObject(stale);
    expect(outcome({ facts: { reserves: [reserve({ expiresAt: now + 1 })] } })).toMatchObject(allowed);
    expect(outcome({ facts: { reserves: [reserve({ expiresAt: now })] } })).toMatchObject(stale);
    expect(outcome({ facts: { reserves: [reserve({ asOf: now })] } })).toMatchObject(allowed);
    expect(outcome({ facts: { reserves: [reserve({ asOf: now + 1 })] } })).toMatchObject(stale);
  });

  it("of somebody who is no attestor do not count", () => {
    expect(outcome({ facts: { reserves: [reserve({ attestor: "obs-2" })] } })).toMatchObject({
      code: "policy.evidence-missing",
    });
    expect(outcome({ facts: { reserves: [reserve({ attestor: "nobody" })] } })).toMatchObject({
      code: "policy.evidence-missing",
    });
  });

  it("must be as many as the guard asks, of different attestors, and one old one is not made up for", () => {
    const policy = { guards: guards({ group: "attestors", min: 2 }) };
    const other = reserve({ attestor: "obs-1" });
    expect(outcome({ policy, facts: { reserves: [reserve(), other] }, roster: two })).toMatchObject(allowed);
    expect(outcome({ policy, facts: { reserves: [reserve(), reserve({ sequence: 4 })] }, roster: two })).toMatchObject({
      code: "policy.evidence-missing",
    });
    expect(
      outcome({
        policy,
        facts: { reserves: [reserve(), reserve({ attestor: "obs-1", asOf: now - day - 1 })] },
        roster: two,
      }),
    ).toMatchObject(stale);
  });

  it("count by the highest sequence, and of one sequence by the one that claims less", () => {
    const low = reserve({ reserves: text("1000") });
    expect(outcome({ facts: { reserves: [reserve({ sequence: 2 }), low] } })).toEqual(short);
    expect(outcome({ facts: { reserves: [reserve({ sequence: 4 }), low] } })).toMatchObject(allowed);
    for (const reserves of [
      [reserve(), low],
      [low, reserve()],
    ])
      expect(outcome({ facts: { reserves } })).toEqual(short);
  });

  it("of one sequence count by the least room they leave, in whatever order they come", () => {
    const guarded = (...reserves: Record<string, unknown>[]): unknown =>
      decideWith({ facts: { reserves } }).clauses.filter(({ id }) => id.startsWith("guard.reserves-cover"));
    const usual = reserve();
    for (const worse of [
      { reserves: text("9000") },
      { supply: text("2000") },
      { asOf: now - 7_200 },
      { expiresAt: now },
    ]) {
      expect(guarded(usual, reserve(worse))).toEqual(guarded(reserve(worse)));
      expect(guarded(reserve(worse), usual)).toEqual(guarded(reserve(worse)));
    }
  });

  it("are told with their times, in the order of the attestors' names", () => {
    const policy = { guards: guards({ group: "attestors", min: 2 }) };
    const bend = (...reserves: readonly unknown[]): unknown =>
      clause(decideWith({ policy, roster: two, facts: { reserves } }), "guard.reserves-cover.evidence");
    const told = {
      id: "guard.reserves-cover.evidence",
      kind: "guard",
      ok: false,
      curable: true,
      bound: "2 of attestors, at most 1d old",
    };
    expect(bend()).toEqual({ ...told, observed: "0 current at 2027-01-15T08:00:00Z" });
    const other = reserve({ attestor: "obs-1", asOf: now - day - 1 });
    const both =
      "1 current at 2027-01-15T08:00:00Z: obs-1 as of 2027-01-14T07:59:59Z, vault-auditor as of 2027-01-15T07:00:00Z";
    expect(bend(reserve(), other)).toEqual({ ...told, observed: both });
    expect(bend(other, reserve())).toEqual({ ...told, observed: both });
  });

  it("are asked for mints alone", () => {
    const guarded = decideWith({ intent: { operation: "transfer" }, facts: { reserves: [] } });
    expect(guarded.clauses.filter((one) => one.id.startsWith("guard.")).map((one) => one.id)).toEqual(["guard.fee"]);
    expect(document.guards).toHaveLength(2);
  });
});
