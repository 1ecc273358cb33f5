/** Builds the module that goes wrong on demand, and tells a token file to use it; says what is missing when there is no C compiler. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TokenConfig } from "../../src/adapters/pkcs11/token-config.ts";
import { changed } from "./softhsm.ts";

export type FaultyModule = {
  /** The same token behind the faulty module; `how` is `HOW@CALL`, as the module's source lists them. */
  readonly behind: (config: TokenConfig, how: string, env?: Readonly<Record<string, string>>) => TokenConfig;
  /** From now on the fault happens at the next occasion, once. */
  readonly arm: () => void;
  readonly disarm: () => void;
  /** With `told` as the `how`: `HOW@CALL` is the next fault. */
  readonly tell: (fault: string) => void;
  readonly isArmed: () => boolean;
  /** The file that the fault removes. */
  readonly when: string;
};

/** Builds it in `folder`, which nobody else may write to. */
export function buildFaultyModule(folder: string): FaultyModule {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "faulty.so");
  const when = join(folder, "now");
  const includes = join(dirname(createRequire(import.meta.url).resolve("pkcs11js")), "includes");
  const source = fileURLToPath(new URL("faulty-module.c", import.meta.url));
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-I", includes, "-o", path, source, "-ldl"], {
      stdio: "pipe",
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new Error("there is no C compiler (`cc`) to build the faulty module with; Debian: apt install gcc", {
        cause: error,
      });
    throw error;
  }
  return {
    behind: (config, how, env = {}) =>
      changed(config, (draft) => {
        const { module: real } = config;
        draft["module"] = {
          path,
          owner: "self",
          env: { ...real.env, FAULTY_REAL: real.path, FAULTY_HOW: how, FAULTY_WHEN: when, ...env },
        };
      }),
    arm: () => {
      writeFileSync(when, "");
    },
    disarm: () => {
      rmSync(when, { force: true });
    },
    // Whole at once: the module must not read half of it.
    tell: (fault) => {
      writeFileSync(`${when}.next`, fault);
      renameSync(`${when}.next`, when);
    },
    isArmed: () => existsSync(when),
    when,
  };
}
