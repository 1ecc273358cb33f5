/** Bytes as lower-case hexadecimal text with `0x`, the only form in which bytes are stored or sent. */
import { InvalidValue } from "./errors.ts";

export type Hex = `0x${string}`;

const pattern = /^0x(?:[0-9a-f]{2})*$/;
/** Two digits for every byte, and the value of every digit's character. */
const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const nibbles = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0);

/** Parses lower-case hex of whole bytes, at most `maxBytes` long (default 128 KiB). */
export function parse(text: unknown, maxBytes = 131_072): Hex {
  if (typeof text !== "string" || text.length > 2 + 2 * maxBytes || !pattern.test(text)) {
    throw new InvalidValue("value.hex", `\`${quote(text)}\` is not lower-case hex bytes such as \`0x00ff\``);
  }
  return text as Hex;
}

export function fromBytes(bytes: Uint8Array): Hex {
  let text = "0x";
  for (const byte of bytes) text += pairs[byte] ?? "";
  return text as Hex;
}

export function toBytes(hex: Hex): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((hex.length - 2) / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = (nibbleAt(hex, 2 + 2 * i) << 4) | nibbleAt(hex, 3 + 2 * i);
  return bytes;
}

function nibbleAt(hex: Hex, at: number): number {
  return nibbles[hex.charCodeAt(at)] ?? 0;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** What the user typed, short enough for an error message. */
export function quote(input: unknown): string {
  const text = spelled(input);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function spelled(input: unknown): string {
  if (typeof input === "string") return input;
  if (typeof input === "bigint") return String(input);
  return input === undefined ? "nothing" : JSON.stringify(input);
}
