/** What the policy would say of a request nobody signed yet, asked again whenever it is another request; nothing is written. */
import { h, type JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { explainDecision } from "../policy/words/explain.ts";
import type { Simulation } from "../request/api.ts";
import { intentFrom, type Wish } from "../sdk/submission.ts";
import { toWire } from "../values/wire.ts";
import { trouble, waiting } from "./notice.ts";
import { said } from "./said.ts";
import type { Visitor } from "./shell.ts";

/** Fingers rest so long before the service is asked. */
const restMs = 350;

type Seen = Simulation | { readonly kind: "failed"; readonly error: unknown };
type OutlookProps = { readonly visitor: Visitor; readonly wish: Wish; readonly decimals: number };

export function Outlook({ visitor, wish, decimals }: OutlookProps): JSX.Element {
  const [seen, setSeen] = useState<{ readonly of: string; readonly answer: Seen } | undefined>(undefined);
  const intent = toWire(intentFrom(wish, decimals));
  const about = JSON.stringify(intent);
  useEffect(() => {
    let left = false;
    const timer = setTimeout(() => {
      const tell = (answer: Seen): void => {
        if (!left) setSeen({ of: about, answer });
      };
      visitor.client.simulate(intent, visitor.member).then(tell, (error: unknown) => {
        tell({ kind: "failed", error });
      });
    }, restMs);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [about]);
  const answer = seen?.of === about ? seen.answer : undefined;
  return h(
    "div",
    { role: "status" },
    answer === undefined ? waiting("what the policy says of it") : answerPart(answer),
  );
}

function answerPart(answer: Seen): JSX.Element {
  if (answer.kind === "failed") return trouble(answer.error);
  if (answer.kind === "refused")
    return h(
      "div",
      { class: "verdict bad" },
      h("strong", {}, "It would not be taken"),
      h("p", {}, said(answer.message)),
    );
  const { decision } = answer;
  const [kind, head] = verdicts[decision.verdict];
  const [, ...lines] = explainDecision(decision);
  return h(
    "div",
    { class: `verdict ${kind}` },
    h("strong", {}, head),
    h("ul", {}, ...lines.map((line) => h("li", {}, said(line)))),
  );
}

const verdicts = {
  allowed: ["good", "It would be signed at once"],
  pending: ["", "It would wait for this"],
  refused: ["bad", "It would be refused, and waiting would not help"],
} as const;
