/** Recursive length prefixes (Ethereum Yellow Paper, appendix B), as far as a transaction with an empty access list has them. */
import { concat } from "../values/hex.ts";

/** Bytes, or the empty list. */
export type Field = Uint8Array | readonly [];

/** The list of these fields. */
export function encodeList(fields: readonly Field[]): Uint8Array {
  const payload = concat(...fields.map((field) => (isBytes(field) ? encodeBytes(field) : Uint8Array.of(0xc0))));
  return concat(head(0xc0, payload.length), payload);
}

/** The shortest bytes of a number from 0, most significant first; none for 0. */
export function numberBytes(value: bigint): Uint8Array {
  const digits = value === 0n ? "" : value.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Uint8Array.from({ length: even.length / 2 }, (_, at) => Number.parseInt(even.slice(2 * at, 2 * at + 2), 16));
}

/** Undefined for what is not one list, to its end, of bytes and empty lists; a length may be written longer than it must be. */
export function decodeList(bytes: Uint8Array): readonly Field[] | undefined {
  const whole = readHead(bytes, 0);
  if (whole?.isList !== true || whole.end !== bytes.length) return undefined;
  const fields: Field[] = [];
  for (let at = whole.start; at < whole.end;) {
    const field = readHead(bytes, at);
    if (field === undefined || (field.isList && field.start !== field.end)) return undefined;
    fields.push(field.isList ? [] : bytes.subarray(field.start, field.end));
    at = field.end;
  }
  return fields;
}

export function isBytes(field: Field | undefined): field is Uint8Array {
  return field instanceof Uint8Array;
}

function encodeBytes(bytes: Uint8Array): Uint8Array {
  const [only] = bytes;
  return bytes.length === 1 && only !== undefined && only < 0x80 ? bytes : concat(head(0x80, bytes.length), bytes);
}

/** Up to 55 bytes the length is in the prefix; above, the prefix says how many bytes of length follow. */
function head(base: 0x80 | 0xc0, length: number): Uint8Array {
  if (length <= 55) return Uint8Array.of(base + length);
  const written = numberBytes(BigInt(length));
  return concat(Uint8Array.of(base + 55 + written.length), written);
}

type Head = { readonly isList: boolean; readonly start: number; readonly end: number };

function readHead(bytes: Uint8Array, at: number): Head | undefined {
  const prefix = bytes[at];
  if (prefix === undefined) return undefined;
  if (prefix < 0x80) return { isList: false, start: at, end: at + 1 };
  const isList = prefix >= 0xc0;
  const short = prefix - (isList ? 0xc0 : 0x80);
  const lengthBytes = Math.max(0, short - 55);
  const start = at + 1 + lengthBytes;
  const length = lengthBytes === 0 ? short : bytes.subarray(at + 1, start).reduce((sum, byte) => sum * 256 + byte, 0);
  return start + length > bytes.length ? undefined : { isList, start, end: start + length };
}
