/** The messages that change documents, and the veto against them; versions, hashes and class are computed from the documents. */
import { changeClass } from "../policy/change-class.ts";
import { readPolicyDocument } from "../policy/document.ts";
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

/** `current` is left out for the first policy of an asset. `reportHash` names the report that officers read; zero for none. */
export function policyChange(
  next: Json,
  current: Json | undefined,
  reportHash: Bytes32 = bytes32.zero,
): Proposal<"PolicyChange"> {
  const document = readPolicyDocument(next);
  const before = current === undefined ? undefined : readPolicyDocument(current);
  return {
    message: {
      documentHash: hash(next),
      version: document.version,
      previous: current === undefined ? bytes32.zero : hash(current),
      class: before === undefined ? "loosen" : changeClass(before, document),
      reportHash,
    },
    attachment: { document: next },
  };
}

/** `possessions` prove the credentials that the roster adds; a roster change is always loosening. */
export function rosterChange(
  next: Json,
  current: Json,
  possessions: readonly Envelope[],
  reportHash: Bytes32 = bytes32.zero,
): Proposal<"RosterChange"> {
  const { version } = parseWith(rosterSchema, next, "change.roster");
  return {
    message: { documentHash: hash(next), version, previous: hash(current), class: "loosen", reportHash },
    attachment: { document: next, possessions },
  };
}

/** Against a proposed document; `documentHash` is checked to be the document's own. */
export function vetoMessage(documentHash: Bytes32, document: Json, reason: string): WireMessage<"Veto"> {
  if (hash(document) !== documentHash)
    throw new InvalidValue("client.untrue", "nothing is signed: the document has another hash than it is shown with");
  return { target: documentHash, intentHash: bytes32.zero, reason: line.parse(reason) };
}
