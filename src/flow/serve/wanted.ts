/** What observers are asked to look at beside tokens and accounts: outcomes nobody told yet, and whom open requests name. */
import * as subject from "../../evidence/subject.ts";
import { furtherIn } from "../../intent/further-argument.ts";
import type { Policy } from "../../policy/policy.ts";
import { needsOf } from "../../policy/profile.ts";
import type { Request } from "../../request/request.ts";
import { isUndecided } from "../../request/state.ts";
import type { Instant } from "../../values/instant.ts";
import type { Documents } from "./documents.ts";
import type { Store } from "./store.port.ts";

export type WantedObservation = { readonly chainId: number; readonly subject: string; readonly fact: string };

/** So many requests are looked after at a time, of all assets together; the others wait for their turn. */
const most = 400;
/** An account's transactions are mined one nonce after another: of the others nothing can be seen yet. */
const mostOfLane = 400;
/** Long enough for observers to look, and for the gate to be asked again about what they saw. */
const turnSeconds = 120;

type Waiting = Pick<Store, "openAmounts" | "undecided" | "documents" | "distribution">;

export async function observationsWanted(
  store: Pick<Store, "unsettled"> & Waiting,
  documents: Documents,
  now: Instant,
): Promise<readonly WantedObservation[]> {
  // Until the gate's own log tells an outcome, whatever our endpoint says.
  const outcomes = (await store.unsettled(mostOfLane)).map(({ chainId, txHash }) => ({
    chainId,
    subject: subject.transaction(txHash),
    fact: "outcome",
  }));
  return [...outcomes, ...(await touchedWanted(store, documents, now))];
}

/** Holders, roles and contracts that the policies in force ask about, and who held a token when a yield was recorded; none while no policy asks. */
async function touchedWanted(
  store: Waiting,
  documents: Documents,
  now: Instant,
): Promise<readonly WantedObservation[]> {
  if (!(await store.documents()).some(({ state }) => state === "active")) return [];
  const { policies } = await documents.inForce();
  const asking = policies.map(({ policy }) => policy).filter(asksOfSomebody);
  const wanted = new Map<string, WantedObservation>();
  const undecidedOf = async (policy: Policy): Promise<readonly WantedObservation[]> => {
    const requests = await lookedAfter(store, policy, { now, room: Math.max(2, Math.floor(most / asking.length)) });
    const touched = requests.flatMap((request) => touchedBy(policy, request));
    return [...touched, ...(await recordedFor(store, requests))];
  };
  for (const one of (await Promise.all(asking.map(undecidedOf))).flat())
    wanted.set(`${String(one.chainId)} ${one.subject} ${one.fact}`, one);
  return [...wanted.values()];
}

/**
 * All of them while there is room. Else half of it is for the oldest and half goes round among the others, so that neither many new
 * ones hold up an old one, nor old ones that wait for something else the new. Every replica answers the same in one turn.
 */
async function lookedAfter(
  store: Waiting,
  { asset }: Policy,
  { now, room }: { readonly now: Instant; readonly room: number },
): Promise<readonly Request[]> {
  const open = await store.openAmounts(asset);
  const waiting = open.filter(({ state }) => isUndecided(state)).reduce((all, { count }) => all + count, 0);
  if (waiting <= room) return await store.undecided(asset, { skip: 0, limit: room });
  const half = Math.floor(room / 2);
  const turn = Math.floor(now / turnSeconds) % Math.ceil((waiting - half) / half);
  const [oldest, others] = await Promise.all([
    store.undecided(asset, { skip: 0, limit: half }),
    store.undecided(asset, { skip: half * (turn + 1), limit: half }),
  ]);
  return [...oldest, ...others];
}

/** Once for all parts of one distribution. */
async function recordedFor(
  store: Pick<Store, "distribution">,
  requests: readonly Request[],
): Promise<readonly WantedObservation[]> {
  const named = requests.map(({ submission }) => ({ ...furtherIn(submission), chainId: submission.chainId }));
  const wanted = new Map(
    named.flatMap(({ distribution, chainId }) => (distribution === undefined ? [] : [[distribution, chainId]])),
  );
  const found = [...wanted].map(async ([hash, chainId]) => ({ chainId, distribution: await store.distribution(hash) }));
  return (await Promise.all(found)).flatMap(({ chainId, distribution }) =>
    distribution === undefined
      ? []
      : [{ chainId, subject: subject.holders(distribution.token, distribution), fact: "holders" }],
  );
}

/** Of holders, where the standard knows them or a yield is paid, or of the account, where the policy names its roles. */
function asksOfSomebody({ token, rules }: Policy): boolean {
  const pays = rules.some(({ when }) => when.operations.has("distribute"));
  return token.standard !== "role-erc20" || token.roles !== undefined || pays;
}

function touchedBy(policy: Policy, { submission }: Request): readonly WantedObservation[] {
  return needsOf(policy, { ...submission, ...furtherIn(submission) }).flatMap((need) =>
    need.subject === subject.token(policy.token.address)
      ? []
      : [{ chainId: submission.chainId, subject: need.subject, fact: need.fact }],
  );
}
