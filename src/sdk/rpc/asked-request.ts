/** One transaction that a client asked for, as one request for ever: submitted once, followed, and answered with its hash or with whom it waits for. */
import { furtherArgumentNames } from "../../intent/further-argument.ts";
import { parse as parseIntent, type Intent } from "../../intent/intent.ts";
import type { Verdict } from "../../bundle/verify.ts";
import type { PolicyView, RequestView } from "../../request/api.ts";
import { compile } from "../../policy/compile/compile.ts";
import { readPolicyDocument } from "../../policy/document/document.ts";
import type { Policy } from "../../policy/policy.ts";
import { explainDecision } from "../../policy/words/explain.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { ChainId } from "../../values/chain-id.ts";
import { Fault } from "../../values/errors.ts";
import { plus, type Instant } from "../../values/instant.ts";
import { hash, type Json } from "../../values/json.ts";
import { parseReference, type Line } from "../../values/line.ts";
import type { Name } from "../../values/name.ts";
import { checkRequest } from "../approval.ts";
import type { Client } from "../client.ts";
import type { Documents } from "../in-force.ts";
import { messageOf } from "../submission.ts";
import { codes, RpcRefusal } from "./refusal.ts";
import { operationOf, type AskedTransaction } from "./transaction.ts";

export type Asking = {
  readonly client: Client;
  readonly credential: Name;
  readonly deploymentId: Bytes32;
  readonly chainId: ChainId;
  readonly now: () => Instant;
  readonly verify: (bundle: Json) => Verdict;
  /** The most that gas may cost, in wei. */
  readonly feeCeilingWei: string;
  /** How long a request lives that nobody answers. */
  readonly lifeSeconds: number;
  /** How long one call waits for people before it says whom it waits for. */
  readonly waitMs: number;
};

/** What of a call names its request: where it was made says what backs it, and how often it is asked anew. */
export type CallPlace = {
  readonly reference: string | undefined;
  /** 0 the first time; undefined for what is no number. */
  readonly again: number | undefined;
};

/** The hash of the transaction, once it is out and a bundle that was verified here holds it. Throws `RpcRefusal` otherwise. */
export async function hashOfAsked(
  asking: Asking,
  documents: Documents,
  transaction: AskedTransaction,
  place: CallPlace,
): Promise<Bytes32> {
  const { policy, view } = policyFor(documents, asking.chainId, transaction);
  const named = namingOf(place);
  const requestId = requestIdOf(asking, transaction, named);
  const operation = operationOf(transaction, policy);
  const now = asking.now();
  const intent = parseIntent({
    ...operation,
    amount: operation.amount.toString(),
    ...{ asset: policy.asset, chainId: asking.chainId, account: transaction.from, reference: named.reference },
    ...{ feeCeilingWei: asking.feeCeilingWei, notBefore: now, expiresAt: plus(now, asking.lifeSeconds) },
  });
  await submitOnce(asking, intent, { requestId, decimals: policy.token.decimals });
  return await followed(asking, requestId, { intent, policies: [view] });
}

function policyFor(
  { policies }: Documents,
  chainId: ChainId,
  { to }: AskedTransaction,
): { readonly policy: Policy; readonly view: PolicyView } {
  for (const view of policies.values()) {
    const policy = compile(readPolicyDocument(view.document));
    if (policy.token.chain === chainId && policy.token.address === to) return { policy, view };
  }
  throw new RpcRefusal(codes.params, `no policy in force is for a token at \`${to}\` on chain ${chainId}`, {
    code: "rpc.no-policy",
  });
}

type Named = { readonly reference: Line; readonly again: number };

function namingOf({ reference, again }: CallPlace): Named {
  if (again === undefined) throw new RpcRefusal(codes.params, "`again` is not a number from 0 to 999");
  if (reference !== undefined) return { reference: parseReference(reference), again };
  throw new RpcRefusal(
    codes.params,
    "say what backs the call: put its reference at the end of the address of this endpoint, such as /DEPOSIT-42",
    { code: "rpc.no-reference" },
  );
}

/** The same call at the same place is the same request, from whichever process and however late it comes. */
export function requestIdOf(
  { deploymentId, credential, chainId }: Pick<Asking, "deploymentId" | "credential" | "chainId">,
  { from, to, data }: AskedTransaction,
  { reference, again }: { readonly reference: string; readonly again: number },
): Bytes32 {
  return hash({ kind: "countersign-rpc/1", deploymentId, credential, chainId, from, to, data, reference, again });
}

