/** `countersign witness key FILE`: a witness's key, made on the machine that will use it. */
import { logKeyIn } from "../compose/cli-log-key.ts";
import { isName } from "../log/signed-note.ts";
import type { Given } from "./command.ts";
import { UsageError, yes, type Outcome } from "./outcome.ts";

export function witnessKey(given: Given): Promise<Outcome> {
  const name = given.text("name");
  if (!isName(name) || name.length > 100)
    throw new UsageError(`--name: \`${name}\` is no name of a witness: visible ASCII without spaces and plus signs`);
  const publicKey = logKeyIn(given.operand);
  const lines = [
    `${given.operand} is the key of ${name}; in the description of the genesis it stands as`,
    `  witnesses: { min: 1, keys: [{ name: "${name}", publicKey: "${publicKey}" }] }`,
  ];
  return Promise.resolve(yes(lines, { name, publicKey, file: given.operand }));
}
