/** A key off its token, wrapped, and onto another: what an agent of a backup does, and no other agent can. */
import type { PKCS11 } from "pkcs11js";
import { toBytes } from "../../values/hex.ts";
import { decodeUnwrapAsk, decodeWrapAsk, encodeJson, type UnwrapAsk, type WrapAsk } from "./agent-message.ts";
import type { AgentOrders } from "./agent-orders.ts";
import { prove } from "./ceremony-verbs.ts";
import type { Bench } from "./check/bench.ts";
import { attribute, objectClass } from "./cryptoki.ts";
import { privateTemplate, publicTemplate, type Wish } from "./key-template.ts";
import { loadRecovery } from "./recovery.ts";
import { closeSession, openSession } from "./session-pool.ts";
import { settle } from "./signature.ts";
import type { TokenKey } from "./token-config.ts";
import { failed, misconfigured, TokenFailure } from "./token-failure.ts";
import { checkUnused, destroy, disliked, find, findKey, kept, read, type Pair } from "./token-keys.ts";
import { loadModule, openToken, type OpenToken } from "./token-login.ts";
import { signWith } from "./token-signer.ts";
import { ownKey, putTogether, trust, unwrapper, wrapping } from "./wrapping-key.ts";

const names = new Map<number, string>([
  [wrapping[0], "CKM_AES_KEY_WRAP_PAD"],
  [wrapping[1], "CKM_AES_KEY_WRAP_KWP"],
]);

/** No signing key is longer once it is wrapped. */
const wrappedMax = 4_096;

/** The security officer comes before everybody else, so nothing is opened until it is known what for. */
export function createWrapping(orders: AgentOrders, told: (pin: string) => void): Bench {
  let module: Promise<PKCS11> | undefined;
  let token: Promise<OpenToken> | undefined;
  const load = (): Promise<PKCS11> => (module ??= loadModule(orders.module));
  const open = (): Promise<OpenToken> => (token ??= load().then((loaded) => openToken(loaded, orders, "backup", told)));
  return {
    answer: async ({ verb, payload }) => {
      if (verb === "health") return new Uint8Array();
      if (verb === "prove") return prove(await open(), payload);
      if (verb === "wrap") return wrap(decodeWrapAsk(payload), { orders, load, open });
      return unwrap(decodeUnwrapAsk(payload), await open());
    },
  };
}

type Opening = {
  readonly orders: AgentOrders;
  readonly load: () => Promise<PKCS11>;
  readonly open: () => Promise<OpenToken>;
};

async function wrap({ key, under }: WrapAsk, { orders, load, open }: Opening): Promise<Uint8Array> {
  const doing = `wrapping the key \`${key.name}\``;
  const sum = "label" in under ? undefined : await putTogether(under);
  const trusted =
    "label" in under || sum === undefined ? undefined : await trust(await load(), orders, under, sum.value);
  const token = await open();
  const mechanism = mechanismOf(token, doing);
  const handle = findKey(token, key);
  checkLeaves(token, handle, doing);
  const wrapper = trusted ?? ownKey(token, "label" in under ? under.label : "");
  try {
    const wrapped = token.module.C_WrapKey(token.anchor, { mechanism }, wrapper, handle, Buffer.alloc(wrappedMax));
    return encodeJson({
      wrapped: wrapped.toString("hex"),
      mechanism: names.get(mechanism) ?? "",
      checkValues: [...(sum?.checkValues ?? [])],
    });
  } catch (error) {
    throw explained(doing, error, refusedToWrap);
  }
}

/** One that any key of the token could wrap is no safer for our asking nicely. */
function checkLeaves(token: OpenToken, handle: Buffer, doing: string): void {
  const flag = (type: number): boolean => read(token, handle, type)?.[0] === 1;
  if (!flag(attribute.CKA_EXTRACTABLE))
    throw misconfigured(doing, "it was made without `--backup` and never leaves its token");
  if (!flag(attribute.CKA_WRAP_WITH_TRUSTED))
    throw misconfigured(doing, "any key of the token could wrap it, trusted or not; make another key with `--backup`");
}

