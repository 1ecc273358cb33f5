/** A checkpoint in C2SP form: the log's name, size and root as a note that the log key signs and witnesses cosign. */
import { parse as parseBytes32, type Bytes32 } from "../values/bytes32.ts";
import { utf8 } from "../values/digest.ts";
import { InvalidValue, invariant } from "../values/errors.ts";
import { fromBytes, quote, toBytes, type Hex } from "../values/hex.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { decode, encode } from "./base64.ts";
import * as Note from "./signed-note.ts";

export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Bytes32 };

export type SignedCheckpoint = { readonly checkpoint: Checkpoint; readonly signatures: readonly Note.NoteSignature[] };

// Visible ASCII but `+`, as for the names of note keys: the log's key bears its origin as its name.
const bodyPattern = /^([!-*,-~]{1,200})\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n$/;

/** Origin of a deployment's log, which is the name of its log key too. */
export function originOf(deploymentId: Bytes32): string {
  return `countersign/${deploymentId.slice(2)}`;
}

/** The bytes the log key signs: the three lines with their last newline, without the blank line. */
export function noteToSign(checkpoint: Checkpoint): Uint8Array {
  return utf8(noteText(checkpoint));
}

/** The three lines; throws when they would not parse back. */
export function noteText(checkpoint: Checkpoint): string {
  const text = `${checkpoint.origin}\n${String(checkpoint.size)}\n${encode(toBytes(checkpoint.root))}\n`;
  invariant(
    bodyPattern.test(text) && Number.isSafeInteger(checkpoint.size),
    "a checkpoint has an origin, a size and a root",
  );
  return text;
}

export function unsigned(checkpoint: Checkpoint): SignedCheckpoint {
  return { checkpoint, signatures: [] };
}

/** The line for a 64-byte Ed25519 signature of the log key over `noteToSign`. */
export function logSignature(key: Note.NoteKey, signature: Hex): Note.NoteSignature {
  invariant(toBytes(signature).length === 64, "an Ed25519 signature has 64 bytes");
  return { name: key.name, keyId: Note.keyId(key, "ed25519"), signature };
}

/** The checkpoint with this line; an older line of the same key gives way, the others keep their order. */
export function withSignature(signed: SignedCheckpoint, line: Note.NoteSignature): SignedCheckpoint {
  const others = signed.signatures.filter((one) => one.name !== line.name || one.keyId !== line.keyId);
  return { checkpoint: signed.checkpoint, signatures: [...others, line] };
}

/** Text of a checkpoint that carries at least one signature. */
export function format(signed: SignedCheckpoint): string {
  return Note.format({ text: noteText(signed.checkpoint), signatures: signed.signatures });
}

/**
 * Parses a checkpoint so that `format` gives the same characters; verifies nothing.
 * Extension lines are refused: our logs write none, and nobody audits them.
 */
export function parse(text: string): SignedCheckpoint {
  const note = Note.parse(text);
  const [, origin, size, root] = bodyPattern.exec(note.text) ?? [];
  if (origin === undefined || size === undefined || root === undefined || !Number.isSafeInteger(Number(size))) {
    throw new InvalidValue("log.checkpoint-malformed", `\`${quote(note.text)}\` is not an origin, a size and a root`);
  }
  const checkpoint = { origin, size: Number(size), root: parseBytes32(fromBytes(decode(root))) };
  return { checkpoint, signatures: note.signatures };
}

/**
 * Parses the text and checks the log's own signature: `key.name` is the origin, `key.publicKey` the log key.
 * Throws when malformed, of another log, unsigned by the key, or signed badly. Cosignatures are not judged here.
 */
export function verifyCheckpoint(
  text: string,
  key: Note.NoteKey,
  checks: Pick<SignatureChecks, "verifyEd25519">,
): SignedCheckpoint {
  const signed = parse(text);
  if (signed.checkpoint.origin !== key.name) {
    throw new InvalidValue(
      "log.checkpoint-origin",
      `the checkpoint is of \`${quote(signed.checkpoint.origin)}\`, not of \`${key.name}\``,
    );
  }
  const note = { text: noteText(signed.checkpoint), signatures: signed.signatures };
  const line = Note.signatureBy(note, key, "ed25519");
  if (line === undefined)
    throw new InvalidValue("log.checkpoint-unsigned", "the checkpoint is not signed by the log key");
  const signature = toBytes(line.signature);
  if (signature.length !== 64 || !checks.verifyEd25519(toBytes(key.publicKey), utf8(note.text), signature)) {
    throw new InvalidValue("log.checkpoint-signature", "the log key did not sign this checkpoint");
  }
  return signed;
}
