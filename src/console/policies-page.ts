/** The policies in force: in plain words beside their text, with what analysis, tests and claims say; and what a draft would change. */
import { h, type JSX } from "preact";
import type { JudgedPolicy } from "../request/judged.ts";
import { hexShown } from "./address-shown.ts";
import { useAnswer } from "./answer.ts";
import { DraftPart } from "./draft-part.ts";
import { readInForce } from "./in-force.ts";
import { judgedPart } from "./judged-part.ts";
import { whenKnown } from "./notice.ts";
import { isOverseer } from "./overseers.ts";
import { said } from "./said.ts";
import type { Visitor } from "./shell.ts";
import { yamlOf } from "./yaml-shown.ts";

export function PoliciesPage({ visitor }: { readonly visitor: Visitor }): JSX.Element {
  const [answer, again] = useAnswer(() => readInForce(visitor), "policies");
  return h(
    "div",
    {},
    whenKnown(
      answer,
      "the policies, and what analysis says of them",
      ({ policies }) => {
        const all = [...policies.values()].map(({ judged }) => judged);
        return [
          ...all.map(policyPart),
          isOverseer(visitor) ? h(DraftPart, { client: visitor.client, policies: all }) : null,
        ];
      },
      again,
    ),
  );
}

function policyPart(policy: JudgedPolicy): JSX.Element {
  const { asset, version, hash, lines, document } = policy;
  return h(
    "section",
    { "aria-labelledby": `policy-${asset}`, key: asset },
    h("h2", { id: `policy-${asset}` }, `${asset}, version ${version}`),
    h("p", { class: "soft" }, "The words are the service's; the text was held against its hash ", hexShown(hash)),
    h(
      "div",
      { class: "beside" },
      h("div", {}, h("h3", {}, "In words"), h("ul", {}, ...lines.map((line) => h("li", {}, said(line.trim()))))),
      h("div", {}, h("h3", {}, "As it was signed"), h("pre", { tabIndex: 0 }, said(yamlOf(document)))),
    ),
    ...judgedPart(policy),
  );
}
