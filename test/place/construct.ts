/** One policy that uses every construct of the language, and every way to edit each: what tightens, and what loosens. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { treasury } from "./gold.ts";

type Doc = Readonly<Record<string, unknown>>;

const address = (byte: string): string => `0x${byte.repeat(20)}`;
const listed = (...bytes: string[]): Doc => ({
  entries: bytes.map((byte) => ({ address: byte === "aa" ? treasury : address(byte), label: `Account ${byte}` })),
});
const workdays = { days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "18:00", holidays: "target2" };

/** Compiles, fits the people of the tests, and has a test and a claim. */
export const everyConstruct = (): Doc => ({
  version: 1,
  previous: null,
  timezone: "Europe/Zurich",
  calendar: {
    until: 1_900_000_000,
    offsets: [
      { from: 1_700_000_000, seconds: 3_600 },
      { from: 1_806_000_000, seconds: 7_200 },
    ],
  },
  holidays: { target2: ["2026-12-25", "2027-01-01"] },
  lists: {
    treasury: { minAge: "1h", ...listed("aa", "ab") },
    argued: listed("b1", "b2"),
    spenders: listed("c1", "c2"),
    partners: listed("d1", "d2"),
    blocked: listed("e1", "e2"),
    watched: listed("f1", "f2"),
    strangers: listed("a1", "a2"),
    outsiders: listed("a3", "a4"),
    claimed: listed("a5", "a6"),
    unused: listed("a7", "a8"),
  },
  groups: {
    custodians: { min: 3, credentials: ["wallet", "key"] },
    compliance: { min: 1 },
    officers: { min: 3 },
    observers: { min: 2 },
    attestors: { min: 1 },
  },
  separation: [["issuers", "custodians"]],
  guards: [
    { id: "blocked", when: { operation: { in: ["mint", "transfer"] }, to: { in: "blocked" } }, deny: true },
    { id: "strange", when: { operation: "transfer", to: { notIn: "outsiders" } }, add: { delay: "1h" } },
    {
      id: "exempt",
      when: { operation: "transfer", amount: { gt: "10 GLD" } },
      unless: { to: { in: "partners" }, amount: { lte: "500 GLD" } },
      deny: true,
    },
    { id: "fee", unless: { maxFee: { lte: "0.05 ETH" } }, deny: true },
    { id: "dear", when: { operation: "mint", maxFee: { gte: "0.04 ETH" } }, add: { delay: "1h" } },
    {
      id: "big",
      when: { operation: "mint", amount: { gte: "100 GLD", lt: "4000 GLD" } },
      add: {
        quorum: { group: "compliance", min: 1, credentials: ["wallet"] },
        delay: "1h",
        distinct: { people: 2, units: 1 },
        veto: { group: "officers", min: 2 },
      },
    },
    { id: "hours", when: { operation: "mint" }, unless: { time: workdays }, add: { delay: "1h" } },
    { id: "desk", when: { initiator: { group: "desk" }, account: { in: ["hsm-mint"] } }, deny: true },
    {
      id: "reserves",
      when: { operation: "mint" },
      require: { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "24h", cover: { ratio: "1.00" } },
    },
    {
      id: "price",
      when: { operation: "mint" },
      require: { evidence: "price", quote: "USD", maxAge: "60s", sources: 2, deviation: "0.01" },
    },
    { id: "holder", when: { operation: "mint" }, require: { evidence: "identity", maxAge: "30d" } },
    { id: "receipt", when: { operation: "mint" }, require: { evidence: "document", maxAge: "30d" } },
  ],
  limits: [
    {
      id: "day",
      when: { operation: "mint" },
      metric: "sum",
      window: "rolling 24h",
      per: "asset",
      max: "5000 GLD",
      over: "deny",
    },
    {
      id: "often",
      when: { operation: "mint" },
      metric: "count",
      window: "calendar day",
      per: "initiator",
      max: 10,
      over: "deny",
    },
    {
      id: "month",
      metric: "net",
      window: "calendar month",
      per: "asset",
      max: "40000 GLD",
      over: {
        add: {
          quorum: { group: "officers", min: 2 },
          delay: "2h",
          distinct: { people: 3 },
          veto: { group: "compliance", min: 1 },
        },
      },
    },
    {
      id: "watched",
      when: { operation: "transfer", to: { in: "watched" } },
      metric: "sum",
      window: "rolling 24h",
      per: "to",
      max: "50 GLD",
      over: "deny",
    },
  ],
  rules: [
    {
      id: "mint",
      when: { operation: "mint", initiator: { group: "issuers" }, to: { in: "treasury" } },
      tiers: [
        {
          upTo: "100 GLD",
          quorum: {
            any: [
              { group: "custodians", min: 2 },
              { group: "officers", min: 2 },
            ],
          },
          sign: "hsm-mint",
        },
        {
          upTo: "1000 GLD",
          quorum: {
            all: [
              { group: "custodians", min: 2, credentials: ["wallet", "key"] },
              { group: "compliance", min: 1 },
            ],
          },
          distinct: { people: 3, units: 1 },
          delay: "30m",
          sign: "hsm-mint",
        },
        {
          upTo: "5000 GLD",
          quorum: {
            ordered: [
              { group: "compliance", min: 1 },
              { group: "custodians", min: 2 },
            ],
          },
          delay: "24h",
          veto: { group: "officers", min: 2 },
          sign: "hsm-mint",
        },
      ],
      batch: { max: 10, total: "1000 GLD" },
    },
    {
      id: "transfer",
      when: {
        operation: "transfer",
        initiator: { group: "issuers" },
        account: "hsm-mint",
        amount: { gt: "1 GLD", lte: "200 GLD" },
        maxFee: { lte: "0.05 ETH" },
        args: { to: { in: "argued" }, amount: { lte: "150 GLD" } },
        time: workdays,
      },
      tiers: [{ upTo: "200 GLD", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
    },
    {
      id: "small",
      when: {
        operation: "transfer",
        initiator: { group: "issuers" },
        to: { notIn: "strangers" },
        amount: { lte: "1 GLD" },
      },
      tiers: [{ upTo: "max", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
    },
    {
      id: "permit",
      when: {
        operation: "signTypedData",
        initiator: { group: "issuers" },
        typedData: {
          domain: { name: "Gold", chainId: 31_337, verifyingContract: address("11") },
          primaryType: "Permit",
          fields: { spender: { in: "spenders" }, value: { lte: "10000 GLD" }, deadline: { within: "1h" } },
        },
      },
      tiers: [{ upTo: "max", quorum: { group: "custodians", min: 2 }, sign: "hsm-mint" }],
    },
    {
      id: "stop",
      when: { operation: "pause", initiator: { group: "officers" } },
      loud: true,
      tiers: [{ upTo: "max", quorum: { group: "officers", min: 1 }, sign: "hsm-mint" }],
    },
    {
      id: "burn",
      when: { operation: "burn", initiator: { group: "issuers" } },
      tiers: [{ upTo: "max", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
    },
    // Whoever is an issuer and an officer matches both rules for burning, and is refused.
    {
      id: "burn-again",
      when: { operation: "burn", initiator: { group: "officers" } },
      tiers: [{ upTo: "max", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
    },
  ],
  change: {
    tighten: { quorum: { group: "officers", min: 1 } },
    loosen: { quorum: { group: "officers", min: 2 }, delay: "1h", veto: { group: "compliance", min: 1 } },
  },
  tests: [
    {
      name: "nobody mints without a name",
      request: { operation: "mint", by: "otto", amount: "1 GLD" },
      expect: { deny: "mint.initiator" },
    },
  ],
  never: [
    { operation: "mint", to: { notIn: "treasury" } },
    { operation: "transfer", to: { in: "claimed" }, amount: { gt: "1 GLD" } },
  ],
  always: [{ operation: "pause", initiator: { group: "officers" }, withAtMostPeople: 3 }],
});

export type Edit = Readonly<Record<string, unknown>>;

const edits = parse(readFileSync(new URL("edits.yaml", import.meta.url), "utf8")) as {
  readonly tightens: Readonly<Record<string, Edit>>;
  readonly loosens: Readonly<Record<string, Edit>>;
};
/** Each of these is in force at once with one signature. */
export const tightenings = Object.entries(edits.tightens);
/** Each of these, called a tightening, is refused. */
export const loosenings = Object.entries(edits.loosens);

/** A copy of the document, edited. Throws when the edit meets nothing there. */
export function editedBy<T>(document: T, edit: Edit): T {
  const copy = JSON.parse(JSON.stringify(document)) as T;
  for (const [path, value] of Object.entries(edit)) put(copy, path.split("/"), value);
  return copy;
}

type Holder = Record<string, unknown> | unknown[];

function put(document: unknown, path: readonly string[], value: unknown): void {
  const last = path.at(-1) ?? "";
  const holder = path.slice(0, -1).reduce<unknown>((at, key) => child(at, key), document) as Holder;
  if (!Array.isArray(holder)) {
    if (value === null && !(last in holder)) throw new Error(`nothing stands at ${path.join("/")}`);
    if (value === null) Reflect.deleteProperty(holder, last);
    else holder[last] = value;
    return;
  }
  if (last === "reversed") holder.reverse();
  else if (last === "+") holder.push(value);
  else holder.splice(indexIn(holder, last), 1, ...(value === null ? [] : [value]));
}

function child(at: unknown, key: string): unknown {
  const found = Array.isArray(at)
    ? (at as unknown[])[indexIn(at, key)]
    : (at as Readonly<Record<string, unknown>>)[key];
  if (found === undefined) throw new Error(`nothing stands at ${key}`);
  return found;
}

/** By its place, `last`, or the id of what stands there. */
function indexIn(items: readonly unknown[], key: string): number {
  const index =
    key === "last"
      ? items.length - 1
      : /^[0-9]+$/.test(key)
        ? Number(key)
        : items.findIndex((item) => (item as { id?: unknown }).id === key);
  if (index < 0 || index >= items.length) throw new Error(`nothing stands at ${key}`);
  return index;
}
