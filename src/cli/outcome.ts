/** How a command ends: an exit code, lines for people, and the same as JSON for programs. */
import type { Json } from "../values/json.ts";
import type { ExitCode } from "./io.ts";

export type Outcome = {
  readonly code: ExitCode;
  readonly lines: readonly string[];
  /** What `--json` prints instead of the lines, on one line; nothing when the command wrote for itself. */
  readonly json: Json | undefined;
};

/** The command line is not one we understand; shown with the usage line, exit 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A refusal or a failed check that ends a command: exit 1. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** Stable, of the form `stage.kebab`. */
  readonly code: string;
  readonly field: string;

  constructor(code: string, message: string, field = "") {
    super(message);
    this.code = code;
    this.field = field;
  }
}

export function yes(lines: readonly string[], json: Json): Outcome {
  return { code: 0, lines, json };
}

export function no(lines: readonly string[], json: Json): Outcome {
  return { code: 1, lines, json };
}

/** The command has written whatever there was to write. */
export function written(code: ExitCode): Outcome {
  return { code, lines: [], json: undefined };
}
