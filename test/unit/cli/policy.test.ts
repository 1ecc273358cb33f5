/** Policies and rosters at the command line: judged, told at their lines, and never fine when nobody can tell. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { answerOf, countersign, type Said } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-policy-"));
const people = ["--roster", "policies/roster.yaml"];
const gold = readFileSync("policies/GLD.yaml", "utf8");
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const text = ({ out }: Said): string => out.join("\n");
const lineOf = (whole: string, words: string): number => whole.slice(0, whole.indexOf(words)).split("\n").length;

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("policy check", () => {
  it("says that a policy is sound, alone and for a roster's people", async () => {
    expect(text(await countersign(["policy", "check", "policies/GLD.yaml"]))).toMatch(/is sound; say --roster FILE/);
    const said = await countersign(["policy", "check", "policies/TBL.yaml", ...people]);
    expect(said).toMatchObject({ code: 0, err: [] });
    expect(text(said)).toMatch(/the policy of TBL, version 1, is sound, and the roster can live by it\nhash: sha256:/);
  });

  it("says what is wrong at its line, with a request that shows it", async () => {
    const overlapping = gold.replace(
      "  - id: redeem\n",
      "  - id: again\n    when: { operation: mint, initiator: { group: issuers } }\n    tiers: [{ upTo: max, quorum: { group: custodians, min: 3 }, sign: hsm-mint }]\n  - id: redeem\n",
    );
    const path = file("overlap.yaml", overlapping);
    const said = await countersign(["policy", "check", path, ...people]);
    expect(said.code).toBe(1);
    expect(text(said)).toMatch(/overlap\.yaml:\d+:\d+: .*again/);
  });

  it("finds an overlap that only one person in two groups makes, and shows them", async () => {
    const twice = gold.replace(
      "  - id: payout\n",
      "  - id: by-officers\n    when: { operation: redeem, initiator: { group: officers } }\n    tiers: [{ upTo: max, quorum: { group: compliance, min: 1 }, sign: hsm-mint }]\n  - id: payout\n",
    );
    const path = file("twice.yaml", twice);
    expect(await countersign(["policy", "check", path, ...people])).toMatchObject({ code: 0 });
    const both = readFileSync("policies/roster.yaml", "utf8").replace(
      "groups: [issuers]",
      "groups: [issuers, officers]",
    );
    const roster = file("both.yaml", both);
    const answer = await answerOf(["policy", "check", path, "--roster", roster]);
    expect(answer).toMatchObject({ ok: false, kind: "errors" });
    expect(answer["problems"]).toEqual([expect.objectContaining({ code: "policy.overlap", file: path })]);
    expect(JSON.stringify(answer["findings"])).toMatch(
      /"severity":"error".*"example":\{"text":"(burn|redeem) .* by ida/,
    );
    const checked = await countersign(["roster", "check", roster, "--policy", path, "--policy", "policies/GLD.yaml"]);
    expect(checked.code).toBe(1);
    expect(text(checked)).toMatch(
      /under the policy of GLD:\n {2}error [^]*under the policy of GLD:\n {2}nothing is wrong that was not before/,
    );
  });

  it("tells warnings and notes, and answers yes all the same", async () => {
    const path = file("unused.yaml", gold.replace("lists:\n", "lists:\n  nobody: { entries: [] }\n"));
    const said = await countersign(["policy", "check", path, ...people]);
    expect(said.code).toBe(0);
    expect(text(said)).toMatch(new RegExp(`unused\\.yaml:${lineOf(gold, "lists:") + 1}:\\d+: note: .*nobody`));
  });

  it("says where a claim speaks of nobody", async () => {
    const path = file(
      "claim.yaml",
      gold.replace("never:\n", "never:\n  - { operation: burn, initiator: { group: ghosts } }\n"),
    );
    const answer = await answerOf(["policy", "check", path, ...people]);
    expect(answer["problems"]).toMatchObject([{ code: "policy.group-empty", line: lineOf(gold, "never:") + 1 }]);
  });

  it("cannot decide what is too large, and that is no yes", async () => {
    const path = file("large.yaml", tooLarge());
    const answer = await answerOf(["policy", "check", path, ...people]);
    expect(answer).toMatchObject({ ok: false, kind: "undecided" });
    const said = await countersign(["policy", "check", path, ...people]);
    expect(said.code).toBe(1);
    expect(text(said)).toMatch(/cannot decide: .*; this is no yes$/);
  });
});

/** Guards that each cut another field of one message in two: more cells than anybody looks at. */
function tooLarge(): string {
  const typedData = (fields: string): string =>
    `typedData: { domain: { chainId: 31337, verifyingContract: "0x1111111111111111111111111111111111111111" }, primaryType: Order${fields} }`;
  const guards = Array.from({ length: 30 }, (_, index) => {
    const when = `operation: signTypedData, ${typedData(`, fields: { field${String(index)}: { gt: "5" } }`)}`;
    return `  - { id: g-${String(index)}, when: { ${when} }, deny: true }\n`;
  }).join("");
  const rule = `  - id: order\n    when: { operation: signTypedData, initiator: { group: issuers }, ${typedData("")} }\n    tiers: [{ upTo: max, quorum: { group: custodians, min: 2 }, sign: hsm-mint }]\n`;
  return gold.replace("guards:\n", `guards:\n${guards}`).replace("rules:\n", `rules:\n${rule}`);
}

