/** The three ways something can go wrong: a value nobody may enter, a world that did not answer, a bug of ours. */

/** Input that is not what it must be; caught once at each boundary and shown to the person who sent it. */
export class InvalidValue extends Error {
  override readonly name = "InvalidValue";
  /** Stable, of the form `stage.kebab`. */
  readonly code: string;
  /** Path of the offending field inside the input, dots and indices, empty when it is the whole. */
  readonly field: string;

  constructor(code: string, message: string, field = "") {
    super(message);
    this.code = code;
    this.field = field;
  }

  /** The same error seen from one level further out: `amount` inside `submission` becomes `submission.amount`. */
  within(outer: string): InvalidValue {
    return new InvalidValue(this.code, this.message, this.field === "" ? outer : `${outer}.${this.field}`);
  }
}

/** The world failed (disk, token, network); `retry` says whether the same call may be made again. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: string;
  readonly retry: "safe" | "never";

  constructor(code: string, message: string, retry: "safe" | "never", cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retry = retry;
  }
}

/** A promise of our own code is broken; the process that sees it stops signing. */
export class InvariantViolation extends Error {
  override readonly name = "InvariantViolation";
}

/** Throws when `holds` is false: a statement about our own code, never about input. */
export function invariant(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new InvariantViolation(sentence);
}
