/** The documents in force as the service shows them, followed from the genesis through changes that enough people signed. */
import { checksHere } from "../compose/cli-credentials.ts";
import type { Policy } from "../policy/policy.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Json } from "../values/json.ts";
import { parse as parseName } from "../values/name.ts";
import { checkFollowed } from "../sdk/followed.ts";
import { followDocuments, type Followed, type Following } from "../sdk/in-force.ts";
import { option } from "./option-value.ts";
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

/** All of them. Throws `InvalidValue` `client.untrue` for what people did not bring into force. */
export function documentsInForce({ client, standing }: Pick<Service, "client" | "standing">): Promise<Followed> {
  const reading = {
    policies: () => asked(client.policies()),
    roster: () => asked(client.roster()),
    changes: () => asked(client.changes()),
  };
  return followDocuments(reading, followingFrom(standing));
}

export function followingFrom(standing: Service["standing"]): Following {
  const own = { standing, checks: checksHere() };
  return { standing, checkFollowed: (shown, changes) => checkFollowed(shown, changes, own) };
}

/** The policy of one asset and the roster, read. */
export async function inForce(service: Service, asset: string): Promise<InForce> {
  const { policies, standing } = await documentsInForce(service);
  const policy = policies.has(asset) ? standing.policies.get(option("asset", asset, parseName)) : undefined;
  if (policy === undefined) throw new Refused("cli.no-policy", `no policy of \`${asset}\` is in force`);
  const { roster } = standing;
  return {
    policy: policy.policy,
    policyHash: policy.hash,
    policyDocument: policy.document,
    roster: roster.index,
    rosterHash: roster.hash,
  };
}

/** What the service says does not bear checking; nothing is signed. */
export function untrue(message: string): Refused {
  return new Refused("client.untrue", `nothing is signed: ${message}`);
}
