/** The raw reference of every figure about signatures: C_Sign in a loop, by a program of C that does nothing else. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TokenConfig } from "../../src/adapters/pkcs11/token-config.ts";
import { compileC } from "../place/compiled.ts";
import { makeTestToken } from "../place/softhsm.ts";

/** What was signed in how long, by how much processor time. */
export type Burst = { readonly signed: number; readonly wallMs: number; readonly cpuUs: number };

export const rateOf = ({ signed, wallMs }: Burst): number => (signed * 1_000) / wallMs;
export const cpuOf = ({ signed, cpuUs }: Burst): number => cpuUs / signed;

export type RawToken = { readonly burst: (ms: number) => Promise<Burst>; readonly close: () => Promise<void> };

/** Starts it on a token that nobody else uses meanwhile: processes that log in to one token disturb each other. */
export async function startRaw(folder: string, { module, token, login }: TokenConfig, threads = 1): Promise<RawToken> {
  if (!("file" in login.pin)) throw new Error("a test token keeps its PIN in a file");
  const program = join(folder, "raw-sign");
  compileC(new URL("raw-sign.c", import.meta.url), program, "-pthread");
  const child = spawn(program, [module.path, token.label, login.pin.file, String(threads)], {
    env: module.env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error("the reference ended");
    return line.value;
  };
  await next();
  return {
    burst: async (ms) => {
      child.stdin.write(`${String(ms)}\n`);
      const [signed = 0, wallUs = 0, cpuUs = 0] = (await next()).split(" ").map(Number);
      return { signed, wallMs: wallUs / 1_000, cpuUs };
    },
    close: async () => {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}

/** One session of a token of its own, for so long. */
export async function measureBareToken(ms: number): Promise<Burst> {
  const token = await makeTestToken("hot");
  const raw = await startRaw(token.folder, token.token.config);
  try {
    return await raw.burst(ms);
  } finally {
    await raw.close();
    token.remove();
  }
}
