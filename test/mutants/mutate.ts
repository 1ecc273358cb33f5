/**
 * `node test/mutants/mutate.ts [FILE… | PART]`: changes these files of the policy engine, all, or a part of the evidence (1 to 8),
 * and prints what no test notices. What the evidence judged of a part is remembered, and the other way round.
 * `MUTANTS_AT_ONCE=1` leaves a core to others.
 */
import { memoryOf, mutate, partOf, policyFiles } from "../evidence/mutants.ts";

const given = process.argv.slice(2);
const part = given.length === 1 && /^[1-8]$/.test(given[0] ?? "") ? Number(given[0]) : undefined;
const files = part === undefined ? given : partOf(policyFiles(), part);
const began = performance.now();
const outcome = await mutate(files.length === 0 ? policyFiles() : files, {
  memory: part === undefined ? "incremental.json" : memoryOf("stated", part),
  atOnce: Number(process.env["MUTANTS_AT_ONCE"] ?? 2),
});
const { mutants, noticed, endless, unnoticed } = outcome;
for (const line of endless) process.stdout.write(`went on without end: ${line}\n`);
for (const line of unnoticed) process.stdout.write(`- \`${line}\`\n`);
const seconds = ((performance.now() - began) / 1_000).toFixed(0);
process.stdout.write(
  `${String(noticed)} of ${String(mutants)} noticed (${((100 * noticed) / mutants).toFixed(1)} %) in ${seconds} s\n`,
);
