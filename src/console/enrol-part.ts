/** A passkey made in one's own console: its record, its proof and the roster that adds it, for officers to sign and for nobody to enrol alone. */
import { h, type JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Credential } from "../roster/roster.ts";
import { passkeyRecord, rosterWith } from "../sdk/enrolment.ts";
import { canonical } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import { DownloadLink } from "./download-link.ts";
import { choice, field } from "./form-field.ts";
import type { InForce } from "./in-force.ts";
import { trouble, waiting } from "./notice.ts";
import { askPasskey, makePasskey } from "./own-passkey.ts";
import type { Visitor } from "./shell.ts";

type Passkey = Extract<Credential, { kind: "passkey" }>;
type Files = readonly (readonly [name: string, words: string, text: string])[];
type Enrolling =
  | { readonly kind: "still" | "asking" }
  | { readonly kind: "made"; readonly files: Files }
  | { readonly kind: "failed"; readonly error: unknown };
type EnrolProps = { readonly visitor: Visitor; readonly inForce: InForce };

export function EnrolPart({ visitor, inForce }: EnrolProps): JSX.Element {
  const [holder, setHolder] = useState(visitor.member);
  const [id, setId] = useState("");
  const [step, setStep] = useState<Enrolling>({ kind: "still" });
  const made = useRef<Passkey | undefined>(undefined);
  const { roster } = inForce.roster;
  if (visitor.shell.ground.kind === "served") return h("p", {}, "A passkey that signs is made in your own console.");
  const start = (): void => {
    setStep({ kind: "asking" });
    enrol(visitor, inForce, { holder, id, made }).then(
      (files) => {
        setStep({ kind: "made", files });
      },
      (error: unknown) => {
        setStep({ kind: "failed", error });
      },
    );
  };
  return h(
    "section",
    { "aria-labelledby": "enrol" },
    h("h2", { id: "enrol" }, "Make a passkey"),
    choice("holder", "Whose it is", holder, { options: roster.people.map((one) => one.id), set: setHolder }),
    field("passkey", "What it is called, such as phone-of-ida", id, { set: setId, error: undefined }),
    h(
      "p",
      {},
      h(
        "button",
        { type: "button", disabled: id === "" || step.kind === "asking" || step.kind === "made", onClick: start },
        "Make it here",
      ),
    ),
    step.kind === "asking" ? waiting("your device, which asks twice: to make the passkey, and to prove it") : null,
    step.kind === "failed" ? trouble(step.error) : null,
    step.kind === "made" ? proposal(step.files) : null,
  );
}

function proposal(files: Files): JSX.Element {
  const [roster, proof] = files.map(([name]) => name);
  return h(
    "div",
    { class: "verdict", role: "status" },
    h("strong", {}, "Made, and in no roster yet"),
    h("p", {}, "It counts once officers signed the roster that adds it. Give them the first two files:"),
    h("ul", {}, ...files.map(([name, words, text]) => h("li", {}, h(DownloadLink, { name, text, words })))),
    h("p", {}, h("code", {}, `countersign roster propose ${roster ?? ""} --possession ${proof ?? ""}`)),
  );
}

type Wanted = {
  readonly holder: Visitor["member"];
  readonly id: string;
  readonly made: { current: Passkey | undefined };
};

/** What was made is kept, so that another try only proves it again. */
async function enrol({ deployment }: Visitor, { roster }: InForce, { holder, id, made }: Wanted): Promise<Files> {
  const record = made.current?.id === id ? made.current : passkeyRecord(id, await makePasskey(id));
  made.current = record;
  const next = rosterWith(roster.roster, holder, record);
  const proof = await deployment
    .passkey(record, askPasskey)
    .sign("Possession", { holder, credential: record.id, documentHash: next.hash });
  return [
    [`roster-${String(roster.roster.version + 1)}.json`, "the roster that adds it", canonical(next.document)],
    [`${id}-proof.json`, "the proof that you hold it", canonical(toWire(proof))],
    [`${id}.json`, "its record, for you to sign in with", canonical(toWire(record))],
  ];
}
