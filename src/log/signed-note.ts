/** The signed note of C2SP: a text, a blank line, and one line for each key that signed the text. */
import { sha256, utf8 } from "../values/digest.ts";
import { InvalidValue, invariant } from "../values/errors.ts";
import { concat, fromBytes, quote, toBytes, type Hex } from "../values/hex.ts";
import { decode, encode } from "./base64.ts";

/** Who signs notes: a name without spaces or plus signs, and a 32-byte Ed25519 public key. */
export type NoteKey = { readonly name: string; readonly publicKey: Hex };

/** One signature line; `keyId` is four bytes, `signature` what the kind of key defines. */
export type NoteSignature = { readonly name: string; readonly keyId: Hex; readonly signature: Hex };

/** `text` ends in a newline, which is part of what is signed. */
export type SignedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] };

/** Signature type bytes that C2SP assigned. */
export const signatureTypes = { ed25519: 0x01, cosignatureV1: 0x04 } as const;
export type SignatureType = keyof typeof signatureTypes;

// Visible ASCII but `+`: narrower than C2SP, which allows letters that look alike.
const namePattern = /^[!-*,-~]{1,200}$/;
const linePattern = /^— ([^ \n]+) ([^ \n]+)$/;
const maxSignatures = 32;
const maxLength = 131_072;

/** First four bytes of SHA-256(name ‖ newline ‖ type ‖ public key): tells keys apart, proves nothing. */
export function keyId(key: NoteKey, type: SignatureType): Hex {
  const publicKey = toBytes(key.publicKey);
  invariant(namePattern.test(key.name) && publicKey.length === 32, "a note key has a plain name and 32 bytes");
  const hash = sha256(concat(utf8(`${key.name}\n`), Uint8Array.of(signatureTypes[type]), publicKey));
  return fromBytes(toBytes(hash).subarray(0, 4));
}

/** The line of this key, if the note has one. */
export function signatureBy(note: SignedNote, key: NoteKey, type: SignatureType): NoteSignature | undefined {
  const id = keyId(key, type);
  return note.signatures.find((one) => one.name === key.name && one.keyId === id);
}

export function format(note: SignedNote): string {
  invariant(note.signatures.length > 0, "a note is signed at least once");
  return `${note.text}\n${formatLines(note.signatures)}`;
}

/** Signature lines without the text they are of: what a witness answers. */
export function formatLines(signatures: readonly NoteSignature[]): string {
  return signatures
    .map((one) => `— ${one.name} ${encode(concat(toBytes(one.keyId), toBytes(one.signature)))}\n`)
    .join("");
}

/** Parses what `formatLines` gives; a key may have several lines here. */
export function parseLines(text: string): readonly NoteSignature[] {
  if (text.length > maxLength || !text.endsWith("\n")) throw malformed("has no signature lines");
  const lines = text.slice(0, -1).split("\n");
  if (lines.length > maxSignatures) throw malformed(`has more than ${String(maxSignatures)} signatures`);
  return lines.map(parseLine);
}

/** Whether a key may bear this name in a note. */
export function isName(name: string): boolean {
  return namePattern.test(name);
}

/**
 * Parses a note so that formatting it again gives the same characters. Lines of unknown keys are kept, not judged.
 * Refuses control characters, a key that signed twice, more than 32 signatures or 128 Ki characters.
 */
export function parse(text: string): SignedNote {
  // eslint-disable-next-line no-control-regex -- C2SP forbids exactly these
  if (text.length > maxLength || /[\x00-\x09\x0b-\x1f]/.test(text))
    throw malformed("is too long or has control characters");
  const end = text.lastIndexOf("\n\n");
  if (end < 1 || !text.endsWith("\n")) throw malformed("has no blank line before its signatures");
  const lines = text.slice(end + 2, -1).split("\n");
  if (lines.length > maxSignatures) throw malformed(`has more than ${String(maxSignatures)} signatures`);
  const signatures = lines.map(parseLine);
  const keys = new Set(signatures.map((one) => `${one.name} ${one.keyId}`));
  if (keys.size !== signatures.length) throw malformed("is signed twice by one key");
  return { text: text.slice(0, end + 1), signatures };
}

function parseLine(line: string): NoteSignature {
  const [, name = "", blob = ""] = linePattern.exec(line) ?? [];
  if (!namePattern.test(name)) throw malformed(`has a line that is no signature: \`${quote(line)}\``);
  const bytes = decode(blob);
  if (bytes.length < 5) throw malformed(`has a signature without bytes: \`${quote(line)}\``);
  return { name, keyId: fromBytes(bytes.subarray(0, 4)), signature: fromBytes(bytes.subarray(4)) };
}

function malformed(what: string): InvalidValue {
  return new InvalidValue("log.note-malformed", `the signed note ${what}`);
}
