/** Values of typed data (EIP-712) by their types: one form for each, and nothing that the types do not name. */
import * as address from "../values/address.ts";
import { InvalidValue } from "../values/errors.ts";
import * as hex from "../values/hex.ts";

export type TypedField = { readonly name: string; readonly type: string };

/** Numbers are bigints, addresses are in lower case, bytes are lower-case hex. */
export type TypedValue = bigint | boolean | string | readonly TypedValue[] | { readonly [field: string]: TypedValue };

export type Structs = ReadonlyMap<string, readonly TypedField[]>;
type Place = { readonly value: unknown; readonly field: string };

const maxStructs = 20;
const maxItems = 100;
const maxText = 10_000;
/** Half of a pair: text that UTF-8 cannot carry. */
const surrogate = /\p{Surrogate}/u;

/** Throws `InvalidValue` when a type is missing, stands without use, or holds itself. */
export function structsOf(types: Readonly<Record<string, readonly TypedField[]>>, primaryType: string): Structs {
  const structs: Structs = new Map(Object.entries(types));
  if (structs.size > maxStructs) throw refusal("types", `more than ${String(maxStructs)} types`);
  const used = new Set<string>();
  const visit = (name: string, above: readonly string[]): void => {
    const fields = structs.get(name);
    if (fields === undefined) throw refusal("types", `there is no type \`${hex.quote(name)}\``);
    if (name === "uint" || name === "int") throw refusal("types", `\`${name}\` has no width; write \`${name}256\``);
    if (above.includes(name)) throw refusal(`types.${name}`, "the type holds itself");
    if (new Set(fields.map((field) => field.name)).size !== fields.length)
      throw refusal(`types.${name}`, "a field stands twice");
    if (used.has(name)) return;
    for (const { type } of fields) {
      const inner = elementOf(type);
      if (!isAtomic(inner)) visit(inner, [...above, name]);
    }
    used.add(name);
  };
  visit(primaryType, []);
  const idle = [...structs.keys()].find((name) => !used.has(name));
  if (idle !== undefined) throw refusal(`types.${idle}`, "the type is not used");
  return structs;
}

/** Every field of the struct, and no other. */
export function readStruct(structs: Structs, name: string, { value, field }: Place): Record<string, TypedValue> {
  const fields = structs.get(name) ?? [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refusal(field, `not a ${name}`);
  const given = new Map<string, unknown>(Object.entries(value));
  const foreign = [...given.keys()].find((key) => !fields.some((one) => one.name === key));
  if (foreign !== undefined) throw refusal(field, `unknown key \`${hex.quote(foreign)}\`; nothing is ignored`);
  return Object.fromEntries(
    fields.map((one) => {
      const at = `${field}.${one.name}`;
      if (!given.has(one.name)) throw refusal(at, "it is missing");
      return [one.name, readValue(structs, one.type, { value: given.get(one.name), field: at })];
    }),
  );
}

function readValue(structs: Structs, type: string, place: Place): TypedValue {
  const [, item, length] = /^(.+)\[([0-9]{0,3})\]$/.exec(type) ?? [];
  if (item === undefined) return isAtomic(type) ? readAtom(type, place) : readStruct(structs, type, place);
  const { value, field } = place;
  if (!Array.isArray(value) || value.length > maxItems)
    throw refusal(field, `not a list of at most ${String(maxItems)}`);
  if (length !== "" && value.length !== Number(length)) throw refusal(field, `not a list of ${String(length)}`);
  return value.map((one: unknown, index) =>
    readValue(structs, item, { value: one, field: `${field}.${String(index)}` }),
  );
}

function elementOf(type: string): string {
  return type.replace(/(?:\[[0-9]{0,3}\])+$/, "");
}

function isAtomic(type: string): boolean {
  return (
    ["address", "bool", "string", "bytes"].includes(type) || bitsOf(type) !== undefined || sizeOf(type) !== undefined
  );
}

/** Of `uint256` or `int8`. */
function bitsOf(type: string): number | undefined {
  const bits = Number(/^u?int([1-9][0-9]{0,2})$/.exec(type)?.[1]);
  return bits % 8 === 0 && bits <= 256 ? bits : undefined;
}

/** Of `bytes32`. */
function sizeOf(type: string): number | undefined {
  const size = Number(/^bytes([1-9][0-9]?)$/.exec(type)?.[1]);
  return size <= 32 ? size : undefined;
}

function readAtom(type: string, { value, field }: Place): TypedValue {
  const wrong = refusal(field, `\`${hex.quote(value)}\` is not a ${type}`);
  switch (type) {
    case "bool":
      if (typeof value !== "boolean") throw wrong;
      return value;
    case "string":
      if (typeof value !== "string" || value.length > maxText || surrogate.test(value)) throw wrong;
      return value;
    case "address":
      return withField(field, () => address.parse(value));
    default:
      return bitsOf(type) === undefined ? readBytes(type, { value, field }) : readNumber(type, value, wrong);
  }
}

function readBytes(type: string, { value, field }: Place): string {
  const bytes = withField(field, () => hex.parse(value, maxText));
  const size = sizeOf(type);
  if (size !== undefined && bytes.length !== 2 + 2 * size) throw refusal(field, `not ${String(size)} bytes`);
  return bytes;
}

/** Decimal text, or a number that is exact. */
function readNumber(type: string, value: unknown, wrong: InvalidValue): bigint {
  const exact = typeof value === "number" && Number.isSafeInteger(value) && !Object.is(value, -0);
  const text = typeof value === "string" && /^(?:0|-?[1-9][0-9]{0,77})$/.test(value);
  if (!exact && !text) throw wrong;
  const number = BigInt(value);
  const bits = BigInt(bitsOf(type) ?? 0);
  const [least, most] = type.startsWith("u") ? [0n, 1n << bits] : [-(1n << (bits - 1n)), 1n << (bits - 1n)];
  if (number < least || number >= most) throw wrong;
  return number;
}

function withField<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw refusal(field, error.message);
  }
}

function refusal(field: string, message: string): InvalidValue {
  return new InvalidValue("intent.typed-data", `${field}: ${message}`, field);
}
