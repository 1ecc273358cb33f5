/** The bundle of one request: fetched, judged here by the code that judges on the command line, and taken along. */
import { h, type JSX } from "preact";
import { parse as parseBytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { useAnswer } from "./answer.ts";
import { bundleReport } from "./bundle-report.ts";
import { verdictOf } from "./bundle-page.ts";
import { takeAlong } from "./take-along.ts";
import { whenKnown } from "./notice.ts";
import type { Visitor } from "./shell.ts";

export function ProofPage({
  visitor,
  requestId,
}: {
  readonly visitor: Visitor;
  readonly requestId: string;
}): JSX.Element {
  const name = `${requestId.slice(0, 10)}.json`;
  const [answer, again] = useAnswer(async () => {
    const id = parseBytes32(requestId);
    const found = await visitor.client.bundle(id);
    if (found.kind === "absent")
      throw new InvalidValue(
        "console.no-bundle",
        "the gate has not signed this request yet: there is a bundle once it has",
      );
    const text = `${JSON.stringify(found.value)}\n`;
    const verdict = visitor.deployment.verifyBundle(text);
    if (verdict.kind === "verified" && verdict.report.requestId !== id)
      throw new InvalidValue("client.untrue", "the bundle that the service gave is of another request");
    return { text, verdict };
  }, requestId);
  return h(
    "div",
    {},
    h("p", {}, "It is checked here against your genesis, and can be checked again by anybody, offline."),
    whenKnown(
      answer,
      "the bundle, and for its signatures to be checked",
      ({ text, verdict }) => [
        verdictOf({ kind: "judged", verdict }, name),
        h("p", {}, takeAlong("Take the bundle along", name, "application/json", text)),
        verdict.kind === "verified" ? bundleReport(verdict.report) : null,
      ],
      again,
    ),
  );
}
