/** Typed data (EIP-712) that a managed key would sign, read strictly, so that what is decided on is what is hashed. */
import { TypedDataEncoder } from "ethers/hash";
import { z } from "zod";
import type { Address } from "../values/address.ts";
import * as bytes32 from "../values/bytes32.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { ChainId } from "../values/chain-id.ts";
import { InvalidValue } from "../values/errors.ts";
import { addressSchema, bytes32Schema, chainIdSchema, lineSchema, parseWith } from "../values/schema.ts";
import { readStruct, structsOf, type TypedField, type TypedValue } from "./typed-value.ts";

export type TypedData = {
  readonly domain: {
    readonly name?: string | undefined;
    readonly version?: string | undefined;
    readonly chainId: ChainId;
    readonly verifyingContract: Address;
    readonly salt?: Bytes32 | undefined;
  };
  /** Without `EIP712Domain`. */
  readonly types: Readonly<Record<string, readonly TypedField[]>>;
  readonly primaryType: string;
  readonly message: Readonly<Record<string, TypedValue>>;
};

const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "not an identifier");
const fieldSchema = z.strictObject({ name: identifier, type: z.string().max(80) });
const schema = z.strictObject({
  /** Chain and contract are what a policy permits by, so they are always there. */
  domain: z.strictObject({
    name: lineSchema.optional(),
    version: lineSchema.optional(),
    chainId: chainIdSchema,
    verifyingContract: addressSchema,
    salt: bytes32Schema.optional(),
  }),
  types: z.record(identifier, z.array(fieldSchema).max(50)),
  primaryType: identifier,
  message: z.record(z.string(), z.unknown()),
});

const domainFields = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
  { name: "salt", type: "bytes32" },
] as const;

/** Throws `InvalidValue` `intent.typed-data*` with the field. */
export function parse(input: unknown): TypedData {
  const { domain, types: written, primaryType, message } = parseWith(schema, input, "intent.typed-data");
  // Statements of this house are typed data too: a key that signed one would say something to a gate.
  if (domain.name?.trim().toLowerCase() === "countersign")
    throw new InvalidValue("intent.typed-data-domain", "domain.name: `Countersign` is the house's own", "domain.name");
  const { EIP712Domain: declared, ...types } = written;
  const given = domainFields.filter(({ name }) => domain[name] !== undefined);
  if (declared !== undefined && JSON.stringify(declared) !== JSON.stringify(given))
    throw refusal("types.EIP712Domain", "it does not declare the fields of the domain in their order");
  const structs = structsOf(types, primaryType);
  return {
    domain,
    types,
    primaryType,
    message: readStruct(structs, primaryType, { value: message, field: "message" }),
  };
}

/** What the key signs. */
export function digest({ domain, types, message }: TypedData): Bytes32 {
  const said = Object.fromEntries(Object.entries(domain).filter(([, value]) => value !== undefined));
  const fields = Object.fromEntries(Object.entries(types).map(([name, parts]) => [name, [...parts]]));
  return bytes32.parse(TypedDataEncoder.hash(said, fields, message));
}

function refusal(field: string, message: string): InvalidValue {
  return new InvalidValue("intent.typed-data", `${field}: ${message}`, field);
}
