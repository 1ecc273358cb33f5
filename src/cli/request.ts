/** `countersign request submit|list|show|approve|reject|veto|cancel`: asking, and answering what others ask. */
import type { About } from "../bundle/meaning.ts";
import { maxPage } from "../request/api.ts";
import { states, stateSchema, type State } from "../request/state.ts";
import { approvalMessage, cancellationMessage, requestVetoMessage } from "../sdk/approval.ts";
import { checkDecision } from "../sdk/shown-decision.ts";
import { submissionMessage, submissionWords, type Wish } from "../sdk/submission.ts";
import { InvalidValue } from "../values/errors.ts";
import { fromBytes } from "../values/hex.ts";
import { toIso, type Instant } from "../values/instant.ts";
import { toWire } from "../values/wire.ts";
import { consent } from "./consent.ts";
import { instructionFile, redemptionLines } from "./instruction.ts";
import { deliver } from "./delivery.ts";
import { deviceLines } from "./request-bundle.ts";
import type { Given } from "./command.ts";
import { furtherGiven } from "./further-option.ts";
import { documentsInForce, inForce, type InForce } from "./in-force.ts";
import type { Io } from "./io.ts";
import { option, optionAfter, optionHash, parseCount } from "./option-value.ts";
import { no, UsageError, yes, type Outcome } from "./outcome.ts";
import { aboutRequest, signOwn } from "./own-signature.ts";
import { withoutUnit } from "./quantity.ts";
import { bindingLines, checkedView, headed, lifeLines, policyLines, requestIn, type Shown } from "./request-view.ts";
import { asked, openService } from "./connection.ts";
import { signingAccount } from "./signing-account.ts";

const usualFeeCeiling = "0.02 ETH";
const usualLife = "24h";

export async function submit(given: Given, io: Io): Promise<Outcome> {
  const file = given.maybe("distribution");
  if (file !== undefined) return await (await import("./distribution.ts")).submitDistribution(given, io, file);
  const service = openService(given);
  const documents = await inForce(service, given.text("asset"));
  const { decimals } = documents.policy.token;
  const wish = wishOf(given, documents, io.now());
  const asId = given.maybe("request-id");
  const requestId = asId === undefined ? fromBytes(io.random(32)) : optionHash("request-id", asId);
  const message = submissionMessage(wish, { requestId, decimals });
  const words = submissionWords(wish, decimals);
  await consent(given, io, [words]);
  const about = aboutRequest(message, documents.policyDocument);
  const statement = await signOwn({ given, io, service }, { kind: "Submission", message, about });
  const sent = await deliver(service, given, { statement }, { requestId, words });
  return { ...sent, lines: [...sent.lines, `request ${requestId}`] };
}

function wishOf(given: Given, documents: InForce, now: Instant): Wish {
  const { asset, token } = documents.policy;
  const [to, amount] = [given.maybe("to"), given.maybe("amount")];
  const units = amount === undefined ? undefined : withoutUnit("amount", amount, asset);
  const operation = given.text("operation");
  return {
    operation,
    asset,
    chainId: token.chain,
    account: given.maybe("account") ?? signingAccount(documents, { operation, amount: units, to }),
    ...(to === undefined ? {} : { to }),
    ...(units === undefined ? {} : { amount: units }),
    ...furtherGiven(given),
    reference: given.text("reference"),
    feeCeiling: withoutUnit("fee-ceiling", given.maybe("fee-ceiling") ?? usualFeeCeiling, "ETH"),
    notBefore: now,
    expiresAt: optionAfter("expires", given.maybe("expires") ?? usualLife, now),
  };
}

export async function list(given: Given): Promise<Outcome> {
  const [state, asset, limit] = [given.maybe("state"), given.maybe("asset"), given.maybe("limit")];
  const distribution = given.maybe("distribution");
  const filter = {
    ...(state === undefined ? {} : { state: readState(state) }),
    ...(asset === undefined ? {} : { asset }),
    ...(distribution === undefined ? {} : { distribution: optionHash("distribution", distribution) }),
    limit: readLimit(limit ?? "100"),
  };
  const service = openService(given);
  const [documents, page] = await Promise.all([documentsInForce(service), asked(service.client.requests(filter))]);
  const doubts: string[] = [];
  const rows = page.requests.map((view) => {
    try {
      return `${view.requestId}  ${view.state}  ${checkedView(view, documents).checked.words}`;
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      doubts.push(view.requestId);
      return `${view.requestId}  ${view.state}  not as the service shows it: ${error.message}`;
    }
  });
  const json = { requests: page.requests.map((view) => toWire(view)), next: page.next, doubts };
  if (doubts.length > 0) return no(rows, json);
  return yes(rows.length === 0 ? ["there is no request"] : rows, json);
}

