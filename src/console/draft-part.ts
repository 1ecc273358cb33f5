/** A draft of a policy, tried against what is in force and against every past request: what it would change, before anybody signs it. */
import { h, type JSX, type TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import type { PolicyReportView } from "../request/judged.ts";
import type { Client } from "../sdk/client.ts";
import { InvalidValue } from "../values/errors.ts";
import { parseStrict, type Json } from "../values/json.ts";
import { exampleOf, judgedPart } from "./judged-part.ts";
import { trouble, waiting } from "./notice.ts";
import { said } from "./said.ts";

type Trying =
  | { readonly kind: "still" | "asking" }
  | { readonly kind: "reported"; readonly report: PolicyReportView }
  | { readonly kind: "failed"; readonly error: unknown };

/** Nothing is written, and nothing is signed here: whoever signs makes the report again on their own machine. */
export function DraftPart({ client }: { readonly client: Client }): JSX.Element {
  const [text, setText] = useState("");
  const [trying, setTrying] = useState<Trying>({ kind: "still" });
  const take = async (input: HTMLInputElement): Promise<void> => {
    setText((await input.files?.[0]?.text()) ?? "");
  };
  const attempt = (): void => {
    setTrying({ kind: "asking" });
    reportOf(client, text).then(
      (report) => {
        setTrying({ kind: "reported", report });
      },
      (error: unknown) => {
        setTrying({ kind: "failed", error });
      },
    );
  };
  return h(
    "section",
    { "aria-labelledby": "draft" },
    h("h2", { id: "draft" }, "Try a draft"),
    h("p", {}, "The whole draft as JSON."),
    h("label", { for: "draft-file" }, "File of the draft"),
    h("input", {
      id: "draft-file",
      type: "file",
      accept: ".json,application/json",
      onChange: (event: TargetedEvent<HTMLInputElement>) => void take(event.currentTarget),
    }),
    h("label", { for: "draft-text" }, "Or its text"),
    h("textarea", {
      id: "draft-text",
      rows: 8,
      spellcheck: false,
      value: text,
      onInput: (event: TargetedEvent<HTMLTextAreaElement>) => {
        setText(event.currentTarget.value);
      },
    }),
    h(
      "p",
      {},
      h(
        "button",
        { type: "button", disabled: text.trim() === "" || trying.kind === "asking", onClick: attempt },
        "What would it change?",
      ),
    ),
    trying.kind === "asking" ? waiting("the report") : null,
    trying.kind === "failed" ? trouble(trying.error) : null,
    trying.kind === "reported" ? reportPart(trying.report) : null,
  );
}

async function reportOf(client: Client, text: string): Promise<PolicyReportView> {
  let draft: Json;
  try {
    draft = parseStrict(text, 32);
  } catch (error) {
    if (error instanceof InvalidValue)
      throw new InvalidValue("console.draft", `the draft is no JSON: ${error.message}`);
    throw error;
  }
  return client.report(draft);
}

function reportPart(report: PolicyReportView): JSX.Element {
  const { obstacles, diff, replay } = report;
  return h(
    "div",
    { role: "status" },
    h(
      "div",
      { class: `verdict ${obstacles.length === 0 ? "good" : "bad"}` },
      h("strong", {}, `It ${report.class === "tighten" ? "tightens" : "loosens"}`),
      ...(obstacles.length === 0
        ? [h("p", {}, "To propose it, on your own machine: ", h("code", {}, "countersign policy propose FILE"), ".")]
        : [
            h("p", {}, "It cannot be proposed while this is so:"),
            h(
              "ul",
              {},
              ...obstacles.map(({ field, message }) => h("li", {}, said(message), " ", h("code", {}, said(field)))),
            ),
          ]),
    ),
    h("h3", {}, "What comes out otherwise"),
    ...diffPart(diff),
    h("h3", {}, "Past requests"),
    h("p", {}, `${replay.tried} were decided again; ${replay.flips.length} come out otherwise.`),
    h(
      "ul",
      {},
      ...replay.flips.map(({ words, from, to }) => h("li", {}, said(words), ": ", said(from), " becomes ", said(to))),
    ),
    ...judgedPart(report),
  );
}

function diffPart(diff: PolicyReportView["diff"]): readonly JSX.Element[] {
  if (diff === null) return [h("p", {}, "It is the first policy of its asset.")];
  if (diff.regions.length + diff.settings.length === 0)
    return [h("p", {}, diff.kind === "undecided" ? "Undecided: there are too many cases." : "Nothing.")];
  const regions = diff.regions.map(({ effect, region, from, to, example }) =>
    h(
      "li",
      {},
      h("strong", {}, `${effect}: `),
      said(region),
      ": ",
      said(from),
      " becomes ",
      said(to),
      exampleOf(example),
    ),
  );
  const settings = diff.settings.map(({ effect, field, from, to }) =>
    h("li", {}, h("strong", {}, `${effect}: `), h("code", {}, said(field)), " ", said(from), " becomes ", said(to)),
  );
  return [h("ul", {}, ...regions, ...settings)];
}
