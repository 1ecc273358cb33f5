/** The documents in force as the service shows them, each held against its hash and, where we have it, against the genesis. */
import { compile } from "../policy/compile/compile.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import type { Policy } from "../policy/policy.ts";
import { indexRoster, type RosterIndex } from "../roster/membership.ts";
import { rosterSchema } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { hash, type Json } from "../values/json.ts";
import { countSchema, parseWith } from "../values/schema.ts";
import type { PolicyView, RosterView } from "../request/api.ts";
import { z } from "zod";
import { Refused } from "./outcome.ts";
import { asked, type Service } from "./connection.ts";

export type InForce = {
  readonly policy: Policy;
  readonly policyHash: Bytes32;
  /** The policy as it is hashed. */
  readonly policyDocument: Json;
  readonly roster: RosterIndex;
  readonly rosterHash: Bytes32;
};

export type Documents = {
  readonly policies: ReadonlyMap<string, PolicyView>;
  readonly roster: RosterView;
};

/** All of them. Throws `Refused` `client.untrue` when one is not what the service calls it. */
export async function documentsInForce({ client, standing }: Pick<Service, "client" | "standing">): Promise<Documents> {
  const [policies, roster] = await asked(Promise.all([client.policies(), client.roster()]));
  const firsts = new Map<string, Bytes32>([...standing.policies].map(([asset, { hash: first }]) => [asset, first]));
  for (const shown of policies) checkShown(`the policy of ${shown.asset}`, shown, firsts.get(shown.asset));
  checkShown("the roster", roster, standing.roster.hash);
  return { policies: new Map(policies.map((shown) => [shown.asset, shown])), roster };
}

/** The policy of one asset and the roster, read. */
export async function inForce(service: Service, asset: string): Promise<InForce> {
  const { policies, roster } = await documentsInForce(service);
  const shown = policies.get(asset);
  if (shown === undefined) throw new Refused("cli.no-policy", `no policy of \`${asset}\` is in force`);
  const policy = understood(() => compile(readPolicyDocument(shown.document)));
  if (policy.asset !== asset) throw untrue(`the policy shown for ${asset} is of ${policy.asset}`);
  return {
    policy,
    policyHash: shown.hash,
    policyDocument: shown.document,
    roster: understood(() => indexRoster(parseWith(rosterSchema, roster.document, "roster.malformed"))),
    rosterHash: roster.hash,
  };
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

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidValue) throw untrue(`a document of the service is not understood: ${error.message}`);
    throw error;
  }
}

/** What the service says does not bear checking; nothing is signed. */
export function untrue(message: string): Refused {
  return new Refused("client.untrue", `nothing is signed: ${message}`);
}
