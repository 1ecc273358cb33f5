/** The token's PIN: read by the agent alone, from a file only its user can read; an environment variable only where that is allowed. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { TokenFailure } from "./token-failure.ts";

export type PinSource = { readonly file: string } | { readonly env: string };

/** No PIN is longer; what is longer is another file. */
const bytesMax = 256;

/** The PIN without its line end. Throws a TokenFailure of class `config`, which never contains it. */
export function readPin(source: PinSource): string {
  const pin = "file" in source ? readPinFile(source.file) : (process.env[source.env] ?? "");
  const bare = pin.replace(/\r?\n$/, "");
  if (bare === "") throw unusable(source, "is empty");
  return bare;
}

/** One open handle is checked and read, so that nobody swaps the file between the two. */
function readPinFile(path: string): string {
  const handle = openPinFile(path);
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) throw unusable({ file: path }, "is not a file");
    if (stats.uid !== (process.getuid?.() ?? stats.uid)) throw unusable({ file: path }, "belongs to another user");
    if ((stats.mode & 0o177) !== 0)
      throw unusable({ file: path }, "is open to other users; its mode must be 0400 or 0600");
    if (stats.size > bytesMax) throw unusable({ file: path }, `is longer than ${bytesMax} bytes`);
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
}

function openPinFile(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    throw unusable({ file: path }, "cannot be opened");
  }
}

function unusable(source: PinSource, why: string): TokenFailure {
  const what = "file" in source ? `the PIN file \`${source.file}\`` : `the PIN variable \`${source.env}\``;
  return new TokenFailure({ class: "config", code: 0, name: "pin", doing: "reading the PIN", why: `${what} ${why}` });
}
