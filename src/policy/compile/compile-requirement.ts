/** Requirements compiled: quorums small enough to be decided, vetoes with a wait, and what guards and limits add. */
import type { z } from "zod";
import type { Addition, Distinct } from "../policy.ts";
import { isBounded, maxBranches, maxSeats } from "./way.ts";
import { refusal } from "./refusal.ts";
import type { additionSchema, Quorum, Veto } from "../document/requirement.ts";
import { seconds } from "./span.ts";

export function readAddition(written: z.output<typeof additionSchema>, field: string): Addition {
  const { quorum, delay, distinct, veto } = written;
  if (quorum !== undefined) checkQuorum(quorum, `${field}.quorum`);
  checkVeto(veto, delay, field);
  return { quorum, delaySeconds: seconds(delay), distinct: readDistinct(distinct), veto };
}

/** Throws `InvalidValue` `policy.veto` when nobody would have time for it. */
export function checkVeto(veto: Veto | undefined, delay: string | undefined, field: string): void {
  if (veto === undefined || seconds(delay) > 0) return;
  throw refusal("veto", `${field}.veto`, "a veto needs a wait in which it can be said: add a `delay`");
}

export function readDistinct(
  written: { people?: number | undefined; units?: number | undefined } | undefined,
): Distinct {
  return { people: written?.people ?? 0, units: written?.units ?? 0 };
}

/** Throws `InvalidValue` `policy.quorum` or `policy.ordered` with the field. */
export function checkQuorum(quorum: Quorum, field: string): void {
  const buried = buriedOrder(quorum, field, false);
  if (buried !== undefined)
    throw refusal("ordered", buried, "`ordered` stands alone, or is one way of an `any`, never inside another quorum");
  if (isBounded(quorum)) return;
  throw refusal("quorum", field, `the quorum has more than ${maxBranches} ways or ${maxSeats} seats`);
}

/** Where an `ordered` stands that is not a whole way to meet the quorum. */
function buriedOrder(quorum: Quorum, field: string, inside: boolean): string | undefined {
  if ("group" in quorum) return undefined;
  if ("ordered" in quorum && inside) return field;
  const [key, parts] =
    "all" in quorum ? ["all", quorum.all] : "any" in quorum ? ["any", quorum.any] : ["ordered", quorum.ordered];
  const within = inside || key !== "any";
  return parts
    .map((part, index) => buriedOrder(part, `${field}.${key}.${index}`, within))
    .find((found) => found !== undefined);
}