describe("policy test", () => {
  it("runs the examples of a policy for a roster's people", async () => {
    const said = await countersign(["policy", "test", "policies/GLD.yaml", ...people]);
    expect(said).toMatchObject({ code: 0, err: [] });
    expect(text(said)).toMatch(/ok: a small mint to the treasury: allowed by mint[^]*15 of 15 tests pass$/);
  });

  it("says at its line which one came otherwise, and how", async () => {
    const path = file("failing.yaml", gold.replace("expect: { allow: stop }", "expect: { allow: mint }"));
    const said = await countersign(["policy", "test", path, ...people]);
    expect(said.code).toBe(1);
    const line = lineOf(gold, "- name: an officer stops");
    expect(text(said)).toMatch(
      new RegExp(
        `failing\\.yaml:${line}:\\d+: the test \`an officer stops the token with a custodian\` expects allowed by mint; it came allowed by stop`,
      ),
    );
    const { tests, problems } = await answerOf(["policy", "test", path, ...people]);
    expect(problems).toMatchObject([{ code: "policy.test-failed", line }]);
    expect((tests as { clauses: unknown[] }[])[0]?.clauses.length).toBeGreaterThan(5);
  });

  it("needs to know whom the examples name", async () => {
    const said = await countersign(["policy", "test", "policies/GLD.yaml"]);
    expect(said.code).toBe(2);
    expect(said.err[0]).toMatch(/--roster FILE is missing/);
  });
});

describe("policy prove", () => {
  it("proves what a policy claims", async () => {
    const said = await countersign(["policy", "prove", "policies/GLD.yaml", ...people]);
    expect(said).toMatchObject({ code: 0, err: [] });
    expect(said.out.filter((line) => line.includes(": proved: "))).toHaveLength(6);
  });

  it("shows a request of which a claim is not so", async () => {
    const path = file(
      "false.yaml",
      gold.replace(
        'amount: { gt: "5000 GLD" } }\n  - { operation: unpause',
        'amount: { gt: "4999 GLD" } }\n  - { operation: unpause',
      ),
    );
    const said = await countersign(["policy", "prove", path, ...people]);
    expect(said.code).toBe(1);
    expect(text(said)).toMatch(/false\.yaml:\d+:\d+: false: [^]*\n {2}for example: mint 5,000 GLD to .* by i/);
  });

  it("says of whom it proved anything when no roster was given", async () => {
    expect(text(await countersign(["policy", "prove", "policies/GLD.yaml"]))).toMatch(/no roster was given/);
  });

  it("says when nothing is claimed", async () => {
    const path = file("claimless.yaml", gold.replace(/never:\n[^]*?tests:\n/, "tests:\n"));
    expect(await countersign(["policy", "prove", path])).toMatchObject({ code: 0, out: ["the policy claims nothing"] });
  });
});

