/** Copies of the gate's journal, made while it works: whole or not there, its owner's alone, and no more than are asked for. */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../flow/clock.port.ts";
import { Fault } from "../values/errors.ts";
import { toIso } from "../values/instant.ts";

export type CopySettings = { readonly folder: string; readonly everySeconds: number; readonly keep: number };

export type CopyParts = {
  readonly copyTo: (path: string) => Promise<void>;
  readonly clock: Clock;
  /** Hears why there is no copy; the gate goes on without. */
  readonly tell: (sentence: string) => void;
};

/** `stop` resolves when no copy is being made. */
export type Copies = { readonly stop: () => Promise<void> };

export function startCopies(settings: CopySettings, parts: CopyParts): Copies {
  let running = Promise.resolve();
  const again = (): void => {
    running = running.then(() => copyOrTell(settings, parts));
  };
  again();
  const timer = setInterval(again, settings.everySeconds * 1_000);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

async function copyOrTell(settings: CopySettings, parts: CopyParts): Promise<void> {
  try {
    await copyOnce(settings, parts);
  } catch (error) {
    const why = error instanceof Fault ? error.message : `the folder \`${settings.folder}\` takes none`;
    parts.tell(`no copy of the journal was made: ${why}`);
  }
}

const ending = ".sqlite";

/** Resolves when the copy is on disk under its name; what was half made before is gone. */
export async function copyOnce({ folder, keep }: CopySettings, { copyTo, clock }: CopyParts): Promise<string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) if (name.includes(".part")) rmSync(join(folder, name));
  const path = join(folder, `journal-${toIso(clock.now()).replaceAll(":", "")}${ending}`);
  const part = `${path}.part`;
  // Made by us before SQLite writes to it, so that nobody else ever reads it.
  closeSync(openSync(part, "wx", 0o600));
  await copyTo(part);
  sync(part);
  renameSync(part, path);
  sync(folder);
  const names = readdirSync(folder).filter((name) => name.startsWith("journal-") && name.endsWith(ending));
  for (const old of names.sort().slice(0, -keep)) rmSync(join(folder, old));
  return path;
}

function sync(path: string): void {
  const handle = openSync(path, "r");
  fsyncSync(handle);
  closeSync(handle);
}
