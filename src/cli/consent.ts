/** Before anything is signed: the words of it, and a yes from whoever signs. */
import type { Given } from "./command.ts";
import type { Io } from "./io.ts";
import { Refused, UsageError } from "./outcome.ts";

/** Shows the words and asks; `--yes` says that they were read. Throws when there is nobody to ask, or the answer is another. */
export async function consent(given: Given, io: Io, words: readonly string[]): Promise<void> {
  if (!given.json) for (const line of words) io.out(line);
  if (given.flag("yes")) return;
  if (given.json) throw new UsageError("with --json nobody is asked: read it with `show`, then say --yes");
  const answer = await io.ask("sign this? type yes: ");
  if (answer === undefined)
    throw new UsageError("there is no terminal to ask at; say --yes to sign what is shown above");
  if (answer.trim().toLowerCase() !== "yes") throw new Refused("cli.declined", "nothing was signed");
}
