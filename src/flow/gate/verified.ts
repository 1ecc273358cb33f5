/** A stored statement looked at again: what its credential signed, if the roster in force still has it. */
import type { Kind } from "../../statement/message.ts";
import type { StatementOf } from "../../statement/read.ts";
import type { Core } from "./core.ts";
import type { StoredStatement } from "./journal.port.ts";
import { isSignedBy, statementIn } from "./reading.ts";

/** The statement when its credential is still in the roster, with the same holder, and its proof verifies. */
export function verifiedAgain<K extends Kind>(
  core: Core,
  stored: Pick<StoredStatement, "envelope" | "member">,
  kind: K,
): StatementOf<K> | undefined {
  const statement = statementIn(stored.envelope);
  const holder = core.standing().roster.index.credential(statement.credential);
  if (holder?.member.id !== stored.member || !isKind(statement, kind)) return undefined;
  return isSignedBy(stored.envelope, holder.credential, core) ? statement : undefined;
}

function isKind<K extends Kind>(statement: { readonly kind: Kind }, kind: K): statement is StatementOf<K> {
  return statement.kind === kind;
}
