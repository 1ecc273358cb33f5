/** The key of a log or of a witness, on the machine of the process that will use it. */
import { existsSync } from "node:fs";
import { createLogKey, openLogKey } from "../adapters/log-key/key-file.ts";
import { fromBytes, type Hex } from "../values/hex.ts";

/** The public key of the file; the file is made when there is none. */
export function logKeyIn(path: string): Hex {
  const key = existsSync(path) ? openLogKey(path) : createLogKey(path);
  return fromBytes(key.publicKey);
}
