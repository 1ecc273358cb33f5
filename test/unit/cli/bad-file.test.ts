/** Files with something wrong in them, through the commands: what is printed, and that it leads to the line and the column. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { managedKey, rosterOf } from "../../place/people.ts";
import { answerOf, countersign } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-bad-file-"));
const at = (name: string): string => join(folder, name);
const file = at("policy.yaml");
const roster = at("roster.yaml");

const policy = `apiVersion: countersign/v1
kind: Policy
asset: GLD
version: 1
previous: null
token:
  chain: 31337
  address: "0x1111111111111111111111111111111111111111"
  decimals: 2
  standard: role-erc20
  codehash: "0x02bc8e2ab633452b3f4aed2287bf23c77b49dea63e8a74a5f973800256815109"
lists:
  treasury:
    minAge: 48h
    entries:
      - { address: "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", label: Bank A }
groups:
  custodians: { min: 1, credentials: [wallet] }
  observers: { min: 1 }
separation: [[issuers, custodians]]
guards:
  - { id: fee, unless: { maxFee: { lte: "0.05 ETH" } }, deny: true }
limits:
  - { id: mint-day, when: { operation: mint }, metric: sum, window: rolling 24h, per: asset, max: "500 GLD", over: deny }
rules:
  - id: mint
    when: { operation: mint, initiator: { group: issuers }, to: { in: treasury } }
    tiers:
      - upTo: "100 GLD"
        quorum: { group: custodians, min: 1 }
        sign: hsm-mint
      - upTo: "1000 GLD"
        quorum: { all: [{ group: custodians, min: 1 }, { group: officers, min: 1 }] }
        sign: hsm-mint
change:
  tighten: { quorum: { group: officers, min: 1 } }
  loosen: { quorum: { group: officers, min: 1 }, veto: { group: compliance, min: 1 } }
`;

beforeAll(() => {
  const people = JSON.parse(JSON.stringify(rosterOf([managedKey("hsm-mint")]))) as unknown;
  writeFileSync(roster, stringify(people, { defaultStringType: "QUOTE_DOUBLE" }));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The policy with one text in place of another, in the file. */
function write(from: string, to: string, name = file): void {
  expect(policy.split(from)).toHaveLength(2);
  writeFileSync(name, policy.replace(from, to));
}

type Case = [what: string, from: string, to: string, code: string, place: string, words: string];

async function refuses([, from, to, code, place, words]: Case, options: readonly string[]): Promise<void> {
  write(from, to);
  expect(await countersign(["policy", "check", file, ...options])).toEqual({
    code: 1,
    out: [`${file}:${place}: ${words}`],
    err: [],
  });
  const { ok, problems } = await answerOf(["policy", "check", file, ...options]);
  const [line, column] = place.split(":").map(Number);
  expect({ ok, problems }).toMatchObject({ ok: false, problems: [{ code, message: words, file, line, column }] });
}

it("the policy without a change is sound, also for its roster", async () => {
  writeFileSync(file, policy);
  expect(await countersign(["policy", "check", file, "--roster", roster])).toMatchObject({ code: 0, err: [] });
});

