/** How documents follow one another: what a change must be, who must have signed it, and what is in force after it. */
import { z } from "zod";
import { checkSuccession, newCredentials } from "../genesis/change.ts";
import type { CheckedGenesis } from "../genesis/check.ts";
import { checkPossessions } from "../genesis/possession.ts";
import { changeClass, type ChangeClass } from "../policy/change/change-class.ts";
import { compile } from "../policy/compile/compile.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import { assign, type Ballot } from "../policy/decide/quorum.ts";
import type { ChangeRule } from "../policy/document/requirement.ts";
import { rosterChangeClass } from "../policy/change/roster-change-class.ts";
import { indexRoster, type Holder } from "../roster/membership.ts";
import { rosterSchema } from "../roster/roster.ts";
import { envelopeSchema } from "../statement/envelope.ts";
import { readStatement, type Statement, type StatementOf } from "../statement/read.ts";
import { verifyStatement } from "../statement/verify.ts";
import type { Address } from "../values/address.ts";
import * as bytes32 from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { hash, type Json } from "../values/json.ts";
import type { Name } from "../values/name.ts";
import { bytes32Schema, countSchema, jsonSchema, nameSchema, parseWith } from "../values/schema.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { toWire } from "../values/wire.ts";
import type { Standing, StandingPolicy, StandingRoster } from "./standing.ts";

export type ChangeStatement = StatementOf<"PolicyChange"> | StatementOf<"RosterChange">;

/** What a report was made of: so many leaves from the beginning of the log, and the roster that was in force after them. */
export const basisSchema = z.strictObject({ logSize: countSchema, rosterHash: bytes32Schema });
export type Basis = z.output<typeof basisSchema>;

/** What travels with a change: the whole next document, possessions of the credentials a roster adds, and what the report was made of, for those who sign after the first. */
export const attachmentSchema = z.strictObject({
  document: jsonSchema,
  possessions: z.array(envelopeSchema).max(200).default([]),
  basis: basisSchema.optional(),
});

/** A document that may follow what is in force, and who must agree to that. */
export type Proposal = { readonly rule: ChangeRule; readonly document: Json } & (
  | { readonly kind: "Policy"; readonly name: Name; readonly next: StandingPolicy }
  | { readonly kind: "Roster"; readonly name: "roster"; readonly next: StandingRoster }
);

/** The documents of the genesis; throws `genesis.duplicate-token` when two of its policies share a token. */
export function standingFromGenesis(checked: CheckedGenesis): Standing {
  const policies = [...checked.policies].map(([asset, document]) => [asset, policyOf(document)] as const);
  const tokens = policies.map(([, { policy }]) => `${policy.token.chain} ${policy.token.address}`);
  if (new Set(tokens).size !== tokens.length) {
    throw new InvalidValue("genesis.duplicate-token", "policies: two assets share one token", "policies");
  }
  const roster = {
    hash: checked.rosterHash,
    version: checked.genesis.roster.version,
    roster: checked.genesis.roster,
    index: checked.roster,
  };
  return {
    deploymentId: checked.deploymentId,
    epochs: [{ epoch: 1, logKey: checked.genesis.log.publicKey }],
    genesis: checked.genesis,
    roster,
    earlierRosters: new Map(),
    policies: new Map(policies),
  };
}

/** Reads what a change proposes; throws `InvalidValue` with code `change.*` when it cannot follow what is in force. */
export function readProposal(
  standing: Standing,
  statement: ChangeStatement,
  attachment: unknown,
  checks: SignatureChecks,
): Proposal {
  const { document, possessions } = parseWith(attachmentSchema, attachment, "change.attachment");
  const { message } = statement;
  if (hash(document) !== message.documentHash)
    throw new InvalidValue(
      "change.document-hash",
      "the document is not the one that was signed",
      "attachment.document",
    );
  if (statement.kind === "PolicyChange" && possessions.length > 0)
    throw new InvalidValue("change.attachment", "a policy brings no possessions", "attachment.possessions");
  const proposal =
    statement.kind === "PolicyChange"
      ? policyProposal(standing, statement, document)
      : rosterProposal(standing, statement, document);
  if (proposal.next.version !== message.version)
    throw new InvalidValue(
      "change.version",
      `the document is version ${String(proposal.next.version)}`,
      "message.version",
    );
  if (message.previous !== previousOf(standing, proposal))
    throw new InvalidValue("change.previous", "the change does not follow the document in force", "message.previous");
  if (proposal.kind === "Roster") {
    const needed = newCredentials(standing.roster.roster, proposal.next.roster);
    checkPossessions(possessions, {
      deploymentId: standing.deploymentId,
      documentHash: message.documentHash,
      needed,
      checks,
    });
  }
  return proposal;
}

/** Whether these signatures satisfy the quorum that governs the change; one vote per person, services never count, and a group takes only the kinds of credential that the policy in force names. */
export function isAgreed(standing: Standing, proposal: Proposal, signers: readonly Ballot[]): boolean {
  const groups = proposal.kind === "Policy" ? standing.policies.get(proposal.name)?.policy.groups : undefined;
  return assign(proposal.rule.quorum, signers, standing.roster.index, groups ?? new Map()).met;
}

/** A change as it is shown elsewhere: one document, and every signature with what travelled with it. */
export type SignedChange = {
  readonly documentHash: bytes32.Bytes32;
  readonly signed: readonly { readonly statement: unknown; readonly attachment?: unknown }[];
};

export type ChangeStep =
  | { readonly kind: "next"; readonly standing: Standing; readonly rule: ChangeRule }
  | { readonly kind: "stuck"; readonly why: string };

