/** Copies of the engine with one fault each, to see that the comparison with the reference finds every one. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { compile } from "../../src/policy/compile/compile.ts";
import type { decide } from "../../src/policy/decide.ts";

export type Mutant = {
  /** What it breaks. */
  readonly name: string;
  /** In src/policy. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly from: string;
  readonly to: string;
};

export type Engine = { readonly compile: typeof compile; readonly decide: typeof decide };

const root = fileURLToPath(new URL("../../", import.meta.url));
/** What the engine stands on; it stays as it is. */
const ground = ["values", "intent", "roster", "statement", "evidence"];

/** The text with the fault; throws when the place is not there, or not alone. */
export function faulty(text: string, { name, file, from, to }: Mutant): string {
  const pieces = text.split(from);
  if (pieces.length !== 2)
    throw new Error(`the fault \`${name}\` finds its place in ${file} ${String(pieces.length - 1)} times, not once`);
  return pieces.join(to);
}

/** A folder in which copies of the engine can be loaded beside one another. */
export class Nursery {
  readonly #folder = mkdtempSync(join(tmpdir(), "countersign-mutants-"));
  #count = 0;

  constructor() {
    symlinkSync(join(root, "node_modules"), join(this.#folder, "node_modules"));
    writeFileSync(join(this.#folder, "package.json"), JSON.stringify({ type: "module" }));
  }

  /** The engine with this fault, or a faithful copy. */
  async grow(mutant?: Mutant): Promise<Engine> {
    this.#count += 1;
    const source = join(this.#folder, String(this.#count));
    mkdirSync(source);
    for (const stage of ground) symlinkSync(join(root, "src", stage), join(source, stage));
    cpSync(join(root, "src", "policy"), join(source, "policy"), { recursive: true });
    if (mutant !== undefined) {
      const file = join(source, "policy", mutant.file);
      writeFileSync(file, faulty(readFileSync(file, "utf8"), mutant));
    }
    const load = async (file: string): Promise<unknown> =>
      await import(pathToFileURL(join(source, "policy", file)).href);
    const [compiling, deciding] = [await load("compile/compile.ts"), await load("decide.ts")];
    return { ...(compiling as Pick<Engine, "compile">), ...(deciding as Pick<Engine, "decide">) };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
