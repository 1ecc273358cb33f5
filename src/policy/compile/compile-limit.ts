/** Limits compiled: what is counted, over which window, and what happens beyond the most. */
import { issuing } from "../../intent/operation.ts";
import { hasAmount, withoutAmount, withoutRecipient } from "../asked.ts";
import { readAddition } from "./compile-requirement.ts";
import { readCondition, type Condition, type Named } from "./condition.ts";
import type { PolicyOperation } from "../document/condition-schema.ts";
import type { PolicyDocument } from "../document/document.ts";
import type { Limit, Window } from "../policy.ts";
import { parseQuantity } from "../quantity.ts";
import { checkReach } from "./reach.ts";
import { refusal } from "./refusal.ts";
import { positive } from "./span.ts";

type WrittenLimit = NonNullable<PolicyDocument["limits"]>[number];

export function readLimit(limit: WrittenLimit, field: string, named: Named): Limit {
  const read = readCondition(limit.when, `${field}.when`, named);
  const when = { ...read, operations: counted(limit, read) };
  checkReach(when, when.operations, `${field}.when`);
  checkCounted(limit, when.operations, field);
  return {
    id: limit.id,
    when,
    metric: limit.metric,
    window: readWindow(limit.window, `${field}.window`, named),
    per: limit.per,
    max: readMax(limit, `${field}.max`, named),
    over: limit.over === "deny" ? "deny" : readAddition(limit.over.add, `${field}.over.add`),
  };
}

/** What moves the token, unless operations are named: a full limit never keeps anybody from a pause that it does not name. */
function counted({ metric, when }: WrittenLimit, { offered }: Condition): ReadonlySet<PolicyOperation> {
  if (metric === "net")
    return new Set([...issuing, "burn" as const, "redeem" as const].filter((one) => offered.has(one)));
  const asked = when?.operation;
  if (asked === undefined) return new Set([...offered].filter(hasAmount));
  return new Set(typeof asked === "string" ? [asked] : asked.in);
}

function checkCounted({ metric, per, when }: WrittenLimit, applies: ReadonlySet<PolicyOperation>, field: string): void {
  const idle = metric === "count" ? [] : withoutAmount(applies);
  if (idle.length > 0) throw refusal("limit", `${field}.when.operation`, `${idle.join(", ")} has no amount to add up`);
  if (per === "to" && withoutRecipient(applies).length > 0)
    throw refusal("limit", `${field}.per`, "only operations with a recipient can be counted per `to`");
  if (metric !== "net") return;
  const whole = "`net` is mints less final burns of the whole asset";
  if (when !== undefined) throw refusal("limit", `${field}.when`, `${whole}; leave \`when\` out`);
  if (per !== "asset") throw refusal("limit", `${field}.per`, `${whole}: \`per: asset\``);
}

function readMax({ metric, max }: WrittenLimit, field: string, named: Named): bigint {
  if (metric !== "count" && typeof max === "string") return parseQuantity(max, named.asset, field);
  if (metric === "count" && typeof max === "number") return BigInt(max);
  const wanted =
    metric === "count" ? "a number of requests such as `10`" : `an amount such as \`100 ${named.asset.unit}\``;
  throw refusal("limit", field, `\`${max}\` is not ${wanted}`);
}

function readWindow(text: string, field: string, named: Named): Window {
  const [, length] = /^rolling (\S+)$/.exec(text) ?? [];
  if (length !== undefined) return { kind: "rolling", seconds: positive(length, field) };
  const unit = (["day", "week", "month", "year"] as const).find((one) => text === `calendar ${one}`);
  if (unit === undefined)
    throw refusal("window", field, `\`${text}\` is not a window such as \`rolling 24h\` or \`calendar month\``);
  if (!named.hasCalendar)
    throw refusal("calendar", field, "a calendar window needs `timezone` and the `calendar` compiled from it");
  return { kind: "calendar", unit };
}
