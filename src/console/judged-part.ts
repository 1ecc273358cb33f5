/** What analysis, tests and claims say of a policy, each with the request that shows it. */
import { h, type JSX } from "preact";
import type { JudgedView } from "../request/judged.ts";
import { said } from "./said.ts";

export function judgedPart({ analysis, tests, claims }: JudgedView): readonly JSX.Element[] {
  const failed = tests.filter(({ passed }) => !passed);
  return [
    h("h3", {}, "Findings"),
    analysis.findings.length === 0
      ? h(
          "p",
          {},
          analysis.kind === "undecided" ? said(`Undecided: ${analysis.why ?? "there were too many cases"}`) : "None.",
        )
      : h("ul", {}, ...analysis.findings.map(findingRow)),
    h("h3", {}, "Tests"),
    tests.length === 0
      ? h("p", {}, "It has none.")
      : h("p", {}, `${tests.length - failed.length} of ${tests.length} come out as written.`),
    ...(tests.length === 0
      ? []
      : [
          h(
            "details",
            {},
            h("summary", {}, "Every test"),
            h(
              "ul",
              {},
              ...tests.map((one) =>
                h(
                  "li",
                  {},
                  h("strong", {}, one.passed ? "holds: " : "fails: "),
                  said(`${one.name}: ${one.passed ? one.came : `expected ${one.expected}, came ${one.came}`}`),
                ),
              ),
            ),
          ),
        ]),
    h("h3", {}, "Claims"),
    claims.length === 0
      ? h("p", {}, "It claims nothing.")
      : h(
          "ul",
          {},
          ...claims.map((claim) =>
            h(
              "li",
              {},
              h("strong", {}, `${claim.kind}: `),
              said(claim.claim),
              claim.kind === "proved" ? null : h("p", {}, said(claim.message)),
              exampleOf(claim.example),
            ),
          ),
        ),
  ];
}

function findingRow({ severity, field, message, example }: JudgedView["analysis"]["findings"][number]): JSX.Element {
  return h(
    "li",
    {},
    h("strong", {}, `${severity}: `),
    said(message),
    " ",
    h("code", {}, said(field)),
    exampleOf(example),
  );
}

export function exampleOf(example: { readonly text: string } | undefined): JSX.Element | null {
  return example === undefined ? null : h("p", { class: "soft" }, "For example ", said(example.text));
}
