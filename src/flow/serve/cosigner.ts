/** Brings the gate's checkpoints to the witnesses and their cosignatures back: one round at a time, for everybody who waits. */
import { parse as parseCheckpoint, format, withSignature, type SignedCheckpoint } from "../../log/checkpoint.ts";
import { verifyCosignature } from "../../log/cosignature.ts";
import { consistencyProof } from "../../log/merkle.ts";
import type { NoteSignature } from "../../log/signed-note.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";
import { Fault, InvalidValue } from "../../values/errors.ts";
import type { Mirror } from "./mirror.ts";
import type { Parts } from "./parts.ts";
import { withNodes } from "./tree.ts";
import type { WitnessEndpoint } from "./witness.port.ts";
import { witnessedHead } from "./witnessed-head.ts";

/** `size` is what the round was about; `afresh` when the gate takes it for the word that it waits for since it started. */
export type Reached =
  | { readonly kind: "cosigned"; readonly size: number; readonly checkpoint: string; readonly afresh: boolean }
  /** `why` says who is waited for. */
  | { readonly kind: "waiting"; readonly size: number; readonly why: string };

export type Cosigner = {
  /** How many witnesses the genesis asks for; with 0 nobody waits for them. */
  readonly min: number;
  /**
   * Resolves once the gate took a cosigned checkpoint of so many leaves, or when a round of asking was in vain. `afresh` asks the
   * witnesses now, even if they cosigned so many before.
   */
  readonly reach: (size: number, afresh?: "afresh") => Promise<Reached>;
  /** Has the log cosigned as it grows, whoever waits; returns at once and never throws. */
  readonly follow: (size: number) => void;
  /** What each configured witness cosigned last for this replica, and how long ago; neither before it did. */
  readonly seen: () => readonly {
    readonly witness: string;
    readonly size: number | undefined;
    readonly ageMs: number | undefined;
  }[];
  /** The newest checkpoint that enough of them hold; asked of them, not of the gate. */
  readonly newest: () => Promise<string | undefined>;
  /** Resolves when no round is under way and no witness is being asked. */
  readonly rest: () => Promise<void>;
};

export type CosignerParts = Pick<Parts, "store" | "gate"> & {
  readonly mirror: Mirror;
  readonly min: number;
  readonly witnesses: readonly WitnessEndpoint[];
  readonly checks: SignatureChecks;
  /** Milliseconds of a clock that only goes on. */
  readonly ticks: () => number;
};

/** After a round in vain the next one waits so long, so that nobody's reading keeps the witnesses busy. */
const pauseMs = 500;
/** The log is cosigned as it grows at most this often, when nobody waits for it. */
const followMs = 1_000;
/** A witness that names another size each time is asked no more than this in one round. */
const mostTries = 4;
/** Another replica of serve may bring the witnesses a longer log in between; then the gate is asked for its head again. */
const mostHeads = 3;

export function createCosigner(parts: CosignerParts): Cosigner {
  const memory: Memory = { known: new Map(), asking: new Map(), cosigned: new Map() };
  let last: { readonly reached: Reached; readonly at: number } | undefined;
  let running: Promise<Reached> | undefined;
  let following: Promise<Reached> | undefined;

  const start = (): Promise<Reached> => {
    following = undefined;
    running = round(parts, memory)
      .then((reached) => {
        last = { reached, at: parts.ticks() };
        return reached;
      })
      .finally(() => (running = undefined));
    return running;
  };
  const next = (): Promise<Reached> => (running === undefined ? start() : (following ??= running.then(start, start)));
  const reach = async (size: number, afresh?: "afresh"): Promise<Reached> => {
    const good = (reached: Reached, ageMs: number): boolean =>
      reached.kind === "waiting" ? ageMs < pauseMs : afresh === undefined && reached.size >= size;
    if (last !== undefined && good(last.reached, parts.ticks() - last.at)) return last.reached;
    if (running === undefined) return await start();
    const current = await running;
    return good(current, 0) ? current : await next();
  };
  return {
    min: parts.min,
    reach,
    newest: () => witnessedHead(parts),
    follow: (size) => {
      if (parts.witnesses.length === 0 || running !== undefined) return;
      if (last !== undefined && (parts.ticks() - last.at < followMs || covers(last.reached, size))) return;
      // A gate or store that is away is asked again in the next round; the loop hears of it by itself.
      next().catch(() => undefined);
    },
    seen: () =>
      parts.witnesses.map(({ key: { name } }) => {
        const last = memory.cosigned.get(name);
        return { witness: name, size: last?.size, ageMs: last === undefined ? undefined : parts.ticks() - last.at };
      }),
    rest: async () => {
      while (running !== undefined) await running.catch(() => undefined);
      await Promise.allSettled(memory.asking.values());
    },
  };
}

function covers(reached: Reached, size: number): boolean {
  return reached.kind === "cosigned" && reached.size >= size;
}

/** By the name of the witness. */
type Memory = {
  /** What each cosigned last, as it said. */
  readonly known: Map<string, number>;
  /** What each cosigned last, once its line was verified, and when. */
  readonly cosigned: Map<string, { readonly size: number; readonly at: number }>;
  /** Who has not answered yet; the round that asked may be over. */
  readonly asking: Map<string, Promise<unknown>>;
};

async function round(parts: CosignerParts, memory: Memory): Promise<Reached> {
  const { gate, store, mirror, min } = parts;
  for (let heads = 1; ; heads += 1) {
    const { checkpoint, size } = await gate.head();
    if ((await store.mirrored()) < size) await mirror.pull();
    const signed = parseCheckpoint(checkpoint);
    const asked = await askAll(parts, memory, signed);
    const lines = linesOf(asked);
    if (lines.length >= Math.max(min, 1)) return await handIn(parts, signed, lines);
    if (heads < mostHeads && asked.some(({ kind }) => kind === "ahead") && (await gate.head()).size > size) continue;
    return { kind: "waiting", size, why: await lacks(parts, asked, size) };
  }
}

