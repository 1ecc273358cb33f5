/** Findings and failures of a policy at their lines of the file, for people and as JSON. */
import type { PolicyFinding } from "../policy/analyse/finding.ts";
import type { Obstacle } from "../policy/change/report.ts";
import type { Json } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import { BadFile, problemLine, type FileProblem } from "./bad-file.ts";
import { no, type Outcome } from "./outcome.ts";
import type { WrittenFile } from "./written-file.ts";

export type PlacedFinding = FileProblem & Pick<PolicyFinding, "severity" | "example">;

/** In the order of the findings, the worst first. */
export function placeFindings(file: WrittenFile, findings: readonly PolicyFinding[]): readonly PlacedFinding[] {
  return findings.flatMap(({ severity, example, ...finding }) =>
    file.placed([finding]).map((placed) => ({ ...placed, severity, ...(example === undefined ? {} : { example }) })),
  );
}

/** `FILE:LINE:COLUMN: error: …`, with the request that shows it below. */
export function findingLines({ severity, example, ...problem }: PlacedFinding): readonly string[] {
  const line = problemLine({ ...problem, message: `${severity}: ${problem.message}` });
  return example === undefined ? [line] : [line, `  for example: ${example.text}`];
}

export function obstacleLines(file: WrittenFile, obstacles: readonly Obstacle[]): readonly string[] {
  return file.placed(obstacles).map(problemLine);
}

/** What people wrote is no document of ours. */
export function wrong(problems: readonly FileProblem[]): Outcome {
  return no(problems.map(problemLine), { ok: false, problems: toWire(problems) });
}

type Attempt<T> =
  { readonly kind: "read"; readonly value: T } | { readonly kind: "wrong"; readonly problems: readonly FileProblem[] };

/** A document that is not what it must be is a failed check. */
export function attempt<T>(read: () => T): Attempt<T> {
  try {
    return { kind: "read", value: read() };
  } catch (error) {
    if (!(error instanceof BadFile)) throw error;
    return { kind: "wrong", problems: error.problems };
  }
}

/** What `--json` says of findings: the errors as problems, and all of them with their examples. */
export function findingsJson(findings: readonly PlacedFinding[]): { readonly problems: Json; readonly findings: Json } {
  const errors = findings.filter(({ severity }) => severity === "error");
  return {
    problems: toWire(
      errors.map(({ code, field, message, file, line, column }) => ({ code, field, message, file, line, column })),
    ),
    findings: toWire(findings),
  };
}
