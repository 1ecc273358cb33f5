/** A wrapped key as a file, made from one token and put onto another; verified there by what the key signs. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { keyRecordSchema, type KeyRecord } from "../../roster/key-record.ts";
import { fromPublicKey } from "../../values/address.ts";
import { fromBytes, toBytes } from "../../values/hex.ts";
import { parse as parseBytes32 } from "../../values/bytes32.ts";
import { InvalidValue } from "../../values/errors.ts";
import { parse as parseLine } from "../../values/line.ts";
import { hexSchema, parseWith } from "../../values/schema.ts";
import { decodeUnwrap, decodeWrap, encodeJson, type WrappingKey } from "./agent-message.ts";
import { prove, withAgent, type Seen } from "./key-ceremony.ts";
import type { TokenConfig, TokenKey } from "./token-config.ts";

const keyBackupSchema = z.strictObject({
  format: z.literal("countersign/key-backup/v1"),
  key: keyRecordSchema.shape.key,
  mechanism: z.string().max(60),
  wrapped: hexSchema,
});

export type KeyBackup = z.output<typeof keyBackupSchema>;

export type Moved = {
  readonly backup: KeyBackup;
  readonly seen: Seen;
  /** For the record. */
  readonly wrapped: NonNullable<KeyRecord["wrapped"]>;
  /** Of each component and of the key they add up to; none of a key of the token's own. */
  readonly checkValues: readonly string[];
};

/** Throws `InvalidValue` `backup.*`. */
export function readKeyBackup(input: unknown): KeyBackup {
  const backup = parseWith(keyBackupSchema, input, "backup.malformed");
  if (fromPublicKey(backup.key.publicKey) !== backup.key.account)
    throw new InvalidValue("backup.unsound", "the account is not that of the public key", "key.account");
  return backup;
}

/** The key stays where it is; what leaves is of use to nobody without the wrapping key. */
export async function backUpKey(config: TokenConfig, key: TokenKey, under: WrappingKey): Promise<Moved> {
  return withAgent(config, "backup", async (agent) => {
    const { wrapped, mechanism, checkValues } = decodeWrap(await agent.ask("wrap", encodeJson({ key, under })));
    const seen = await prove(agent, { config, key, ceremony: "backup" });
    const { name, id, label, publicKey } = key;
    const backup = readKeyBackup({
      format: "countersign/key-backup/v1",
      key: { name, account: fromPublicKey(publicKey), publicKey, id, label },
      mechanism,
      wrapped: `0x${wrapped}`,
    });
    return { backup, seen, wrapped: wrappedOf(backup, under, checkValues), checkValues };
  });
}

/** Resolves once the key has signed on its new token, and what it signed was recovered to the account of the backup. */
export async function restoreKey(config: TokenConfig, backup: KeyBackup, under: WrappingKey): Promise<Moved> {
  const { name, id, label, publicKey } = backup.key;
  const key = { name, id, label, publicKey };
  return withAgent(config, "backup", async (agent) => {
    const ask = { key, under, wrapped: backup.wrapped.slice(2), mechanism: backup.mechanism };
    const { checkValues, without } = decodeUnwrap(await agent.ask("unwrap", encodeJson(ask)));
    const seen = { ...(await prove(agent, { config, key, ceremony: "restore" })), givenUp: without };
    return { backup, seen, wrapped: wrappedOf(backup, under, checkValues), checkValues };
  });
}

function wrappedOf(
  { wrapped, mechanism }: KeyBackup,
  under: WrappingKey,
  checkValues: readonly string[],
): Moved["wrapped"] {
  const sha256 = parseBytes32(fromBytes(createHash("sha256").update(toBytes(wrapped)).digest()));
  const what =
    "label" in under ? `the token's key ${under.label}` : `two components, check value ${checkValues.at(-1) ?? ""}`;
  return { sha256, mechanism, wrappingKey: parseLine(what) };
}
