/** A copy of the source with edits in it, and the simulator beside it: what drives the real flows drives these. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { faulty } from "../reference/planting.ts";
import type { Safeguard } from "./safeguards.ts";
import { simulated, type Days, type Simulated } from "./simulated.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** What the simulator is made of. */
const benches = ["test/simulation", "test/place", "test/flow/serve", "test/evidence", "test/unit/log"];

/** Simulates days without the safeguard until one is broken; throws when an edit finds no place. */
export async function withoutIt(
  { name, edits, mood }: Safeguard,
  { first, count, events }: Omit<Days, "mood">,
): Promise<Simulated> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-planted-"));
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    cpSync(join(root, "src"), join(folder, "src"), { recursive: true });
    for (const bench of benches) {
      mkdirSync(join(folder, bench), { recursive: true });
      cpSync(join(root, bench), join(folder, bench), { recursive: true });
    }
    for (const edit of edits) {
      const file = join(folder, "src", edit.file);
      writeFileSync(file, faulty(readFileSync(file, "utf8"), { ...edit, name }));
    }
    return await simulated({ first, count, events, mood }, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
