/** A gate that takes over from another in one process: its journal from the other's log, and the officers who promote it. */
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nativeChecks } from "../../src/adapters/crypto-native/checks.ts";
import { openJournal } from "../../src/adapters/journal/journal.ts";
import { restoreJournal, type Restored } from "../../src/flow/gate/restore.ts";
import type { GateAnswer } from "../../src/gate/wire.ts";
import { entrySchema, type Entry } from "../../src/log/entry.ts";
import { decodeLeaf } from "../../src/log/leaf.ts";
import { rootAt } from "../../src/log/merkle.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import { parse as parseInstant } from "../../src/values/instant.ts";
import { take } from "./bundle-maker.ts";
import { approvedMint, openPlace, requestIdOf, softBackend, type GatePlace } from "./gate.ts";
import { sightings } from "./gold.ts";
import { sign, type PersonId } from "./people.ts";
import { noteSigner } from "./witness.ts";

/** The log keys of the first gate and of the one that follows it. */
export const firstKey = noteSigner("log");
export const nextKey = noteSigner("another log");

export type Rebuilt = Restored & { readonly file: string };

const files: string[] = [];
const opened: GatePlace[] = [];

export function openGatePlace(...given: Parameters<typeof openPlace>): GatePlace {
  const one = openPlace(...given);
  opened.push(one);
  return one;
}

/** Every gate of the test, and the files they were made from. */
export async function closeAll(): Promise<void> {
  for (const one of opened.splice(0)) await one.close();
  for (const file of files.splice(0)) for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
}

export function leavesOf({ journal }: GatePlace): string[] {
  return journal.leaves(0, 10_000).map(({ bytes }) => new TextDecoder().decode(bytes));
}

export function entriesOf({ journal }: GatePlace): Entry[] {
  return journal.leaves(0, 10_000).map(({ bytes }) => entrySchema.parse(decodeLeaf(bytes)));
}

export function rebuiltFrom(from: GatePlace): Rebuilt {
  const file = join(tmpdir(), `countersign-promoted-${String(process.pid)}-${String(files.length)}.sqlite`);
  files.push(file);
  const journal = openJournal(file);
  try {
    const clock = { now: () => parseInstant(from.now + 60) };
    const log = { leaves: leavesOf(from), root: rootAt(from.journal.size(), from.journal.node) };
    const parts = { journal, genesisFile: from.deployment.file, clock, checks: nativeChecks() };
    return { ...restoreJournal(parts, log), file };
  } finally {
    journal.close();
  }
}

/** A gate on a journal that was rebuilt from the log of another, a minute later; `logWord` makes its log key. */
export function standbyOf(from: GatePlace, at: Rebuilt, logWord = nextKey.name): GatePlace {
  const standby = openGatePlace(from.deployment, softBackend(), undefined, at.file, logWord);
  standby.now = from.now + 60;
  return standby;
}

/** What an officer signs; for epoch 2 and its key unless told otherwise. */
export function promotion(
  by: PersonId,
  { deployment, now }: Pick<GatePlace, "deployment" | "now">,
  { size, root }: Restored,
  overrides: Readonly<Record<string, unknown>> = {},
): Envelope {
  const own = { epoch: 2, logSize: size, logRoot: root, logKey: nextKey.publicKey, expiresAt: now + 600 };
  return sign(by, deployment.deploymentId, "GatePromotion", { ...own, ...overrides });
}

export async function promote(
  standby: GatePlace,
  at: Restored,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  for (const by of ["otto", "olga"] as const) await take(standby, promotion(by, standby, at, overrides));
}

/** A standby from this gate's log, promoted. */
export async function followed(from: GatePlace): Promise<GatePlace> {
  const at = rebuiltFrom(from);
  const standby = standbyOf(from, at);
  await promote(standby, at);
  return standby;
}

/** Observers saw so many nonces of the key used. */
export async function bringNonce(at: GatePlace, nonce: string, blockNumber: number): Promise<void> {
  for (const one of sightings(at.deployment, { blockNumber, blockTime: at.now - 2 }, { nonce })) await at.admit(one);
}

export async function signedMint(at: GatePlace, reference: string): Promise<GateAnswer> {
  return at.sign(requestIdOf(await approvedMint(at, { intent: { reference } })));
}
