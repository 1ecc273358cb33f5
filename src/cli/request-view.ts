/** A request as the service shows it and as we recompute it: what is not the same is not believed. */
import type { RequestView } from "../request/api.ts";
import type { Decision } from "../policy/decision.ts";
import { explainDecision } from "../policy/words/explain.ts";
import { checkRequest, type Checked } from "../sdk/approval.ts";
import type { Documents } from "../sdk/in-force.ts";
import { checksum } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { isEnd, stateSchema } from "../request/state.ts";
import { toIso } from "../values/instant.ts";
import { documentsInForce } from "./in-force.ts";
import { option, parseHash } from "./option-value.ts";
import { Refused } from "./outcome.ts";
import { asked, type Service } from "./connection.ts";

export type Shown = { readonly view: RequestView; readonly checked: Checked; readonly documents: Documents };

/** Throws when there is no such request, or when the service's words or hashes are others than ours. */
export async function requestIn(service: Service, id: string): Promise<Shown> {
  const requestId = option("ID", id, parseHash);
  const [documents, found] = await Promise.all([documentsInForce(service), asked(service.client.request(requestId))]);
  if (found.kind === "absent") throw new Refused("cli.absent", `there is no request \`${id}\``);
  return checkedView(found.value, documents, requestId);
}

export function checkedView(view: RequestView, documents: Documents, requestId: Bytes32 = view.requestId): Shown {
  if (view.requestId !== requestId)
    throw new Refused("client.untrue", `nothing is signed: the service shows another request than ${requestId}`);
  return { view, checked: checkRequest(view, [...documents.policies.values()]), documents };
}

/** Everything an approval binds, in words, with the hashes it names. */
export function bindingLines({ view, checked, documents }: Shown): readonly string[] {
  const { submission, policy, words } = checked;
  const label = [...policy.lists.values()].flatMap(({ entries }) => entries.get(submission.to) ?? [])[0];
  return [
    words,
    ...(label === undefined ? [] : [`  recipient: ${checksum(submission.to)} is listed as ${label}`]),
    `  asked for by: ${view.initiator}`,
    `  request: ${view.requestId}`,
    `  intent: ${submission.intentHash}`,
    `  policy: version ${policy.version}, ${documents.policies.get(submission.asset)?.hash ?? ""}`,
    `  roster: version ${documents.roster.version}, ${documents.roster.hash}`,
  ];
}

/** Where it stands and who said what. */
export function lifeLines({ view }: Shown): readonly string[] {
  return [
    `state: ${headed(view.state, view.waitsFor)}`,
    ...(view.alarm === null || view.state === "needs-operator" ? [] : [`ALARM: ${view.alarm}`]),
    ...view.votes.map(({ person, decision, reason, at }) => `  ${person}: ${decision}, ${toIso(at)}: ${reason}`),
    ...(view.nonce === null ? [] : [`nonce: ${view.nonce}`]),
    ...(view.txHash === null ? [] : [`transaction: ${view.txHash}`]),
    ...(view.blockNumber === null ? [] : [`block: ${view.blockNumber}`]),
    ...closingLines(view.closing),
  ];
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
