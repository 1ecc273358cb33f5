/** What a log asks of a witness (C2SP tlog-witness, add-checkpoint): the size it last cosigned, a proof of consistency, a checkpoint. */
import { parse as parseBytes32, type Bytes32 } from "../values/bytes32.ts";
import { InvalidValue, invariant } from "../values/errors.ts";
import { fromBytes, quote, toBytes } from "../values/hex.ts";
import { decode, encode } from "./base64.ts";

/** `checkpoint` is the text of a signed note, not looked at here. */
export type AddCheckpoint = {
  readonly oldSize: number;
  readonly proof: readonly Bytes32[];
  readonly checkpoint: string;
};

/** Where a witness takes it, behind the address it is known by. */
export const addPath = "/add-checkpoint";
/** Ours beside C2SP: the newest checkpoint that the witness cosigned, for whoever compares. */
export const newestPath = "/checkpoint";
/** Of the answer that names the size which the witness cosigned last. */
export const sizeMedia = "text/x.tlog.size";
/** A tree of 2^63 leaves needs no more. */
const maxProof = 63;
/** Longer than any that fits: 63 hashes, and a checkpoint with 32 signatures. */
export const maxAddBytes = 65_536;

const sizePattern = /^(?:0|[1-9][0-9]{0,15})$/;

export function format({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  invariant(proof.length <= maxProof, "a proof of consistency has 63 hashes at most");
  const hashes = proof.map((hash) => `${encode(toBytes(hash))}\n`);
  return `old ${String(oldSize)}\n${hashes.join("")}\n${checkpoint}`;
}

/** Parses so that `format` gives the same characters; verifies nothing. */
export function parse(text: string): AddCheckpoint {
  if (text.length > maxAddBytes) throw malformed("is too long");
  const end = text.indexOf("\n\n");
  if (end < 0) throw malformed("has no blank line before its checkpoint");
  const [first = "", ...hashes] = text.slice(0, end).split("\n");
  const oldSize = first.startsWith("old ") ? parseSize(first.slice(4)) : undefined;
  if (oldSize === undefined) throw malformed(`begins with \`${quote(first)}\` and not with an old size`);
  if (hashes.length > maxProof) throw malformed(`has more than ${String(maxProof)} hashes`);
  return { oldSize, proof: hashes.map(parseHash), checkpoint: text.slice(end + 2) };
}

export function formatSize(size: number): string {
  return `${String(size)}\n`;
}

/** Undefined for what is no size in its one spelling; a last newline may be there. */
export function parseSize(text: string): number | undefined {
  const digits = text.endsWith("\n") ? text.slice(0, -1) : text;
  const size = sizePattern.test(digits) ? Number(digits) : Number.NaN;
  return Number.isSafeInteger(size) ? size : undefined;
}

function parseHash(line: string): Bytes32 {
  const bytes = decode(line);
  if (bytes.length !== 32) throw malformed(`has a hash that is none: \`${quote(line)}\``);
  return parseBytes32(fromBytes(bytes));
}

function malformed(what: string): InvalidValue {
  return new InvalidValue("log.add-checkpoint", `what is asked of the witness ${what}`);
}
