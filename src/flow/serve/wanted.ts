/** What observers are asked to look at beside tokens and accounts: outcomes nobody told yet, and whom open requests name. */
import * as subject from "../../evidence/subject.ts";
import { furtherIn } from "../../intent/further-argument.ts";
import type { Policy } from "../../policy/policy.ts";
import { needsOf } from "../../policy/profile.ts";
import type { Request } from "../../request/request.ts";
import type { Documents } from "./documents.ts";
import type { Store } from "./store.port.ts";

export type WantedObservation = { readonly chainId: number; readonly subject: string; readonly fact: string };

/** States in which a decision is still ahead. */
const undecided = ["submitted", "pending", "ready"] as const;
/** So many requests of each state are looked after at a time; the others wait for their turn. */
const most = 200;

export async function observationsWanted(
  store: Pick<Store, "unsettled" | "requests" | "documents">,
  documents: Documents,
): Promise<readonly WantedObservation[]> {
  // Until the gate's own log tells an outcome, whatever our endpoint says.
  const outcomes = (await store.unsettled()).map(({ chainId, txHash }) => ({
    chainId,
    subject: subject.transaction(txHash),
    fact: "outcome",
  }));
  return [...outcomes, ...(await touchedWanted(store, documents))];
}

/** Holders and contracts that the policies in force ask about; none while no token knows holders or has its roles named. */
async function touchedWanted(
  store: Pick<Store, "requests" | "documents">,
  documents: Documents,
): Promise<readonly WantedObservation[]> {
  if (!(await store.documents()).some(({ state }) => state === "active")) return [];
  const { policies } = await documents.inForce();
  const asking = policies.map(({ policy }) => policy).filter(asksOfSomebody);
  const wanted = new Map<string, WantedObservation>();
  const undecidedOf = async (policy: Policy): Promise<readonly WantedObservation[]> => {
    const open = await Promise.all(
      undecided.map((state) => store.requests({ state, asset: policy.asset, limit: most })),
    );
    return open.flat().flatMap((request) => touchedBy(policy, request));
  };
  for (const one of (await Promise.all(asking.map(undecidedOf))).flat())
    wanted.set(`${String(one.chainId)} ${one.subject} ${one.fact}`, one);
  return [...wanted.values()];
}

/** Of holders, where the standard knows them, or of the account, where the policy names its roles. */
function asksOfSomebody({ token }: Policy): boolean {
  return token.standard !== "role-erc20" || token.roles !== undefined;
}

function touchedBy(policy: Policy, { submission }: Request): readonly WantedObservation[] {
  return needsOf(policy, { ...submission, ...furtherIn(submission) }).flatMap((need) =>
    need.subject === subject.token(policy.token.address)
      ? []
      : [{ chainId: submission.chainId, subject: need.subject, fact: need.fact }],
  );
}
