/** A document with the text it was read from, so that whatever is wrong with it has a line and a column. */
import type { z } from "zod";
import { placesIn, type Placing } from "../policy/document/place-in-text.ts";
import { readPlainly, type PlainIssue } from "../policy/document/plain-issue.ts";
import { InvalidValue, invariant } from "../values/errors.ts";
import type { Json } from "../values/json.ts";
import { BadFile, type FileProblem } from "./bad-file.ts";
import { parseText, readText } from "./document-file.ts";

type Problem = PlainIssue & { readonly code: string };

export type WrittenFile = {
  readonly json: Json;
  /** What the schema makes of it. Throws `BadFile` with every complaint, under the code. */
  readonly read: <T>(schema: z.ZodType<T>, code: string) => T;
  /** Runs what may refuse a field of it. Throws `BadFile` in place of `InvalidValue`. */
  readonly holding: <T>(act: () => T) => T;
  /** In the order of the lines. */
  readonly placed: (problems: readonly Problem[]) => readonly FileProblem[];
  /** A document that stands inside this one, at the field. */
  readonly part: (field: string, json: Json) => WrittenFile;
};

/** Throws `BadFile` where the text is neither YAML nor JSON. */
export function openWritten(path: string): WrittenFile {
  const text = readText(path);
  let places: Placing | undefined;
  const place = ({ code, field, key, message }: Problem): FileProblem => {
    places ??= placesIn(text);
    return { code, field, message, file: path, ...places(field, key) };
  };
  return view(parseText(path, text), "", place);
}

function view(json: Json, outer: string, place: (problem: Problem) => FileProblem): WrittenFile {
  const placed = (problems: readonly Problem[]): readonly FileProblem[] =>
    problems.map((problem) => place({ ...problem, field: joined(outer, problem.field) })).sort(byLine);
  const refuse = (problems: readonly Problem[]): never => {
    const [first, ...others] = placed(problems);
    invariant(first !== undefined, "a refusal has a problem");
    throw new BadFile([first, ...others]);
  };
  return {
    json,
    placed,
    part: (field, inner) => view(inner, joined(outer, field), place),
    read: (schema, code) => {
      const reading = readPlainly(schema, json);
      if (reading.kind === "read") return reading.value;
      return refuse(reading.issues.map((issue) => ({ code, ...issue })));
    },
    holding: (act) => {
      try {
        return act();
      } catch (error) {
        if (!(error instanceof InvalidValue) || error instanceof BadFile) throw error;
        const { code, field, message } = error;
        return refuse([{ code, field, message: withoutField(message, field) }]);
      }
    },
  };
}

function joined(outer: string, field: string): string {
  return [outer, field].filter((part) => part !== "").join(".");
}

/** A message that was made for readers without the text names the field first; a line and a column say it better. */
function withoutField(message: string, field: string): string {
  return field !== "" && message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message;
}

function byLine(one: FileProblem, other: FileProblem): number {
  return one.line - other.line || one.column - other.column;
}