describe("a policy that cannot be read", () => {
  const cases: Case[] = [
    ["a key twice", "version: 1", "version: 1\nversion: 2", "yaml.syntax", "5:1", "this key stands twice in one map"],
    ["a tab", "  custodians:", "\tcustodians:", "yaml.syntax", "18:1", "a tab begins this line; indent with spaces"],
    [
      "an anchor that is in itself",
      "separation: [[issuers, custodians]]",
      "separation: &pairs [*pairs]",
      "yaml.anchor",
      "20:20",
      "the anchor `&pairs` is not allowed",
    ],
    [
      "an alias",
      "quorum: { group: custodians, min: 1 }\n",
      "quorum: *usual\n",
      "yaml.alias",
      "30:17",
      "the alias `*usual` is not allowed; write out what it stands for",
    ],
    ["a tag", "version: 1", "version: !!int 1", "yaml.tag", "4:16", "the tag `!!int` is not allowed"],
    [
      "an unknown key",
      "kind: Policy",
      "kind: Policy\nfriend: yes",
      "policy.malformed",
      "3:1",
      "unknown key `friend`; nothing is ignored",
    ],
    [
      "an unknown key deep inside",
      "{ group: custodians, min: 1 }, {",
      "{ group: custodians, min: 1, of: 3 }, {",
      "policy.malformed",
      "33:54",
      "unknown key `of`; nothing is ignored",
    ],
    ["a key that is missing", "  decimals: 2\n", "", "policy.malformed", "6:1", "`decimals` is missing"],
    ["a value that is missing", "  decimals: 2\n", "  decimals:\n", "policy.malformed", "9:3", "`decimals` is empty"],
    [
      "a number without its unit",
      'upTo: "100 GLD"',
      "upTo: 100",
      "policy.malformed",
      "29:15",
      "`100` is not an amount with its unit, such as `100 GLD` or `0.05 ETH`",
    ],
    [
      "a word that is none of the language",
      "operation: mint, init",
      "operation: mnt, init",
      "policy.malformed",
      "27:24",
      "`mnt` is none of `mint`, `burn`, `redeem`, `transfer`, `pause`, `unpause`, `grantRole`, `revokeRole`, `freeze`, `unfreeze`, `registerIdentity`, `forcedTransfer`, `distribute`, `addClaim`, `removeClaim`, `raiseMultiplier`, `signTypedData`",
    ],
    [
      "a time without a unit",
      "minAge: 48h",
      "minAge: 48",
      "policy.malformed",
      "14:13",
      "`48` is not a length of time such as `30m`, `48h` or `7d`",
    ],
    [
      "a time in a wrong unit",
      "minAge: 48h",
      "minAge: 48 hours",
      "policy.malformed",
      "14:13",
      "`48 hours` is not a duration such as `30m` or `48h`",
    ],
    [
      "an address with a wrong checksum",
      '"0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"',
      '"0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAA"',
      "policy.malformed",
      "16:20",
      "`0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAA` has a wrong EIP-55 checksum",
    ],
    [
      "a group of a wrong name",
      "  observers: {",
      "  two observers: {",
      "policy.malformed",
      "19:3",
      "`two observers` is not a name: letters, digits and dashes, 64 at most",
    ],
    [
      "another asset's amount",
      '"100 GLD"',
      '"100 SLV"',
      "policy.amount",
      "29:15",
      "`100 SLV` is not an amount in GLD such as `100 GLD`",
    ],
    [
      "a fee in the asset",
      '"0.05 ETH"',
      '"0.05 GLD"',
      "policy.amount",
      "22:41",
      "`0.05 GLD` is not an amount in ETH such as `100 ETH`",
    ],
    [
      "decimals that do not fit",
      '"500 GLD"',
      '"500.001 GLD"',
      "policy.amount",
      "24:99",
      "`500.001` has more than 2 decimals",
    ],
    [
      "a window of no unit",
      "rolling 24h",
      "rolling day",
      "policy.duration",
      "24:69",
      "`day` is not a duration such as `30m` or `48h`",
    ],
    [
      "an address twice",
      "label: Bank A }",
      'label: Bank A }\n      - { label: Again, address: "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }',
      "policy.duplicate",
      "17:34",
      "`0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` stands in the list twice",
    ],
    [
      "an id twice",
      "deny: true }",
      'deny: true }\n  - { id: fee, unless: { maxFee: { lte: "1 ETH" } }, deny: true }',
      "policy.duplicate",
      "23:11",
      "`fee` stands twice",
    ],
    ["a list that is not there", "in: treasury", "in: banks", "policy.list", "27:71", "there is no list `banks`"],
    [
      "tiers that do not rise",
      '"1000 GLD"',
      '"100 GLD"',
      "policy.tier",
      "32:15",
      "`100 GLD` is not above the tier before",
    ],
    [
      "no word of observers",
      "  observers: { min: 1 }\n",
      "",
      "policy.observers",
      "17:1",
      "say how many observers must agree: `observers: { min: 2 }`",
    ],
    [
      "an argument that the call does not have",
      "to: { in: treasury } }",
      "args: { memo: { is: x } } }",
      "policy.argument",
      "27:75",
      "mint has no argument `memo`",
    ],
    [
      "an interval of nothing",
      "when: { operation: mint }, metric",
      'when: { operation: mint, amount: { gt: "5 GLD", lt: "5 GLD" } }, metric',
      "policy.interval",
      "24:54",
      "no value is in this interval",
    ],
    [
      "a comparison with no bound",
      "when: { operation: mint }, metric",
      "when: { operation: mint, amount: {} }, metric",
      "policy.malformed",
      "24:54",
      "compare with `eq`, `gt`, `gte`, `lt` or `lte`",
    ],
    [
      "an argument beyond 256 bits",
      "to: { in: treasury } }",
      `args: { amount: { lte: "1${"0".repeat(78)}" } } }`,
      "policy.amount",
      "27:84",
      `\`1${"0".repeat(78)}\` does not fit in 256 bits`,
    ],
    [
      "an order inside another quorum",
      "{ all: [{ group: custodians, min: 1 }, { group: officers, min: 1 }] }",
      "{ all: [{ ordered: [{ group: custodians, min: 1 }, { group: officers, min: 1 }] }] }",
      "policy.ordered",
      "33:25",
      "`ordered` stands alone, or is one way of an `any`, never inside another quorum",
    ],
    [
      "a veto without a wait",
      "sign: hsm-mint\nchange:",
      "veto: { group: officers, min: 1 }\n        sign: hsm-mint\nchange:",
      "policy.veto",
      "34:15",
      "a veto needs a wait in which it can be said: add a `delay`",
    ],
    [
      "a guard that does two things",
      "deny: true }",
      "deny: true, add: { delay: 1h } }",
      "policy.malformed",
      "22:5",
      "a guard has one of `deny: true`, `add` and `require`",
    ],
  ].map((row) => row as Case);

  it.each(cases)("for %s is a failed check, with the place and what is wrong", async (...row) => {
    await refuses(row, []);
  });

  it("says everything at once, in the order of the lines", async () => {
    const wrong = policy
      .replace("decimals: 2", "decimals: 99")
      .replace("min: 1 }\n        sign", "mim: 1 }\n        sign");
    writeFileSync(file, wrong.replace("kind: Policy", "kind: Police"));
    const said = await countersign(["policy", "check", file]);
    expect(said.out).toEqual([
      `${file}:2:7: \`Police\` is not \`Policy\``,
      `${file}:9:13: \`99\` is more than 77`,
      `${file}:30:38: unknown key \`mim\`; nothing is ignored`,
    ]);
    const { problems } = await answerOf(["policy", "check", file]);
    expect(problems).toMatchObject([
      { code: "policy.malformed", field: "kind", line: 2, column: 7 },
      { code: "policy.malformed", field: "token.decimals", line: 9, column: 13 },
      { code: "policy.malformed", field: "rules.0.tiers.0.quorum", line: 30, column: 38 },
    ]);
  });
});

