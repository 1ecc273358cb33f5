/** The head of a request: what it does, how much of everything that is, to whom, and until when. */
import { h, type JSX } from "preact";
import { isIssuing, operations, type Operation } from "../intent/operation.ts";
import { stepText } from "../values/multiplier.ts";
import type { Name } from "../values/name.ts";
import { addressShown } from "./address-shown.ts";
import { amountShown } from "./amount-shown.ts";
import { distance } from "./distance.ts";
import { listedSince } from "./listed-since.ts";
import { forbids, recipientTerm } from "./recipient.ts";
import { RecipientHistory } from "./recipient-history.ts";
import type { Matter } from "./request-matter.ts";
import { rows, type Row } from "./rows.ts";
import { said } from "./said.ts";
import { shareOf } from "./share.ts";
import type { Visitor } from "./shell.ts";
import { timeShown } from "./time-shown.ts";

export function requestHead(matter: Matter, visitor: Visitor, now: number): JSX.Element {
  const { view, checked, policy, inForce, doubt } = matter;
  const { submission, words } = checked;
  const { operation } = submission;
  const uses = operations[operation];
  return h(
    "section",
    { "aria-label": "What it does", class: "head" },
    h("p", { class: "act" }, verbs[operation]),
    doubt === undefined ? null : h("p", { class: "warning" }, said(doubt)),
    uses.amount ? amountShown(submission.amountText) : amountShown(submission.asset),
    h("p", { class: "soft" }, ...sharesOf(matter)),
    rows([
      uses.recipient ? [recipientTerm(operation), ...recipient(matter, visitor)] : undefined,
      furtherRow(matter),
      [
        "asked for by",
        said(memberName(matter, view.initiator)),
        ` (${view.initiator}), reference ${submission.reference}`,
      ],
      ["signed by", addressShown(submission.account, inForce.labels)],
      ["expires", `${distance(submission.expiresAt, now)}, `, timeShown(submission.expiresAt, policy.zone)],
      ["now", h("strong", {}, said(view.state)), ", ", said(view.waitsFor)],
      view.alarm === null ? undefined : ["alarm", h("strong", { class: "alarm" }, said(view.alarm))],
    ]),
    h("h2", {}, "In words"),
    h("p", { class: "words" }, said(words)),
    h("p", { class: "hint" }, "Made here from the raw fields, whose hash people sign."),
  );
}

/** What a person does who agrees. */
const verbs: Readonly<Record<Operation, string>> = {
  mint: "Mint",
  burn: "Burn",
  redeem: "Redeem",
  transfer: "Transfer",
  pause: "Pause",
  unpause: "Let go on",
  grantRole: "Let mint",
  revokeRole: "Let no longer mint",
  freeze: "Freeze a holder of",
  unfreeze: "Unfreeze a holder of",
  registerIdentity: "Let hold",
  forcedTransfer: "Take by force",
  distribute: "Distribute",
  addClaim: "Make a claim for",
  removeClaim: "Take back a claim for",
  raiseMultiplier: "Issue to all who hold it, at most",
};

function memberName({ inForce }: Matter, id: Matter["view"]["initiator"]): string {
  return inForce.roster.member(id)?.name ?? id;
}

function recipient(matter: Matter, visitor: Visitor): readonly (JSX.Element | null)[] {
  const { checked, policy, inForce, decision } = matter;
  const { to, operation } = checked.submission;
  const listed = [...policy.policy.lists].filter(([, { entries }]) => entries.has(to));
  const known = inForce.labels.has(to);
  const forbidding = listed.filter(([name]) => forbids(policy.policy, name, operation)).map(([name]) => name);
  const ages = decision?.clauses.filter(({ id }) => id.endsWith(".to.age")) ?? [];
  return [
    addressShown(to, inForce.labels),
    h(
      "span",
      { class: known && forbidding.length === 0 ? "soft block" : "warning" },
      listed.length > 0
        ? `on the list ${listed.map(([name]) => name).join(", ")} of the policy`
        : "on no list of the policy",
      known ? "" : ": nothing here knows this address",
    ),
    ...listed.map(([list, { minAgeSeconds }]) => ageLine(matter, visitor, { list, minAgeSeconds })),
    ...ages.map(({ ok, observed, bound }) =>
      h(
        "p",
        { class: ok ? "soft" : "warning" },
        ok ? "Long enough, as the gate says: " : "Not long enough yet, as the gate says: ",
        said(`${observed}; must be ${bound}`),
      ),
    ),
    ...forbidding.map((name) => h("strong", { class: "warning" }, `The list ${name} forbids this`)),
    recipientTerm(operation) === "to" ? h(RecipientHistory, { matter, visitor }) : null,
  ];
}

function ageLine(
  { checked, policy, inForce }: Matter,
  { deployment }: Visitor,
  { list, minAgeSeconds }: { readonly list: Name; readonly minAgeSeconds: number },
): JSX.Element {
  const { to, asset } = checked.submission;
  const first = [...deployment.standing.policies].find(([name]) => name === asset)?.[1].document;
  const earlier = { first, changes: inForce.changes };
  const since = listedSince({ list, address: to }, policy.judged.document, earlier);
  return h(
    "p",
    { class: "soft" },
    `${list}: there since version ${since?.version ?? policy.judged.version} of the policy`,
    ...(since?.at === undefined
      ? [since?.version === 1 ? ", which the genesis brought" : ""]
      : [", signed ", timeShown(since.at, policy.zone)]),
    minAgeSeconds === 0 ? "" : `; entries count after ${String(minAgeSeconds / 3_600)} hours`,
  );
}

function furtherRow({ checked, inForce, policy }: Matter): Row | undefined {
  const { from, identity, country, destination, distribution } = checked.intent;
  const { oldMultiplier: old, newMultiplier: next, activationTime } = checked.intent;
  if (old !== undefined && next !== undefined && activationTime !== undefined)
    return ["a share", `${stepText({ from: old, to: next })} as of `, timeShown(activationTime, policy.zone)];
  if (from !== undefined) return ["taken from", addressShown(from, inForce.labels)];
  if (destination !== undefined) return ["what backs it goes to", said(destination)];
  if (distribution !== undefined) return ["part of the distribution", said(distribution)];
  if (identity === undefined) return undefined;
  return ["identity", addressShown(identity, inForce.labels), country === undefined ? "" : `, country ${country}`];
}

function sharesOf({ checked, asset }: Matter): readonly string[] {
  const { amount, operation } = checked.submission;
  if (asset === undefined || amount === 0n) return [];
  const supply = asset.supply === null ? undefined : shareOf(amount, asset.supply);
  const headroom = asset.headroom === null ? undefined : shareOf(amount, asset.headroom);
  const ofSupply =
    asset.supply === null
      ? "what is out is not known"
      : supply === undefined
        ? "nothing is out yet"
        : `${supply} of what is out`;
  const source = ", as the service shows it";
  if (!isIssuing(operation)) return [ofSupply, source];
  const over = asset.headroom !== null && amount > asset.headroom;
  const ofRoom =
    headroom === undefined ? (over ? "there is no headroom" : "headroom is not known") : `${headroom} of the headroom`;
  return [ofSupply, "; ", ofRoom, source];
}
