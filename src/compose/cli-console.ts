/** The console's files by their hashes: as this copy has them, and as a service serves them. */
import { sha256 } from "../values/digest.ts";
import type { Hex } from "../values/hex.ts";
import { consoleFiles } from "./console-files.ts";

/** Without a hash, where a service serves none under that path. */
export type ServedFile = { readonly path: string; readonly sha256: Hex | undefined };

const patienceMs = 10_000;

export function installedConsole(): readonly ServedFile[] {
  return consoleFiles().map(({ path, sha256: hash }) => ({ path, sha256: hash }));
}

/** Asks for the paths that this copy has. */
export function servedConsole(api: string, installed: readonly ServedFile[]): Promise<readonly ServedFile[]> {
  const base = api.replace(/\/+$/, "");
  return Promise.all(installed.map(async ({ path }) => ({ path, sha256: await hashAt(`${base}/console/${path}`) })));
}

async function hashAt(url: string): Promise<Hex | undefined> {
  try {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(patienceMs) });
    return response.status === 200 ? sha256(new Uint8Array(await response.arrayBuffer())) : undefined;
  } catch {
    return undefined;
  }
}