describe("a policy that its roster cannot live by", () => {
  const nobody = (group: string): string => `nobody on the roster is in the group \`${group}\``;
  const cases: Case[] = [
    ["an initiator's group", "group: issuers", "group: issuerz", "policy.group-empty", "27:50", nobody("issuerz")],
    [
      "a quorum's group",
      "{ group: officers, min: 1 }]",
      "{ group: oficers, min: 1 }]",
      "policy.group-empty",
      "33:65",
      nobody("oficers"),
    ],
    ["a group apart", "[[issuers, ", "[[issuer, ", "policy.group-empty", "20:15", nobody("issuer")],
    [
      "a vetoing group",
      "veto: { group: compliance",
      "veto: { group: complience",
      "policy.group-empty",
      "37:65",
      nobody("complience"),
    ],
    [
      "a changing group",
      "tighten: { quorum: { group: officers",
      "tighten: { quorum: { group: bosses",
      "policy.group-empty",
      "36:31",
      nobody("bosses"),
    ],
    [
      "a group with a floor",
      "  observers: { min: 1 }",
      "  observers: { min: 1 }\n  guests: { min: 1 }",
      "policy.group-empty",
      "20:11",
      nobody("guests"),
    ],
    [
      "a claim's group",
      "change:\n",
      "never:\n  - { operation: mint, initiator: { group: issuerz } }\nchange:\n",
      "policy.group-empty",
      "36:44",
      nobody("issuerz"),
    ],
    [
      "a group that is too small",
      "  observers: { min: 1 }",
      "  observers: { min: 9 }",
      "policy.group-floor",
      "19:14",
      "`observers` has 2 on the roster, fewer than 9",
    ],
    [
      "a key",
      'sign: hsm-mint\n      - upTo: "1000',
      'sign: hsm-mind\n      - upTo: "1000',
      "policy.key-unknown",
      "31:15",
      "the roster has no key `hsm-mind`",
    ],
  ];

  it.each(cases)(
    "for %s that is not there is a failed check, with the place",
    async (...[, from, to, code, place, words]) => {
      write(from, to);
      const said = await countersign(["policy", "check", file, "--roster", roster]);
      expect(said).toMatchObject({ code: 1, err: [] });
      expect(said.out).toContain(`${file}:${place}: error: ${words}`);
      const { ok, problems } = await answerOf(["policy", "check", file, "--roster", roster]);
      const [line, column] = place.split(":").map(Number);
      expect(ok).toBe(false);
      expect(problems).toContainEqual(expect.objectContaining({ code, message: words, file, line, column }));
    },
  );
});

