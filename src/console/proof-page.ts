/** The bundle of one request: judged here, and kept by the reader. */
import { h, type JSX } from "preact";
import { parse as parseBytes32 } from "../values/bytes32.ts";
import { useAnswer } from "./answer.ts";
import { bundleReport } from "./bundle-report.ts";
import { verdictOf } from "./bundle-page.ts";
import { DownloadLink } from "./download-link.ts";
import { whenKnown } from "./notice.ts";
import { ownBundle } from "./own-bundle.ts";
import type { Visitor } from "./shell.ts";

export function ProofPage({
  visitor,
  requestId,
}: {
  readonly visitor: Visitor;
  readonly requestId: string;
}): JSX.Element {
  const name = `${requestId.slice(0, 10)}.json`;
  const [answer, again] = useAnswer(async () => await ownBundle(visitor, parseBytes32(requestId)), requestId);
  return h(
    "div",
    {},
    h("p", {}, "It is checked here against your genesis, and can be checked again by anybody, offline."),
    whenKnown(
      answer,
      "the bundle, and for its signatures to be checked",
      ({ text, verdict }) => [
        verdictOf({ kind: "judged", verdict }, name),
        h("p", {}, h(DownloadLink, { name, text, words: "Keep the bundle" })),
        verdict.kind === "verified" ? bundleReport(verdict.report) : null,
      ],
      again,
    ),
  );
}
