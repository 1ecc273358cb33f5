/** Witnesses whose keys are words, and logs in memory that grow, fork and shrink, with what they ask of a witness. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { nativeChecks } from "../../src/adapters/crypto-native/checks.ts";
import type { WitnessAnswer, WitnessEndpoint } from "../../src/flow/serve/witness.port.ts";
import type { Faults } from "../../src/flow/faults.port.ts";
import { createWitness } from "../../src/flow/witness/witness.ts";
import type { Head, Heads } from "../../src/flow/witness/heads.port.ts";
import type { Answer, Witness } from "../../src/flow/witness/witness.port.ts";
import { addPath, format, type AddCheckpoint } from "../../src/log/add-checkpoint.ts";
import * as checkpoint from "../../src/log/checkpoint.ts";
import { consistencyProof, emptyRoot, leafHash, rootAt } from "../../src/log/merkle.ts";
import { parseLines, type NoteKey } from "../../src/log/signed-note.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { Fault } from "../../src/values/errors.ts";
import { utf8 } from "../../src/values/digest.ts";
import { fromBytes, toBytes } from "../../src/values/hex.ts";
import { parse as parseInstant } from "../../src/values/instant.ts";
import { grow } from "../unit/log/memory-tree.ts";
import { testSecret } from "./people.ts";

export type NoteSigner = NoteKey & { readonly sign: (message: Uint8Array) => Uint8Array };

/** A key that signs notes, made from words; `name` is what notes call it. */
export function noteSigner(name: string, word = name): NoteSigner {
  const secret = toBytes(testSecret(word));
  return {
    name,
    publicKey: fromBytes(ed25519.getPublicKey(secret)),
    sign: (message) => ed25519.sign(message, secret),
  };
}

/** The key of a witness of this name. */
export const witnessKey = (name: string): NoteSigner => noteSigner(name, `witness ${name}`);

export const logSigner = noteSigner("countersign/test-log", "a log of words");

export type WordLog = {
  readonly size: number;
  /** The signed checkpoint of the first `size` leaves; all of them unless given. */
  readonly checkpoint: (size?: number, key?: NoteSigner) => string;
  readonly root: (size?: number) => Bytes32;
  /** What is asked of a witness that cosigned the first `oldSize` leaves. */
  readonly ask: (oldSize: number, size?: number) => string;
};

/** A log of words: two logs with the same first words are one until they differ. */
export function wordLog(words: readonly string[], signer: NoteSigner = logSigner): WordLog {
  const tree = grow(words.map((word) => leafHash(utf8(word))));
  const root = (size = words.length): Bytes32 => (size === 0 ? emptyRoot : rootAt(size, tree.readNode));
  const signed = (size = words.length, key = signer): string => {
    const head = { origin: signer.name, size, root: root(size) };
    const line = checkpoint.logSignature(key, fromBytes(key.sign(checkpoint.noteToSign(head))));
    return checkpoint.format(checkpoint.withSignature(checkpoint.unsigned(head), line));
  };
  return {
    size: words.length,
    checkpoint: signed,
    root,
    ask: (oldSize, size = words.length) =>
      format({
        oldSize,
        proof: oldSize > size ? [] : consistencyProof(oldSize, size, tree.readNode),
        checkpoint: signed(size),
      }),
  };
}

/** A memory of a witness that ends with the test. */
export function memoryHeads(): Heads {
  const kept = new Map<string, Head>();
  return {
    head: (origin) => kept.get(origin),
    replace: (origin, size, next) => {
      if ((kept.get(origin)?.size ?? 0) !== size || next.size < size) return false;
      kept.set(origin, next);
      return true;
    },
    close: () => undefined,
  };
}

export type WitnessPlace = Witness & {
  readonly key: NoteSigner;
  readonly heads: Heads;
  /** Its clock, in seconds. */
  now: number;
  /** Called at every fault point. */
  fault: (point: string) => void | Promise<void>;
};

export const firstWitness = "witness.example/w1";

export function openWitness(
  name = firstWitness,
  { log = logSigner, heads = memoryHeads() }: { readonly log?: NoteKey; readonly heads?: Heads } = {},
): WitnessPlace {
  const key = witnessKey(name);
  const faults: Faults = { at: (point) => place.fault(point) };
  const place = {
    key,
    heads,
    now: 1_800_000_000,
    fault: (): void => undefined,
  } as unknown as WitnessPlace;
  const { sign, ...own } = key;
  const clock = { now: () => parseInstant(place.now) };
  const { add, newest } = createWitness({ log, own, sign, heads, clock, checks: nativeChecks(), faults });
  return Object.assign(place, { add, newest });
}

/** What a genesis says of witnesses of these names. */
export const witnessesOf = (
  min: number,
  ...names: readonly string[]
): { readonly min: number; readonly keys: readonly { readonly name: string; readonly publicKey: string }[] } => ({
  min,
  keys: names.map((name) => ({ name, publicKey: witnessKey(name).publicKey })),
});

/** May be told to be away, or to answer otherwise. */
export type SoftEndpoint = { -readonly [Field in keyof WitnessEndpoint]: WitnessEndpoint[Field] } & { away: boolean };

/** A witness behind the port that serve reaches it by; `away` while it does not answer. */
export function endpointOf(witness: WitnessPlace): SoftEndpoint {
  const endpoint: SoftEndpoint = {
    key: witness.key,
    away: false,
    add: async (asked: AddCheckpoint): Promise<WitnessAnswer> => {
      if (endpoint.away)
        throw new Fault("witness.away", `witness ${witness.key.name} does not answer: it is asleep`, "safe");
      const answer = await witness.add(format(asked));
      switch (answer.kind) {
        case "cosigned":
          return { kind: "cosigned", lines: parseLines(answer.lines) };
        case "conflict":
          return { kind: "elsewhere", size: answer.size };
        default:
          return { kind: "refused", why: answer.why };
      }
    },
    newest: () => Promise.resolve(witness.newest()),
  };
  return endpoint;
}

/** Posts to a witness that listens. */
export async function postAsk(url: string, body: string): Promise<Response> {
  return await fetch(`${url}${addPath}`, { method: "POST", body });
}

export type { Answer };
