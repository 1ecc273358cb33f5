/** The key under which a signing key leaves its token: put together from two people's components, or one that the token has. */
import { createCipheriv } from "node:crypto";
import type { PKCS11 } from "pkcs11js";
import type { WrappingKey } from "./agent-message.ts";
import type { AgentOrders } from "./agent-orders.ts";
import { attribute, flags, keyType, mechanism, objectClass, ulong, user } from "./cryptoki.ts";
import type { TemplateEntry } from "./key-template.ts";
import { checkLatch, latchedFailure } from "./pin-latch.ts";
import { readPin } from "./pin.ts";
import { during, failed, misconfigured } from "./token-failure.ts";
import { find } from "./token-keys.ts";
import { findToken, type OpenToken } from "./token-login.ts";

type Components = Extract<WrappingKey, { components: unknown }>;

export type PutTogether = {
  readonly value: Buffer;
  /** Of the two components and of the key: what people compare without showing anything. */
  readonly checkValues: readonly [string, string, string];
};

/** AES-256 as the sum of two components: whoever has one of them knows nothing of the key. */
export async function putTogether({ components }: Components): Promise<PutTogether> {
  const parts: Buffer[] = [];
  for (const [index, source] of components.entries())
    parts.push(componentOf(await readPin(source, `component ${index + 1} of the wrapping key`), index + 1));
  const [one = Buffer.alloc(0), other = Buffer.alloc(0)] = parts;
  if (one.equals(other)) throw misconfigured(reading, "both components are the same");
  const value = Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)));
  return { value, checkValues: [checkValue(one), checkValue(other), checkValue(value)] };
}

const reading = "reading the wrapping key";

function componentOf(text: string, number: number): Buffer {
  const bare = text.replace(/[\s-]/g, "");
  if (!/^[0-9a-fA-F]{64}$/.test(bare)) throw misconfigured(reading, `component ${number} is not 64 hex digits`);
  const bytes = Buffer.from(bare, "hex");
  if (new Set(bytes).size < 8) throw misconfigured(reading, `component ${number} was not made by chance`);
  return bytes;
}

/** The first three bytes of a block of zeros under the key, as HSMs show it. */
function checkValue(key: Buffer): string {
  const cipher = createCipheriv("aes-256-ecb", key, null);
  return cipher.update(Buffer.alloc(16)).toString("hex").slice(0, 6);
}

/**
 * In memory alone: it wraps and does nothing else, and is gone with the session. Only the security officer makes the token trust a key, so
 * this happens before anybody else logs in, in a session that stays open. A PIN that is refused once is not tried again.
 */
export async function trust(
  module: PKCS11,
  orders: AgentOrders,
  { soPin }: Components,
  value: Buffer,
): Promise<Buffer> {
  if (soPin === null || orders.token === null)
    throw misconfigured(loggingIn, "a wrapping key in components needs the security officer's PIN");
  const { label, serial } = orders.token;
  const { slot } = findToken(module, label, serial);
  const pin = await readPin(soPin, "security officer's PIN");
  checkLatch(orders.login.latch, `${serial} so`, pin);
  const session = during("opening a session", () => module.C_OpenSession(slot, flags.serialSession | flags.rwSession));
  try {
    module.C_Login(session, user.so, pin);
  } catch (error) {
    throw latchedFailure(failed(loggingIn, error), { path: orders.login.latch, serial: `${serial} so`, pin });
  }
  const key = during("handing over the wrapping key", () =>
    module.C_CreateObject(session, secretTemplate(value, wraps)),
  );
  during(loggingIn, () => {
    module.C_Logout(session);
  });
  return key;
}

const loggingIn = "logging in as the security officer";

/** In memory alone: it unwraps and does nothing else. */
export function unwrapper({ module, anchor }: OpenToken, value: Buffer): Buffer {
  return during("handing over the wrapping key", () => module.C_CreateObject(anchor, secretTemplate(value, unwraps)));
}

/** A wrapping key that the vendor's tool put on the token. */
export function ownKey(token: OpenToken, label: string): Buffer {
  const [key, ...others] = find(token, { class: objectClass.secretKey, label });
  if (key === undefined)
    throw misconfigured("looking for the wrapping key", `the token has no secret key \`${label}\``);
  if (others.length > 0)
    throw misconfigured("looking for the wrapping key", `the token has ${others.length + 1} secret keys \`${label}\``);
  return key;
}

function secretTemplate(value: Buffer, rights: readonly TemplateEntry[]): TemplateEntry[] {
  return [
    { type: attribute.CKA_CLASS, value: objectClass.secretKey },
    { type: attribute.CKA_KEY_TYPE, value: keyType.aes },
    { type: attribute.CKA_VALUE, value },
    { type: attribute.CKA_TOKEN, value: false },
    ...rights,
    { type: attribute.CKA_SENSITIVE, value: true },
    { type: attribute.CKA_EXTRACTABLE, value: false },
    { type: attribute.CKA_ENCRYPT, value: false },
    { type: attribute.CKA_DECRYPT, value: false },
    { type: attribute.CKA_ALLOWED_MECHANISMS, value: Buffer.concat(wrapping.map(ulong)) },
    { type: attribute.CKA_MODIFIABLE, value: false },
  ];
}

/** Not private, because the security officer sees nothing that is. */
const wraps: readonly TemplateEntry[] = [
  { type: attribute.CKA_PRIVATE, value: false },
  { type: attribute.CKA_TRUSTED, value: true },
  { type: attribute.CKA_WRAP, value: true },
  { type: attribute.CKA_UNWRAP, value: false },
];

const unwraps: readonly TemplateEntry[] = [
  { type: attribute.CKA_PRIVATE, value: true },
  { type: attribute.CKA_WRAP, value: false },
  { type: attribute.CKA_UNWRAP, value: true },
];

/** RFC 5649, under the number of PKCS#11 2.40 and that of 3.0. */
export const wrapping = [mechanism.aesKeyWrapPad, mechanism.aesKeyWrapKwp] as const;
