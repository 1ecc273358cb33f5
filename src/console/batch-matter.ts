/** Many requests as one word is to be about them: each read and made again as on its own page, and added up here. */
import type { RequestView } from "../request/api.ts";
import { checkRequest } from "../sdk/approval.ts";
import { isOpen } from "../sdk/shown-decision.ts";
import { checkSubmitted } from "../sdk/spoken.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { sumOf, type Line, type Sum } from "./batch-sum.ts";
import { readInForce, type InForce, type PolicyInForce } from "./in-force.ts";
import type { Visitor } from "./shell.ts";

export type BatchMatter = Sum<PolicyInForce> & { readonly inForce: InForce };

/** Of so many each is asked for by itself, with the signature of whoever asked for it. */
const few = 20;
/** So many are made again at a time; between them the page lives. */
const atOnce = 50;

/**
 * Exactly these requests, no more and no fewer; `seen` is told how many were read. Of many there is no signature of who asked: what
 * is signed has the hash of every line as it stands here, and the gate takes it only when its own log has the same. Throws
 * `InvalidValue` `client.untrue` when anything that the service shows is not what it comes to here, `console.batch` for a request that
 * cannot be in a batch any more, and `batch.*` when they have too little in common.
 */
export async function readBatchMatter(
  visitor: Visitor,
  chosen: readonly RequestView[],
  seen: (count: number) => void,
): Promise<BatchMatter> {
  const inForce = await readInForce(visitor);
  const policies = [...inForce.documents.policies.values()];
  const lines: Line[] = [];
  for (const listed of chosen) {
    const view = chosen.length > few ? listed : await signedView(visitor, inForce, listed.requestId);
    if (!isOpen(view.state))
      throw new InvalidValue("console.batch", `request ${view.requestId} is ${view.state}: choose anew`);
    lines.push({ checked: checkRequest(view, policies), initiator: view.initiator });
    if (lines.length % atOnce !== 0) continue;
    seen(lines.length);
    await new Promise((go) => setTimeout(go));
  }
  return { ...sumOf(lines, inForce.policies), inForce };
}

async function signedView({ client, deployment }: Visitor, { roster }: InForce, id: Bytes32): Promise<RequestView> {
  const found = await client.request(id);
  if (found.kind === "absent")
    throw new InvalidValue("console.batch", `there is no request ${id} any more: choose anew`);
  if (found.value.requestId !== id)
    throw new InvalidValue("client.untrue", `nothing is signed: the service shows another request than ${id}`);
  checkSubmitted(found.value, { roster, verify: deployment.verifyStatement });
  return found.value;
}