async function unwrap({ key, under, wrapped, mechanism: named }: UnwrapAsk, token: OpenToken): Promise<Uint8Array> {
  const doing = `restoring the key \`${key.name}\``;
  const mechanism = mechanismOf(token, doing, named);
  checkUnused(token, key.label, doing);
  if (find(token, { class: objectClass.publicKey, label: key.label }).length > 0)
    throw misconfigured(doing, "the label is in use by a public key");
  const sum = "label" in under ? undefined : await putTogether(under);
  const opener = sum === undefined ? ownKey(token, "label" in under ? under.label : "") : unwrapper(token, sum.value);
  const wish = { origin: "restored" as const, id: Buffer.from(key.id, "hex"), label: key.label };
  const pair = unwrapPair(token, { key, doing }, { mechanism, opener, wrapped: Buffer.from(wrapped, "hex") });
  const { handle } = kept(token, { ...wish, doing }, pair);
  try {
    await checkSame(token, handle, key);
  } catch {
    destroy(token, pair, doing);
    throw misconfigured(doing, "what was unwrapped is another key than the backup says; it is destroyed again");
  }
  return encodeJson({ checkValues: [...(sum?.checkValues ?? [])], without: [...pair.without] });
}

type Unwrapping = { readonly mechanism: number; readonly opener: Buffer; readonly wrapped: Buffer };

function unwrapPair(
  token: OpenToken,
  named: { readonly key: TokenKey; readonly doing: string },
  unwrapping: Unwrapping,
): Pair {
  const { key, doing } = named;
  const { privateKey, wish } = unwrapPrivate(token, named, unwrapping);
  try {
    const point = Buffer.concat([Buffer.from([0x04, 0x41]), toBytes(key.publicKey)]);
    const template = [...publicTemplate(wish), { type: attribute.CKA_EC_POINT, value: point }];
    const publicKey = token.module.C_CreateObject(token.anchor, template);
    return { privateKey, publicKey, without: wish.without };
  } catch (error) {
    token.module.C_DestroyObject(token.anchor, privateKey);
    throw failed(doing, error);
  }
}

/** As a pair is made: an optional attribute is given up only after the device refused it, one more at each try. */
function unwrapPrivate(
  { module, anchor, profile }: OpenToken,
  { key, doing }: { readonly key: TokenKey; readonly doing: string },
  { mechanism, opener, wrapped }: Unwrapping,
): { readonly privateKey: Buffer; readonly wish: Wish } {
  for (let given = 0; ; given += 1) {
    const without = profile.optional.slice(0, given);
    const id = Buffer.from(key.id, "hex");
    const wish = { origin: "restored" as const, id, label: key.label, lasting: true, without };
    try {
      return { privateKey: module.C_UnwrapKey(anchor, { mechanism }, opener, wrapped, privateTemplate(wish)), wish };
    } catch (error) {
      const { failure } = failed(doing, error);
      if (given >= profile.optional.length || !disliked.has(failure.code))
        throw explained(doing, error, refusedToUnwrap);
    }
  }
}

/** It must sign, and as the pinned public key; whoever asked looks again, over a text of their own. */
async function checkSame(token: OpenToken, handle: Buffer, { publicKey }: TokenKey): Promise<void> {
  const digest = Buffer.alloc(32, 0x5c);
  const session = openSession(token);
  try {
    const raw = await signWith(token, session, handle, digest);
    settle(raw, new Uint8Array(digest), toBytes(publicKey), loadRecovery().recover);
  } finally {
    closeSession(token, session);
  }
}

function mechanismOf({ module, slot }: OpenToken, doing: string, named?: string): number {
  const has = new Set(module.C_GetMechanismList(slot));
  const usable = wrapping.find((one) => has.has(one) && (named === undefined || names.get(one) === named));
  if (usable === undefined)
    throw misconfigured(
      doing,
      `the token cannot wrap keys with ${named ?? [...names.values()].join(" or ")}; use its vendor's own backup`,
    );
  return usable;
}

type Words = ReadonlyMap<number, string>;

const refusedToWrap: Words = new Map([
  [0x69, "the token does not trust the wrapping key; its security officer must (CKA_TRUSTED)"],
  [0x6a, "the token says that the key never leaves it"],
]);
const refusedToUnwrap: Words = new Map([
  [0x110, "the wrapped key does not open under this wrapping key"],
  [0x112, "the wrapped key does not open under this wrapping key"],
  // SoftHSM says nothing more.
  [0x05, "the token fails to unwrap it (CKR_GENERAL_ERROR): it was wrapped under another key, or changed since"],
]);

function explained(doing: string, error: unknown, words: Words): TokenFailure {
  const failure = failed(doing, error);
  const why = words.get(failure.failure.code);
  return why === undefined ? failure : misconfigured(doing, why);
}
