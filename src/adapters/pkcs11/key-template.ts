/** What a signing key on a token is made with, and what must be read back from it. */
import { attribute, keyType, mechanism, objectClass, ulong, type AttributeName } from "./cryptoki.ts";
import { secp256k1Params } from "./ec-point.ts";

/** An attribute in words: hex of its bytes, `yes` or `no` for flags, a number for small ones; absent when the token has none. */
export type Attributes = Readonly<Partial<Record<AttributeName, boolean | number | string>>>;

export type TemplateEntry = { type: number; value: Buffer | boolean | number | string };

/** Every flag is set by us: the defaults of modules allow decryption, unwrapping and change. */
const privateFlags = {
  CKA_TOKEN: true,
  CKA_PRIVATE: true,
  CKA_SENSITIVE: true,
  CKA_SIGN: true,
  CKA_EXTRACTABLE: false,
  CKA_MODIFIABLE: false,
  CKA_COPYABLE: false,
  CKA_DECRYPT: false,
  CKA_UNWRAP: false,
  CKA_SIGN_RECOVER: false,
  CKA_DERIVE: false,
} as const satisfies Attributes;

export type Wish = {
  readonly id: Uint8Array;
  readonly label: string;
  /** Kept on the token; a key of a session is gone with it. */
  readonly lasting: boolean;
  /** What the device refused to have in a template, and its profile says may be missing. */
  readonly without: readonly AttributeName[];
};

export function privateTemplate({ id, label, lasting, without }: Wish): TemplateEntry[] {
  const left = new Set(without.map((name) => attribute[name]) as number[]);
  return [
    { type: attribute.CKA_CLASS, value: objectClass.privateKey },
    { type: attribute.CKA_KEY_TYPE, value: keyType.ec },
    { type: attribute.CKA_ID, value: Buffer.from(id) },
    { type: attribute.CKA_LABEL, value: label },
    ...Object.entries({ ...privateFlags, CKA_TOKEN: lasting }).map(([name, value]) => ({
      type: numberOf(name),
      value,
    })),
    { type: attribute.CKA_ALLOWED_MECHANISMS, value: ulong(mechanism.ecdsa) },
  ].filter(({ type }) => !left.has(type));
}

export function publicTemplate({ id, label, lasting, without }: Wish): TemplateEntry[] {
  return [
    { type: attribute.CKA_CLASS, value: objectClass.publicKey },
    { type: attribute.CKA_KEY_TYPE, value: keyType.ec },
    { type: attribute.CKA_ID, value: Buffer.from(id) },
    { type: attribute.CKA_LABEL, value: label },
    { type: attribute.CKA_TOKEN, value: lasting },
    { type: attribute.CKA_PRIVATE, value: false },
    { type: attribute.CKA_VERIFY, value: true },
    ...(without.includes("CKA_MODIFIABLE") ? [] : [{ type: attribute.CKA_MODIFIABLE, value: false }]),
    { type: attribute.CKA_EC_PARAMS, value: secp256k1Params },
  ];
}

/** What a fresh key must say of itself. It is the module's own claim, not a proof. */
const demanded: Attributes = {
  ...privateFlags,
  CKA_KEY_TYPE: keyType.ec,
  CKA_EC_PARAMS: secp256k1Params.toString("hex"),
  CKA_LOCAL: true,
  CKA_ALWAYS_SENSITIVE: true,
  CKA_NEVER_EXTRACTABLE: true,
  CKA_KEY_GEN_MECHANISM: mechanism.ecKeyPairGen,
  CKA_ALLOWED_MECHANISMS: ulong(mechanism.ecdsa).toString("hex"),
};

/** The attributes that are read back, in the order in which they are shown. */
export const readBack: readonly AttributeName[] = Object.keys(demanded).filter(isAttribute);

/**
 * One sentence for each attribute that is not as demanded; none means the key is as strict as we asked. `optional` may be absent, but
 * never have another value.
 */
export function shortfalls(read: Attributes, optional: readonly AttributeName[] = []): readonly string[] {
  return readBack
    .filter((name) => read[name] !== demanded[name] && !(read[name] === undefined && optional.includes(name)))
    .map(
      (name) =>
        `${name} is ${read[name] === undefined ? "absent" : String(read[name])} instead of ${String(demanded[name])}`,
    );
}

/** One byte is a flag, eight bytes of a number attribute a number, all else hex. */
export function describe(name: AttributeName, bytes: Uint8Array): boolean | number | string {
  const view = Buffer.from(bytes);
  if (typeof demanded[name] === "boolean" && view.length === 1) return view[0] === 1;
  if (typeof demanded[name] === "number" && view.length === 8) return Number(view.readBigUInt64LE());
  return view.toString("hex");
}

export function isAttribute(name: string): name is AttributeName {
  return name in attribute;
}

function numberOf(name: string): number {
  return isAttribute(name) ? attribute[name] : -1;
}
