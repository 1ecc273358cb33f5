/** Limits of the policy: how much was allocated in the window, and whether this fits beside it. */
import * as duration from "../../values/duration.ts";
import type { Added } from "./demand.ts";
import { additionText } from "./demand-text.ts";
import { whyNot, type Guarded } from "./guard.ts";
import { holds } from "./holds.ts";
import type { Judgement } from "./judgement.ts";
import type { Case, Limit } from "../policy.ts";
import { inAsset } from "../quantity.ts";
import { isRelief, limitQuestion, limitsOn, type UsageQuestion } from "./usage.ts";
import { byRequests, requests, uncounted, usedOf, type Used } from "./used.ts";

/** An operation without an amount fills no limit but those that count it by name, so a pause goes through. */
export function judgeLimits(one: Case): Guarded {
  const judgements: Judgement[] = [];
  const added: Added[] = [];
  for (const limit of limitsOn(one)) {
    const state = stateOf(one, limit);
    judgements.push(judgeLimit(one, limit, state));
    // What nobody counted may be beyond.
    const adding = limit.over !== "deny" && (state.kind === "beyond" || state.kind === "unknown");
    if (adding) added.push({ id: clauseId(limit), addition: limit.over });
  }
  return { judgements, added };
}

function clauseId({ id }: Limit): string {
  return `limit.${id}`;
}

type State =
  | { readonly kind: "spared" | "relief" | "unknown" }
  | { readonly kind: "within" | "beyond"; readonly question: UsageQuestion; readonly used: Used };

function stateOf(one: Case, limit: Limit): State {
  if (holds(limit.when, one) === "no") return { kind: "spared" };
  if (isRelief(one, limit)) return { kind: "relief" };
  const question = limitQuestion(one, limit, one.facts.now);
  const used = question === undefined ? undefined : usedOf(one.facts, question);
  if (question === undefined || used === undefined) return { kind: "unknown" };
  return { kind: used.level + question.asked <= limit.max ? "within" : "beyond", question, used };
}

function judgeLimit(one: Case, limit: Limit, state: State): Judgement {
  const clause = { id: clauseId(limit), kind: "limit", bound: boundText(one, limit) } as const;
  // Where more is demanded instead, it is demanded with the tier's own.
  const adds = limit.over !== "deny";
  switch (state.kind) {
    case "spared":
      return {
        ...clause,
        code: "policy.limit-exceeded",
        ok: true,
        curable: true,
        observed: `does not apply: ${whyNot(one, limit.when)}`,
      };
    case "relief":
      return { ...clause, code: "policy.limit-exceeded", ok: true, curable: true, observed: reliefText(one) };
    case "unknown":
      return { ...clause, ...uncounted, ok: adds };
    case "within":
    case "beyond":
      return {
        ...clause,
        code: "policy.limit-exceeded",
        ok: adds || state.kind === "within",
        curable: state.question.asked <= limit.max,
        observed: usedText(one, state.question, state.used),
      };
  }
}

function reliefText({ intent }: Case): string {
  return `a ${intent.operation} asks nothing of it`;
}

function usedText({ policy }: Case, { metric, asked }: UsageQuestion, used: Used): string {
  const { level, added, removed, count, room } = used;
  switch (metric) {
    case "sum":
      return `${inAsset(level, policy)} used${byRequests(used)}, ${inAsset(asked, policy)} asked${room}`;
    case "count":
      return `${requests(count ?? 0)} so far, 1 asked${room}`;
    case "net":
      return `${inAsset(added, policy)} minted${byRequests(used)}, ${inAsset(removed, policy)} burned, ${inAsset(asked, policy)} asked${room}`;
  }
}

function boundText({ policy }: Case, { metric, window, per, max, over }: Limit): string {
  const most = metric === "count" ? requests(max) : inAsset(max, policy);
  const net = metric === "net" ? " net" : "";
  const each = per === "asset" ? "" : ` per ${per}`;
  const span = window.kind === "rolling" ? duration.format(window.seconds) : `a calendar ${window.unit}`;
  return `${most}${net}${each} in ${span}${over === "deny" ? "" : `; beyond it adds ${additionText(over)}`}`;
}
