/** What set-up tells a person: one line on standard error, so that standard output stays the command's own. */

/** Says one line. */
export function say(line) {
  process.stderr.write(`countersign: ${line}\n`);
}

/** Nothing more can be done here: one clear sentence, and exit code 2 (usage or environment). */
export class Impossible extends Error {}

/** Runs `work`; an Impossible becomes its sentence and exit code 2. */
export async function orSay(work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Impossible)) throw error;
    say(error.message);
    process.exit(2);
  }
}
