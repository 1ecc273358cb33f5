/** Facts that say how much is used, nothing unless the test says so. */
import { gld, type Bend } from "./example.ts";

export const amount = (text: string): string => gld(text).toString();

type Answer = { added: string; removed: string; count: number; roomAt: number | null };

export function used(fields: Partial<Answer> = {}): Answer {
  return { added: "0", removed: "0", count: 0, roomAt: null, ...fields };
}

/** The facts of a mint on which only the ceilings count. */
export function ceiling(usage: Readonly<Record<string, unknown>> = {}): {
  readonly facts: Readonly<Record<string, unknown>>;
} {
  const nothing = used();
  return {
    facts: {
      spends: undefined,
      usage: {
        "limit.mint-day": nothing,
        "ceiling.day": nothing,
        "ceiling.share": nothing,
        "ceiling.fees": nothing,
        ...usage,
      },
    },
  };
}

/** One limit `l` on mints in a rolling day, used so far as given. */
export function limitedTo(
  max: string | number,
  answer: Partial<Answer>,
  fields: Readonly<Record<string, unknown>> = {},
): Bend {
  const limit = { id: "l", when: { operation: "mint" }, metric: "sum", window: "rolling 24h", per: "asset", max };
  return { policy: { limits: [{ ...limit, over: "deny", ...fields }] }, ...ceiling({ "limit.l": used(answer) }) };
}
