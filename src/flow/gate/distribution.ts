/** Yields in the gate: the document of a distribution is kept once, with the first part that brings it, and every part must be exactly one of it. */
import { apportion, partFact, readDistribution, type Apportioned } from "../../evidence/distribution.ts";
import type { StandingPolicy } from "../../gate/standing.ts";
import type { Intent } from "../../intent/intent.ts";
import { refuseDeadEnds } from "../../policy/dead-end.ts";
import type { DistributionFact } from "../../policy/facts.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { InvalidValue, invariant } from "../../values/errors.ts";
import type { Instant } from "../../values/instant.ts";
import type { Json } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";
import type { Core } from "./core.ts";
import { endOf, loadAdmitted } from "./request.ts";

export type Part = {
  /** Who asks. */
  readonly author: Name;
  readonly service: boolean;
  readonly requestId: Bytes32;
  /** Of the submission. */
  readonly statement: Bytes32;
  readonly intent: Intent;
  readonly policy: StandingPolicy;
  readonly attachment: Json | undefined;
  readonly now: Instant;
};

export type AdmittedPart = {
  /** Whether the log keeps what came beside the submission: of one document, the first time alone. */
  readonly brings: boolean;
  /** In the transaction that stores the submission. */
  readonly then: () => void;
};

/**
 * Undefined for what is no part of a distribution. Throws `InvalidValue` `distribution.*`: without its document, for a document of
 * another asset, or one that gives something to whom it can never be given, for somebody or something that it does not give, and for a part that somebody else asks for or that was paid. Only
 * what ended without effect may be asked for again.
 */
export function admitPart(core: Core, part: Part): AdmittedPart | undefined {
  const { author, intent, attachment, requestId, statement, now } = part;
  const { distribution: hash, to } = intent;
  if (hash === undefined) {
    if (attachment !== undefined)
      throw new InvalidValue("statement.attachment", `a ${intent.operation} brings no attachment`, "attachment");
    return undefined;
  }
  checkAsker(core, part);
  const known = core.journal.distribution(hash);
  if (known === undefined && attachment !== undefined) checkOpen(core, { author, asset: intent.asset, now });
  const apportioned = known === undefined ? read(hash, attachment) : apportionedOf(core, hash);
  if (known === undefined) refuseDeadEnds(apportioned, part.policy.policy, core.standing().roster.index);
  checkPart(apportioned, part);
  if (core.journal.partRequests(hash, to).some((earlier) => holdsPart(core, earlier, now)))
    throw new InvalidValue("distribution.part-taken", `another request is for the part of ${to} already`, "message.to");
  return {
    brings: known === undefined,
    then: () => {
      const { asset, chainId, recordBlock, previous } = apportioned.document;
      const named = { hash, asset, chainId, recordBlock, previous: previous ?? undefined, statement };
      if (known === undefined) core.journal.putDistribution(named);
      core.journal.putPart({ requestId, distribution: hash, recipient: to });
    },
  };
}

/** As decisions know it; undefined for what is no part of a distribution that the gate has. */
export function distributionFact(
  core: Core,
  { operation, distribution: hash, to }: Pick<Intent, "operation" | "distribution" | "to">,
): DistributionFact | undefined {
  const known = operation !== "distribute" || hash === undefined ? undefined : core.journal.distribution(hash);
  return known === undefined ? undefined : partFact(apportionedOf(core, known.hash), to, known.statement);
}

function read(hash: Bytes32, attachment: Json | undefined): Apportioned {
  if (attachment === undefined)
    throw new InvalidValue(
      "distribution.no-document",
      `the gate has no distribution \`${hash}\`; its document comes with the first part`,
      "attachment",
    );
  const apportioned = apportion(readDistribution(attachment));
  if (apportioned.hash !== hash)
    throw new InvalidValue(
      "distribution.other-document",
      `the request names ${hash}, and this is ${apportioned.hash}`,
      "attachment",
    );
  return apportioned;
}

