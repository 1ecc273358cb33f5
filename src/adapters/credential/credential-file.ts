/** The caller's own credential as a file that only its owner can read; nothing else in the house holds a person's key. */
import { closeSync, constants, fstatSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { Fault, InvalidValue } from "../../values/errors.ts";
import type { Hex } from "../../values/hex.ts";
import { parseStrict } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";
import { bytes32Schema, nameSchema, parseWith } from "../../values/schema.ts";

const fileSchema = z.strictObject({
  apiVersion: z.literal("countersign/v1"),
  /** A passkey never leaves its authenticator, so there is no file of one. */
  kind: z.enum(["wallet", "key"]),
  id: nameSchema,
  /** 32 bytes: the secp256k1 scalar, or the Ed25519 seed of RFC 8032. */
  privateKey: bytes32Schema,
});

/** A credential with its secret. Its JSON form and its printed form leave the secret out. */
export type SecretCredential = { readonly kind: "wallet" | "key"; readonly id: Name; readonly privateKey: Hex };

const maxBytes = 4_096;

/**
 * Reads a credential file. Throws `InvalidValue` `credential.exposed` when anybody but its owner may read it,
 * `credential.malformed` when it is none, and `Fault` `credential.unreadable` when it cannot be opened.
 */
export function loadCredential(path: string): SecretCredential {
  const text = readPrivately(path);
  let parsed: unknown;
  try {
    parsed = parseStrict(text, 2);
  } catch {
    throw new InvalidValue("credential.malformed", `\`${path}\` is not a credential file`);
  }
  const read = fileSchema.safeParse(parsed);
  // The parser's own words could quote the secret.
  if (!read.success) {
    const field = read.error.issues[0]?.path.join(".") ?? "";
    throw new InvalidValue("credential.malformed", `\`${path}\` is not a credential file: look at \`${field}\``, field);
  }
  return secretCredential(read.data);
}

/** Writes a new file with mode 0600; never over an existing one (`credential.exists`). */
export function saveCredential(path: string, credential: SecretCredential): void {
  const { kind, id, privateKey } = credential;
  const document = parseWith(
    fileSchema,
    { apiVersion: "countersign/v1", kind, id, privateKey },
    "credential.malformed",
  );
  try {
    writeFileSync(path, `${JSON.stringify(document, undefined, 2)}\n`, { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw new InvalidValue("credential.exists", `\`${path}\` is there already`);
    throw new Fault("credential.unwritable", `\`${path}\` cannot be written`, "safe", error);
  }
}

/** The secret is there to be used and not enumerable, so that neither a log line nor a stray `JSON.stringify` shows it. */
export function secretCredential(parts: SecretCredential): SecretCredential {
  const { kind, id, privateKey } = parts;
  const credential = { kind, id, privateKey };
  Object.defineProperty(credential, "privateKey", { value: privateKey, enumerable: false });
  return Object.freeze(credential);
}

function readPrivately(path: string): string {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new Fault("credential.unreadable", `\`${path}\` cannot be opened`, "safe", error);
  }
  try {
    const { mode, size } = fstatSync(file);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG || size > maxBytes) {
      throw new InvalidValue("credential.malformed", `\`${path}\` is not a credential file`);
    }
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new InvalidValue("credential.exposed", `\`${path}\` can be read by others; run: chmod 600 ${path}`);
    }
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
