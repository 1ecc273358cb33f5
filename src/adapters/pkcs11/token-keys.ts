/** Finds keys on an open token, reads what they say of themselves, and makes new ones. */
import type { PKCS11 } from "pkcs11js";
import type { Hex } from "../../values/hex.ts";
import { attribute, mechanism, objectClass, type AttributeName } from "./cryptoki.ts";
import { decode, secp256k1Params } from "./ec-point.ts";
import type { TokenObject } from "./agent-message.ts";
import { describe, privateTemplate, publicTemplate, readBack, shortfalls, type Attributes } from "./key-template.ts";
import type { TokenKey } from "./token-config.ts";
import type { OpenToken } from "./token-login.ts";
import { during, failed, misconfigured } from "./token-failure.ts";

/** Objects of one search are bounded; a token with more has become something else. */
const objectsMax = 4_096;

type Search = { readonly class: number; readonly id?: Buffer; readonly label?: string };

/** The handle of a configured key: exactly one private object with its id and label, on our curve, whose public half is the pinned one. */
export function findKey(token: OpenToken, key: TokenKey): Buffer {
  const doing = `looking for the key \`${key.name}\``;
  const named = { id: Buffer.from(key.id, "hex"), label: key.label };
  const [handle, ...others] = find(token, { class: objectClass.privateKey, ...named });
  if (handle === undefined)
    throw misconfigured(doing, `the token has no private key with id ${key.id} and label \`${key.label}\``);
  if (others.length > 0)
    throw misconfigured(
      doing,
      `the token has ${others.length + 1} private keys with id ${key.id} and label \`${key.label}\``,
    );
  if (read(token, handle, attribute.CKA_EC_PARAMS)?.equals(secp256k1Params) !== true)
    throw misconfigured(doing, "the key is not on secp256k1");
  if (publicKeyOf(token, named) !== key.publicKey)
    throw misconfigured(doing, "the token's public key is not the configured one");
  return handle;
}

/** Every private key of the token, also those nobody configured. */
export function inventory(token: OpenToken, known: readonly TokenKey[]): readonly TokenObject[] {
  return find(token, { class: objectClass.privateKey }).map((handle) => {
    const id = read(token, handle, attribute.CKA_ID) ?? Buffer.alloc(0);
    const label = read(token, handle, attribute.CKA_LABEL)?.toString("utf8") ?? "";
    const attributes = attributesOf(token, handle);
    const publicKey = publicKeyOf(token, { id, label }) ?? null;
    const configured = known.some(
      (key) => key.id === id.toString("hex") && key.label === label && key.publicKey === publicKey,
    );
    const findings = [...shortfalls(attributes), ...(configured ? [] : ["no configured key"])];
    return { id: id.toString("hex"), label, publicKey, attributes, findings };
  });
}

export type MadeKey = { readonly handle: Buffer; readonly publicKey: Hex; readonly attributes: Attributes };

/**
 * Makes a key pair with the strict template and reads it back; a key that is less strict than asked is destroyed and refused.
 * Refuses a label that is in use.
 */
export function makeKey(token: OpenToken, id: Buffer, label: string): MadeKey {
  const doing = `making the key \`${label}\``;
  if (find(token, { class: objectClass.privateKey, label }).length > 0)
    throw misconfigured(doing, "the label is in use");
  const pair = during(doing, () =>
    token.module.C_GenerateKeyPair(
      token.anchor,
      { mechanism: mechanism.ecKeyPairGen },
      publicTemplate(id, label),
      privateTemplate(id, label),
    ),
  );
  const attributes = attributesOf(token, pair.privateKey);
  const publicKey = publicKeyOf(token, { id, label });
  const complaints = [...shortfalls(attributes), ...(publicKey === undefined ? ["the token shows no public key"] : [])];
  if (publicKey === undefined || complaints.length > 0) {
    for (const handle of [pair.privateKey, pair.publicKey])
      during(doing, () => {
        token.module.C_DestroyObject(token.anchor, handle);
      });
    throw misconfigured(doing, `the token made a weaker key than asked: ${complaints.join(", ")}`);
  }
  return { handle: pair.privateKey, publicKey, attributes };
}

function publicKeyOf(token: OpenToken, named: { readonly id: Buffer; readonly label: string }): Hex | undefined {
  const [handle, ...others] = find(token, { class: objectClass.publicKey, ...named });
  if (handle === undefined || others.length > 0) return undefined;
  const point = read(token, handle, attribute.CKA_EC_POINT);
  return point === undefined ? undefined : decode(point);
}

function attributesOf(token: OpenToken, handle: Buffer): Attributes {
  const found: Partial<Record<AttributeName, boolean | number | string>> = {};
  for (const name of readBack) {
    const bytes = read(token, handle, attribute[name]);
    if (bytes !== undefined) found[name] = describe(name, bytes);
  }
  return found;
}

/** One attribute at a time: a module that lacks one fails the whole list. Absent is an answer, a lost token is not. */
function read(token: OpenToken, handle: Buffer, type: number): Buffer | undefined {
  try {
    const value = token.module.C_GetAttributeValue(token.anchor, handle, [{ type }])[0]?.value;
    return Buffer.isBuffer(value) && value.length > 0 ? value : undefined;
  } catch (error) {
    const failure = failed("reading a key", error);
    if (failure.failure.class === "request") return undefined;
    throw failure;
  }
}

/** A search that fails half-way is ended, or the session is stuck in it. */
function find(
  { module, anchor }: { readonly module: PKCS11; readonly anchor: Buffer },
  search: Search,
): readonly Buffer[] {
  const template = [
    { type: attribute.CKA_CLASS, value: search.class },
    ...(search.id === undefined ? [] : [{ type: attribute.CKA_ID, value: search.id }]),
    ...(search.label === undefined ? [] : [{ type: attribute.CKA_LABEL, value: search.label }]),
  ];
  return during("searching the token", () => {
    module.C_FindObjectsInit(anchor, template);
    try {
      return module.C_FindObjects(anchor, objectsMax);
    } finally {
      module.C_FindObjectsFinal(anchor);
    }
  });
}
