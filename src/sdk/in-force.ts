/** The documents in force as the service shows them, each held against its hash and, where we have it, against the genesis. */
import { z } from "zod";
import type { Standing } from "../gate/standing.ts";
import type { PolicyView, RosterView } from "../request/api.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { hash, type Json } from "../values/json.ts";
import { countSchema } from "../values/schema.ts";

export type Documents = {
  readonly policies: ReadonlyMap<string, PolicyView>;
  readonly roster: RosterView;
};

/** Throws `InvalidValue` `client.untrue` when one is not what the service calls it. */
export function checkDocuments(
  policies: readonly PolicyView[],
  roster: RosterView,
  standing: Pick<Standing, "policies" | "roster">,
): Documents {
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
