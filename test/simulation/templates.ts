/** A journal with its genesis and an empty store, made once and copied: a world begins where the last one's first second ended. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../../src/adapters/journal/journal.ts";
import { openSqliteStore } from "../../src/adapters/sql-store/sqlite.ts";
import { openGate } from "../../src/flow/gate/open.ts";
import { parse as parseInstant } from "../../src/values/instant.ts";
import { start } from "../place/gate.ts";
import { goldDeployment, idOf, type Deployment } from "../place/gold.ts";
import { redeemingPolicy } from "../place/redemption.ts";
import { firstWitness, witnessesOf } from "../place/witness.ts";
import { quickKey, Verdicts } from "./verdicts.ts";

/** In memory where there is some: no disk is waited for. */
export const scratch = (): string =>
  mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "countersign-simulation-"));

/** Its proofs of possession are what takes time. */
export const deployment: Deployment = goldDeployment({
  policy: redeemingPolicy(),
  overrides: { witnesses: witnessesOf(1, firstWitness) },
});
export const logKey = quickKey("log");

export type Templates = { readonly journal: string; readonly store: string };

let made: Promise<Templates> | undefined;

export async function templates(): Promise<Templates> {
  return await (made ??= make());
}

async function make(): Promise<Templates> {
  const folder = scratch();
  process.once("exit", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const files = { journal: join(folder, "journal.sqlite"), store: join(folder, "store.sqlite") };
  const journal = openJournal(files.journal);
  openGate({
    journal,
    clock: { now: () => parseInstant(start) },
    ticks: () => start * 1_000,
    run: idOf("the run that made the template"),
    faults: { at: () => undefined },
    checks: new Verdicts().checks,
    logKey,
    places: [],
    genesisFile: deployment.file,
    patience: () => Promise.resolve(),
  }).begin();
  journal.close();
  await (await openSqliteStore(files.store)).close();
  return files;
}

export function copyOf(template: string, path: string): string {
  copyFileSync(template, path);
  return path;
}
