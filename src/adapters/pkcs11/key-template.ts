/** What a signing key on a token is made with, and what must be read back from it. */
import { strictUsage } from "../../roster/strict-key.ts";
import { attribute, keyType, mechanism, objectClass, ulong, type AttributeName } from "./cryptoki.ts";
import { secp256k1Params } from "./ec-point.ts";

/** An attribute in words: hex of its bytes, `yes` or `no` for flags, a number for small ones; absent when the token has none. */
export type Attributes = Readonly<Partial<Record<AttributeName, boolean | number | string>>>;

export type TemplateEntry = { type: number; value: Buffer | boolean | number | string };

/** Every flag is set by us: the defaults of modules allow decryption, unwrapping and change. */
const privateFlags = {
  ...strictUsage,
  CKA_SENSITIVE: true,
  CKA_EXTRACTABLE: false,
} as const satisfies Attributes;

/**
 * How a key came to be where it is. `made`: on this token, which it never leaves. `wrappable`: on this token, and leaves it wrapped under a
 * trusted key alone. `restored`: unwrapped here, so that the token cannot say where it was before.
 */
export const keyOrigins = ["made", "wrappable", "restored"] as const;
export type KeyOrigin = (typeof keyOrigins)[number];

/** Where a key's flags differ by its origin; the others are the same for all. */
const leaving = {
  made: {},
  wrappable: { CKA_EXTRACTABLE: true, CKA_WRAP_WITH_TRUSTED: true },
  restored: {},
} as const satisfies Record<KeyOrigin, Attributes>;

export type Wish = {
  readonly origin: KeyOrigin;
  readonly id: Uint8Array;
  readonly label: string;
  /** Kept on the token; a key of a session is gone with it. */
  readonly lasting: boolean;
  /** What the device refused to have in a template, and its profile says may be missing. */
  readonly without: readonly AttributeName[];
};

export function privateTemplate({ origin, id, label, lasting, without }: Wish): TemplateEntry[] {
  const left = new Set(without.map((name) => attribute[name]) as number[]);
  return [
    { type: attribute.CKA_CLASS, value: objectClass.privateKey },
    { type: attribute.CKA_KEY_TYPE, value: keyType.ec },
    { type: attribute.CKA_ID, value: Buffer.from(id) },
    { type: attribute.CKA_LABEL, value: label },
    { type: attribute.CKA_ALLOWED_MECHANISMS, value: ulong(mechanism.ecdsa) },
    // CKA_MODIFIABLE comes last: SoftHSM sets what is unwrapped one by one, and nothing behind it.
    ...Object.entries({ ...privateFlags, ...leaving[origin], CKA_TOKEN: lasting })
      .sort(([one], [other]) => Number(one === "CKA_MODIFIABLE") - Number(other === "CKA_MODIFIABLE"))
      .map(([name, value]) => ({ type: numberOf(name), value })),
  ].filter(({ type }) => !left.has(type));
}

export function publicTemplate({ id, label, lasting, without }: Omit<Wish, "origin">): TemplateEntry[] {
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

/** What a key must say of itself. It is the module's own claim, not a proof. */
const common: Attributes = {
  ...privateFlags,
  CKA_KEY_TYPE: keyType.ec,
  CKA_EC_PARAMS: secp256k1Params.toString("hex"),
  CKA_ALLOWED_MECHANISMS: ulong(mechanism.ecdsa).toString("hex"),
};
const born: Attributes = {
  CKA_LOCAL: true,
  CKA_ALWAYS_SENSITIVE: true,
  CKA_KEY_GEN_MECHANISM: mechanism.ecKeyPairGen,
};

const demanded: Readonly<Record<KeyOrigin, Attributes>> = {
  made: { ...common, ...born, CKA_NEVER_EXTRACTABLE: true },
  wrappable: { ...common, ...born, ...leaving.wrappable, CKA_NEVER_EXTRACTABLE: false },
  restored: { ...common, CKA_LOCAL: false, CKA_ALWAYS_SENSITIVE: false, CKA_NEVER_EXTRACTABLE: false },
};

/** The attributes that are read back, in the order in which they are shown. */
export const readBack: readonly AttributeName[] = Object.keys({ ...demanded.made, ...demanded.wrappable }).filter(
  isAttribute,
);

/**
 * One sentence for each attribute that is not as demanded; none means the key is as strict as one of its origin can be. `optional` may
 * be absent, but never have another value.
 */
export function shortfalls(
  read: Attributes,
  optional: readonly AttributeName[] = [],
  origin: KeyOrigin = "made",
): readonly string[] {
  const wanted = demanded[origin];
  return readBack
    .filter((name) => wanted[name] !== undefined && read[name] !== wanted[name])
    .filter((name) => read[name] !== undefined || !optional.includes(name))
    .map(
      (name) =>
        `${name} is ${read[name] === undefined ? "absent" : String(read[name])} instead of ${String(wanted[name])}`,
    );
}

/** One byte is a flag, eight bytes of a number attribute a number, all else hex. */
export function describe(name: AttributeName, bytes: Uint8Array): boolean | number | string {
  const view = Buffer.from(bytes);
  const kind = typeof { ...demanded.made, ...demanded.wrappable }[name];
  if (kind === "boolean" && view.length === 1) return view[0] === 1;
  // A key that was unwrapped has no mechanism: all bits set, which no number here can hold.
  if (kind === "number" && view.length === 8 && !view.every((byte) => byte === 0xff))
    return Number(view.readBigUInt64LE());
  return view.toString("hex");
}

export function isAttribute(name: string): name is AttributeName {
  return name in attribute;
}

function numberOf(name: string): number {
  return isAttribute(name) ? attribute[name] : -1;
}
