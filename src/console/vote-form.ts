/** Saying yes or no: the words and the digests stand beside the button, and "delivered" comes from the gate's own signature alone. */
import { h, type JSX, type TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import type { Posted } from "../sdk/delivery.ts";
import { hashesOf } from "../statement/digest.ts";
import type { Envelope } from "../statement/envelope.ts";
import { fromBytes } from "../values/hex.ts";
import { hexShown } from "./address-shown.ts";
import { delivery } from "./delivery-note.ts";
import { keptLine, send } from "./kept.ts";
import { trouble, waiting, wordsOf } from "./notice.ts";
import { signerFor } from "./own-credential.ts";
import type { PageCredential } from "./usable-here.ts";
import type { Matter } from "./request-matter.ts";
import { rows } from "./rows.ts";
import { said } from "./said.ts";
import type { Visitor } from "./shell.ts";
import { standingOf, voteMessage, type Choice, type Slip } from "./vote.ts";

type Props = { readonly matter: Matter; readonly visitor: Visitor; readonly done: () => void };

type Step =
  | { readonly kind: "writing" }
  | { readonly kind: "signing"; readonly what: string }
  | { readonly kind: "posted"; readonly statement: Envelope; readonly posted: Posted }
  | { readonly kind: "failed"; readonly error: unknown };

export function VoteForm({ matter, visitor, done }: Props): JSX.Element {
  const [step, setStep] = useState<Step>({ kind: "writing" });
  const standing = standingOf(matter, visitor, location.origin);
  const post = (statement: Envelope): void => {
    setStep({ kind: "signing", what: "the gate's receipt" });
    void send(visitor, statement).then((posted) => {
      setStep({ kind: "posted", statement, posted });
      if (posted.kind === "delivered") done();
    });
  };
  const sign = (credential: PageCredential, choice: Choice, slip: Slip): void => {
    setStep({ kind: "signing", what: waits[credential.kind] });
    Promise.resolve()
      .then(() =>
        signerFor(visitor.deployment, credential).sign("Approval", voteMessage(matter, visitor, slip, choice)),
      )
      .then(post, (error: unknown) => {
        setStep({ kind: "failed", error });
      });
  };
  const { kind } = step;
  return h(
    "section",
    { class: "vote", "aria-labelledby": "vote" },
    h("h2", { id: "vote" }, "Your word"),
    kind === "posted"
      ? step.posted.kind === "delivered"
        ? delivery(step)
        : keptLine()
      : standing.kind === "may-not"
        ? h("p", {}, standing.why)
        : h(Ballot, { ...standing, matter, visitor, busy: kind === "signing", sign }),
    kind === "signing" ? waiting(step.what) : null,
    kind === "failed" ? trouble(step.error) : null,
  );
}

export const waits = {
  wallet: "your wallet: compare what it shows with this page before you confirm",
  passkey: "your passkey",
} as const;

type BallotProps = {
  readonly matter: Matter;
  readonly visitor: Visitor;
  readonly credentials: readonly PageCredential[];
  readonly lacks: ReadonlyMap<PageCredential, string>;
  /** While true the slip stays as it is: somebody reads it in their wallet. */
  readonly busy: boolean;
  readonly sign: (credential: PageCredential, choice: Choice, slip: Slip) => void;
};

function Ballot({ matter, visitor, credentials, lacks, busy, sign }: BallotProps): JSX.Element {
  const [slip] = useState<Slip>(newSlip);
  const [decision, setDecision] = useState<Choice["decision"] | undefined>(undefined);
  const [reason, setReason] = useState("");
  const [chosen, setChosen] = useState(visitor.credential.id);
  const credential = credentials.find(({ id }) => id === chosen) ?? credentials[0];
  const choice = decision === undefined ? undefined : { decision, reason };
  const isWhole = credential !== undefined && choice !== undefined;
  const lack = isWhole && decision === "approve" ? lacks.get(credential) : undefined;
  return h(
    "form",
    // Enter in a field signs nothing: only the button does.
    {
      onSubmit: (event: Event) => {
        event.preventDefault();
      },
    },
    h(
      "fieldset",
      { disabled: busy, "aria-label": "Your vote" },
      h(
        "fieldset",
        {},
        h("legend", {}, "What do you say?"),
        radio("approve", "Approve", decision, setDecision),
        radio("reject", "Reject, for good", decision, setDecision),
      ),
      h("label", { for: "reason" }, "Reason"),
      h("input", {
        id: "reason",
        type: "text",
        class: "prose",
        maxLength: 200,
        autocomplete: "off",
        value: reason,
        "aria-describedby": "reason-hint",
        onInput: (event: TargetedEvent<HTMLInputElement>) => {
          setReason(event.currentTarget.value);
        },
      }),
      h("p", { id: "reason-hint", class: "hint" }, "Everybody who reads the log reads it."),
      credentials.length < 2 ? null : credentialChoice(credentials, chosen, setChosen),
    ),
    lack === undefined
      ? isWhole
        ? digests({ matter, visitor, slip, choice, credential })
        : null
      : h("p", { class: "warning", role: "alert" }, `Your approval would fill no seat: ${lack}.`),
    h(
      "p",
      {},
      h(
        "button",
        {
          type: "button",
          class: decision === "reject" ? "stop" : "first",
          disabled: busy || !isWhole || lack !== undefined,
          onClick: () => {
            if (isWhole) sign(credential, choice, slip);
          },
        },
        buttonWords(matter, decision),
      ),
    ),
  );
}

function newSlip(): Slip {
  return { approvalId: fromBytes(crypto.getRandomValues(new Uint8Array(32))), now: Math.floor(Date.now() / 1000) };
}

function buttonWords({ checked }: Matter, decision: Choice["decision"] | undefined): string {
  if (decision === undefined) return "Sign: choose first";
  const { operation, amountText, asset } = checked.submission;
  const what = `${operation} ${amountText === "no amount" ? asset : amountText}`;
  return decision === "approve" ? `Sign: approve ${what}` : `Sign: reject ${what}, for good`;
}

export function radio(
  value: Choice["decision"],
  words: string,
  chosen: Choice["decision"] | undefined,
  choose: (value: Choice["decision"]) => void,
): JSX.Element {
  const onChange = (): void => {
    choose(value);
  };
  return h(
    "label",
    { class: "radio" },
    h("input", { type: "radio", name: "decision", value, checked: chosen === value, onChange }),
    ` ${words}`,
  );
}

export function credentialChoice(
  credentials: readonly PageCredential[],
  chosen: string,
  choose: (id: PageCredential["id"]) => void,
): JSX.Element {
  const onChange = (event: TargetedEvent<HTMLSelectElement>): void => {
    const found = credentials.find(({ id }) => id === event.currentTarget.value);
    if (found !== undefined) choose(found.id);
  };
  return h(
    "div",
    {},
    h("label", { for: "credential" }, "Sign with"),
    h(
      "select",
      { id: "credential", value: chosen, onChange },
      ...credentials.map(({ id, kind }) => h("option", { value: id }, `${id} (${kind})`)),
    ),
  );
}

type Digested = {
  readonly matter: Matter;
  readonly visitor: Visitor;
  readonly slip: Slip;
  readonly choice: Choice;
  readonly credential: PageCredential;
};

/** What a device shows of the statement, made here. */
function digests({ matter, visitor, slip, choice, credential }: Digested): JSX.Element {
  try {
    const message = voteMessage(matter, visitor, slip, choice);
    const hashes = hashesOf(visitor.deployment.standing.deploymentId, "Approval", message);
    return digestsShown(`${choice.decision} ${matter.checked.words}`, hashes, {
      credential,
      fields: "recipient and amount must be these",
    });
  } catch (error) {
    return h("p", { role: "alert", class: "warning" }, said(wordsOf(error)));
  }
}

/** Of what is signed, beside its words; `fields` says what a wallet must show. */
export function digestsShown(
  words: string,
  { domainHash, messageHash, digest }: ReturnType<typeof hashesOf>,
  { credential, fields }: { readonly credential: PageCredential; readonly fields: string },
): JSX.Element {
  const device =
    credential.kind === "wallet"
      ? `A wallet shows the fields: ${fields}. A device that shows hashes instead shows these.`
      : "A passkey shows nothing of what it signs. Read from your own copy.";
  return h(
    "div",
    { class: "digests" },
    h("p", {}, "You sign: ", said(words)),
    h("p", { class: "hint" }, device),
    rows([
      ["domain hash", hexShown(domainHash)],
      ["message hash", hexShown(messageHash)],
      ["EIP-712 digest", hexShown(digest)],
    ]),
  );
}
