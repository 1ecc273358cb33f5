/** What many requests come to, and one yes or no to all of them: the root and the digests are made here, from the lines that stand below. */
import { h, type JSX } from "preact";
import { useState } from "preact/hooks";
import { amountText } from "../intent/words.ts";
import { batchWord } from "../sdk/batch.ts";
import type { Posted } from "../sdk/delivery.ts";
import type { WireMessage } from "../sdk/wire-message.ts";
import { hashesOf } from "../statement/digest.ts";
import type { Envelope } from "../statement/envelope.ts";
import { parse as parseDuration } from "../values/duration.ts";
import { fromBytes } from "../values/hex.ts";
import { toWire } from "../values/wire.ts";
import { hexShown } from "./address-shown.ts";
import { amountShown } from "./amount-shown.ts";
import type { BatchMatter } from "./batch-matter.ts";
import { tierOf } from "./batch-sum.ts";
import { delivery } from "./delivery-note.ts";
import { keptLine, send } from "./kept.ts";
import { trouble, waiting } from "./notice.ts";
import { signerFor, usableHere, type PageCredential } from "./own-credential.ts";
import { rows } from "./rows.ts";
import { seatLack } from "./seat-lack.ts";
import type { Visitor } from "./shell.ts";
import { credentialChoice, digestsShown, radio, waits } from "./vote-form.ts";
import type { Choice } from "./vote.ts";

export function batchSum({ weight, policy, inForce }: BatchMatter): JSX.Element {
  const { operation, asset, chainId, count, totalText, largest, merkleRoot } = weight;
  const { decimals } = policy.policy.token;
  return h(
    "section",
    { "aria-label": "What they come to", class: "head" },
    h("p", { class: "act" }, `${operation}, ${count} requests together`),
    amountShown(totalText),
    rows([
      ["the largest", amountText({ operation, asset, amount: largest }, decimals)],
      ["chain", String(chainId)],
      ["root of the batch", hexShown(merkleRoot)],
      [`policy, version ${policy.judged.version}`, hexShown(policy.judged.hash)],
      [`roster, version ${inForce.documents.roster.version}`, hexShown(inForce.documents.roster.hash)],
    ]),
    h("p", { class: "hint" }, "Added up here, from the lines below; every line was made again from its raw fields."),
  );
}

type Step =
  | { readonly kind: "writing" }
  | { readonly kind: "signing"; readonly what: string }
  | { readonly kind: "posted"; readonly statement: Envelope; readonly posted: Posted }
  | { readonly kind: "failed"; readonly error: unknown };

type Props = { readonly matter: BatchMatter; readonly visitor: Visitor };

export function BatchVote({ matter, visitor }: Props): JSX.Element {
  const [step, setStep] = useState<Step>({ kind: "writing" });
  const [slip] = useState(newSlip);
  const [decision, setDecision] = useState<Choice["decision"] | undefined>(undefined);
  const own = matter.inForce.roster.member(visitor.member);
  const credentials = usableHere(own?.credentials ?? [], location.origin);
  const [chosen, setChosen] = useState(visitor.credential.id);
  const credential = credentials.find(({ id }) => id === chosen) ?? credentials[0];
  if (step.kind === "posted")
    return step.posted.kind === "delivered" ? delivery({ ...step, attachment: toWire(matter.document) }) : keptLine();
  if (credential === undefined)
    return h("p", {}, "None of your credentials signs on this page; use countersign request approve --batch.");
  const lack = decision === "approve" ? lackOf(matter, visitor, credential) : undefined;
  const message = decision === undefined ? undefined : messageOf(matter, visitor, { ...slip, decision });
  const sign = (): void => {
    if (message === undefined) return;
    setStep({ kind: "signing", what: waits[credential.kind] });
    Promise.resolve()
      .then(() => signerFor(visitor.deployment, credential).sign("BatchApproval", message))
      .then(async (statement): Promise<Step> => {
        setStep({ kind: "signing", what: "the gate's receipt" });
        return { kind: "posted", statement, posted: await send(visitor, statement, toWire(matter.document)) };
      })
      .catch((error: unknown): Step => ({ kind: "failed", error }))
      .then(setStep);
  };
  const isBusy = step.kind === "signing";
  const { count, totalText, operation } = matter.weight;
  return h(
    "section",
    { class: "vote", "aria-labelledby": "vote" },
    h("h2", { id: "vote" }, "Your word on all of them"),
    h(
      "fieldset",
      { disabled: isBusy, "aria-label": "Your vote" },
      h(
        "fieldset",
        {},
        h("legend", {}, "What do you say?"),
        radio("approve", "Approve all", decision, setDecision),
        radio("reject", "Reject all, for good", decision, setDecision),
      ),
      h(
        "p",
        { class: "hint" },
        "A word about a batch has no reason of its own; whoever has one says it at the single request.",
      ),
      credentials.length < 2 ? null : credentialChoice(credentials, chosen, setChosen),
    ),
    lack === undefined
      ? message === undefined
        ? null
        : digestsShown(
            `${message.decision} ${count} requests to ${operation}, ${totalText} together`,
            hashesOf(visitor.deployment.standing.deploymentId, "BatchApproval", message),
            { credential, fields: "count, total, largest and root must be these" },
          )
      : h("p", { class: "warning", role: "alert" }, `Your approval would count for nothing: ${lack}.`),
    h(
      "p",
      {},
      h(
        "button",
        {
          type: "button",
          class: decision === "reject" ? "stop" : "first",
          disabled: isBusy || message === undefined || lack !== undefined,
          onClick: sign,
        },
        decision === undefined
          ? "Sign: choose first"
          : `Sign: ${decision} ${count} requests, ${totalText}${decision === "reject" ? ", for good" : ""}`,
      ),
    ),
    step.kind === "signing" ? waiting(step.what) : null,
    step.kind === "failed" ? trouble(step.error) : null,
  );
}

type Slip = { readonly batchId: string; readonly now: number };

function newSlip(): Slip {
  return { batchId: fromBytes(crypto.getRandomValues(new Uint8Array(32))), now: Math.floor(Date.now() / 1000) };
}

function messageOf(
  { lines, weight, inForce }: BatchMatter,
  { deployment }: Visitor,
  { batchId, now, decision }: Slip & Pick<Choice, "decision">,
): WireMessage<"BatchApproval"> {
  const { policies, roster } = inForce.documents;
  const soonest = lines.reduce((end, { checked }) => Math.min(end, checked.submission.expiresAt), Infinity);
  const expiresAt = Math.min(soonest, now + parseDuration(deployment.standing.genesis.lifetimes.approval));
  return batchWord(weight, { policies: [...policies.values()], roster, decision, expiresAt, batchId });
}

function lackOf(matter: BatchMatter, { member }: Visitor, credential: PageCredential): string | undefined {
  const tier = tierOf(matter);
  if (typeof tier === "string") return tier;
  if (matter.lines.some(({ initiator }) => initiator === member)) return "you asked for some of it yourself";
  const { inForce, policy } = matter;
  const house = { roster: inForce.roster, groups: policy.policy.groups };
  return seatLack({ person: member, credential }, tier.quorum, house);
}
