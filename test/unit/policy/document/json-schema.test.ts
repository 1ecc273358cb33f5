/** The published JSON Schemas: as the code reads, complete with words, and of one mind with the schemas they are made from. */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { z } from "zod";
import { policySchema } from "../../../../src/policy/document/document.ts";
import { policyJsonSchema, rosterJsonSchema } from "../../../../src/policy/document/json-schema.ts";
import { parseYaml } from "../../../../src/policy/document/yaml-text.ts";
import { rosterSchema } from "../../../../src/roster/roster.ts";
import type { Json } from "../../../../src/values/json.ts";
import { document, roster } from "../example.ts";

const policies = fileURLToPath(new URL("../../../../policies/", import.meta.url));
const updating = process.env["UPDATE_POLICY_SCHEMA"] === "1";
const how =
  "after a change of the language: UPDATE_POLICY_SCHEMA=1 npx vitest run test/unit/policy/document/json-schema.test.ts";

/** Strict: a keyword that is none, or that the type next to it does not take, is an error. */
const formats = { uri: (text: string) => URL.canParse(text), "date-time": true } as const;
const validator = (schema: Json): ValidateFunction =>
  new Ajv({ strict: true, allowUnionTypes: true, formats }).compile(schema as object);
const acceptsPolicy = validator(policyJsonSchema());
const acceptsRoster = validator(rosterJsonSchema());

describe.each([
  ["policy.schema.json", policyJsonSchema],
  ["roster.schema.json", rosterJsonSchema],
])("policies/%s", (file, schema) => {
  it("is what the code reads by", () => {
    const text = `${JSON.stringify(schema(), undefined, 2)}\n`;
    if (updating) writeFileSync(policies + file, text);
    expect(readFileSync(policies + file, "utf8") === text, how).toBe(true);
  });
});

describe("a document of this repository", () => {
  const files = globSync(`${policies}*.yaml`).map((path): [string, string] => [
    basename(path),
    readFileSync(path, "utf8"),
  ]);
  const kindOf = (text: string): string => /^kind: (.*)$/m.exec(text)?.[1]?.toLowerCase() ?? "nothing";

  it.each(files)("%s tells editors its schema", (_, text) => {
    expect(text.split("\n", 1)[0]).toBe(`# yaml-language-server: $schema=${kindOf(text)}.schema.json`);
  });

  it.each(files)("%s is taken as we read it, and as an editor reads it", (_, text) => {
    const accepts = kindOf(text) === "roster" ? acceptsRoster : acceptsPolicy;
    for (const read of [parseYaml(text), parse(text) as unknown]) {
      accepts(read);
      expect(accepts.errors).toBeNull();
    }
  });

  it("and the roster of the tests are what the schemas take", () => {
    expect(files).not.toEqual([]);
    expect(acceptsRoster(JSON.parse(JSON.stringify(roster)))).toBe(true);
  });
});

describe("a bad file", () => {
  const text = readFileSync(`${policies}GLD.yaml`, "utf8");

  it.each([
    ["an unknown key", "kind: Policy", "kind: Policy\nfriend: yes"],
    ["an unknown key deep inside", "{ group: custodians, min: 2 }", "{ group: custodians, min: 2, of: 3 }"],
    ["a missing key", "  decimals: 18\n", ""],
    ["too many decimals for any asset", "decimals: 18", "decimals: 78"],
    ["a word of another language", "operation: mint, init", "operation: mnt, init"],
    ["a time without its unit", "delay: 30m", "delay: 30"],
    ["a time in a unit that there is not", "delay: 30m", "delay: 30 minutes"],
    ["a number for an amount", '"1000 GLD", quorum', "1000, quorum"],
    ["a short address", "0x1111111111111111111111111111111111111111", '"0x11"'],
    ["a name of two words", "  custodians:", "  our custodians:"],
    ["a quorum of nobody", "{ group: custodians, min: 2 }", "{ group: custodians, min: 0 }"],
    ["an empty list of rules", /^rules:[^]*?(?=^change:)/m, "rules: []\n"],
  ])("with %s is refused before it is ever checked", (_, from, to) => {
    const bad = text.replace(from, to);
    expect(bad).not.toBe(text);
    expect(acceptsPolicy(parse(bad))).toBe(false);
    expect(policySchema.safeParse(parseYaml(bad)).success).toBe(false);
  });

  it("may have an address in mixed case", () => {
    const mixed = text.replaceAll(
      "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa",
    );
    expect(mixed).not.toBe(text);
    expect(acceptsPolicy(parseYaml(mixed))).toBe(true);
  });
});