async function submitOnce(
  { client }: Asking,
  intent: Intent,
  naming: { readonly requestId: Bytes32; readonly decimals: number },
): Promise<void> {
  if ((await client.request(naming.requestId)).kind === "found") return;
  const posted = await client.say("Submission", messageOf(intent, naming));
  if (posted.kind === "delivered") return;
  const named = { requestId: naming.requestId };
  if (posted.kind === "not-delivered")
    throw new RpcRefusal(
      codes.internal,
      `nobody can say that the gate has request ${naming.requestId}: ${posted.why}; the same call may be made again`,
      { code: "rpc.not-delivered", ...named },
    );
  // Asked by a call that came before this one, with other times; the service had not shown it yet.
  if (posted.code === "submission.request-id-taken") return;
  throw new RpcRefusal(codes.rejected, `the gate refused it: ${posted.message}`, { code: posted.code, ...named });
}

type Expected = { readonly intent: Intent; readonly policies: readonly PolicyView[] };

async function followed(asking: Asking, requestId: Bytes32, expected: Expected): Promise<Bytes32> {
  let last: RequestView | undefined;
  const isOut = (view: RequestView): boolean => {
    last = view;
    return out.has(view.state);
  };
  try {
    const view = await asking.client.watch(requestId, isOut, { everyMs: 200, timeoutMs: asking.waitMs });
    checkSame(view, expected);
    if (isOut(view)) return await proved(asking, view);
    throw await ended(asking, view);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "client.watch-timeout") throw error;
    if (last !== undefined) checkSame(last, expected);
    throw waiting(requestId, last);
  }
}

const out: ReadonlySet<string> = new Set(["broadcast", "mined", "final", "reverted"]);

const fieldsAsked = [
  ...(["operation", "asset", "chainId", "account", "to", "amount", "reference"] as const),
  ...furtherArgumentNames,
];

/** What the service shows under our id must be what was asked, whatever its times. */
function checkSame(view: RequestView, { intent, policies }: Expected): void {
  const { intent: shown } = checkRequest(view, policies);
  const same = fieldsAsked.every((field) => shown[field] === intent[field]);
  if (!same)
    throw new RpcRefusal(codes.internal, `the service shows another request under ${view.requestId}`, {
      code: "client.untrue",
    });
}

/** No hash is believed that is not in the log under the gate's signature. */
async function proved(
  { client, verify }: Asking,
  { requestId, txHash, state, waitsFor }: RequestView,
): Promise<Bytes32> {
  const found = await client.bundle(requestId);
  if (found.kind === "absent") throw waiting(requestId, { state, waitsFor });
  const verdict = verify(found.value);
  const why = verdict.kind === "wrong" ? `${verdict.field}: ${verdict.why}` : "it does not hold this transaction";
  const holds =
    verdict.kind === "verified" &&
    verdict.report.requestId === requestId &&
    verdict.report.transactions.some((one) => one.txHash === txHash && one.closes !== true);
  if (holds && txHash !== null) return txHash;
  throw new RpcRefusal(codes.internal, `the service's bundle of ${requestId} is not so: ${why}`, {
    code: "client.untrue",
    requestId,
  });
}

function waiting(requestId: Bytes32, view: Pick<RequestView, "state" | "waitsFor"> | undefined): RpcRefusal {
  const state = view?.state ?? "submitted";
  const whom = view === undefined || view.waitsFor === "" ? "the service" : view.waitsFor;
  return new RpcRefusal(
    codes.pending,
    `request ${requestId} is ${state}: ${whom}; make the same call again to go on waiting`,
    { code: "rpc.pending", requestId, state, waitsFor: whom },
  );
}

/** What the policy says of a request that it refuses is its reason, clause by clause. */
async function ended({ client }: Asking, { requestId, state, waitsFor }: RequestView): Promise<RpcRefusal> {
  const decision = state === "refused" ? await client.decision(requestId) : undefined;
  const clauses = decision?.kind === "found" ? explainDecision(decision.value) : [];
  const why = [waitsFor.startsWith(`${state}: `) ? waitsFor.slice(state.length + 2) : waitsFor, ...clauses].join("; ");
  return new RpcRefusal(
    codes.rejected,
    `request ${requestId} is ${state}: ${why}. To ask anew, add ?again=1 to the address of this endpoint`,
    { code: `rpc.${state}`, requestId, state, waitsFor: why },
  );
}