function checkPart({ document, amountOf }: Apportioned, { intent, policy }: Part): void {
  const { token } = policy.policy;
  const wrong = (code: string, why: string, field: string): never => {
    throw new InvalidValue(`distribution.${code}`, why, field);
  };
  if (document.asset !== intent.asset)
    wrong("asset", `the document is of ${document.asset}, not of ${intent.asset}`, "message.asset");
  if (document.chainId !== intent.chainId || document.chainId !== token.chain || document.token !== token.address)
    wrong("token", `the document is of ${document.token} on chain ${String(document.chainId)}`, "message.chainId");
  const amount = amountOf.get(intent.to);
  if (amount === undefined) return wrong("recipient", `the document gives ${intent.to} nothing`, "message.to");
  if (amount !== intent.amount)
    wrong("amount", `the document gives ${intent.to} ${amount.toString()} base units`, "message.amount");
}

/** A document is long and stays in the log for ever, and a part that is asked for is nobody else's to ask for: both are for those whom a rule permits it. */
function checkAsker(core: Core, { author, service, policy }: Part): void {
  if (!service && mayAsk(core, author, policy)) return;
  throw new InvalidValue(
    "distribution.not-permitted",
    `no rule of ${policy.policy.asset} permits ${author} to distribute`,
    "credential",
  );
}

function mayAsk(core: Core, person: Name, { policy }: StandingPolicy): boolean {
  const { index } = core.standing().roster;
  return policy.rules.some(({ when }) => when.operations.has("distribute") && index.inGroup(person, when.initiator));
}

/** Of one person's documents of one asset, so many of which nothing is paid may be open at a time. */
export const mostOpen = 5;

type Bringing = { readonly author: Name; readonly asset: Name; readonly now: Instant };

function checkOpen(core: Core, { author, asset, now }: Bringing): void {
  const open = core.journal
    .unpaidDistributions(asset, author)
    .filter((brought) => !isWithoutEffect(core, brought, now)).length;
  if (open >= mostOpen)
    throw new InvalidValue(
      "distribution.too-many",
      `${String(open)} distributions of ${asset} by ${author} are open with nothing paid of them; cancel the requests that brought them first`,
      "attachment",
    );
}

/** What has its nonce holds its part, whoever asked for it; else a request does that a rule still permits. */
function holdsPart(core: Core, earlier: Bytes32, now: Instant): boolean {
  if (isWithoutEffect(core, earlier, now)) return false;
  if (core.journal.allocation(earlier) !== undefined) return true;
  const loaded = loadAdmitted(core, earlier);
  return loaded.kind !== "loaded" || mayAsk(core, loaded.request.initiator, loaded.request.policy);
}

/** Reverted, closed by a filler, or over before it had a nonce. */
function isWithoutEffect(core: Core, requestId: Bytes32, now: Instant): boolean {
  const allocation = core.journal.allocation(requestId);
  if (allocation !== undefined) return allocation.outcome === "reverted" || allocation.outcome === "closed";
  const loaded = loadAdmitted(core, requestId);
  return loaded.kind === "loaded" && endOf(core, loaded.request, now) !== undefined;
}

/** Documents are named by their content, so that what was worked out of one holds for ever; a few are under way at a time. */
const known = new Map<Bytes32, Apportioned>();
const mostKnown = 4;

function apportionedOf(core: Core, hash: Bytes32): Apportioned {
  const before = known.get(hash);
  if (before !== undefined) return lastly(hash, before);
  const stored = core.journal.distribution(hash);
  const attachment = stored === undefined ? undefined : core.journal.statement(stored.statement)?.attachment;
  invariant(attachment !== undefined, "a distribution is kept with the submission that brought it");
  const apportioned = apportion(readDistribution(attachment));
  invariant(apportioned.hash === hash, "a distribution is named by its content");
  const [oldest] = known.keys();
  if (known.size >= mostKnown && oldest !== undefined) known.delete(oldest);
  return lastly(hash, apportioned);
}

/** Whichever was not asked for longest goes first. */
function lastly(hash: Bytes32, apportioned: Apportioned): Apportioned {
  known.delete(hash);
  known.set(hash, apportioned);
  return apportioned;
}
