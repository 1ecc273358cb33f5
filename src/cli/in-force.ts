/** The documents in force as the service shows them, each held against its hash and, where we have it, against the genesis. */
import { compile } from "../policy/compile/compile.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import type { Policy } from "../policy/policy.ts";
import { indexRoster, type RosterIndex } from "../roster/membership.ts";
import { rosterSchema } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Json } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";
import { checkDocuments, type Documents } from "../sdk/in-force.ts";
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

/** All of them. Throws `InvalidValue` `client.untrue` when one is not what the service calls it. */
export async function documentsInForce({ client, standing }: Pick<Service, "client" | "standing">): Promise<Documents> {
  const [policies, roster] = await asked(Promise.all([client.policies(), client.roster()]));
  return checkDocuments(policies, roster, standing);
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
