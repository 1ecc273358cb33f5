/** The documents in force as the service shows them, each held against its hash and, where we have it, against the genesis. */
import { z } from "zod";
import type { Standing } from "../gate/standing.ts";
import type { Policy } from "../policy/policy.ts";
import type { PolicyView, RosterView } from "../request/api.ts";
import type { AssetView } from "../request/asset.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { hash, type Json } from "../values/json.ts";
import { countSchema } from "../values/schema.ts";
import { isLater, type InForce } from "./followed.ts";

export type Documents<P extends PolicyView = PolicyView> = {
  readonly policies: ReadonlyMap<string, P>;
  readonly roster: RosterView;
};

export type Followed<P extends PolicyView = PolicyView> = Documents<P> & {
  /** What they come to, followed from the genesis through signed changes. */
  readonly standing: Standing;
  /** Those that they were followed through; none where the genesis brings what is in force. */
  readonly changes: readonly Json[];
};

type Reading<P> = {
  readonly policies: () => Promise<readonly P[]>;
  readonly roster: () => Promise<RosterView>;
  readonly changes: () => Promise<readonly Json[]>;
};

/** Of the genesis in one's own hands. */
export type Following = {
  readonly standing: Standing;
  readonly checkFollowed: (shown: InForce, changes: readonly Json[]) => Standing;
};

/** What is in force, as everybody reads it before they sign. Throws `InvalidValue` `client.untrue` for a document that people did not bring into force. */
export async function followDocuments<P extends PolicyView>(
  client: Reading<P>,
  { standing, checkFollowed }: Following,
): Promise<Followed<P>> {
  const [policies, roster] = await Promise.all([client.policies(), client.roster()]);
  const documents = checkDocuments(policies, roster, standing);
  const shown = { policies, roster };
  if (!isLater(shown, standing)) return { ...documents, standing, changes: [] };
  const changes = await client.changes();
  return { ...documents, standing: checkFollowed(shown, changes), changes };
}

/** What is said of reserves and supply must be about the token that the policy is for. Throws `InvalidValue` `client.untrue`. */
export function checkAsset(view: AssetView, { asset, token }: Policy): AssetView {
  if (view.asset !== asset || view.token !== token.address || view.decimals !== token.decimals)
    throw untrue(`the reserves shown are not of ${asset} as its policy has it`);
  return view;
}

/** Throws `InvalidValue` `client.untrue` when one is not what the service calls it. */
export function checkDocuments<P extends PolicyView>(
  policies: readonly P[],
  roster: RosterView,
  standing: Pick<Standing, "policies" | "roster">,
): Documents<P> {
  const byAsset = new Map(policies.map((shown) => [shown.asset, shown]));
  if (byAsset.size !== policies.length) throw untrue("the service shows two policies of one asset");
  for (const shown of policies) {
    const first = [...standing.policies].find(([asset]) => asset === shown.asset)?.[1].hash;
    checkShown(`the policy of ${shown.asset}`, shown, first);
  }
  checkShown("the roster", roster, standing.roster.hash);
  return { policies: byAsset, roster };
}

type Shown = { readonly hash: Bytes32; readonly version: number; readonly document: Json };

const headSchema = z.looseObject({ version: countSchema });

/** Version 1 is in our own hands. */
function checkShown(what: string, { hash: claimed, version, document }: Shown, first: Bytes32 | undefined): void {
  if (hash(document) !== claimed) throw untrue(`${what} does not hash to ${claimed}, as the service says it does`);
  if (headSchema.safeParse(document).data?.version !== version)
    throw untrue(`${what} is not version ${version}, as the service says it is`);
  if (version === 1 && first !== undefined && claimed !== first) throw untrue(`${what} is not the one of the genesis`);
}

function untrue(why: string): InvalidValue {
  return new InvalidValue("client.untrue", `nothing is signed: ${why}`);
}
