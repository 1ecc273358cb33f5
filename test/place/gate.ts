/** A gate in this process over a journal in a folder of its own, with a clock and fault points that the test sets. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { connectGate } from "../../src/adapters/socket/client.ts";
import { serveGate, type GateSocket } from "../../src/adapters/socket/server.ts";
import { openJournal, type JournalFile } from "../../src/adapters/journal/journal.ts";
import { nativeChecks } from "../../src/adapters/crypto-native/checks.ts";
import { fillerGas } from "../../src/chain/gas.ts";
import { openGate, type OpenGate } from "../../src/flow/gate/open.ts";
import type { Backend, BackendAnswer } from "../../src/flow/gate/backend.port.ts";
import type { KeyPlace } from "../../src/flow/gate/key-places.ts";
import type { Gate } from "../../src/flow/serve/gate.port.ts";
import type { GateAnswer, Head } from "../../src/gate/wire.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import * as bytes32 from "../../src/values/bytes32.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { fromBytes, toBytes } from "../../src/values/hex.ts";
import { parse as parseInstant } from "../../src/values/instant.ts";
import { parse as parseName } from "../../src/values/name.ts";
import * as amount from "../../src/values/amount.ts";
import type { Json } from "../../src/values/json.ts";
import { managedKey, testSecret } from "./people.ts";
import { approval, attestation, goldDeployment, sightings, submission, type Deployment } from "./gold.ts";

/** A backend with the test's own key: what the token would do, and a count of what it was asked. */
export function softBackend(word = "hsm-mint"): Backend & { readonly asked: () => number } {
  const { privateKey } = managedKey(word);
  let asked = 0;
  return {
    asked: () => asked,
    sign: (permit) => {
      asked += 1;
      const signature = secp256k1.sign(toBytes(permit.take().digest), toBytes(privateKey), {
        prehash: false,
        format: "recovered",
      });
      const [recovery = 0] = signature;
      return Promise.resolve({
        kind: "signed",
        signature: {
          r: bytes32.parse(fromBytes(signature.subarray(1, 33))),
          s: bytes32.parse(fromBytes(signature.subarray(33, 65))),
          yParity: recovery === 1 ? 1 : 0,
        },
      });
    },
    health: () => ({ ready: true, why: "ready", pid: undefined, recovery: "noble" }),
    close: () => Promise.resolve(),
  };
}

export type Moody = Backend & { readonly asked: () => number; mood: BackendAnswer | undefined; sign: Backend["sign"] };

/** The test's own key, which answers something else as long as it is told to. */
export function moodyBackend(): Moody {
  const soft = softBackend();
  const moody: Moody = {
    ...soft,
    mood: undefined,
    sign: (permit) => (moody.mood === undefined ? soft.sign(permit) : Promise.resolve(moody.mood)),
  };
  return moody;
}

/** What a token says that took nothing, and one that may have signed. */
export const busy = { kind: "busy", why: "the token was not free in time" } as const;
export const unavailable = { kind: "unavailable", why: "the token does not answer" } as const;

export type GatePlace = {
  readonly deployment: Deployment;
  readonly gate: OpenGate;
  readonly journal: JournalFile;
  readonly backend: Backend & { readonly asked: () => number };
  /** The clock, in seconds; set it to move time. */
  now: number;
  /** Milliseconds of the clock that only goes on, where it is not the other one's. */
  ticks?: number;
  /** When what was written together reaches the disk: at the end of the turn, unless a test says otherwise. */
  gather: (commit: () => void) => void;
  /** Called at every fault point. */
  fault: (point: string) => void | Promise<void>;
  readonly admit: (statement: Envelope, attachment?: Json) => Promise<GateAnswer>;
  readonly sign: (requestId: Bytes32) => Promise<GateAnswer>;
  /** Asks for the filler of an ended request; `priced` is what it offers. */
  readonly fill: (requestId: Bytes32, priced?: Partial<typeof fees>, replace?: boolean) => Promise<GateAnswer>;
  readonly journalFile: string;
  /** Hands a cosigned checkpoint in, as serve does. */
  readonly witnessed: (checkpoint: string) => Promise<GateAnswer>;
  readonly head: () => Promise<Head>;
  /** Closes the gate and opens it again over the same journal; `between` finds the file at rest. */
  readonly reopen: (between?: () => void) => Promise<void>;
  readonly close: () => Promise<void>;
};

