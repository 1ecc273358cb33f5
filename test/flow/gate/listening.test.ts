/** A gate that cannot listen leaves no trace in its log, however often it is tried. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { connectGate } from "../../../src/adapters/socket/client.ts";
import { startGate } from "../../../src/compose/gate.ts";
import { entrySchema } from "../../../src/log/entry.ts";
import { goldDeployment } from "../../place/gold.ts";
import { firstWitness, witnessesOf } from "../../place/witness.ts";
import { logKeyPem } from "../gate-process/gate-process.ts";

const { file } = goldDeployment({ overrides: { witnesses: witnessesOf(1, firstWitness) } });

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-listening-"));
  writeFileSync(at("genesis.json"), JSON.stringify(file), { mode: 0o600 });
  writeFileSync(at("log.key"), logKeyPem(), { mode: 0o400 });
  writeFileSync(at("gate.yaml"), stringify({ tokens: [] }), { mode: 0o600 });
  writeFileSync(at("deaf.yaml"), stringify({ tokens: [], socket: "genesis.json/gate.sock" }), { mode: 0o600 });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function failThrice(): Promise<void> {
  for (let times = 0; times < 3; times += 1) await expect(startGate(at("deaf.yaml"))).rejects.toThrow("genesis.json");
}

/** What a gate that listens has in its log; closed again. */
async function kindsOnceListening(): Promise<readonly string[]> {
  const running = await startGate(at("gate.yaml"));
  const gate = connectGate(running.socket);
  const { leaves } = await gate.entries(0, 100);
  gate.close();
  await running.close();
  return leaves.map(({ leaf }) => {
    const entry = entrySchema.parse(JSON.parse(leaf));
    return entry.kind === "run" ? entry.phase : entry.kind;
  });
}

test("its run begins when it listens, and a start that cannot adds nothing", async () => {
  await failThrice();
  expect(await kindsOnceListening()).toEqual(["genesis", "begun"]);
  await failThrice();
  expect(await kindsOnceListening()).toEqual(["genesis", "begun", "ended", "begun"]);
});
