/** The payloads of the agent's frames, each as a pair of pure functions. */
import * as z from "zod";
import { InvariantViolation } from "../../values/errors.ts";
import { ceremonySchema } from "../../roster/key-record.ts";
import { bytes32Schema } from "../../values/schema.ts";
import { keyOrigins, type Attributes } from "./key-template.ts";
import { pinSourceSchema } from "./pin-source.ts";
import { keySchema } from "./token-config.ts";
import { failureSchema, type Failure } from "./token-failure.ts";

/** `u16 key | 32-byte digest`. Tokens sign 1, 20 and 65 bytes without complaint: the length is ours to enforce, at both ends. */
export function encodeSign(key: number, digest: Uint8Array): Uint8Array {
  if (digest.length !== 32) throw new InvariantViolation(`a digest of ${digest.length} bytes reached the token's door`);
  if (!Number.isInteger(key) || key < 0 || key > 0xffff) throw new InvariantViolation("a key has no number");
  const bytes = new Uint8Array(34);
  bytes[0] = key >> 8;
  bytes[1] = key & 0xff;
  bytes.set(digest, 2);
  return bytes;
}

export function decodeSign(payload: Uint8Array): { readonly key: number; readonly digest: Uint8Array } | undefined {
  if (payload.length !== 34) return undefined;
  return { key: ((payload[0] ?? 0) << 8) | (payload[1] ?? 0), digest: payload.slice(2) };
}

const attributes = z
  .record(z.string(), z.union([z.boolean(), z.number(), z.string()]))
  .transform((read): Attributes => read);

const readySchema = z.strictObject({ token: z.string(), serial: z.string(), module: z.string(), keys: z.number() });
const pinMarkSchema = z.strictObject({ length: z.number().int().positive(), mark: z.string() });
const inventorySchema = z.array(
  z.strictObject({
    id: z.string(),
    label: z.string(),
    publicKey: z.string().nullable(),
    attributes,
    findings: z.array(z.string()),
  }),
);
const keygenAskSchema = z.strictObject({ id: z.string(), label: z.string(), origin: z.enum(keyOrigins) });
const keygenSchema = z.strictObject({ publicKey: z.string(), attributes, without: z.array(z.string()) });
const proveAskSchema = z.strictObject({ key: keySchema, ceremony: ceremonySchema, nonce: bytes32Schema });
const proveSchema = z.strictObject({
  attributes,
  proof: z.string(),
  token: z.strictObject({ manufacturer: z.string(), model: z.string(), firmware: z.string() }),
  module: z.string(),
});
const secretSchema = z.union([
  /** A key of the token's own, by its label. */
  z.strictObject({ label: z.string() }),
  /** In two parts, each in a place where a PIN could be; the security officer's PIN makes the token trust it. */
  z.strictObject({ components: z.tuple([pinSourceSchema, pinSourceSchema]), soPin: pinSourceSchema.nullable() }),
]);
const wrapAskSchema = z.strictObject({ key: keySchema, under: secretSchema });
const wrapSchema = z.strictObject({ wrapped: z.string(), mechanism: z.string(), checkValues: z.array(z.string()) });
const unwrapAskSchema = z.strictObject({
  key: keySchema,
  under: secretSchema,
  wrapped: z.string(),
  mechanism: z.string(),
});
const unwrapSchema = z.strictObject({ checkValues: z.array(z.string()), without: z.array(z.string()) });
const initAskSchema = z.strictObject({ label: z.string(), soPinFile: z.string() });
const initSchema = z.strictObject({ serial: z.string() });

export type Ready = Readonly<z.infer<typeof readySchema>>;
export type PinMark = Readonly<z.infer<typeof pinMarkSchema>>;
/** The gate counts the answer as a heartbeat; what is in it is for a person with a debugger. */
export type AgentHealth = {
  readonly open: number;
  readonly idle: number;
  readonly discarded: number;
  readonly signed: number;
};
/** One private key on the token, as the module describes it. */
export type TokenObject = Readonly<z.infer<typeof inventorySchema>[number]>;
export type KeygenAsk = Readonly<z.infer<typeof keygenAskSchema>>;
export type KeygenAnswer = Readonly<z.infer<typeof keygenSchema>>;
export type ProveAsk = Readonly<z.infer<typeof proveAskSchema>>;
export type ProveAnswer = Readonly<z.infer<typeof proveSchema>>;
/** What a key is wrapped under. */
export type WrappingKey = Readonly<z.infer<typeof secretSchema>>;
export type WrapAsk = Readonly<z.infer<typeof wrapAskSchema>>;
export type WrapAnswer = Readonly<z.infer<typeof wrapSchema>>;
export type UnwrapAsk = Readonly<z.infer<typeof unwrapAskSchema>>;
export type UnwrapAnswer = Readonly<z.infer<typeof unwrapSchema>>;
export type InitAsk = Readonly<z.infer<typeof initAskSchema>>;
export type InitAnswer = Readonly<z.infer<typeof initSchema>>;

export function encodeJson(
  value:
    | Ready
    | PinMark
    | AgentHealth
    | readonly TokenObject[]
    | KeygenAsk
    | KeygenAnswer
    | ProveAsk
    | ProveAnswer
    | WrapAsk
    | WrapAnswer
    | UnwrapAsk
    | UnwrapAnswer
    | InitAsk
    | InitAnswer
    | Failure,
): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

export const decodeReady = (payload: Uint8Array): Ready => readySchema.parse(json(payload));
export const decodePinMark = (payload: Uint8Array): PinMark => pinMarkSchema.parse(json(payload));
export const decodeInventory = (payload: Uint8Array): readonly TokenObject[] => inventorySchema.parse(json(payload));
export const decodeKeygenAsk = (payload: Uint8Array): KeygenAsk => keygenAskSchema.parse(json(payload));
export const decodeKeygen = (payload: Uint8Array): KeygenAnswer => keygenSchema.parse(json(payload));
export const decodeProveAsk = (payload: Uint8Array): ProveAsk => proveAskSchema.parse(json(payload));
export const decodeProve = (payload: Uint8Array): ProveAnswer => proveSchema.parse(json(payload));
export const decodeWrapAsk = (payload: Uint8Array): WrapAsk => wrapAskSchema.parse(json(payload));
export const decodeWrap = (payload: Uint8Array): WrapAnswer => wrapSchema.parse(json(payload));
export const decodeUnwrapAsk = (payload: Uint8Array): UnwrapAsk => unwrapAskSchema.parse(json(payload));
export const decodeUnwrap = (payload: Uint8Array): UnwrapAnswer => unwrapSchema.parse(json(payload));
export const decodeInitAsk = (payload: Uint8Array): InitAsk => initAskSchema.parse(json(payload));
export const decodeInit = (payload: Uint8Array): InitAnswer => initSchema.parse(json(payload));
export const decodeFailure = (payload: Uint8Array): Failure => failureSchema.parse(json(payload));

function json(payload: Uint8Array): unknown {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
}
