/** The exact bytes that will be signed, decoded, and the hashes that name a request and the documents it is judged by. */
import { h, type JSX } from "preact";
import { addressShown, hexShown } from "./address-shown.ts";
import type { Matter } from "./request-matter.ts";
import { rows, type Row } from "./rows.ts";

export function requestBytes({ call, checked, inForce, policy }: Matter): JSX.Element {
  const { submission } = checked;
  return h(
    "section",
    {},
    h("h2", {}, "The exact bytes"),
    call === undefined
      ? h("p", {}, "The token's standard has no call for this operation; the gate signs none.")
      : rows([
          ["contract", addressShown(call.contract, inForce.labels)],
          ...call.decoded.map(([name, value]): Row => [name, h("code", {}, value)]),
          ["calldata", hexShown(call.data)],
          ["hash of the calldata", hexShown(call.dataHash)],
        ]),
    h(
      "p",
      { class: "hint" },
      "Made here from the intent and read back. Nonce and fees are the gate's, under the ceiling that the words say.",
    ),
    h(
      "details",
      {},
      h("summary", {}, "Hashes of the request and of the documents"),
      rows([
        ["request", hexShown(submission.requestId)],
        ["intent", hexShown(submission.intentHash)],
        [`policy, version ${policy.judged.version}`, hexShown(policy.judged.hash)],
        [`roster, version ${inForce.documents.roster.version}`, hexShown(inForce.documents.roster.hash)],
      ]),
    ),
  );
}
