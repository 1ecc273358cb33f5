/** From credentials to a checked genesis by the commands alone, and documents looked at before anybody signs them. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPolicyYaml } from "../../../src/policy/document/yaml-document.ts";
import { hash } from "../../../src/values/json.ts";
import { goldPolicy } from "../../place/gold.ts";
import { managedKey, personIds, rosterOf } from "../../place/people.ts";
import { answerOf, countersign } from "../../unit/cli/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-documents-"));
const at = (name: string): string => join(folder, name);
const demoPolicy = readPolicyYaml(readFileSync("policies/GLD.yaml", "utf8"));
const gold = 10n ** 18n;

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const rosterDocument = JSON.parse(JSON.stringify(rosterOf([managedKey("hsm-mint")]))) as {
  people: { id: string; credentials: unknown[] }[];
  services: { id: string; credentials: unknown[] }[];
};

function writeSpec(name: string, overrides: Readonly<Record<string, unknown>> = {}): string {
  const spec = {
    apiVersion: "countersign/v1",
    kind: "GenesisSpec",
    roster: "roster.yaml",
    policies: ["policy.yaml"],
    chains: [{ id: 31_337, observeEvery: 1 }],
    ceilings: {
      assets: {},
      otherAssets: { request: String(10_000n * gold), day: String(50_000n * gold) },
      keys: {},
      otherKeys: { feesPerDayWei: String(10n * gold) },
    },
    lifetimes: { submission: "7d", approval: "24h", attestation: "48h", observation: "10m" },
    change: {
      tighten: { quorum: { group: "officers", min: 1 } },
      loosen: { quorum: { group: "officers", min: 2 }, delay: "24h" },
    },
    ...overrides,
  };
  writeFileSync(at(name), stringify(spec));
  return at(name);
}

beforeAll(async () => {
  for (const member of [...rosterDocument.people, ...rosterDocument.services]) {
    const kind = member.id === "carla" || member.id === "cora" ? "wallet" : "key";
    const file = at(`${member.id}.json`);
    const made = await answerOf(["credential", "create", "--kind", kind, "--id", `${member.id}-1`, "--out", file]);
    const { file: path, ...known } = made;
    expect(path).toBe(file);
    member.credentials = [known];
  }
  writeFileSync(at("roster.yaml"), stringify(rosterDocument, { defaultStringType: "QUOTE_DOUBLE" }));
  writeFileSync(at("policy.yaml"), readFileSync("policies/GLD.yaml"));
  writeFileSync(at("walletless.yaml"), stringify(goldPolicy(), { defaultStringType: "QUOTE_DOUBLE" }));
});

describe("a credential", () => {
  it("is in a file that only its owner can read, and never made over another", async () => {
    expect(statSync(at("ida.json")).mode & 0o777).toBe(0o600);
    const again = await countersign(["credential", "create", "--kind", "key", "--id", "x", "--out", at("ida.json")]);
    expect(again).toMatchObject({ code: 2, out: [] });
    expect(again.err.join("")).toMatch(/is there already/);
  });

  it("shows its public part and never its secret", async () => {
    const { privateKey } = JSON.parse(readFileSync(at("carla.json"), "utf8")) as { privateKey: string };
    for (const flags of [[], ["--json"]]) {
      const { code, out, err } = await countersign(["credential", "show", at("carla.json"), ...flags]);
      expect({ code, err }).toEqual({ code: 0, err: [] });
      expect(out.join("")).toMatch(/carla-1.*0x[0-9a-fA-F]{40}/);
      expect(out.join("")).not.toContain(privateKey.slice(2));
    }
  });

  it("is of a kind that there is", async () => {
    const { code, err } = await countersign([
      "credential",
      "create",
      "--kind",
      "rsa",
      "--id",
      "x",
      "--out",
      at("x.json"),
    ]);
    expect(code).toBe(2);
    expect(err[0]).toBe("countersign: --kind: `rsa` is neither wallet nor key");
  });
});

describe("a genesis", () => {
  it("is not made of a policy that does not do what it says of itself", async () => {
    const [sound] = demoPolicy.tests ?? [];
    const broken = { ...demoPolicy, tests: [{ ...sound, name: "one is enough", votes: ["carla"] }] };
    const untrue = { ...demoPolicy, never: [{ operation: "pause" }] };
    for (const [name, policy, why] of [
      [
        "broken",
        broken,
        /^wrong: policy of GLD, tests\.0: test `one is enough` expects `allowed by mint`, and what comes is/,
      ],
      ["untrue", untrue, /^wrong: policy of GLD, never\.0: [^]*for example/],
    ] as const) {
      writeFileSync(at(`${name}.yaml`), stringify(policy, { defaultStringType: "QUOTE_DOUBLE" }));
      const spec = writeSpec(`${name}-spec.yaml`, { policies: [`${name}.yaml`] });
      const made = await countersign([
        "genesis",
        "create",
        "--spec",
        spec,
        "--out",
        at(`${name}.json`),
        "--log-key",
        at("other.pem"),
      ]);
      expect(made.code).toBe(1);
      expect([...made.out, ...made.err].join("\n")).toMatch(why);
      expect(existsSync(at(`${name}.json`))).toBe(false);
    }
  });

  it("asks for key ceremonies where its description does, and for nothing else", async () => {
    const create = (spec: string, out: string): Promise<Record<string, unknown>> =>
      answerOf(["genesis", "create", "--spec", spec, "--out", at(out), "--log-key", at("log-2.pem")]);
    await create(writeSpec("strict.yaml", { keyCeremonies: "required" }), "strict.json");
    expect(JSON.parse(readFileSync(at("strict.json"), "utf8"))).toMatchObject({
      genesis: { keyCeremonies: "required" },
    });
    expect(await create(writeSpec("odd.yaml", { keyCeremonies: "wanted" }), "odd.json")).toMatchObject({ ok: false });
  });

  it("is made, signed by everybody, and checked", async () => {
    const genesis = at("genesis.json");
    const words = ["genesis", "create", "--spec", writeSpec("spec.yaml"), "--out", genesis, "--log-key", at("log.pem")];
    const made = await answerOf(words);
    expect(made["missing"]).toHaveLength(personIds.length);
    expect(statSync(at("log.pem")).mode & 0o777).toBe(0o400);

    const early = await countersign(["genesis", "check", genesis]);
    expect(early.code).toBe(1);
    expect(early.err.join("")).toMatch(/has not proven that it is held/);

    for (const id of personIds.slice(1)) {
      const signed = await countersign(["genesis", "sign", genesis, "--credential", at(`${id}.json`), "--holder", id]);
      expect(signed).toMatchObject({ code: 0, err: [] });
    }
    const first = personIds[0]!;
    const id = String(made["deploymentId"]);
    const proof = await countersign([
      "credential",
      "prove",
      at(`${first}.json`),
      "--deployment",
      id,
      "--holder",
      first,
      "--document",
      id,
    ]);
    writeFileSync(at("proof.json"), proof.out.join(""));
    const last = await answerOf(["genesis", "sign", genesis, "--proof", at("proof.json")]);
    expect(last["missing"]).toEqual([]);

    const checked = await answerOf(["genesis", "check", genesis, "--genesis", id]);
    expect(checked).toMatchObject({ deploymentId: id, policies: { GLD: hash(demoPolicy) } });
    const lines = await countersign(["genesis", "check", genesis]);
    expect(lines).toMatchObject({ code: 0, err: [] });
    expect(lines.out.join("\n")).toContain(id);

    expect(lines.out.join("\n")).toMatch(/ and 1 managed key; /);

    writeFileSync(at("no-genesis.json"), "{}");
    const wrong = await countersign(["genesis", "check", at("no-genesis.json")]);
    expect(wrong.code).toBe(1);
    expect(wrong.err[0]).toContain(
      `\`${at("no-genesis.json")}\` is no genesis as \`countersign genesis create\` makes it`,
    );

    const other = await countersign(["genesis", "check", genesis, "--genesis", `sha256:${"0".repeat(64)}`]);
    expect(other.code).toBe(1);
    const named = await countersign(["genesis", "check", genesis, "--genesis", `sha256:${id.slice(2)}`]);
    expect(named.code).toBe(0);
  });

  it("is not signed with a credential of nobody, of somebody else, or with another key under the name", async () => {
    const genesis = at("second.json");
    await countersign([
      "genesis",
      "create",
      "--spec",
      writeSpec("spec2.yaml"),
      "--out",
      genesis,
      "--log-key",
      at("log.pem"),
    ]);
    await countersign(["credential", "create", "--kind", "key", "--id", "nobody-1", "--out", at("nobody.json")]);
    await countersign(["credential", "create", "--kind", "key", "--id", "ida-1", "--out", at("false-ida.json")]);
    const sign = (file: string, ...rest: string[]) =>
      countersign(["genesis", "sign", genesis, "--credential", at(file), ...rest]);
    expect((await sign("nobody.json")).err[0]).toMatch(/names no credential `nobody-1`/);
    expect((await sign("false-ida.json")).err[0]).toMatch(/another key under `ida-1`/);
    expect((await sign("ida.json", "--holder", "ivan")).err[0]).toMatch(/belongs to `ida`, not to `ivan`/);
    for (const answer of [await sign("nobody.json"), await sign("false-ida.json")]) expect(answer.code).toBe(1);
    expect((await countersign(["genesis", "sign", genesis])).code).toBe(2);
  });

  it("leads to the field of the description that is wrong, and makes no file", async () => {
    const cases: [Readonly<Record<string, unknown>>, RegExp][] = [
      [
        { lifetimes: { submission: "seven days", approval: "1h", attestation: "1h", observation: "1h" } },
        /bad\.yaml:\d+:15: `seven days` is not a duration/,
      ],
      [{ chains: [] }, /bad\.yaml:\d+:9: `chains` is an empty list/],
      [{ policies: ["missing.yaml"] }, /missing\.yaml/],
      [{ policies: [{ ...goldPolicy(), rules: [] }] }, /bad\.yaml:\d+:12: `rules` is an empty list/],
      [{ surprise: true }, /bad\.yaml:\d+:1: unknown key `surprise`/],
      [{ roster: { ...rosterDocument, people: [], keys: "none" } }, /bad\.yaml:\d+:9: `none` is not a list/],
    ];
    for (const [overrides, field] of cases) {
      const spec = writeSpec("bad.yaml", overrides);
      const answer = await countersign([
        "genesis",
        "create",
        "--spec",
        spec,
        "--out",
        at("bad.json"),
        "--log-key",
        at("log.pem"),
      ]);
      expect(answer.code).toBe(2);
      expect(answer.err[0]).toMatch(field);
      expect(() => statSync(at("bad.json"))).toThrow();
    }
  });

  it("never takes the place of another file", async () => {
    writeFileSync(at("taken.json"), "mine");
    const answer = await countersign([
      "genesis",
      "create",
      "--spec",
      writeSpec("spec3.yaml"),
      "--out",
      at("taken.json"),
      "--log-key",
      at("log.pem"),
    ]);
    expect(answer.code).toBe(2);
    expect(readFileSync(at("taken.json"), "utf8")).toBe("mine");
  });
});

describe("a policy", () => {
  it("is explained in words that name every rule, guard and limit", async () => {
    const { code, out } = await countersign(["policy", "explain", "policies/GLD.yaml"]);
    expect(code).toBe(0);
    for (const word of [
      "mint:",
      "redeem:",
      "payout:",
      "stop:",
      "guard reserves-cover",
      "limit mint-day",
      "everything else is denied",
    ])
      expect(out.join("\n")).toContain(word);
  });

  it("is checked alone, and against the roster that must live by it", async () => {
    const walletless = await answerOf(["policy", "check", at("walletless.yaml")]);
    expect(walletless).toMatchObject({
      ok: false,
      problems: [{ code: "policy.no-wallet", field: "rules.0.tiers.1.quorum" }],
    });
    const sound = await countersign(["policy", "check", "policies/GLD.yaml", "--roster", at("roster.yaml")]);
    expect(sound).toMatchObject({ code: 0, err: [] });
    const { ok, hash: name } = await answerOf(["policy", "check", "policies/GLD.yaml"]);
    expect(ok).toBe(true);
    expect(name).toMatch(/^0x[0-9a-f]{64}$/);
    const lonely = {
      ...rosterDocument,
      people: rosterDocument.people.filter(({ id }) => id !== "carla" && id !== "chris"),
    };
    writeFileSync(at("lonely.yaml"), stringify(lonely, { defaultStringType: "QUOTE_DOUBLE" }));
    const lacking = await answerOf(["policy", "check", "policies/GLD.yaml", "--roster", at("lonely.yaml")]);
    expect(lacking).toMatchObject({ ok: false });
    expect(JSON.stringify(lacking["problems"])).toContain("groups.custodians");
  });

  it("says where what is wrong", async () => {
    const text = readFileSync("policies/GLD.yaml", "utf8");
    const cases: [string, string, RegExp][] = [
      ['"1000 GLD", quorum', '"1e3 GLD", quorum', /wrong\.yaml:\d+:17: `1e3` is not a decimal number/],
      ["version: 1", "version: 1\nversion: 2", /wrong\.yaml:\d+:1: this key stands twice/],
      ["kind: Policy", "kind: Policy\nfriend: yes", /wrong\.yaml:\d+:1: unknown key `friend`/],
      ["to: { in: treasury }", "to: { in: nowhere }", /wrong\.yaml:\d+:71: there is no list `nowhere`/],
    ];
    for (const [from, to, words] of cases) {
      writeFileSync(at("wrong.yaml"), text.replace(from, to));
      const answer = await countersign(["policy", "check", at("wrong.yaml")]);
      expect(answer.code).toBe(1);
      expect(answer.out.join("\n")).toMatch(words);
    }
  });
});

describe("a roster", () => {
  it("is shown by groups, from its own file or out of a genesis", async () => {
    const own = await answerOf(["roster", "check", at("roster.yaml")]);
    expect(own).toMatchObject({ ok: true, version: 1, groups: { custodians: ["carla", "chris", "cyril"] } });
    const inside = await answerOf(["roster", "check", at("genesis.json")]);
    expect(inside["hash"]).toBe(own["hash"]);
  });

  it("is refused when two people hold one key", async () => {
    const [first, second] = rosterDocument.people;
    const shared = { ...second!, credentials: [{ ...(first!.credentials[0] as object), id: "copy-1" }] };
    const people = rosterDocument.people.map((one) => (one === second ? shared : one));
    writeFileSync(at("shared.yaml"), stringify({ ...rosterDocument, people }, { defaultStringType: "QUOTE_DOUBLE" }));
    const answer = await answerOf(["roster", "check", at("shared.yaml")]);
    expect(answer).toMatchObject({ ok: false, problems: [{ code: "roster.shared-credential" }] });
  });

  it("is no file that cannot be read", async () => {
    const answer = await countersign(["roster", "check", at("nothing.yaml")]);
    expect(answer).toMatchObject({ code: 2, out: [] });
    expect(answer.err[0]).toMatch(/there is no such file/);
  });
});
