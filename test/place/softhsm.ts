/** A throw-away SoftHSM token in a folder of its own; one per test file, because two processes that log in to one token disturb each other. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKey, type CreatedKey } from "../../src/adapters/pkcs11/key-ceremony.ts";
import { addKey, initSoftToken, type SoftToken } from "../../src/adapters/pkcs11/soft-token.ts";
import { checkTokenConfig, type TokenConfig } from "../../src/adapters/pkcs11/token-config.ts";
import { parse as parseName } from "../../src/values/name.ts";

export type TestToken = {
  readonly folder: string;
  /** With every key below. */
  readonly token: SoftToken;
  readonly keys: Readonly<Record<string, CreatedKey>>;
  readonly remove: () => void;
};

/** Makes a token called `test` with one key per name. Fails, rather than being skipped, when SoftHSM is missing. */
export async function makeTestToken(...names: string[]): Promise<TestToken> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-token-"));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    let token = await initSoftToken(join(folder, "token"), "test");
    const keys: Record<string, CreatedKey> = {};
    for (const name of names) {
      const key = await createKey({ config: token.config, label: `countersign/test/${name}/1` });
      token = addKey(token, { name: parseName(name), id: key.id, label: key.label, publicKey: key.publicKey });
      keys[name] = key;
    }
    return { folder, token, keys, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The same token with other limits or a changed field, checked like a file. */
export function changed(config: TokenConfig, change: (draft: Record<string, unknown>) => void): TokenConfig {
  const draft = structuredClone(config) as Record<string, unknown>;
  change(draft);
  return checkTokenConfig(draft);
}
