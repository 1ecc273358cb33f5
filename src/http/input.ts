/** Paths, queries and bodies read by their schemas; what a route does not know is refused by name. */
import type { z } from "zod";
import { readStatement, type Statement } from "../statement/read.ts";
import { InvalidValue } from "../values/errors.ts";

/** Throws `InvalidValue` with the value's own code, `http.unknown-field` or `http.malformed`, and the field. */
export function readInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const read = schema.safeParse(input);
  if (read.success) return read.data;
  throw refusalOf(read.error.issues[0]);
}

function refusalOf(issue: z.core.$ZodIssue | undefined): InvalidValue {
  const path = issue?.path.map(String) ?? [];
  if (issue?.code === "unrecognized_keys") {
    const field = [...path, ...issue.keys.slice(0, 1)].join(".");
    return new InvalidValue("http.unknown-field", `${field}: there is no such field here`, field);
  }
  const field = path.join(".");
  const message = issue?.message ?? "it is not understood";
  return new InvalidValue(codeOf(issue), field === "" ? message : `${field}: ${message}`, field);
}

/** The value's own code, where a value module refused. */
function codeOf(issue: z.core.$ZodIssue | undefined): string {
  const own: unknown = issue?.code === "custom" ? issue.params?.["code"] : undefined;
  return typeof own === "string" ? own : "http.malformed";
}

/** A statement inside a body: read by its kind, in its one normal spelling. */
export function readStatementIn(envelope: unknown): Statement {
  try {
    return readStatement(envelope);
  } catch (error) {
    throw error instanceof InvalidValue ? error.within("statement") : error;
  }
}
