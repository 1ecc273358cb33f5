/** A decision as a service shows it, which must be about this very request, and about people who are in the roster in force. */
import type { Decision } from "../policy/decision.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Submission } from "../statement/message.ts";
import { InvalidValue } from "../values/errors.ts";

/** Whether people's words still count. */
export function isOpen(state: string): boolean {
  return ["submitted", "pending", "ready"].includes(state);
}

/** Throws `InvalidValue` `client.untrue` for a decision about another intent, or with people in seats that are not theirs. */
export function checkDecision(
  { intentHash, seats }: Decision,
  {
    state,
    submission,
    roster,
  }: { readonly state: string; readonly submission: Submission; readonly roster: RosterIndex },
): void {
  if (intentHash !== submission.intentHash) throw untrue("the decision shown is about another intent");
  // What was decided before may have people in it who left since.
  if (!isOpen(state)) return;
  for (const { person, group } of seats)
    if (person !== null && !roster.inGroup(person, group))
      throw untrue(`the decision shown has ${person} in a seat of ${group}, where the roster does not have them`);
}

function untrue(why: string): InvalidValue {
  return new InvalidValue("client.untrue", `nothing is signed: what the server shows is not so; ${why}`);
}
