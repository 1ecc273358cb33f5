/** The log: all of it under the root that the gate's key signed, newest first; and one leaf with the proof that it is in there. */
import { h, type JSX } from "preact";
import { useState } from "preact/hooks";
import { z } from "zod";
import type { Logged } from "../gate/usage-from-log.ts";
import type { Entry } from "../log/entry.ts";
import { decodeLeaf } from "../log/leaf.ts";
import { leafHash, verifyInclusion } from "../log/merkle.ts";
import { leavesOf, type Head } from "../sdk/whole-log.ts";
import type { Envelope } from "../statement/envelope.ts";
import { utf8 } from "../values/digest.ts";
import { InvalidValue } from "../values/errors.ts";
import { bytes32Schema, parseWith } from "../values/schema.ts";
import { hexShown } from "./address-shown.ts";
import { useAnswer } from "./answer.ts";
import { cosignedLines } from "./cosigned-lines.ts";
import { whenKnown } from "./notice.ts";
import { placeOf } from "./place.ts";
import { said } from "./said.ts";
import type { Visitor } from "./shell.ts";
import { timeShown } from "./time-shown.ts";
import { useWholeLog } from "./use-whole-log.ts";
import { yamlOf } from "./yaml-shown.ts";

const pageSize = 50;

export function LogPage({
  visitor,
  index,
}: {
  readonly visitor: Visitor;
  readonly index: string | undefined;
}): JSX.Element {
  if (index !== undefined && /^(?:0|[1-9][0-9]{0,14})$/.test(index))
    return h(LeafPart, { key: index, visitor, index: Number(index) });
  return h(WholePart, { visitor });
}

function WholePart({ visitor }: { readonly visitor: Visitor }): JSX.Element {
  const [most, setMost] = useState(pageSize);
  const { answer, what, again } = useWholeLog(visitor);
  const more = (): void => {
    setMost(most + 4 * pageSize);
  };
  return h(
    "div",
    {},
    whenKnown(
      answer,
      what,
      (log) => [
        headPart(log, "Every leaf was read here and is under this root, which the gate's log key signed."),
        h("ol", { class: "inbox", reversed: true }, ...log.entries.slice(-most).reverse().map(leafRow)),
        log.size <= most
          ? null
          : h("p", {}, h("button", { type: "button", onClick: more }, `Show more (${log.size - most} are left)`)),
      ],
      again,
    ),
  );
}

function headPart(head: Head, sentence: string): JSX.Element {
  const { size, root } = head;
  return h(
    "div",
    { class: "verdict good" },
    h("strong", {}, `${size} leaves`),
    h("p", {}, sentence),
    h("p", {}, "Root ", hexShown(root)),
    ...cosignedLines(head),
  );
}

function leafRow({ index, entry }: Logged): JSX.Element {
  return h(
    "li",
    { key: String(index) },
    h("a", { href: placeOf("log", String(index)) }, `${index}: `, said(entryWords(entry))),
    h("p", { class: "soft" }, timeShown(entry.instant, undefined)),
  );
}

/** What a leaf is, in a few words. */
export function entryWords(entry: Entry): string {
  switch (entry.kind) {
    case "statement":
      return statementWords(entry.statement);
    case "batch":
      return `${entry.legs.length} requests that ${entry.by} brought as a batch`;
    case "allocation":
      return `nonce ${entry.nonce} given to a request by rule ${entry.decision.rule ?? "none"}`;
    case "freeze":
      return `freeze of ${entry.scope} ${entry.target}: ${entry.reason}`;
    case "outcome":
      return `outcome: ${entry.status} in block ${entry.blockNumber}`;
    case "filler":
      return `filler for a nonce: ${entry.why}`;
    case "permit":
      return `permit to sign with ${entry.key}`;
    default:
      return entry.kind;
  }
}

function statementWords({ kind, message, credential }: Envelope): string {
  const about = message["operation"] ?? message["fact"];
  return `${kind}${about === undefined ? "" : ` of ${about}`}, signed with ${credential}`;
}

const proofSchema = z.looseObject({ proof: z.array(bytes32Schema).max(64) });

type Proved = { readonly head: Head; readonly leaf: string };

/** Throws `InvalidValue` `log.proof` when the leaf is not in the tree that the log key signed. */
async function proveLeaf({ client, deployment }: Visitor, index: number): Promise<Proved> {
  const head = deployment.head(await client.checkpoint());
  const answer = index < head.size ? await client.proofs({ index, size: head.size }) : ({ kind: "absent" } as const);
  if (answer.kind === "absent")
    throw new InvalidValue("log.proof", `there is no proof of leaf ${index}; the log has ${head.size}`);
  const { proof } = parseWith(proofSchema, answer.value, "client.not-understood");
  for await (const { leaf } of leavesOf(client.entries, { from: index, until: index + 1 })) {
    const claim = { index, size: head.size, leafHash: leafHash(utf8(leaf)), proof, root: head.root };
    if (verifyInclusion(claim)) return { head, leaf };
  }
  throw new InvalidValue("log.proof", `leaf ${index} is not in the tree that the log key signed`);
}

function LeafPart({ visitor, index }: { readonly visitor: Visitor; readonly index: number }): JSX.Element {
  const [answer, again] = useAnswer(() => proveLeaf(visitor, index), String(index));
  return h(
    "div",
    {},
    h("p", {}, h("a", { href: placeOf("log") }, "The whole log")),
    whenKnown(
      answer,
      `leaf ${index} and its proof`,
      ({ head, leaf }) => [
        headPart(head, `Leaf ${index} is in this log: its proof of inclusion was checked here.`),
        h("h2", {}, `Leaf ${index}`),
        h("pre", { tabIndex: 0 }, said(yamlOf(decodeLeaf(utf8(leaf))))),
      ],
      again,
    ),
  );
}