export const start = 1_800_000_000;
export const fees = {
  gasLimit: amount.parse("150000"),
  maxFeePerGas: amount.parse("2000000000"),
  maxPriorityFeePerGas: amount.parse("1000000000"),
};

export function openPlace(
  deployment: Deployment = goldDeployment(),
  backend: GatePlace["backend"] = softBackend(),
  places: readonly KeyPlace[] = [
    { name: parseName("token"), kind: deployment.key.backend, keys: [deployment.key.id], backend },
  ],
  /** A journal at rest whose copy this gate opens. */ copied?: string,
  /** Of which its log key is made. */ logWord = "log",
): GatePlace {
  const folder = mkdtempSync(join(tmpdir(), "countersign-gate-"));
  const journalFile = join(folder, "journal.sqlite");
  if (copied !== undefined) copyFileSync(copied, journalFile);
  const secret = toBytes(testSecret(logWord));
  const logKey = {
    publicKey: ed25519.getPublicKey(secret),
    sign: (message: Uint8Array) => ed25519.sign(message, secret),
  };
  const open = (): { gate: OpenGate; journal: JournalFile } => {
    const journal = openJournal(journalFile, (commit) => {
      place.gather(commit);
    });
    const gate = openGate({
      journal,
      clock: { now: () => parseInstant(place.now) },
      ticks: () => place.ticks ?? place.now * 1_000,
      run: bytes32.parse(fromBytes(crypto.getRandomValues(new Uint8Array(32)))),
      faults: { at: (point) => place.fault(point) },
      checks: nativeChecks(),
      logKey,
      places,
      genesisFile: deployment.file,
      patience: () => new Promise((resolve) => setTimeout(resolve, 2_000).unref()),
    });
    gate.begin();
    return { gate, journal };
  };
  const place = {
    deployment,
    backend,
    now: start,
    gather: (commit: () => void) => setImmediate(commit),
    fault: (): void | Promise<void> => undefined,
    admit: async (statement: Envelope, attachment?: Json) => (await overSocket()).admit(statement, attachment),
    sign: async (requestId: Bytes32) => (await overSocket()).sign({ verb: "sign", requestId, fees }),
    fill: async (requestId: Bytes32, priced: Partial<typeof fees> = {}, replace = false) => {
      const offer = { ...fees, gasLimit: fillerGas, ...priced };
      return (await overSocket()).sign({ verb: "sign", requestId, fees: offer, fill: true, replace });
    },
    journalFile,
    witnessed: async (checkpoint: string) => (await overSocket()).witnessed(checkpoint),
    head: async () => (await overSocket()).head(),
    reopen: async (between: () => void = () => undefined) => {
      await hangUp();
      await place.gate.close();
      between();
      Object.assign(place, open());
    },
    close: async () => {
      await hangUp();
      await place.gate.close();
      rmSync(folder, { recursive: true });
    },
  } as unknown as GatePlace;
  let line: Promise<{ client: Gate; server: GateSocket }> | undefined;
  /** Everybody who speaks to the gate speaks over its socket, an attacker too. */
  const overSocket = async (): Promise<Gate> => {
    line ??= serveGate({
      path: join(folder, "run", "gate.sock"),
      answer: (request) => place.gate.answer(request),
    }).then((server) => ({ server, client: connectGate(server.path) }));
    return (await line).client;
  };
  const hangUp = async (): Promise<void> => {
    const { client, server } = (await line) ?? {};
    client?.close();
    await server?.close();
    line = undefined;
  };
  Object.assign(place, open());
  return place;
}

/** Fresh sightings and an attestation, so that only people are missing. */
export async function bringEvidence(
  place: GatePlace,
  values: Parameters<typeof sightings>[2] = {},
  blockNumber = 10,
): Promise<void> {
  for (const envelope of sightings(place.deployment, { blockNumber, blockTime: place.now - 2 }, values))
    await place.admit(envelope);
  await place.admit(attestation(place.deployment, place.now));
}

/** A mint that two custodians approved; answers the submission. */
export async function approvedMint(
  place: GatePlace,
  asked: Partial<Parameters<typeof submission>[1]> = {},
): Promise<Envelope> {
  const said = submission(place.deployment, { now: place.now, ...asked });
  await place.admit(said);
  await place.admit(approval(place.deployment, said, "carla"));
  await place.admit(approval(place.deployment, said, "chris"));
  return said;
}

export const requestIdOf = (said: Envelope): Bytes32 => bytes32.parse(said.message["requestId"]);
