/** A stored statement looked at again: what its credential signed, if the roster in force still has it. */
import type { Kind } from "../../statement/message.ts";
import { readStatement, type StatementOf } from "../../statement/read.ts";
import { verifyStatement } from "../../statement/verify.ts";
import type { Core } from "./core.ts";
import type { StoredStatement } from "./journal.port.ts";

/** The statement when its credential is still in the roster, with the same holder, and its proof verifies. */
export function verifiedAgain<K extends Kind>(
  core: Core,
  stored: Pick<StoredStatement, "envelope" | "member">,
  kind: K,
): StatementOf<K> | undefined {
  const statement = readStatement(stored.envelope);
  const holder = core.standing().roster.index.credential(statement.credential);
  if (holder?.member.id !== stored.member) return undefined;
  const verdict = verifyStatement({
    deploymentId: core.deploymentId,
    statement,
    credential: holder.credential,
    checks: core.checks,
  });
  return verdict.kind === "valid" && isKind(statement, kind) ? statement : undefined;
}

function isKind<K extends Kind>(statement: { readonly kind: Kind }, kind: K): statement is StatementOf<K> {
  return statement.kind === kind;
}
