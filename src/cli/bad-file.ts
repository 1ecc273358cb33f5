/** A file that somebody wrote and that says what it must not: every problem of it, each with its line and column. */
import { InvalidValue } from "../values/errors.ts";

export type FileProblem = {
  readonly code: string;
  /** Path in the document, empty when it is the whole. */
  readonly field: string;
  readonly message: string;
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
};

/** As compilers say it, so that terminals and editors lead to the place. */
export function problemLine({ file, line, column, message }: FileProblem): string {
  return `${file}:${line}:${column}: ${message}`;
}

export class BadFile extends InvalidValue {
  readonly problems: readonly [FileProblem, ...FileProblem[]];

  constructor(problems: readonly [FileProblem, ...FileProblem[]]) {
    const [first] = problems;
    super(first.code, problemLine(first), first.field);
    this.problems = problems;
  }
}
