/** A process of its own, since it loads the engine many times: `SEED CASES` prints for each fault the case that shows it, as JSON. */
import fc from "fast-check";
import { difference } from "./agreement.ts";
import { mutants } from "./mutants.ts";
import { Nursery, type Engine } from "./planting.ts";
import { writtenCases, type WrittenCase } from "./random-case.ts";
import { answer, type Answer } from "./reference.ts";

type Known = WrittenCase & { readonly ours: Answer };

/** How the copy differs from the reference; a copy that throws differs too. */
function differs({ compile, decide }: Engine, { document, rest, ours }: Known): string | undefined {
  try {
    return difference(decide({ ...rest, policy: compile(document) }), ours);
  } catch (error) {
    return `throws ${String(error)}`;
  }
}

const [seed = 0, cases = 0] = process.argv.slice(2).map(Number);
const known = fc
  .sample(writtenCases, { seed, numRuns: cases })
  .map((one): Known => ({ ...one, ours: answer(one.plain) }));
const nursery = new Nursery();
try {
  for (const mutant of [undefined, ...mutants]) {
    const engine = await nursery.grow(mutant);
    const found = known.findIndex((one) => differs(engine, one) !== undefined);
    const how = found === -1 ? undefined : differs(engine, known[found]!);
    process.stdout.write(`${JSON.stringify({ name: mutant?.name ?? "none", found, how })}\n`);
  }
} finally {
  nursery.remove();
}
