/** Whether an approval is an approval of this very request: every field the approver saw must be the request's. */
import { changedMembers } from "../roster/succession.ts";
import type { Approval, Submission } from "../statement/message.ts";
import type { Name } from "../values/name.ts";
import type { Refusal } from "./refusal.ts";
import type { Standing } from "./standing.ts";

const same = [
  "requestId",
  "operation",
  "asset",
  "chainId",
  "account",
  "to",
  "amount",
  "amountText",
  "details",
  "feeCeilingWei",
  "intentHash",
] as const;

/** The first field that an approval has otherwise than the submission, of all that the approver saw. */
export function differing(approval: Approval, submission: Submission): (typeof same)[number] | undefined {
  return same.find((name) => approval[name] !== submission[name]);
}

/** Nothing when the approval binds the submission under the documents in force; else the first field that differs, as `approval.amount`. */
export function unbound(
  approval: Approval,
  submission: Submission,
  approver: Name,
  standing: Standing,
): Refusal | undefined {
  const field = differing(approval, submission);
  if (field !== undefined) {
    return {
      code: `approval.${field}`,
      why: `the approval says ${field} \`${String(approval[field])}\`, the request says \`${String(submission[field])}\``,
    };
  }
  return outdated(approval, approver, standing);
}

/** Nothing when what was approved, a request or a batch, was approved under the documents in force; else `approval.policyHash` or `approval.rosterHash`. */
export function outdated(
  approval: Pick<Approval, "asset" | "policyHash" | "rosterHash">,
  approver: Name,
  standing: Standing,
): Refusal | undefined {
  if (approval.policyHash !== standing.policies.get(approval.asset)?.hash) {
    return {
      code: "approval.policyHash",
      why: `the approval is under another policy of ${approval.asset} than the one in force`,
    };
  }
  return staleRoster(approval, approver, standing);
}

/** A new roster voids only the approvals of people or credentials that it removed or changed. */
function staleRoster(
  { rosterHash }: Pick<Approval, "rosterHash">,
  approver: Name,
  standing: Standing,
): Refusal | undefined {
  if (rosterHash === standing.roster.hash) return undefined;
  const chain = [...standing.earlierRosters, [standing.roster.hash, standing.roster.roster] as const];
  const from = chain.findIndex(([hash]) => hash === rosterHash);
  if (from < 0) return { code: "approval.rosterHash", why: "the approval names a roster that was never in force" };
  // Step by step: whoever was removed and came back approves anew.
  const rosters = chain.slice(from).map(([, roster]) => roster);
  const changed = rosters.some((roster, index) => {
    const next = rosters[index + 1];
    return next !== undefined && changedMembers(roster, next).has(approver);
  });
  return changed
    ? { code: "approval.rosterHash", why: `${approver} changed in the roster since this approval` }
    : undefined;
}
