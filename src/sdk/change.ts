/** The messages that change documents, and the veto against them; versions, hashes and class are computed from the documents. */
import type { Basis } from "../gate/change.ts";
import type { Genesis } from "../genesis/genesis.ts";
import { changeClass, type ChangeClass } from "../policy/change/change-class.ts";
import { compile } from "../policy/compile/compile.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import { rosterChangeClass } from "../policy/change/roster-change-class.ts";
import { indexRoster, type RosterIndex } from "../roster/membership.ts";
import { rosterSchema } from "../roster/roster.ts";
import * as bytes32 from "../values/bytes32.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { hash, type Json } from "../values/json.ts";
import * as line from "../values/line.ts";
import { parseWith } from "../values/schema.ts";
import type { Envelope } from "../statement/envelope.ts";
import type { WireMessage } from "./wire-message.ts";

/** A message and what must travel with it. */
export type Proposal<K extends "PolicyChange" | "RosterChange"> = {
  readonly message: WireMessage<K>;
  readonly attachment: Json;
};

/** The report that officers read, and what it was made of, so that those who sign later make it again. */
export type Reported = { readonly hash: Bytes32; readonly basis?: Basis };

const unreported: Reported = { hash: bytes32.zero };

/** `current` is left out for the first policy of an asset. */
export function policyChange(
  next: Json,
  current: Json | undefined,
  report: Reported = unreported,
): Proposal<"PolicyChange"> {
  const document = readPolicyDocument(next);
  const before = current === undefined ? undefined : readPolicyDocument(current);
  return {
    message: {
      documentHash: hash(next),
      version: document.version,
      previous: current === undefined ? bytes32.zero : hash(current),
      class: before === undefined ? "loosen" : changeClass(before, document),
      reportHash: report.hash,
    },
    attachment: { document: next, ...basisOf(report) },
  };
}

/** What is in force beside the roster: every policy, as hashed, and the change block of the genesis. */
export type RosterPlace = { readonly policies: readonly Json[]; readonly change: Genesis["change"] };

/** `possessions` prove the credentials that the roster adds. */
export function rosterChange(
  next: Json,
  current: Json,
  { possessions, place }: { readonly possessions: readonly Envelope[]; readonly place: RosterPlace },
  report: Reported = unreported,
): Proposal<"RosterChange"> {
  const { version } = parseWith(rosterSchema, next, "change.roster");
  const kind = rosterClass(next, current, place);
  return {
    message: { documentHash: hash(next), version, previous: hash(current), class: kind, reportHash: report.hash },
    attachment: { document: next, possessions, ...basisOf(report) },
  };
}

function basisOf({ basis }: Reported): { readonly basis?: Basis } {
  return basis === undefined ? {} : { basis };
}

/** As the gate computes it; throws `InvalidValue` `roster.*` or `policy.*` for documents that do not hold. */
export function rosterClass(next: Json, current: Json, { policies, change }: RosterPlace): ChangeClass {
  const ground = { policies: policies.map((json) => compile(readPolicyDocument(json))), change };
  return rosterChangeClass(rosterIn(current), rosterIn(next), ground);
}

function rosterIn(json: Json): RosterIndex {
  return indexRoster(parseWith(rosterSchema, json, "change.roster"));
}

/** Against a proposed document; `documentHash` is checked to be the document's own. */
export function vetoMessage(documentHash: Bytes32, document: Json, reason: string): WireMessage<"Veto"> {
  if (hash(document) !== documentHash)
    throw new InvalidValue("client.untrue", "nothing is signed: the document has another hash than it is shown with");
  return { target: documentHash, intentHash: bytes32.zero, reason: line.parse(reason) };
}
