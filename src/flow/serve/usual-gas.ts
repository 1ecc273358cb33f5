/** How much gas the service proposes for a request: what its operation usually takes on a token of that standard. */
import { gasBounds } from "../../chain/gas.ts";
import { isOffered, standardSchema, type Standard } from "../../intent/standard.ts";
import type { Request } from "../../request/request.ts";
import type { Amount } from "../../values/amount.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { Fault } from "../../values/errors.ts";
import { createDocuments } from "./documents.ts";
import type { Store } from "./store.port.ts";

/** By the hash of a policy, which says the same for ever; read once for each store. */
const known = new WeakMap<object, Map<Bytes32, Standard>>();

/** Throws a `Fault` for what the token does not offer, which no decision in force allows. */
export async function usualGas(store: Pick<Store, "documents">, request: Request): Promise<Amount> {
  const { asset, operation } = request.submission;
  const standard = await standardOf(store, request);
  const bounds = gasBounds(standard, operation);
  if (bounds !== undefined && isOffered(standard, operation)) return bounds.usual;
  throw new Fault("serve.not-offered", `${asset} is a token of ${standard}, which does not offer ${operation}`, "safe");
}

/** The policy that decided; for a request without a decision the one in force. */
async function standardOf(store: Pick<Store, "documents">, { decision, submission }: Request): Promise<Standard> {
  const read = known.get(store) ?? new Map<Bytes32, Standard>();
  known.set(store, read);
  const decided = decision === null ? undefined : read.get(decision.policyHash);
  if (decided !== undefined) return decided;
  const { policies } = await createDocuments(store).inForce();
  for (const { mirrored, policy } of policies) read.set(mirrored.hash, policy.token.standard);
  const found = policies.find(({ policy }) => policy.asset === submission.asset);
  return found?.policy.token.standard ?? standardSchema.enum["role-erc20"];
}