function readState(text: string): State {
  const state = stateSchema.safeParse(text).data;
  if (state === undefined) throw new UsageError(`--state: \`${text}\` is none of ${states.join(", ")}`);
  return state;
}

function readLimit(text: string): number {
  const limit = option("limit", text, parseCount);
  if (limit < 1 || limit > maxPage) throw new UsageError(`--limit: \`${text}\` is not from 1 to ${maxPage}`);
  return limit;
}

export async function show(given: Given): Promise<Outcome> {
  const service = openService(given);
  const shown = await requestIn(service, given.operand);
  const decision = await asked(service.client.decision(shown.view.requestId));
  if (decision.kind === "found") checkDecision(decision.value, aboutDecision(shown));
  const events = shown.view.events.map(({ at, event, detail }) => `  ${toIso(at)} ${headed(event, detail)}`);
  const lines = [
    ...bindingLines(shown),
    ...lifeLines(shown),
    ...redemptionLines(service, shown.view),
    ...instructionFile(given, service, shown.view),
    ...(await deviceLines(service, shown)),
    ...(decision.kind === "found" ? policyLines(shown.view, decision.value) : []),
    ...(events.length === 0 ? [] : ["history:", ...events]),
  ];
  const found = decision.kind === "found" ? toWire(decision.value) : null;
  return yes(lines, { request: toWire(shown.view), words: shown.checked.words, decision: found });
}

function aboutDecision({ view, checked, documents }: Shown): Parameters<typeof checkDecision>[1] {
  return { state: view.state, submission: checked.submission, roster: documents.standing.roster.index };
}

export function approve(given: Given, io: Io): Promise<Outcome> {
  return vote(given, io, "approve");
}

export function reject(given: Given, io: Io): Promise<Outcome> {
  return vote(given, io, "reject");
}

/** The words come first, from the raw fields; what is signed is made of the same fields. */
async function vote(given: Given, io: Io, decision: "approve" | "reject"): Promise<Outcome> {
  const named = { batch: given.maybe("batch"), distribution: given.maybe("distribution") };
  if (named.batch !== undefined || named.distribution !== undefined)
    return (await import("./request-batch.ts")).voteOnBatch({ given, io, named }, decision);
  if (given.operands.length === 0) throw new UsageError("ID is missing; of many requests at once, give --batch FILE");
  if (decision === "reject" && given.maybe("reason") === undefined) throw new UsageError("--reason TEXT is missing");
  const service = openService(given);
  const shown = await requestIn(service, given.operand);
  const { view, checked, documents } = shown;
  const { expiresAt } = checked.submission;
  const { approval } = service.standing.genesis.lifetimes;
  const latest = optionAfter("expires", given.maybe("expires") ?? approval, io.now());
  const message = approvalMessage(view, {
    policies: [...documents.policies.values()],
    roster: documents.roster,
    decision,
    reason: given.maybe("reason") ?? "approved",
    expiresAt: latest < expiresAt ? latest : expiresAt,
    approvalId: fromBytes(io.random(32)),
  });
  const verb = decision === "approve" ? "you approve" : "you reject, for good";
  await consent(given, io, [
    `${verb}:`,
    ...bindingLines(shown),
    `  reason: ${message.reason}`,
    `  your word counts until ${toIso(message.expiresAt)}`,
  ]);
  const statement = await signOwn({ given, io, service }, { kind: "Approval", message, about: aboutOf(shown) });
  return deliver(service, given, { statement }, { requestId: view.requestId, decision, words: checked.words });
}

export async function veto(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const shown = await requestIn(service, given.operand);
  const message = requestVetoMessage(shown.view, [...shown.documents.policies.values()], given.text("reason"));
  await consent(given, io, ["you veto:", ...bindingLines(shown), `  reason: ${message.reason}`]);
  const statement = await signOwn({ given, io, service }, { kind: "Veto", message, about: aboutOf(shown) });
  return deliver(service, given, { statement }, { requestId: shown.view.requestId });
}

export async function cancel(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const shown = await requestIn(service, given.operand);
  const message = cancellationMessage(shown.view, [...shown.documents.policies.values()], given.text("reason"));
  await consent(given, io, ["you cancel:", ...bindingLines(shown), `  reason: ${message.reason}`]);
  const statement = await signOwn({ given, io, service }, { kind: "Cancellation", message, about: aboutOf(shown) });
  return deliver(service, given, { statement }, { requestId: shown.view.requestId });
}

/** The request and the policy, which are hashes and words for whoever looks at the statement elsewhere. */
function aboutOf({ view, checked, documents }: Shown): About {
  const policy = documents.policies.get(checked.submission.asset);
  return aboutRequest(view.submission, policy?.document ?? null);
}
