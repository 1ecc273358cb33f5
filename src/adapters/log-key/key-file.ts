/** An Ed25519 key that signs checkpoints, of a log or of its witness, in a file that only its process's user can read; never part of an error. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { closeSync, constants, fchmodSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { LogKey } from "../../flow/gate/log-key.port.ts";
import { Fault } from "../../values/errors.ts";

/** No Ed25519 key in PKCS #8 PEM is longer; what is longer is another file. */
const bytesMax = 1_024;

/** Makes a key and its file (PKCS #8 PEM, 0400); throws a Fault when the file exists or cannot be written. */
export function createLogKey(path: string): LogKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ format: "pem", type: "pkcs8" });
  try {
    // Closed before the folder is: the name is on disk only once both are.
    withHandle(openSync(path, "wx", 0o400), (file) => {
      writeSync(file, pem.toString());
      fchmodSync(file, 0o400);
      fsyncSync(file);
    });
    withHandle(openSync(dirname(path), "r"), fsyncSync);
  } catch (error) {
    throw unusable(path, "cannot be written; an existing key is never replaced", error);
  }
  return logKeyFrom(privateKey);
}

/** Throws a Fault when the file is missing, is no Ed25519 key, or another user could read it. */
export function openLogKey(path: string): LogKey {
  // The reason of OpenSSL may quote the file, so it goes no further.
  return logKeyFrom(parseKey(path, readPrivately(path)));
}

function logKeyFrom(privateKey: KeyObject): LogKey {
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  const publicKey = new Uint8Array(Buffer.from(x ?? "", "base64url"));
  return { publicKey, sign: (message) => new Uint8Array(sign(null, message, privateKey)) };
}

function parseKey(path: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw unusable(path, "is not a private key in PEM form");
  }
  if (key.asymmetricKeyType !== "ed25519") throw unusable(path, "is not an Ed25519 key");
  return key;
}

/** One open handle is checked and read, so that nobody swaps the file between the two. */
function readPrivately(path: string): string {
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw unusable(path, "cannot be opened", error);
  }
  return withHandle(handle, (file) => {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size > bytesMax) throw unusable(path, "is not a key file");
    if (stats.uid !== (process.getuid?.() ?? stats.uid)) throw unusable(path, "belongs to another user");
    if ((stats.mode & 0o077) !== 0) throw unusable(path, "can be read by other users; its mode must be 0400");
    return readFileSync(file, "utf8");
  });
}

function withHandle<T>(handle: number, work: (handle: number) => T): T {
  try {
    return work(handle);
  } finally {
    closeSync(handle);
  }
}

function unusable(path: string, why: string, cause?: unknown): Fault {
  return new Fault("log-key.unusable", `the key file \`${path}\` ${why}`, "never", cause);
}
