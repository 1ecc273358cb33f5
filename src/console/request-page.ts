/** One request on one page: what it does, who agreed and who is missing, what it rests on, the bytes, and the place to say yes or no. */
import { h, type JSX } from "preact";
import { useRef } from "preact/hooks";
import { isOpen } from "../sdk/shown-decision.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { useAnswer } from "./answer.ts";
import { useLive } from "./live.ts";
import { trouble, whenKnown } from "./notice.ts";
import { requestBytes } from "./request-bytes.ts";
import { requestEvidence } from "./request-evidence.ts";
import { requestHead } from "./request-head.ts";
import { requestLife } from "./request-life.ts";
import { readMatter, type Matter } from "./request-matter.ts";
import { requestPolicy } from "./request-policy.ts";
import type { Visitor } from "./shell.ts";
import { VoteForm } from "./vote-form.ts";

export function RequestPage({
  visitor,
  requestId,
}: {
  readonly visitor: Visitor;
  readonly requestId: Bytes32;
}): JSX.Element {
  const first = useRef<Matter | undefined>(undefined);
  const [answer, again] = useAnswer(() => readSame(visitor, requestId, first), requestId);
  const anew = (): void => {
    if (answer.kind === "failed" && isLater(answer.error)) first.current = undefined;
    again();
  };
  const line = useLive(visitor.client, again, (happening) => happening.requestId === requestId);
  return h(
    "div",
    {},
    h("p", { role: "status", class: "soft" }, line === "lost" ? "The service does not answer; asking again…" : ""),
    whenKnown(answer, "the request", (matter) => h("div", {}, ...sections(matter, visitor, again)), anew),
  );
}

/** People brought another document into force while the request was read: it is read anew when its reader wants that. */
function isLater(error: unknown): boolean {
  return error instanceof InvalidValue && error.code === "console.documents";
}

/** What was read once stays: another intent is a swap under the reader's eyes, and another policy or roster is read before anybody signs under it. */
async function readSame(visitor: Visitor, requestId: Bytes32, first: { current: Matter | undefined }): Promise<Matter> {
  const matter = await readMatter(visitor, requestId);
  const before = first.current;
  if (before?.checked.submission.requestId === requestId) {
    const [was, is] = [before.checked.submission, matter.checked.submission];
    if (was.intentHash !== is.intentHash || was.reference !== is.reference)
      throw new InvalidValue(
        "client.untrue",
        "nothing is signed: while you were reading, the service showed another request under the same id",
      );
    const other = documentsApart(before, matter);
    if (other.length > 0 && isOpen(matter.view.state))
      throw new InvalidValue(
        "console.documents",
        `while you were reading, another version of ${other.join(" and ")} came into force: read what it says of this request before you sign`,
      );
  }
  first.current = matter;
  return matter;
}

function documentsApart(one: Matter, other: Matter): readonly string[] {
  return [
    ...(one.policy.judged.hash === other.policy.judged.hash ? [] : ["the policy"]),
    ...(one.inForce.documents.roster.hash === other.inForce.documents.roster.hash ? [] : ["the roster"]),
  ];
}

function sections(matter: Matter, visitor: Visitor, again: () => void): readonly JSX.Element[] {
  const now = Math.floor(Date.now() / 1000);
  const { requestId } = matter.view;
  return [
    requestHead(matter, visitor, now),
    h(VoteForm, { key: requestId, matter, visitor, done: again }),
    requestPolicy(matter),
    requestEvidence(matter, now),
    requestBytes(matter),
    requestLife(matter, visitor),
  ];
}

/** Of an address that holds no request id. */
export function noRequest(): JSX.Element {
  return trouble(new InvalidValue("console.absent", "this address names no request"));
}
