/** EIP-712 in pieces: struct definitions, then values in the order of the fields, then one hash. */
import { concat, keccak256, TypedDataEncoder, type TypedDataField } from "ethers";
import { Reader, status, StatusWord } from "./apdu.ts";

type FieldType = { readonly kind: number; readonly size: number | undefined; readonly struct: string };
type Field = { readonly name: string; readonly type: FieldType; readonly arrays: readonly (number | null)[] };
type Token = { readonly kind: "count"; readonly count: number } | { readonly kind: "value"; readonly bytes: Buffer };

export class TypedData {
  readonly #structs = new Map<string, Field[]>();
  readonly #roots = new Map<string, Token[]>();
  #defined = "";
  #root = "";
  #open: { readonly length: number; readonly parts: Buffer[] } | undefined;

  /** INS 1a. */
  define(p2: number, data: Buffer): void {
    if (p2 === 0x00) {
      this.#defined = data.toString("utf8");
      this.#structs.set(this.#defined, []);
    } else if (p2 === 0xff) this.#fieldsOf(this.#defined).push(readField(new Reader(data)));
    else throw new StatusWord(status.badParameter);
  }

  /** INS 1c. `isBlind`: whether what has no filter may be shown at all. */
  fill(p1: number, p2: number, data: Buffer, isBlind: boolean): void {
    if (p2 === 0x00) {
      this.#root = data.toString("utf8");
      this.#fieldsOf(this.#root);
      this.#roots.set(this.#root, []);
    } else if (p2 === 0x0f) this.#tokens().push({ kind: "count", count: new Reader(data).u8() });
    else if (p2 !== 0xff) throw new StatusWord(status.badParameter);
    else if (isBlind) this.#piece(p1, data);
    else throw new StatusWord(status.badData);
  }

  /** The length stands before the first piece; at the last one it must be met. */
  #piece(p1: number, data: Buffer): void {
    const reader = new Reader(data);
    this.#open ??= { length: reader.take(2).readUInt16BE(0), parts: [] };
    this.#open.parts.push(reader.rest());
    if (p1 === 0x01) return;
    const bytes = Buffer.concat(this.#open.parts);
    if (bytes.length !== this.#open.length) throw new StatusWord(status.badData);
    this.#open = undefined;
    this.#tokens().push({ kind: "value", bytes });
  }

  /** Everything that was shown, and the 32 bytes that are signed. */
  finish(): { readonly digest: string; readonly screens: readonly (readonly [string, string])[] } {
    const primary = [...this.#roots.keys()].find((root) => root !== "EIP712Domain");
    if (primary === undefined || !this.#roots.has("EIP712Domain")) throw new StatusWord(status.conditions);
    const types = Object.fromEntries(
      [...this.#structs].map(([name, fields]) => [name, fields.map(asEthers)] satisfies [string, TypedDataField[]]),
    );
    const screens: [string, string][] = [["Primary type", primary]];
    const valueOf = (root: string): Record<string, unknown> => {
      const tokens = [...(this.#roots.get(root) ?? [])];
      const value = this.#struct(root, tokens, screens);
      if (tokens.length > 0) throw new StatusWord(status.badData);
      return value;
    };
    const domain = hashStruct(types, "EIP712Domain", valueOf("EIP712Domain"));
    const message = hashStruct(types, primary, valueOf(primary));
    return { digest: keccak256(concat(["0x1901", domain, message])), screens };
  }

  #struct(name: string, tokens: Token[], screens: [string, string][]): Record<string, unknown> {
    return Object.fromEntries(
      this.#fieldsOf(name).map((field) => [field.name, this.#value(field, field.arrays, tokens, screens)]),
    );
  }

  #value(field: Field, arrays: Field["arrays"], tokens: Token[], screens: [string, string][]): unknown {
    if (arrays.length > 0) {
      const next = tokens.shift();
      if (next?.kind !== "count") throw new StatusWord(status.badData);
      return Array.from({ length: next.count }, () => this.#value(field, arrays.slice(1), tokens, screens));
    }
    if (field.type.kind === 0) return this.#struct(field.type.struct, tokens, screens);
    const next = tokens.shift();
    if (next?.kind !== "value") throw new StatusWord(status.badData);
    const value = asValue(field.type, next.bytes);
    screens.push([field.name, String(value)]);
    return value;
  }

  #fieldsOf(name: string): Field[] {
    const fields = this.#structs.get(name);
    if (fields === undefined) throw new StatusWord(status.badData);
    return fields;
  }

  #tokens(): Token[] {
    const tokens = this.#roots.get(this.#root);
    if (tokens === undefined) throw new StatusWord(status.badData);
    return tokens;
  }
}

/** Bits of the first byte: 80 an array, 40 a size follows, the low four the type. */
function readField(reader: Reader): Field {
  const bits = reader.u8();
  const kind = bits & 0x0f;
  if (kind > 7) throw new StatusWord(status.badData);
  const struct = kind === 0 ? reader.take(reader.u8()).toString("utf8") : "";
  const size = (bits & 0x40) === 0 ? undefined : reader.u8();
  const levels = (bits & 0x80) === 0 ? 0 : reader.u8();
  const arrays = Array.from({ length: levels }, () => (reader.u8() === 0 ? null : reader.u8()));
  const name = reader.take(reader.u8()).toString("utf8");
  return { name, type: { kind, size, struct }, arrays };
}

function asEthers({ name, type, arrays }: Field): TypedDataField {
  const { kind, size = 32, struct } = type;
  const plain = [struct, `int${size * 8}`, `uint${size * 8}`, "address", "bool", "string", `bytes${size}`, "bytes"];
  const suffix = arrays.map((length) => (length === null ? "[]" : `[${length}]`)).join("");
  return { name, type: `${plain[kind] ?? ""}${suffix}` };
}

function asValue({ kind }: FieldType, bytes: Buffer): unknown {
  const hex = bytes.toString("hex");
  switch (kind) {
    case 1:
      return BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
    case 2:
      return BigInt(`0x${hex}`);
    case 4:
      return BigInt(`0x${hex}`) !== 0n;
    case 5:
      return bytes.toString("utf8");
    default:
      return `0x${hex}`;
  }
}

/** Only what the struct itself needs: an encoder refuses types that nothing uses. */
function hashStruct(types: Record<string, TypedDataField[]>, root: string, value: Record<string, unknown>): string {
  const needed: Record<string, TypedDataField[]> = {};
  const add = (name: string): void => {
    const fields = types[name];
    if (fields === undefined || needed[name] !== undefined) return;
    needed[name] = fields;
    for (const { type } of fields) add(type.replace(/\[.*$/, ""));
  };
  add(root);
  return TypedDataEncoder.from(needed).hashStruct(root, value);
}