/** Resolves as soon as enough of them cosigned, or all have answered: nobody waits for a slow one that is not needed. */
async function askAll(parts: CosignerParts, memory: Memory, signed: SignedCheckpoint): Promise<readonly Asked[]> {
  const answers: Asked[] = [];
  const isEnough = (): boolean => linesOf(answers).length >= Math.max(parts.min, 1);
  await new Promise<void>((resolve, reject) => {
    const all = parts.witnesses.map(async (witness) => {
      // One at a time, so that a witness that hangs is not asked more and more.
      await memory.asking.get(witness.key.name);
      if (isEnough()) return;
      const asking = ask(parts, { witness, signed, memory });
      memory.asking.set(
        witness.key.name,
        asking.catch(() => undefined),
      );
      answers.push(await asking);
      if (isEnough()) resolve();
    });
    Promise.all(all).then(() => {
      resolve();
    }, reject);
  });
  return [...answers];
}

function linesOf(asked: readonly Asked[]): readonly NoteSignature[] {
  return asked.flatMap((one) => (one.kind === "line" ? [one.line] : []));
}

async function handIn(
  { gate }: CosignerParts,
  signed: SignedCheckpoint,
  lines: readonly NoteSignature[],
): Promise<Reached> {
  const { size } = signed.checkpoint;
  const checkpoint = format(lines.reduce((all, line) => withSignature(all, line), signed));
  const taken = await gate.witnessed(checkpoint);
  if (taken.kind === "witnessed") return { kind: "cosigned", size, checkpoint, afresh: taken.afresh };
  return { kind: "waiting", size, why: `the gate does not take the witnesses' word: ${taken.message}` };
}

async function lacks(parts: CosignerParts, asked: readonly Asked[], size: number): Promise<string> {
  const few =
    parts.witnesses.length < parts.min ? [`${parts.witnesses.length} of ${parts.min} witnesses are configured`] : [];
  const words = await Promise.all(asked.map((one) => wordsOf(parts, one, size)));
  return [...few, ...words.flat()].join("; ");
}

async function wordsOf(parts: CosignerParts, one: Asked, size: number): Promise<readonly string[]> {
  if (one.kind === "line") return [];
  const why = one.kind === "none" ? one.why : await ahead(parts, one.witness, size);
  return [`waits for witness ${one.witness.key.name}: ${why}`];
}

type Asking = {
  readonly witness: WitnessEndpoint;
  readonly signed: SignedCheckpoint;
  readonly memory: Memory;
};
type Asked =
  | { readonly kind: "line"; readonly line: NoteSignature }
  | { readonly kind: "none"; readonly witness: WitnessEndpoint; readonly why: string }
  /** It cosigned more leaves than these, or others. */
  | { readonly kind: "ahead"; readonly witness: WitnessEndpoint };

async function ask(parts: CosignerParts, { witness, signed, memory: { known, cosigned } }: Asking): Promise<Asked> {
  const { name } = witness.key;
  const { size } = signed.checkpoint;
  let oldSize = known.get(name) ?? 0;
  // What it said last is not believed twice: the next round begins with nothing known unless this one ends well.
  known.delete(name);
  try {
    for (let tries = 0; tries < mostTries && oldSize <= size; tries += 1) {
      const from = oldSize;
      const proof = await withNodes(parts.store, (read) => consistencyProof(from, size, read));
      const answer = await witness.add({ oldSize, proof, checkpoint: format(signed) });
      if (answer.kind === "refused") return { kind: "none", witness, why: `it refuses, for ${answer.why}` };
      if (answer.kind === "cosigned") {
        known.set(name, size);
        return ownLine(parts, { witness, signed, cosigned }, answer.lines);
      }
      if (answer.size === oldSize) return { kind: "ahead", witness };
      oldSize = answer.size;
    }
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "witness.away") throw error;
    return { kind: "none", witness, why: error.message.replace(/^.*?: /, "") };
  }
  return oldSize > size
    ? { kind: "ahead", witness }
    : { kind: "none", witness, why: "it names another size each time" };
}

function ownLine(
  parts: CosignerParts,
  { witness, signed, cosigned }: Omit<Asking, "memory"> & Pick<Memory, "cosigned">,
  lines: readonly NoteSignature[],
): Asked {
  const line = lines.find((one) => isOwn(parts, witness, withSignature(signed, one)));
  if (line !== undefined) {
    cosigned.set(witness.key.name, { size: signed.checkpoint.size, at: parts.ticks() });
    return { kind: "line", line };
  }
  return { kind: "none", witness, why: "it answers with no cosignature of this checkpoint" };
}

function isOwn({ checks }: CosignerParts, { key }: WitnessEndpoint, signed: SignedCheckpoint): boolean {
  return verifyCosignature(signed, key, checks).kind === "cosigned";
}

/** A witness that knows another log than the gate: the gate hears its proof, and stops by itself. */
async function ahead({ gate }: CosignerParts, witness: WitnessEndpoint, size: number): Promise<string> {
  const text = await witness.newest().catch(() => undefined);
  const seen = text === undefined ? undefined : sizeIn(text);
  if (text === undefined || seen === undefined) return "it cosigned another log than the gate shows";
  await gate.witnessed(text);
  return `it cosigned ${seen} leaves, and the gate's ${size} are not the same log or an older one`;
}

function sizeIn(text: string): number | undefined {
  try {
    return parseCheckpoint(text).checkpoint.size;
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}
