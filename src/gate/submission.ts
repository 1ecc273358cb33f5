/** A submission against itself: the words and hashes an initiator signed must be the ones we compute. */
import { furtherIn } from "../intent/further-argument.ts";
import { parse as parseIntent, intentHash, type Intent } from "../intent/intent.ts";
import { amountText, details } from "../intent/words.ts";
import type { Submission } from "../statement/message.ts";
import { InvalidValue } from "../values/errors.ts";
import { toWire } from "../values/wire.ts";

/** The intent a submission carries; throws `InvalidValue` with code `submission.*` and the field whose text or hash differs. */
export function intentOf(submission: Submission, decimals: number): Intent {
  const { operation, asset, chainId, account, to, amount, reference, feeCeilingWei, notBefore, expiresAt } = submission;
  const fields = { operation, asset, chainId, account, to, amount, reference, feeCeilingWei, notBefore, expiresAt };
  const intent = parseIntent(toWire({ ...fields, ...furtherIn(submission) }));
  compare("amountText", "submission.amount-text", submission.amountText, amountText(intent, decimals));
  compare("details", "submission.details", submission.details, details(intent));
  compare("intentHash", "submission.intent-hash", submission.intentHash, intentHash(intent));
  return intent;
}

function compare(field: string, code: string, said: string, computed: string): void {
  if (said !== computed)
    throw new InvalidValue(code, `${field} says \`${said}\`, the fields say \`${computed}\``, `message.${field}`);
}
