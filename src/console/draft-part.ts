/** A draft of a policy, tried against what is in force and against every past request: what it would change, before anybody signs it. */
import { h, type JSX, type TargetedEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import type { JudgedPolicy, PolicyReportView } from "../request/judged.ts";
import type { Client } from "../sdk/client.ts";
import { DownloadLink } from "./download-link.ts";
import { exampleOf, judgedPart } from "./judged-part.ts";
import { trouble, waiting, wordsOf } from "./notice.ts";
import { PolicyEditor } from "./policy-editor.ts";
import { said } from "./said.ts";
import { isList, yamlOf } from "./yaml-shown.ts";

type Trying =
  | { readonly kind: "still" | "asking" }
  /** `text` is the draft that it is about. */
  | { readonly kind: "reported"; readonly report: PolicyReportView; readonly text: string }
  | { readonly kind: "failed"; readonly error: unknown };

type DraftProps = { readonly client: Client; readonly policies: readonly JudgedPolicy[] };

/** Nothing is written, and nothing is signed here: whoever signs makes the report again on their own machine. */
export function DraftPart({ client, policies }: DraftProps): JSX.Element {
  const [text, setText] = useState("");
  const area = useRef<HTMLTextAreaElement>(null);
  const [trying, setTrying] = useState<Trying>({ kind: "still" });
  const take = async (input: HTMLInputElement): Promise<void> => {
    setText((await input.files?.[0]?.text()) ?? "");
  };
  const attempt = (): void => {
    setTrying({ kind: "asking" });
    client.report(text).then(
      (report) => {
        setTrying({ kind: "reported", report, text });
      },
      (error: unknown) => {
        setTrying({ kind: "failed", error });
      },
    );
  };
  const go = (line: number): void => {
    if (area.current !== null) mark(area.current, line);
  };
  return h(
    "section",
    { "aria-labelledby": "draft" },
    h("h2", { id: "draft" }, "Write a draft, and try it"),
    h("p", { class: "acts" }, ...policies.map((policy) => beginning(policy, setText))),
    h("label", { for: "draft-file" }, "Or with a file"),
    h("input", {
      id: "draft-file",
      type: "file",
      accept: ".yaml,.yml,.json",
      onChange: (event: TargetedEvent<HTMLInputElement>) => void take(event.currentTarget),
    }),
    h(
      "div",
      { class: "beside" },
      h(PolicyEditor, { client, text, set: setText, area }),
      h(
        "div",
        {},
        h("h3", {}, "In words"),
        trying.kind === "reported"
          ? h("ul", {}, ...trying.report.inWords.map((line) => h("li", {}, said(line.trim()))))
          : h("p", { class: "hint" }, "What it says stands here, once it is tried."),
      ),
    ),
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
    trying.kind === "failed" ? wrongPart(trying.error, go) : null,
    trying.kind === "reported" ? reportPart(trying.report, trying.text, go) : null,
  );
}

function beginning(policy: JudgedPolicy, set: (text: string) => void): JSX.Element {
  const onClick = (): void => {
    set(successorOf(policy));
  };
  return h("button", { type: "button", onClick }, `Begin with ${policy.asset} as it is in force`);
}

/** The policy in force, made into the draft of what comes after it. */
function successorOf({ document, version, hash }: JudgedPolicy): string {
  const fields = typeof document !== "object" || document === null || isList(document) ? {} : document;
  return `${yamlOf({ ...fields, version: version + 1, previous: `sha256:${hash.slice(2)}` })}\n`;
}

/** What is wrong, and the way to its line. */
function wrongPart(error: unknown, go: Going): JSX.Element {
  const line = /at line (\d{1,6}), column/.exec(wordsOf(error))?.[1];
  return h("div", {}, trouble(error), line === undefined ? null : h("p", {}, wayTo(Number(line), go)));
}

type Going = (line: number) => void;

function wayTo(line: number, go: Going): JSX.Element {
  const onClick = (): void => {
    go(line);
  };
  return h("button", { type: "button", onClick }, `Go to line ${line}`);
}

/** Marks a line and brings it into sight. */
function mark(area: HTMLTextAreaElement, line: number): void {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = (area.scrollHeight / lines.length) * (line - 4);
}

function reportPart(report: PolicyReportView, text: string, go: Going): JSX.Element {
  const { obstacles, diff, replay } = report;
  return h(
    "div",
    { role: "status" },
    h(
      "div",
      { class: `verdict ${obstacles.length === 0 ? "good" : "bad"}` },
      h("strong", {}, `It ${report.class === "tighten" ? "tightens" : "loosens"}`),
      ...(obstacles.length === 0
        ? proposing(text)
        : [
            h("p", {}, "It cannot be proposed while this is so:"),
            h(
              "ul",
              {},
              ...obstacles.map(({ field, message, line }) =>
                h(
                  "li",
                  {},
                  said(message),
                  " ",
                  h("code", {}, said(field)),
                  " ",
                  line === undefined ? null : wayTo(line, go),
                ),
              ),
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

/** Whoever signs makes the report again, with the whole log before them: it is signed together with the draft. */
function proposing(text: string): readonly JSX.Element[] {
  const name = "draft.yaml";
  return [
    h(
      "p",
      {},
      "To propose it, ",
      h(DownloadLink, { name, type: "application/yaml", text, words: "keep the draft" }),
      ", and sign it on your own machine, where its report is made again:",
    ),
    h("pre", { tabIndex: 0 }, `countersign policy propose ${name}`),
  ];
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
