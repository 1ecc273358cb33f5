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
import { signerFor } from "./own-credential.ts";
import { signingHere, type PageCredential } from "./usable-here.ts";
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
  const credentials = signingHere(own?.credentials ?? [], location.origin);
  const [chosen, setChosen] = useState(visitor.credential.id);
  const credential = credentials.find(({ id }) => id === chosen) ?? credentials[0];
  if (step.kind === "posted")
    return step.posted.kind === "delivered" ? delivery({ ...step, attachment: toWire(matter.document) }) : keptLine();
  if (credential === undefined)
    return h("p", {}, "None of your credentials signs on this page; use countersign request approve --batch.");
  const isBusy = step.kind === "signing";
  const word = decision === undefined ? undefined : wordOf({ matter, visitor, credential }, { ...slip, decision });
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
      h("p", { class: "hint" }, reasonless),
      credentials.length < 2 ? null : credentialChoice(credentials, chosen, setChosen),
    ),
    word === undefined ? null : shownWord(word),
    h(
      "p",
      {},
      signButton(matter, word, isBusy, () => {
        if (word !== undefined) void signed(word, setStep).then(setStep);
      }),
    ),
    step.kind === "signing" ? waiting(step.what) : null,
    step.kind === "failed" ? trouble(step.error) : null,
  );
}

const reasonless = "A word about a batch has no reason; whoever has one says it at the single request.";

type Signing = Props & { readonly credential: PageCredential };

/** What would be signed, and why it would count for nothing, if so. */
type Word = Signing & { readonly message: WireMessage<"BatchApproval">; readonly lack: string | undefined };

function wordOf(signing: Signing, choice: Slip & Pick<Choice, "decision">): Word {
  const { matter, visitor, credential } = signing;
  const lack = choice.decision === "approve" ? lackOf(matter, visitor, credential) : undefined;
  return { ...signing, message: messageOf(matter, visitor, choice), lack };
}

async function signed({ matter, visitor, credential, message }: Word, tell: (step: Step) => void): Promise<Step> {
  tell({ kind: "signing", what: waits[credential.kind] });
  try {
    const statement = await signerFor(visitor.deployment, credential).sign("BatchApproval", message);
    tell({ kind: "signing", what: "the gate's receipt" });
    return { kind: "posted", statement, posted: await send(visitor, statement, toWire(matter.document)) };
  } catch (error) {
    return { kind: "failed", error };
  }
}

function shownWord({ matter, visitor, credential, message, lack }: Word): JSX.Element {
  if (lack !== undefined)
    return h("p", { class: "warning", role: "alert" }, `Your approval would count for nothing: ${lack}.`);
  const { count, totalText, operation } = matter.weight;
  return digestsShown(
    `${message.decision} ${count} requests to ${operation}, ${totalText} together`,
    hashesOf(visitor.deployment.standing.deploymentId, "BatchApproval", message),
    { credential, fields: "count, total, largest and root must be these" },
  );
}

function signButton(
  { weight }: BatchMatter,
  word: Word | undefined,
  isBusy: boolean,
  onClick: () => void,
): JSX.Element {
  const decision = word?.message.decision;
  const forGood = decision === "reject" ? ", for good" : "";
  return h(
    "button",
    {
      type: "button",
      class: decision === "reject" ? "stop" : "first",
      disabled: isBusy || word === undefined || word.lack !== undefined,
      onClick,
    },
    decision === undefined
      ? "Sign: choose first"
      : `Sign: ${decision} ${weight.count} requests, ${weight.totalText}${forGood}`,
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
  const lifetime = parseDuration(deployment.standing.genesis.lifetimes.approval);
  // A hundredth is left to a clock here that goes before the gate's, which takes nothing that lives too long by its own.
  const longest = now + lifetime - Math.ceil(lifetime / 100);
  // Each request ends at its own expiry, whatever was signed; a no lives as long as it may.
  const last = Math.max(...lines.map(({ checked }) => checked.submission.expiresAt));
  const expiresAt = decision === "reject" ? longest : Math.min(last, longest);
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
