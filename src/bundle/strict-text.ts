/** The text of a file that somebody else wrote, before it is judged: what is no strict JSON is wrong, not an error. */
import { InvalidValue } from "../values/errors.ts";
import { parseStrict, type Json } from "../values/json.ts";
import type { Verdict } from "./verify.ts";

type Wrong = Extract<Verdict, { kind: "wrong" }>;

/** Deeper than any bundle. */
const maxDepth = 40;

/** Total, for a judge that throws nothing but `InvalidValue`. */
export function strictly<T>(text: string, judge: (json: Json) => T | Wrong): T | Wrong {
  try {
    return judge(parseStrict(text, maxDepth));
  } catch (error) {
    if (error instanceof InvalidValue) return { kind: "wrong", field: error.field, why: error.message };
    throw error;
  }
}