/** What is in force after the change, by its signatures alone: nobody who is not of the roster counts, and nobody's word about another document stands under it. */
export function changeStep(
  standing: Standing,
  { documentHash, signed }: SignedChange,
  checks: SignatureChecks,
): ChangeStep {
  const signers: Ballot[] = [];
  let proposal: Proposal | undefined;
  try {
    for (const { statement: envelope, attachment } of signed) {
      const statement = readStatement(envelope);
      if (statement.kind !== "PolicyChange" && statement.kind !== "RosterChange") continue;
      const holder = signerOf(standing, statement, checks);
      if (holder === undefined) continue;
      if (statement.message.documentHash !== documentHash)
        return { kind: "stuck", why: "the document is not the one that was signed" };
      proposal = readProposal(standing, statement, attachment, checks);
      const { id: credential, kind: credentialKind } = holder.credential;
      signers.push({ person: holder.member.id, credential, credentialKind });
    }
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    return { kind: "stuck", why: error.message };
  }
  if (proposal === undefined) return { kind: "stuck", why: "nobody of the roster signed it" };
  if (!isAgreed(standing, proposal, signers)) return { kind: "stuck", why: "too few people signed it" };
  return { kind: "next", standing: enact(standing, proposal), rule: proposal.rule };
}

/** Whose credential of the roster in force signed it; undefined for anybody else. */
export function signerOf(standing: Standing, statement: Statement, checks: SignatureChecks): Holder | undefined {
  const holder = standing.roster.index.credential(statement.credential);
  if (holder === undefined) return undefined;
  const { deploymentId } = standing;
  const verdict = verifyStatement({ deploymentId, statement, credential: holder.credential, checks });
  return verdict.kind === "valid" ? holder : undefined;
}

/** What is in force once the proposal is. */
export function enact(standing: Standing, proposal: Proposal): Standing {
  if (proposal.kind === "Policy")
    return { ...standing, policies: new Map([...standing.policies, [proposal.name, proposal.next]]) };
  const earlierRosters = new Map([...standing.earlierRosters, [standing.roster.hash, standing.roster.roster] as const]);
  return { ...standing, roster: proposal.next, earlierRosters };
}

function previousOf(standing: Standing, proposal: Proposal): bytes32.Bytes32 {
  if (proposal.kind === "Roster") return standing.roster.hash;
  return standing.policies.get(proposal.name)?.hash ?? bytes32.zero;
}

function policyProposal(standing: Standing, statement: StatementOf<"PolicyChange">, document: Json): Proposal {
  const next = policyOf(document);
  const { asset } = next.policy;
  const current = standing.policies.get(asset);
  if (!standing.genesis.chains.some((chain) => chain.id === next.policy.token.chain)) {
    throw new InvalidValue(
      "change.chain",
      `chain ${String(next.policy.token.chain)} is not in the genesis`,
      "attachment.document.token.chain",
    );
  }
  const rival = [...standing.policies.values()].find(
    ({ policy: { asset: other, token } }) =>
      other !== asset && token.chain === next.policy.token.chain && token.address === next.policy.token.address,
  );
  if (rival !== undefined)
    throw new InvalidValue(
      "change.token",
      `${rival.policy.asset} is this token already: one token has one policy`,
      "attachment.document.token.address",
    );
  if (current === undefined) {
    if (next.version !== 1)
      throw new InvalidValue(
        "change.version",
        "the first policy of an asset is version 1",
        "attachment.document.version",
      );
    return { kind: "Policy", name: asset, next, document, rule: standing.genesis.change.loosen };
  }
  checkSuccession(readPolicyDocument(current.document), readPolicyDocument(document));
  checkClass(statement, changeClass(readPolicyDocument(current.document), readPolicyDocument(document)));
  return { kind: "Policy", name: asset, next, document, rule: current.policy.change[statement.message.class] };
}

/** Whoever calls a tightening a loosening has only more to wait for. */
function checkClass({ message }: ChangeStatement, computed: ChangeClass): void {
  if (message.class === "loosen" || computed === "tighten") return;
  throw new InvalidValue("change.class", "the change loosens something and says that it tightens", "message.class");
}

function rosterProposal(standing: Standing, statement: StatementOf<"RosterChange">, document: Json): Proposal {
  const roster = parseWith(rosterSchema, document, "change.roster");
  if (hash(toWire(roster)) !== hash(document))
    throw new InvalidValue("change.spelling", "write every address in lower case", "attachment.document");
  checkSuccession(standing.roster.roster, roster);
  const next = { hash: hash(document), version: roster.version, roster, index: indexRoster(roster) };
  const policies = [...standing.policies.values()].map(({ policy }) => policy);
  const { change } = standing.genesis;
  checkClass(statement, rosterChangeClass(standing.roster.index, next.index, { policies, change }));
  return { kind: "Roster", name: "roster", next, document, rule: change[statement.message.class] };
}

function policyOf(document: Json): StandingPolicy {
  const policy = compile(readPolicyDocument(document));
  return { hash: hash(document), version: policy.version, policy, document };
}

/** The lists of a document and who is in them, of one that was read whole before it came into force. */
const listedSchema = z.object({
  lists: z.record(nameSchema, z.object({ entries: z.array(z.object({ address: z.string() })) })).optional(),
});

/**
 * The lists of a policy document that have an address; for the history of an entry. A decision asks it of every version there
 * ever was, so the document is not compiled again.
 */
export function listsWith(document: Json, address: Address): ReadonlySet<string> {
  const { lists = {} } = listedSchema.parse(document);
  const holding = Object.entries(lists).filter(([, { entries }]) => entries.some((entry) => entry.address === address));
  return new Set(holding.map(([name]) => name));
}
