/** A gate that is told to end, with everything it started, while a slow token signs: the signature is made, stored and answered first. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { formatTokenConfig } from "../../../src/adapters/pkcs11/token-file.ts";
import { requestIdOf, fees } from "../../place/gate.ts";
import { approval, attestation, sightings, submission } from "../../place/gold.ts";
import { buildFaultyModule } from "../../place/faulty-module.ts";
import { gateFiles, startGateProcess, type GateFiles, type GateProcess } from "./gate-process.ts";

let files: GateFiles;
let folder: string;
let running: GateProcess | undefined;

beforeAll(async () => {
  files = await gateFiles();
  folder = mkdtempSync(join(tmpdir(), "slow-"));
  const slow = buildFaultyModule(folder).behind(files.token.token.config, "none", { FAULTY_DELAY: "1200000" });
  const path = join(folder, "token.yaml");
  writeFileSync(path, formatTokenConfig(slow), { mode: 0o600 });
  writeFileSync(files.config, stringify({ tokens: [path] }), { mode: 0o600 });
});
afterAll(async () => {
  await running?.end("SIGKILL");
  files.remove();
  rmSync(folder, { recursive: true });
});

test("the call under way is answered with its signature, the process ends with 0, and the next one has the same", async () => {
  running = await startGateProcess(files, { group: true });
  const { gate } = running;
  const { deployment } = files;
  const now = Math.floor(Date.now() / 1_000);
  const said = submission(deployment, { now });
  const people = [approval(deployment, said, "carla"), approval(deployment, said, "chris")];
  const seen = sightings(deployment, { blockNumber: 10, blockTime: now - 1 });
  for (const one of [...seen, attestation(deployment, now), said, ...people])
    expect(await gate.admit(one)).toMatchObject({ kind: "admitted" });
  const requestId = requestIdOf(said);
  const answer = gate.sign({ verb: "sign", requestId, fees });
  // The token is busy with it now; everything in the group hears the signal.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const ended = running.end("SIGTERM");
  const first = await answer;
  // On a busy machine the gate answers that it still signs; the signature is stored all the same.
  expect(["signed", "signing"]).toContain(first.kind);
  expect(await ended).toBe(0);
  running = await startGateProcess(files, { group: true });
  const { leaves } = await running.gate.entries(0, 200);
  expect(leaves.filter(({ leaf }) => leaf.includes('"kind":"signature"'))).toHaveLength(1);
  const again = await running.gate.sign({ verb: "sign", requestId, fees });
  expect(again).toMatchObject({ kind: "signed", nonce: 0 });
  expect(first.kind === "signed" ? first : again).toEqual(again);
  const last = running;
  running = undefined;
  expect(await last.end("SIGTERM")).toBe(0);
}, 90_000);
