/** A request as the service shows it and as we recompute it: what is not the same is not believed. */
import { checksHere } from "../compose/cli-credentials.ts";
import type { RequestView } from "../request/api.ts";
import type { Decision } from "../policy/decision.ts";
import { explainDecision } from "../policy/words/explain.ts";
import { checkRequest, type Checked } from "../sdk/approval.ts";
import type { Followed } from "../sdk/in-force.ts";
import { provedVotes, submissionDoubt, type Vote } from "../sdk/spoken.ts";
import { readStatement } from "../statement/read.ts";
import { verifyStatement } from "../statement/verify.ts";
import { checksum } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { isEnd, stateSchema } from "../request/state.ts";
import { toIso } from "../values/instant.ts";
import { documentsInForce } from "./in-force.ts";
import type { Credential } from "../roster/roster.ts";
import type { Envelope } from "../statement/envelope.ts";
import { option, parseHash } from "./option-value.ts";
import { Refused } from "./outcome.ts";
import { asked, type Service } from "./connection.ts";

export type Listed = { readonly view: RequestView; readonly checked: Checked; readonly documents: Followed };

export type Shown = Listed & {
  /** Why the submission of a request that is over is not known to be its initiator's. */
  readonly doubt: string | undefined;
  /** Votes whose signatures were verified here. */
  readonly proved: ReadonlySet<Vote>;
};

/** Throws when there is no such request, when the service's words or hashes are others than ours, or when nobody signed that submission. */
export async function requestIn(service: Service, id: string): Promise<Shown> {
  const requestId = option("ID", id, parseHash);
  const [documents, found] = await Promise.all([documentsInForce(service), asked(service.client.request(requestId))]);
  if (found.kind === "absent") throw new Refused("cli.absent", `there is no request \`${id}\``);
  return signedView(service, checkedView(found.value, documents, requestId));
}

/** Of one that is shown with its signatures: who asked for it, and who spoke to it, by their own. */
export function signedView(service: Pick<Service, "standing">, listed: Listed): Shown {
  const { documents } = listed;
  const [{ deploymentId }, checks] = [service.standing, checksHere()];
  const listening = {
    roster: documents.standing.roster.index,
    verify: (envelope: Envelope, credential: Credential) =>
      verifyStatement({ deploymentId, checks, credential, statement: readStatement(envelope) }),
  };
  const { view } = listed;
  return { ...listed, doubt: submissionDoubt(view, listening), proved: provedVotes(view, listening) };
}

/** Of a list, which shows no signatures. */
export function checkedView(view: RequestView, documents: Followed, requestId: Bytes32 = view.requestId): Listed {
  if (view.requestId !== requestId)
    throw new Refused("client.untrue", `nothing is signed: the service shows another request than ${requestId}`);
  return { view, checked: checkRequest(view, [...documents.policies.values()]), documents };
}

/** Everything an approval binds, in words, with the hashes it names. */
export function bindingLines({ view, checked, documents, doubt }: Shown): readonly string[] {
  const { submission, policy, words } = checked;
  const label = [...policy.lists.values()].flatMap(({ entries }) => entries.get(submission.to) ?? [])[0];
  return [
    words,
    ...(label === undefined ? [] : [`  recipient: ${checksum(submission.to)} is listed as ${label}`]),
    `  asked for by: ${view.initiator}`,
    ...(doubt === undefined ? [] : [`  not certain: ${doubt}`]),
    `  request: ${view.requestId}`,
    `  intent: ${submission.intentHash}`,
    `  policy: version ${policy.version}, ${documents.policies.get(submission.asset)?.hash ?? ""}`,
    `  roster: version ${documents.roster.version}, ${documents.roster.hash}`,
  ];
}

/** Where it stands and who said what. */
export function lifeLines({ view, proved }: Shown): readonly string[] {
  return [
    `state: ${headed(view.state, view.waitsFor)}`,
    ...(view.alarm === null || view.state === "needs-operator" ? [] : [`ALARM: ${view.alarm}`]),
    ...view.votes.map((vote) => voteLine(vote, proved.has(vote))),
    ...(view.nonce === null ? [] : [`nonce: ${view.nonce}`]),
    ...(view.txHash === null ? [] : [`transaction: ${view.txHash}`]),
    ...(view.blockNumber === null ? [] : [`block: ${view.blockNumber}`]),
    ...closingLines(view.closing),
  ];
}

function voteLine({ person, decision, reason, at }: Vote, isProved: boolean): string {
  const doubt = isProved ? "" : " (the service says so and shows no signature of it)";
  return `  ${person}: ${decision}, ${toIso(at)}: ${reason}${doubt}`;
}

/** What becomes of the nonce of a request that ended without using it. */
function closingLines(closing: RequestView["closing"]): readonly string[] {
  if (closing === null) return [];
  return [`its nonce: ${closing.why}`, ...(closing.txHash === null ? [] : [`filler: ${closing.txHash}`])];
}

/** A state or an event with its sentence; one that begins with the word says it already. */
export function headed(word: string, sentence: string): string {
  if (sentence === "") return word;
  return sentence === word || sentence.startsWith(`${word}: `) ? sentence : `${word}: ${sentence}`;
}

/** What the policy says of it; what is decided or over waits for nothing. */
export function policyLines({ state }: RequestView, decision: Decision): readonly string[] {
  const known = stateSchema.safeParse(state).data;
  const waits = decision.verdict === "pending" && (known === undefined || !isEnd(known));
  const lines = explainDecision(decision).filter((line) => waits || !line.startsWith("waits"));
  return ["the policy says:", ...lines.map((line) => `  ${line}`)];
}