describe("a file in JSON", () => {
  const json = at("policy.json");

  it("is read and placed as one in YAML is", async () => {
    writeFileSync(json, JSON.stringify(parse(policy), undefined, "\t"));
    expect(await countersign(["policy", "check", json])).toMatchObject({ code: 0, err: [] });
    writeFileSync(json, JSON.stringify(parse(policy.replace('"500 GLD"', '"500 SLV"')), undefined, "\t"));
    const said = await countersign(["policy", "check", json]);
    expect(said).toMatchObject({
      code: 1,
      out: [`${json}:62:11: \`500 SLV\` is not an amount in GLD such as \`100 GLD\``],
    });
  });

  it.each([
    ["a bracket that nothing closes", '{\n  "kind": ["Policy"\n}\n', "yaml.syntax", "3:1"],
    ["a key twice", '{\n  "kind": "Policy",\n  "kind": "Roster"\n}\n', "yaml.syntax", "3:3"],
    ["a fraction", '{\n  "version": 1.5\n}\n', "json.number", "2:14"],
    ["a key that is no key", '{\n  "__proto__": {}\n}\n', "json.forbidden-key", "2:3"],
    ["many levels", `{\n  "a": ${"[".repeat(50)}${"]".repeat(50)}\n}\n`, "json.depth", "2:40"],
  ])("with %s is refused at its place", async (_, text, code, place) => {
    writeFileSync(json, text);
    const said = await countersign(["policy", "check", json]);
    expect(said.code).toBe(1);
    expect(said.out.join("\n").startsWith(`${json}:${place}: `)).toBe(true);
    expect((await answerOf(["policy", "check", json]))["problems"]).toMatchObject([{ code }]);
  });

  it("may also be YAML between braces", async () => {
    writeFileSync(
      json,
      stringify(parse(policy), { collectionStyle: "flow", defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" }),
    );
    expect(await countersign(["policy", "check", json])).toMatchObject({ code: 0, err: [] });
  });
});

describe("every other command that reads a policy or a roster", () => {
  it.each([
    ["policy explain", ["policy", "explain", file]],
    [
      "policy propose",
      ["policy", "propose", file, "--api", "http://127.0.0.1:1", "--genesis", roster, "--credential", roster],
    ],
  ])("says the places and ends: %s", async (_, words) => {
    writeFileSync(file, policy.replace("decimals: 2", "decimals: 99").replace("kind: Policy", "kind: Police"));
    const said = await countersign(words);
    expect(said).toMatchObject({
      code: 2,
      out: [],
      err: [
        `countersign: ${file}:2:7: \`Police\` is not \`Policy\``,
        `countersign: ${file}:9:13: \`99\` is more than 77`,
      ],
    });
    const told = await answerOf(words);
    expect(told).toMatchObject({ ok: false, code: "policy.malformed", field: "kind", file, line: 2, column: 7 });
    expect(told["problems"]).toHaveLength(2);
  });

  it("checks a roster with its places, also the roster of a policy's check", async () => {
    const text = `apiVersion: countersign/v1
kind: Roster
version: 1
previous: null
people:
  - { id: ida, name: Ida, groups: [issuers, issuers], credentials: [{ kind: wallet, id: ida-1, address: "0x1111111111111111111111111111111111111111" }] }
services: []
keys: []
`;
    const bad = at("bad-roster.yaml");
    writeFileSync(bad, text);
    const words = `${bad}:6:45: \`ida\` is in a group twice`;
    expect(await countersign(["roster", "check", bad])).toMatchObject({ code: 1, out: [words] });
    writeFileSync(file, policy);
    expect(await countersign(["policy", "check", file, "--roster", bad])).toMatchObject({ code: 1, out: [words] });
    writeFileSync(bad, text.replace("kind: wallet", "kind: card").replace("keys: []", "keyz: []"));
    expect((await countersign(["roster", "check", bad])).out).toEqual([
      `${bad}:1:1: \`keys\` is missing`,
      `${bad}:6:77: \`card\` is none of \`wallet\`, \`key\`, \`passkey\``,
      `${bad}:8:1: unknown key \`keyz\`; nothing is ignored`,
    ]);
  });

  it("makes a genesis of nothing that is wrong, in whichever file", async () => {
    writeFileSync(file, policy.replace("decimals: 2", "decimals: 99"));
    const spec = at("spec.yaml");
    const text = `apiVersion: countersign/v1
kind: GenesisSpec
roster: roster.yaml
policies: [policy.yaml]
chains: [{ id: 31337, observeEvery: 1 }]
ceilings: { assets: {}, otherAssets: { request: "1", day: "1" }, keys: {}, otherKeys: { feesPerDayWei: "1" } }
lifetimes: { submission: 7d, approval: 24h, attestation: 48h, observation: ten minutes }
change:
  tighten: { quorum: { group: officers, min: 1 } }
  loosen: { quorum: { group: officers, min: 2 }, delay: 24h }
`;
    writeFileSync(spec, text);
    const words = ["genesis", "create", "--spec", spec, "--out", at("out.json"), "--log-key", at("log.pem")];
    expect((await countersign(words)).err).toEqual([`countersign: ${file}:9:13: \`99\` is more than 77`]);
    writeFileSync(file, policy);
    expect((await countersign(words)).err).toEqual([
      `countersign: ${spec}:7:76: \`ten minutes\` is not a duration such as \`30m\` or \`48h\``,
    ]);
    const inside = JSON.stringify(parse(policy.replace("to: { in: treasury }", "to: { in: banks }")));
    writeFileSync(spec, text.replace("policy.yaml", inside));
    const [line = ""] = (await countersign(words)).err;
    expect(line).toMatch(/^countersign: .*spec\.yaml:4:[0-9]+: there is no list `banks`$/);
  });
});
