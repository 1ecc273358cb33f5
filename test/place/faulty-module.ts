/** Builds the module that goes wrong on demand, and tells a token file to use it. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TokenConfig } from "../../src/adapters/pkcs11/token-config.ts";
import { compileC } from "./compiled.ts";
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
  /** The process that `linger` left behind is there still; ends it. */
  readonly endLingering: () => void;
  /** Ends what `hold` began. */
  readonly goOn: () => void;
  /** The file that the fault removes. */
  readonly when: string;
};

/** Builds it in `folder`, which nobody else may write to; some modules are known by their file's name. */
export function buildFaultyModule(folder: string, file = "faulty.so"): FaultyModule {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, file);
  const when = join(folder, "now");
  compileC(new URL("faulty-module.c", import.meta.url), path, "-shared", "-fPIC");
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
      rmSync(`${when}.go`, { force: true });
      writeFileSync(`${when}.next`, fault);
      renameSync(`${when}.next`, when);
    },
    isArmed: () => existsSync(when),
    // Throws when there is none.
    endLingering: () => {
      process.kill(Number(readFileSync(`${when}.lingers`, "utf8")), "SIGKILL");
    },
    goOn: () => {
      writeFileSync(`${when}.go`, "");
    },
    when,
  };
}