/** Something of every construct. */
const whole = {
  ...document,
  calendar: { until: 2_000_000_000, offsets: [{ from: 1_700_000_000, seconds: 3_600 }] },
  holidays: { target2: ["2026-12-25"] },
  guards: [
    ...document.guards!,
    {
      id: "night",
      when: {
        operation: { in: ["mint", "transfer"] },
        initiator: { group: "issuers" },
        to: { notIn: "treasury" },
        account: { in: ["hsm-mint"] },
        amount: { gt: "1 GLD", lte: "5 GLD" },
        maxFee: { lt: "1 ETH" },
        args: { to: { in: "treasury" }, amount: { eq: "7" }, memo: { is: "x" } },
        time: { days: ["mon"], from: "08:00", to: "18:00", holidays: "target2" },
      },
      add: {
        quorum: {
          ordered: [{ group: "compliance", min: 1 }, { any: [{ group: "officers", min: 1, credentials: ["key"] }] }],
        },
        delay: "1h",
        distinct: { people: 3, units: 2 },
        veto: { group: "officers", min: 1 },
      },
    },
    { id: "price", require: { evidence: "price", quote: "USD", maxAge: "60s", sources: 2, deviation: "0.01" } },
    { id: "holder", require: { evidence: "identity", by: { group: "attestors", min: 1 } } },
    { id: "paper", require: { evidence: "document", maxAge: "1d" } },
    {
      id: "permits",
      unless: {
        operation: "signTypedData",
        typedData: {
          domain: { name: "Demo Gold", version: "1", chainId: 1, verifyingContract: `0x${"11".repeat(20)}` },
          primaryType: "Permit",
          fields: { spender: { in: "treasury" }, deadline: { within: "1h" } },
        },
      },
      deny: true,
    },
  ],
  limits: [
    ...document.limits!,
    { id: "often", metric: "count", window: "calendar day", per: "to", max: 10, over: { add: { delay: "1d" } } },
  ],
  rules: document.rules.map((rule) => ({ ...rule, loud: true })),
  never: [{ operation: "mint", withFewerPeopleThan: 4, without: { group: "officers", min: 1 }, withoutDelay: "1h" }],
  always: [{ operation: "pause", withAtMostPeople: 2, within: "1h", afterLosing: 1 }],
  tests: [
    {
      name: "all of it",
      at: "2026-10-05T10:00:00+02:00",
      request: { operation: "mint", by: "ida", amount: "1 GLD", account: "hsm-mint", reference: "r-1", typedData: {} },
      votes: ["carla", { by: "cora", with: "cora-wallet" }],
      vetoes: ["olga"],
      waited: "24h",
      given: {
        used: { "mint-day": "4000 GLD", often: 3 },
        reserves: "10 GLD",
        supply: "1 GLD",
        price: ["10.00"],
        identity: "verified",
        paused: true,
        age: "1h",
        missing: ["supply"],
      },
      expect: { deny: "mint.to" },
    },
  ],
};

/** The document with something else at one place of it: gone, of another type, or with a key more. */
function* bentOf(value: unknown): Generator {
  yield undefined;
  for (const other of [null, true, 7, "§ 7", [], {}, ["§"]]) yield other;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const bent of bentOf(item)) yield value.toSpliced(index, 1, ...(bent === undefined ? [] : [bent]));
  } else if (typeof value === "object" && value !== null) {
    yield { ...value, surprise: 1 };
    for (const [key, inner] of Object.entries(value))
      for (const bent of bentOf(inner)) yield JSON.parse(JSON.stringify({ ...value, [key]: bent }));
  }
}

describe.each<[string, z.ZodType, ValidateFunction, unknown]>([
  ["policy", policySchema, acceptsPolicy, whole],
  ["roster", rosterSchema, acceptsRoster, roster],
])("of every way to bend a %s at one place", (_, schema, accepts, straight) => {
  const counts = { taken: 0, refused: 0, onlyHere: 0 };

  it("the published schema refuses none that we take, and takes only what needs a parser to refuse", () => {
    expect(schema.safeParse(JSON.parse(JSON.stringify(straight))).error).toBeUndefined();
    for (const bent of bentOf(JSON.parse(JSON.stringify(straight)))) {
      if (bent === undefined) continue;
      const read = schema.safeParse(bent);
      const taken = accepts(bent);
      if (read.success) {
        counts.taken += 1;
        expect({ bent, errors: accepts.errors }).toEqual({ bent, errors: null });
      } else if (taken) {
        counts.onlyHere += 1;
        expect(read.error.issues.filter((issue) => !needsParser(issue))).toEqual([]);
      } else counts.refused += 1;
    }
    expect(counts.refused).toBeGreaterThan(500);
    expect(counts.taken).toBeGreaterThan(20);
    expect(counts.onlyHere).toBeLessThan(counts.refused / 5);
  });
});

/** A rule between fields, a checksum, or the number that an editor makes of `0x…`. */
function needsParser(issue: z.core.$ZodIssue): boolean {
  if (issue.code === "invalid_type")
    return (
      issue.expected === "string" &&
      /(?:address|verifyingContract|implementation|codehash|publicKey|credentialId|account|to)$/i.test(
        String(issue.path.at(-1)),
      )
    );
  return issue.code === "custom" || (issue.code === "invalid_format" && issue.format === "url");
}
