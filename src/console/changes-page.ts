/** Documents that were proposed: what each is, who signed it, whether it is in force, and how to sign it after making its report again. */
import { h, type JSX } from "preact";
import { z } from "zod";
import { hash, type Json } from "../values/json.ts";
import { InvalidValue } from "../values/errors.ts";
import { bytes32Schema, countSchema, instantSchema, jsonSchema, parseWith } from "../values/schema.ts";
import { hexShown } from "./address-shown.ts";
import { useAnswer } from "./answer.ts";
import { whenKnown } from "./notice.ts";
import { said } from "./said.ts";
import type { Visitor } from "./shell.ts";
import { timeShown } from "./time-shown.ts";
import { yamlOf } from "./yaml-shown.ts";

const signedSchema = z.array(z.looseObject({ person: z.string(), at: instantSchema }));

const changeSchema = z.looseObject({
  documentHash: bytes32Schema,
  kind: z.string(),
  name: z.string(),
  version: countSchema,
  state: z.string(),
  since: instantSchema,
  document: jsonSchema,
  class: z.string().optional(),
  signedBy: signedSchema,
  vetoedBy: signedSchema,
});

type Change = z.output<typeof changeSchema>;

export function ChangesPage({ visitor }: { readonly visitor: Visitor }): JSX.Element {
  const [answer, again] = useAnswer(() => readChanges(visitor), "changes");
  return h(
    "div",
    {},
    whenKnown(
      answer,
      "what was proposed",
      (changes) =>
        changes.length === 0
          ? h("p", {}, "Nothing was proposed: what the genesis brought is in force.")
          : changes.map(changePart),
      again,
    ),
  );
}

/** The newest first. Throws `InvalidValue` `client.untrue` when a document is not the one of its hash. */
async function readChanges({ client }: Visitor): Promise<readonly Change[]> {
  const changes = parseWith(z.array(changeSchema), await client.changes(), "client.not-understood");
  const other = changes.find(({ document, documentHash }) => hash(document) !== documentHash);
  if (other !== undefined)
    throw new InvalidValue("client.untrue", `the document that is shown for ${other.documentHash} has another hash`);
  return changes.toReversed();
}

function changePart(change: Change): JSX.Element {
  const { documentHash, kind, name, version, state } = change;
  const id = `change-${documentHash}`;
  const zone = zoneIn(change.document);
  return h(
    "section",
    { "aria-labelledby": id, key: documentHash },
    h("h2", { id }, said(`${kind} ${name}`), `, version ${version}`),
    h(
      "dl",
      {},
      h("dt", {}, "State"),
      h("dd", {}, said(state), ", since ", timeShown(change.since, zone)),
      ...(change.class === undefined
        ? []
        : [h("dt", {}, "It"), h("dd", {}, change.class === "tighten" ? "tightens" : "loosens")]),
      ...people("Signed by", change.signedBy, zone),
      ...people("Vetoed by", change.vetoedBy, zone),
      h("dt", {}, "Document"),
      h("dd", {}, hexShown(documentHash)),
    ),
    h("details", {}, h("summary", {}, "Its text"), h("pre", { tabIndex: 0 }, said(yamlOf(change.document)))),
    state === "proposed"
      ? h(
          "p",
          {},
          "What it changes, the report says, and whoever signs makes that again: ",
          h("code", {}, `countersign change sign ${documentHash}`),
          " on your own machine; against it ",
          h("code", {}, `countersign change veto ${documentHash}`),
          ".",
        )
      : null,
  );
}

/** Of a policy; a roster has none. */
function zoneIn(document: Json): string | undefined {
  const { data } = z.looseObject({ timezone: z.string() }).safeParse(document);
  return data?.timezone;
}

function people(term: string, list: z.output<typeof signedSchema>, zone: string | undefined): readonly JSX.Element[] {
  if (list.length === 0) return [];
  return [
    h("dt", {}, term),
    h("dd", {}, ...list.map(({ person, at }) => h("p", {}, said(person), ", ", timeShown(at, zone)))),
  ];
}