describe("policy diff", () => {
  it("says what is looser and what is tighter, and what the gate will call it", async () => {
    const looser = file("looser.yaml", gold.replace('max: "5000 GLD"', 'max: "6000 GLD"'));
    const said = await countersign(["policy", "diff", "policies/GLD.yaml", looser, ...people]);
    expect(said).toMatchObject({ code: 0, err: [] });
    expect(text(said)).toMatch(/loosening[^]*the gate calls it: loosen$/);
    const back = await answerOf(["policy", "diff", looser, "policies/GLD.yaml", ...people]);
    expect(back).toMatchObject({ ok: true, kind: "tightening", class: "tighten" });
    const same = await answerOf(["policy", "diff", looser, looser]);
    expect(same).toMatchObject({ kind: "same", class: "tighten" });
  });
});

describe("policy explain", () => {
  it("says it in sentences, with the hash that officers sign", async () => {
    const said = await countersign(["policy", "explain", "policies/EST.yaml"]);
    expect(text(said)).toMatch(/^policy 1 of EST: [^]*everything else is denied\nhash: sha256:[0-9a-f]{64}$/);
  });
});

describe("policy simulate, here", () => {
  const mint = ["policy", "simulate", "--policy", "policies/GLD.yaml", ...people, "--by", "ida", "--operation", "mint"];
  const small = [...mint, "--amount", "10"];

  it.each([
    [
      "with enough people",
      [...small, "--vote", "carla", "--vote", "chris"],
      0,
      /^allowed by rule mint, tier 1, signed by hsm-mint$/,
    ],
    ["with too few", [...small, "--vote", "carla"], 0, /^pending .*\nwaits for 1 more of custodians/],
    ["of too much", [...mint, "--amount", "5001 GLD"], 1, /^refused[^]*mint\.amount/],
    ["by somebody else", [...mint, "--amount", "1", "--by-mistake"], 2, /^$/],
    [
      "before its time",
      [
        ...mint,
        "--amount",
        "2000",
        "--vote",
        "carla",
        "--vote",
        "chris:chris-key",
        "--vote",
        "cora",
        "--waited",
        "29m",
      ],
      0,
      /mint\.delay/,
    ],
    [
      "after its time",
      [...mint, "--amount", "2000", "--vote", "carla", "--vote", "chris", "--vote", "cora", "--waited", "30m"],
      0,
      /^allowed/,
    ],
    ["on a full day", [...small, "--given", "used.mint-day=4995 GLD"], 0, /limit\.mint-day/],
    ["without evidence", [...small, "--given", "missing=supply", "--given", "missing=codehash"], 0, /token\.codehash/],
    ["of a token that is paused", [...small, "--given", "paused=true"], 0, /token\.paused/],
    ["with fees beyond reason", [...small, "--max-fee", "1"], 1, /guard\.fee/],
  ])("%s", async (_, words, code, expected) => {
    const said = await countersign(words);
    expect(said.code).toBe(code);
    expect(text(said)).toMatch(expected);
  });

  it("names what is nobody or nothing", async () => {
    expect((await countersign([...small, "--vote", "zoe"])).err[0]).toMatch(/`zoe` is nobody in the roster/);
    expect((await countersign([...small, "--given", "reserves"])).err[0]).toMatch(/is not KEY=VALUE/);
    expect((await countersign([...small, "--given", "moon=full"])).err[0]).toMatch(/moon/);
    const alone = await countersign(["policy", "simulate", ...people, "--by", "ida", "--operation", "mint"]);
    expect(alone.err[0]).toMatch(/--policy is missing/);
    const nowhere = await countersign(["policy", "simulate", "--by", "ida", "--operation", "mint"]);
    expect(nowhere.err[0]).toMatch(/--api is missing; or say --policy and --roster/);
  });

  it("answers with the whole decision", async () => {
    const { decision } = await answerOf([...small, "--vote", "carla"]);
    expect(decision).toMatchObject({ verdict: "pending", rule: "mint", missing: [{ group: "custodians", count: 1 }] });
  });
});

describe("policy replay", () => {
  it("needs a log", async () => {
    const words = ["policy", "replay", "policies/GLD.yaml", "--genesis", "nothing.json"];
    expect((await countersign(words)).err[0]).toMatch(/--api is missing; or say --log FILE/);
  });
});
