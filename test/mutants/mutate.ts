/**
 * `node test/mutants/mutate.ts [FILE…]`: changes these files of the policy engine, or all, and prints what no test notices.
 * `MUTANTS_AT_ONCE=1` leaves a core to others.
 */
import { mutate, policyFiles } from "../evidence/mutants.ts";

const given = process.argv.slice(2);
const began = performance.now();
const outcome = await mutate(given.length === 0 ? policyFiles() : given, {
  memory: "incremental.json",
  atOnce: Number(process.env["MUTANTS_AT_ONCE"] ?? 2),
});
const { mutants, noticed, endless, unnoticed } = outcome;
for (const line of endless) process.stdout.write(`went on without end: ${line}\n`);
for (const line of unnoticed) process.stdout.write(`- \`${line}\`\n`);
const seconds = ((performance.now() - began) / 1_000).toFixed(0);
process.stdout.write(
  `${String(noticed)} of ${String(mutants)} noticed (${((100 * noticed) / mutants).toFixed(1)} %) in ${seconds} s\n`,
);
