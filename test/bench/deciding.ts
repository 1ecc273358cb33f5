/** What the gate computes: a bundle with everything in it, admissions, each beside the piece of work it cannot be cheaper than. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ed25519 } from "@noble/curves/ed25519.js";
import { nativeChecks } from "../../src/adapters/crypto-native/checks.ts";
import { verifyBundle } from "../../src/bundle/verify.ts";
import type { SignatureChecks } from "../../src/values/signature-checks.ts";
import { fullBundle } from "../place/bundle-maker.ts";
import { openPlace } from "../place/gate.ts";
import { goldDeployment, sightings } from "../place/gold.ts";
import { testSecret } from "../place/people.ts";
import { toBytes } from "../../src/values/hex.ts";
import { atLeast, atMost, microseconds, perSecond, type Figure } from "./figure.ts";
import { timeOf } from "./timing.ts";

/** The checks of signatures are the part nobody can leave out; the rest is canonical JSON, hashes and the decision again. */
const mostOverChecks = 10;
/**
 * What an admission cannot do without, one after the other: a check and a signature with Ed25519 (the test's log key signs with
 * noble) and a durable insert. The rest is frames, canonical JSON, the typed hash and the index of facts: 0.3 to 0.5 was measured.
 */
const leastOfParts = 0.15;

async function measureBundle(): Promise<Figure> {
  const { bundle, genesis } = await fullBundle();
  const checks = nativeChecks();
  let inChecks = 0;
  const timed = <A extends Uint8Array[], R>(ask: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      const began = performance.now();
      const answer = ask(...args);
      inChecks += performance.now() - began;
      return answer;
    };
  };
  const watched: SignatureChecks = {
    recoverSecp256k1: timed(checks.recoverSecp256k1),
    verifyEd25519: timed(checks.verifyEd25519),
    verifyP256: timed(checks.verifyP256),
  };
  let verified = 0;
  const ms = timeOf(
    () => {
      if (verifyBundle(bundle, genesis, watched).kind !== "verified") throw new Error("the bundle does not verify");
      verified += 1;
    },
    500,
    5,
  );
  const checksMs = inChecks / verified;
  return {
    name: `bundle verify, ${String(bundle.leaves.length)} leaves`,
    value: `${ms.toFixed(1)} ms`,
    reference: `its signature checks alone: ${checksMs.toFixed(1)} ms`,
    ...atMost(ms / checksMs, mostOverChecks),
  };
}

/** Milliseconds of one row of the size of a statement in a transaction of its own, on the same disk. */
function measureInsert(): number {
  const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"));
  const database = new DatabaseSync(join(folder, "insert.sqlite"));
  try {
    database.exec(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT)",
    );
    const insert = database.prepare("INSERT INTO row (text) VALUES (?)");
    const text = "x".repeat(800);
    return timeOf(() => insert.run(text), 200, 5);
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function measureEd25519(): { readonly signMs: number; readonly verifyMs: number } {
  const secret = toBytes(testSecret("log"));
  const message = new Uint8Array(200);
  const publicKey = ed25519.getPublicKey(secret);
  const signature = ed25519.sign(message, secret);
  const { verifyEd25519 } = nativeChecks();
  return {
    signMs: timeOf(() => ed25519.sign(message, secret)),
    verifyMs: timeOf(() => verifyEd25519(publicKey, message, signature)),
  };
}

/** Observations of both observers at ever newer blocks, over the socket. */
async function measureAdmit(): Promise<Figure> {
  const deployment = goldDeployment();
  const place = openPlace(deployment);
  const blocks = 60;
  try {
    const statements = Array.from({ length: blocks }, (_, index) =>
      sightings(deployment, { blockNumber: 10 + index, blockTime: place.now - 100 + index }),
    ).flat();
    const next = statements.values();
    const began = performance.now();
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (const statement of next) {
          const answer = await place.admit(statement);
          if (answer.kind !== "admitted") throw new Error(`not admitted: ${JSON.stringify(answer)}`);
        }
      }),
    );
    const rate = (statements.length * 1_000) / (performance.now() - began);
    const insertMs = measureInsert();
    const { signMs, verifyMs } = measureEd25519();
    const partsRate = 1_000 / (insertMs + signMs + verifyMs);
    return {
      name: "observations admitted by the gate",
      value: perSecond(rate),
      reference: `Ed25519 check ${microseconds(verifyMs)}, signature ${microseconds(signMs)}, durable insert ${microseconds(insertMs)}: ${perSecond(partsRate)}`,
      ...atLeast(rate / partsRate, leastOfParts),
    };
  } finally {
    await place.close();
  }
}

export async function measureDeciding(): Promise<readonly Figure[]> {
  return [await measureBundle(), await measureAdmit()];
}
