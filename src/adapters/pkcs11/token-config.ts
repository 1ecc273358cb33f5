/** What a token file may say: module, token, PIN, limits and the keys we expect on it. */
import { isAbsolute } from "node:path";
import * as z from "zod";
import { checkKeyFile, milliseconds, pinnedKey, pinnedKeys } from "../../roster/key-file.ts";
import { nameSchema } from "../../values/schema.ts";
import { environmentSchema } from "./environment.ts";
import { keyOrigins } from "./key-template.ts";
import { pinSourceSchema } from "./pin-source.ts";
import { profileNames } from "./profile.ts";

/** How a refusal calls the file. */
export const tokenFile = { code: "pkcs11.config", what: "token file" } as const;

const path = z.string().refine(isAbsolute, "must be an absolute path");

/** Label at most 64 characters of a plain alphabet, so that it reads the same in every tool. */
const label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/, "must be a plain label");

export const keySchema = z.strictObject({
  ...pinnedKey,
  /** CKA_ID, lower-case hex. */
  id: z.string().regex(/^(?:[0-9a-f]{2}){1,32}$/, "must be lower-case hex bytes"),
  label,
  /** Of a key that may leave its token wrapped, or came to it so; any other was made there and stays. */
  origin: z.enum(keyOrigins).optional(),
});

export const tokenSchema = z.strictObject({
  apiVersion: z.literal("countersign/v1"),
  kind: z.literal("Token"),
  name: nameSchema,
  profile: z.enum(profileNames),
  /** Names the profile again where it was never run on its device: somebody ran `hsm check` and answers for it. */
  acceptUnverified: z.enum(profileNames).optional(),
  module: z.strictObject({
    path,
    /** Who must own the module file: root, or the user who runs us where a package manager installs as that user (brew). */
    owner: z.enum(["root", "self"]).default("root"),
    /** The only content that is loaded; a vendor's update is then a change of this file too. */
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hex digits")
      .optional(),
    env: environmentSchema.default({}),
    /** Handed to the module when it is started; NSS takes its settings so. */
    parameters: z.string().max(1_024).optional(),
  }),
  /** Where the token's agent listens, when it needs a network of its own and is no child of the gate. Both ends read this file. */
  agent: z.strictObject({ socket: path, keyFile: path }).optional(),
  token: z.strictObject({
    /** As the token gives it, without the blanks at its end. */
    label: z.string().regex(/^[!-~](?:[ -~]{0,30}[!-~])?$/, "must be the token's label"),
    serial: z.string().regex(/^[0-9A-Za-z._-]{1,16}$/, "must be the token's serial number"),
  }),
  login: z
    .strictObject({
      pin: pinSourceSchema,
      /** A PIN in an environment variable can be read by every process of the same user: tests only. */
      allowEnvPin: z.boolean().default(false),
      /** Some keys ask for the PIN at each signature: the agent then keeps it for as long as it lives, which somebody must have said. */
      alwaysAuthenticate: z.boolean().default(false),
      /** Remembers, over restarts, which PIN was refused, so that no restart loop locks the token. */
      latch: path,
    })
    .refine(
      ({ pin, allowEnvPin }) => !("env" in pin) || "command" in pin || allowEnvPin,
      "takes the PIN from the environment without allowEnvPin",
    ),
  sessions: z.number().int().min(1).max(64).default(4),
  limits: z
    .strictObject({
      signTimeoutMs: milliseconds(100, 600_000, 10_000),
      startTimeoutMs: milliseconds(1_000, 600_000, 30_000),
      heartbeatMs: milliseconds(50, 60_000, 2_000),
      missedBeats: z.number().int().min(1).max(10).default(3),
      queue: z.number().int().min(1).max(100_000).default(1_000),
    })
    .prefault({}),
  keys: pinnedKeys(keySchema, 0, 4_096),
  /** A key that no request is signed with: it signs now and then, to show that the token can. */
  health: z.strictObject({ key: keySchema, everyMs: milliseconds(100, 600_000, 15_000) }).optional(),
});

const wholeSchema = tokenSchema.refine(
  ({ keys, health }) =>
    !keys.some(({ name, publicKey }) => name === health?.key.name || publicKey === health?.key.publicKey),
  { path: ["health", "key"], message: "is a key of requests too; a health key signs nothing else" },
);

export type TokenConfig = z.infer<typeof tokenSchema>;
export type TokenKey = z.infer<typeof keySchema>;

/** The keys by the numbers that the agent knows them by: those of requests, then the health key. */
export function numberedKeys({ keys, health }: Pick<TokenConfig, "keys" | "health">): readonly TokenKey[] {
  return health === undefined ? keys : [...keys, health.key];
}

/** Throws InvalidValue with the path of the first field that is wrong. */
export function checkTokenConfig(document: unknown): TokenConfig {
  return checkKeyFile(wholeSchema, document, tokenFile);
}
