/** The backup drill of the runbook, its commands as printed: a copy is checked, the gate and the store are lost, the copy is put back, and nothing is minted twice or lost. */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyOnce } from "../../../src/compose/journal-copies.ts";
import { parse as instant } from "../../../src/values/instant.ts";
import { approval, submission } from "../../place/gold.ts";
import { openService, type ServicePlace } from "./service-place.ts";

let place: ServicePlace;
beforeEach(async () => {
  place = await openService();
});
afterEach(async () => {
  await place.close();
});

/** The blocks of the recipe, each a list of lines. */
function blocks(): readonly (readonly string[])[] {
  const [, text = ""] = readFileSync("docs/runbook.md", "utf8").split("<!-- recipe: backup drill -->");
  const [own = ""] = text.split(/<!-- recipe: |^#{2,3} /m);
  return [...own.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = ""]) => block.trim().split("\n"));
}

async function approved(reference: string): Promise<void> {
  const { deployment, now } = place.serve.gatePlace;
  const said = submission(deployment, { now, intent: { reference } });
  for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
    expect(await place.serve.desk.post(one, undefined)).toMatchObject({ kind: "receipt" });
}

async function copied(): Promise<string> {
  const { journal, now } = place.serve.gatePlace;
  const { copyTo } = journal;
  const settings = { folder: place.at("copies"), everySeconds: 3_600, keep: 3 };
  return await copyOnce(settings, { copyTo, clock: { now: () => instant(now) }, tell: () => undefined });
}

/** Exit codes of the commands that look at a copy. */
async function looked(copy: string): Promise<readonly number[]> {
  const codes: number[] = [];
  rmSync(place.at("log.json"), { force: true });
  for (const line of blocks()[0]!) {
    const words = line.split(" ").slice(1);
    const args = words.map((word) => (word === "$COPY" ? copy : word.endsWith(".json") ? place.at(word) : word));
    const { code, err } = await place.as("olga", args);
    codes.push(code);
    if (code === 2) throw new Error(err.join(" "));
  }
  return codes;
}

test("a copy behind the log is refused by its check, and the one where the log ends brings the gate back", async () => {
  await approved("FIRST");
  await place.serve.settle();
  const old = await copied();
  expect(await looked(old)).toEqual([0, 0, 0]);
  await approved("SECOND");
  // It has its nonce and its signature, and is in no block yet.
  for (let round = 0; round < 4; round += 1) await place.serve.step();
  expect(await looked(old)).toEqual([0, 1, 0]);
  const behind = await place.as("olga", ["backup", "check", old, "--log", place.at("log.json")]);
  expect(behind.out.join("\n")).toContain(
    "leaves more: a gate that starts on this copy alone would have forgotten them",
  );
  place.serve.gatePlace.now += 1;
  const newest = await copied();
  expect(await looked(newest)).toEqual([0, 0, 0]);
  const size = place.serve.gatePlace.journal.size();
  await place.serve.gatePlace.reopen(() => {
    const file = place.serve.gatePlace.journalFile;
    for (const line of blocks()[1]!) {
      const own = line.replaceAll("journal.sqlite", file).replaceAll("$COPY", newest);
      execFileSync("sh", ["-c", own], { cwd: dirname(file) });
    }
  });
  await place.serve.restart({ forget: true });
  // With the leaf that a run begins with.
  expect(place.serve.gatePlace.journal.size()).toBe(size + 1);
  await approved("THIRD");
  await place.serve.settle();
  const states = (await place.serve.store.requests({ limit: 9 })).map(({ state, nonce }) => [state, nonce]);
  expect(states).toEqual([
    ["final", 2],
    ["final", 1],
    ["final", 0],
  ]);
  expect(place.serve.chain.mints()).toHaveLength(3);
}, 120_000);

test("what is no journal is refused, and without a log the check says what it did not look at", async () => {
  const copy = await copied();
  await looked(copy);
  const log = place.at("log.json");
  const cases = [
    ["backup", "check", place.at("genesis.json"), "--log", log],
    ["backup", "check", place.at("nothing.sqlite"), "--log", log],
  ];
  for (const args of cases) expect((await place.as("olga", args)).code).toBe(2);
  const alone = await place.as("olga", ["backup", "check", copy]);
  expect([alone.code, alone.out.join("\n")]).toEqual([
    0,
    expect.stringContaining("hold it against the log") as unknown,
  ]);
});
