/** Preloaded into a process: collects garbage all the time, so that a buffer which nobody holds is soon somebody else's. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (options?: { type: "minor" | "major" }) => void;
/** Where it says how often it did, under the number of its process. */
const told = join(process.env["COLLECTED"] ?? ".", String(process.pid));
let turn = 0;

setInterval(() => {
  turn += 1;
  collect({ type: turn % 8 === 0 ? "major" : "minor" });
  // What was freed is taken again, and filled.
  for (let size = 16; size <= 128; size *= 2) Buffer.alloc(size, turn);
  if (turn % 16 === 0) writeFileSync(told, String(turn));
}, 2).unref();
