/** `countersign credential create|show|prove`: a person's or service's own key, which nothing else of the house holds. */
import { createOwn, openOwn, type OwnCredential } from "../compose/cli-credentials.ts";
import { checksum } from "../values/address.ts";
import { parse as parseName } from "../values/name.ts";
import type { Given } from "./command.ts";
import { optionHash } from "./option-value.ts";
import { UsageError, yes, type Outcome } from "./outcome.ts";

export function create(given: Given): Promise<Outcome> {
  const kind = given.text("kind");
  if (kind !== "wallet" && kind !== "key") throw new UsageError(`--kind: \`${kind}\` is neither wallet nor key`);
  const file = given.text("out");
  const known = createOwn(kind, parseName(given.text("id")), file);
  const lines = [
    `made ${known.id}; its secret is in ${file}, which only you can read`,
    "for the roster:",
    rosterLine(known),
  ];
  return Promise.resolve(yes(lines, { ...known, file }));
}

export function show(given: Given): Promise<Outcome> {
  const { known } = openOwn(given.operand);
  return Promise.resolve(yes([rosterLine(known)], known));
}

/** Signs that the credential is held; whoever keeps the genesis or proposes the roster adds the proof to it. */
export function prove(given: Given): Promise<Outcome> {
  const { known, sign } = openOwn(given.operand);
  const proof = sign(optionHash("deployment", given.text("deployment")), "Possession", {
    holder: parseName(given.text("holder")),
    credential: known.id,
    documentHash: optionHash("document", given.text("document")),
  });
  return Promise.resolve(yes([JSON.stringify(proof)], proof));
}

/** One line of YAML, as it stands in a roster. */
function rosterLine(known: OwnCredential["known"]): string {
  const own = known.kind === "wallet" ? `address: "${checksum(known.address)}"` : `publicKey: "${known.publicKey}"`;
  return `- { kind: ${known.kind}, id: ${known.id}, ${own} }`;
}
