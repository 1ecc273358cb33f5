/** The key file that a gate and a token agent on a socket share. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { Fault } from "../../values/errors.ts";

/** 32 bytes in hex, in a file that only its owner, who runs us, can read. Throws a Fault that names the file and nothing of its content. */
export function readSocketKey(path: string): Uint8Array {
  const refused = (why: string): Fault => new Fault("pkcs11.socket-key", `the key file \`${path}\` ${why}`, "never");
  const handle = openKey(path, refused);
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) throw refused("is not a file");
    if (stats.uid !== (process.getuid?.() ?? stats.uid)) throw refused("belongs to another user");
    if ((stats.mode & 0o177) !== 0) throw refused("is open to other users; its mode must be 0400 or 0600");
    const text = readFileSync(handle, "utf8").trim();
    if (!/^[0-9a-f]{64}$/.test(text)) throw refused("does not hold 64 lower-case hex digits");
    return new Uint8Array(Buffer.from(text, "hex"));
  } finally {
    closeSync(handle);
  }
}

function openKey(path: string, refused: (why: string) => Fault): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    throw refused("cannot be opened");
  }
}
