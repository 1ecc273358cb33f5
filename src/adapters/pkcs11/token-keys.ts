/** Finds keys on an open token, reads what they say of themselves, and makes new ones. */
import type { PKCS11 } from "pkcs11js";
import type { Hex } from "../../values/hex.ts";
import { attribute, mechanism, objectClass, type AttributeName } from "./cryptoki.ts";
import { decode, secp256k1Params } from "./ec-point.ts";
import type { TokenObject } from "./agent-message.ts";
import {
  describe,
  privateTemplate,
  publicTemplate,
  readBack,
  shortfalls,
  type Attributes,
  type Wish,
} from "./key-template.ts";
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
    const configured = known.find(
      (key) => key.id === id.toString("hex") && key.label === label && key.publicKey === publicKey,
    );
    const findings = [
      ...shortfalls(attributes, token.profile.optional, configured?.origin),
      ...(configured === undefined ? ["no configured key"] : []),
    ];
    return { id: id.toString("hex"), label, publicKey, attributes, findings };
  });
}

export type MadeKey = {
  readonly handle: Buffer;
  readonly publicKey: Hex;
  readonly attributes: Attributes;
  /** What the device would not have in its template, and its profile says may be missing. */
  readonly without: readonly AttributeName[];
};

/** Makes a key pair with the strict template and reads it back. */
export function makeKey(token: OpenToken, wish: Omit<Wish, "lasting" | "without">): MadeKey {
  const { label } = wish;
  const doing = `making the key \`${label}\``;
  checkUnused(token, label, doing);
  const pair = generate(token, { ...wish, lasting: true });
  return { ...kept(token, { ...wish, doing }, pair), without: pair.without };
}

/** Refuses a label that is in use: keys are found by id and label, and people read the label. */
export function checkUnused(token: OpenToken, label: string, doing: string): void {
  if (find(token, { class: objectClass.privateKey, label }).length > 0)
    throw misconfigured(doing, "the label is in use");
}

/** Reads a new pair back. A key that is less strict than one of its origin can be is destroyed again, both halves. */
export function kept(
  token: OpenToken,
  { origin, id, label, doing }: Omit<Wish, "lasting" | "without"> & { readonly doing: string },
  pair: Omit<Pair, "without">,
): Omit<MadeKey, "without"> {
  const attributes = attributesOf(token, pair.privateKey);
  const publicKey = publicKeyOf(token, { id: Buffer.from(id), label });
  const complaints = [
    ...shortfalls(attributes, token.profile.optional, origin),
    ...(publicKey === undefined ? ["the token shows no public key"] : []),
  ];
  if (publicKey !== undefined && complaints.length === 0) return { handle: pair.privateKey, publicKey, attributes };
  destroy(token, pair, doing);
  throw misconfigured(doing, `the token made a weaker key than asked: ${complaints.join(", ")}`);
}

export function destroy({ module, anchor }: OpenToken, pair: Omit<Pair, "without">, doing: string): void {
  for (const handle of [pair.privateKey, pair.publicKey])
    during(doing, () => {
      module.C_DestroyObject(anchor, handle);
    });
}

/** What a module answers when an attribute is not to its liking. */
export const disliked = new Set([16, 18, 19, 208, 209]);

export type Pair = {
  readonly privateKey: Buffer;
  readonly publicKey: Buffer;
  readonly without: readonly AttributeName[];
};

/** Asks for the strict template; an optional attribute is given up only after the device refused it, one more at each try. */
export function generate(token: OpenToken, wish: Omit<Wish, "without">): Pair {
  const { optional } = token.profile;
  for (let given = 0; ; given += 1) {
    const without = optional.slice(0, given);
    try {
      return { ...generateOnce(token, { ...wish, without }), without };
    } catch (error) {
      const failure = failed(`making the key \`${wish.label}\``, error);
      if (given >= optional.length || !disliked.has(failure.failure.code)) throw failure;
    }
  }
}

function generateOnce({ module, anchor }: OpenToken, wish: Wish): { privateKey: Buffer; publicKey: Buffer } {
  return module.C_GenerateKeyPair(
    anchor,
    { mechanism: mechanism.ecKeyPairGen },
    publicTemplate(wish),
    privateTemplate(wish),
  );
}

/** The public half, from the public object, or from the private one where the device keeps it there. */
function publicKeyOf(token: OpenToken, named: { readonly id: Buffer; readonly label: string }): Hex | undefined {
  const objects = find(token, { class: objectClass.publicKey, ...named });
  const [handle, ...others] =
    objects.length === 0 && token.profile.point === "either"
      ? find(token, { class: objectClass.privateKey, ...named })
      : objects;
  if (handle === undefined || others.length > 0) return undefined;
  const point = read(token, handle, attribute.CKA_EC_POINT);
  return point === undefined ? undefined : decode(point);
}

export function attributesOf(token: OpenToken, handle: Buffer): Attributes {
  const found: Partial<Record<AttributeName, boolean | number | string>> = {};
  for (const name of readBack) {
    const bytes = read(token, handle, attribute[name]);
    if (bytes !== undefined) found[name] = describe(name, bytes);
  }
  return found;
}

/** One attribute at a time: a module that lacks one fails the whole list. Absent is an answer, a lost token is not. */
export function read(token: OpenToken, handle: Buffer, type: number): Buffer | undefined {
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
export function find(
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
