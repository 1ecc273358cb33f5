/** The documents in force as pages work with them: held against the genesis, compiled, with everything that has a name. */
import type { Standing } from "../gate/standing.ts";
import { compile } from "../policy/compile/compile.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import type { Policy } from "../policy/policy.ts";
import type { JudgedPolicy } from "../request/judged.ts";
import { holdersOf, indexRoster, type RosterIndex } from "../roster/membership.ts";
import { rosterSchema } from "../roster/roster.ts";
import { followDocuments, type Documents } from "../sdk/in-force.ts";
import type { Address } from "../values/address.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Json } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";
import type { Labels } from "./address-shown.ts";
import type { Visitor } from "./shell.ts";

export type PolicyInForce = {
  readonly judged: JudgedPolicy;
  readonly policy: Policy;
  /** Such as `Europe/Zurich`. */
  readonly zone: string | undefined;
};

export type InForce = {
  readonly documents: Documents;
  readonly policies: ReadonlyMap<string, PolicyInForce>;
  readonly roster: RosterIndex;
  /** What the documents come to, followed from the genesis through signed changes. */
  readonly standing: Standing;
  /** Those that the documents were followed through; none where the genesis brings what is in force. */
  readonly changes: readonly Json[];
  /** Listed recipients, managed accounts, tokens and people's wallets. */
  readonly labels: Labels;
};

/** Throws `InvalidValue` `client.untrue` when a document is not what the service calls it, or people did not bring it into force. */
export async function readInForce({ client, deployment }: Pick<Visitor, "client" | "deployment">): Promise<InForce> {
  const { standing, changes, ...documents } = await followDocuments(client, deployment);
  const roster = understood(() => indexRoster(parseWith(rosterSchema, documents.roster.document, "roster.malformed")));
  const read = [...documents.policies].map(
    ([asset, judged]) => [asset, understood(() => policyInForce(judged))] as const,
  );
  return {
    documents,
    standing,
    changes,
    policies: new Map<string, PolicyInForce>(read),
    roster,
    labels: labelsOf(
      read.map(([, { policy }]) => policy),
      roster,
    ),
  };
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new InvalidValue(
      "client.untrue",
      `nothing is signed: a document of the service is not understood: ${error.message}`,
    );
  }
}

function policyInForce(judged: JudgedPolicy): PolicyInForce {
  const document = readPolicyDocument(judged.document);
  return { judged, policy: compile(document), zone: document.timezone };
}

function labelsOf(policies: readonly Policy[], { roster }: RosterIndex): Labels {
  const listed = policies.flatMap(({ lists }) => [...lists.values()].flatMap(({ entries }) => [...entries]));
  const tokens = policies.map(({ asset, token }) => [token.address, `the token ${asset}`] as const);
  const accounts = roster.keys.map(({ id, account }) => [account, `our account ${id}`] as const);
  const wallets = holdersOf(roster).flatMap(({ credential, member }) =>
    credential.kind === "wallet" ? [[credential.address, `the wallet of ${member.name}`] as const] : [],
  );
  return new Map<Address, string>([...wallets, ...accounts, ...tokens, ...listed]);
}
