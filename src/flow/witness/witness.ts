/** The witness: it cosigns a log's checkpoint when that grows out of the last one it cosigned, and remembers before it answers. */
import { parse as parseAdd, type AddCheckpoint } from "../../log/add-checkpoint.ts";
import * as checkpoint from "../../log/checkpoint.ts";
import { cosignatureLine, cosignatureToSign } from "../../log/cosignature.ts";
import { emptyRoot, verifyConsistency } from "../../log/merkle.ts";
import type { NoteKey } from "../../log/signed-note.ts";
import { formatLines } from "../../log/signed-note.ts";
import { InvalidValue } from "../../values/errors.ts";
import { fromBytes } from "../../values/hex.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";
import type { Clock } from "../clock.port.ts";
import type { Faults } from "../faults.port.ts";
import { pass } from "./fault-points.ts";
import type { Head, Heads } from "./heads.port.ts";
import type { Answer, Witness } from "./witness.port.ts";

export type WitnessParts = {
  /** The log's key under its origin, from the genesis. */
  readonly log: NoteKey;
  /** Our own, under the name that the genesis gives it. */
  readonly own: NoteKey;
  /** Ed25519 by our key. */
  readonly sign: (message: Uint8Array) => Uint8Array;
  readonly heads: Heads;
  readonly clock: Clock;
  readonly checks: Pick<SignatureChecks, "verifyEd25519">;
  readonly faults: Faults;
};

export function createWitness(parts: WitnessParts): Witness {
  return {
    add: (body) => add(parts, body),
    newest: () => parts.heads.head(parts.log.name)?.checkpoint,
  };
}

async function add(parts: WitnessParts, body: string): Promise<Answer> {
  const asked = understood(parts, body);
  if ("kind" in asked) return asked;
  const { request, signed } = asked;
  const { log, heads, faults } = parts;
  const kept = heads.head(log.name);
  const refused = compare(request, signed.checkpoint, kept);
  if (refused !== undefined) return refused;
  await pass(faults, "witness:checked");
  const { line, text } = cosign(parts, signed);
  await pass(faults, "witness:signed");
  const { size, root } = signed.checkpoint;
  // Check and store are one: whoever was faster in between has moved the size that we compared with.
  if (!heads.replace(log.name, request.oldSize, { size, root, checkpoint: text }))
    return conflict(heads.head(log.name), "another checkpoint was cosigned in between");
  await pass(faults, "witness:stored");
  return { kind: "cosigned", size, lines: formatLines([line]) };
}

type Asked = { readonly request: AddCheckpoint; readonly signed: checkpoint.SignedCheckpoint };

/** The request and a checkpoint of our log that the log key signed, or why it is neither. */
function understood({ log, checks }: WitnessParts, body: string): Asked | Answer {
  try {
    const request = parseAdd(body);
    const parsed = checkpoint.parse(request.checkpoint);
    if (parsed.checkpoint.origin !== log.name) return { kind: "unknown-log", why: "a checkpoint of another log" };
    if (request.oldSize > parsed.checkpoint.size)
      return { kind: "malformed", why: "the old size is above the size of the checkpoint" };
    const signed = checkpoint.verifyCheckpoint(request.checkpoint, log, checks);
    return { request, signed };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    return { kind: unsignedCodes.has(error.code) ? "not-signed" : "malformed", why: error.message };
  }
}

const unsignedCodes: ReadonlySet<string> = new Set(["log.checkpoint-unsigned", "log.checkpoint-signature"]);

/** Nothing when the checkpoint grows out of what was kept. */
function compare(
  { oldSize, proof }: AddCheckpoint,
  { size, root }: checkpoint.Checkpoint,
  kept: Head | undefined,
): Answer | undefined {
  const before = kept ?? { size: 0, root: emptyRoot };
  if (oldSize !== before.size) return conflict(kept, `it was asked to go on from ${oldSize} leaves`);
  if (size === before.size && root !== before.root)
    return conflict(kept, `FORK: the log key signed two roots of ${size} leaves, ${before.root} and ${root}`);
  const claim = { oldSize, newSize: size, oldRoot: before.root, newRoot: root, proof };
  if (verifyConsistency(claim)) return undefined;
  return {
    kind: "inconsistent",
    why: `${size} leaves under ${root} are not shown to begin with the ${oldSize} under ${before.root}`,
  };
}

function conflict(kept: Head | undefined, why: string): Answer {
  return { kind: "conflict", size: kept?.size ?? 0, why };
}

function cosign(
  { own, sign, clock }: WitnessParts,
  signed: checkpoint.SignedCheckpoint,
): { readonly line: ReturnType<typeof cosignatureLine>; readonly text: string } {
  const at = clock.now();
  const signature = fromBytes(sign(cosignatureToSign(signed.checkpoint, at)));
  const line = cosignatureLine(own, { at, signature });
  return { line, text: checkpoint.format(checkpoint.withSignature(signed, line)) };
}
