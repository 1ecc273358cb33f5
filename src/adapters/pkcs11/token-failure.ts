/** A call to a token that failed, in a form that may be shown: what was tried, which class of error, no secret. */
import * as z from "zod";
import { classify } from "./token-error.ts";

export const failureSchema = z.strictObject({
  /** The classes of a token's errors, and `config` for what a person must put right. */
  class: z.enum(["fatal-auth", "relogin", "session", "reconnect", "request", "busy", "config"]),
  code: z.number().int().nonnegative(),
  name: z.string().max(64),
  doing: z.string().max(200),
  why: z.string().max(500),
});

export type Failure = Readonly<z.infer<typeof failureSchema>>;

export class TokenFailure extends Error {
  override readonly name = "TokenFailure";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`${failure.doing}: ${failure.why}`);
    this.failure = failure;
  }
}

/** Runs one call to the module; whatever it throws leaves as a TokenFailure. */
export function during<T>(doing: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw failed(doing, error);
  }
}

/** The text of a module's error is not passed on: it holds a native stack, and is not ours to vouch for. */
export function failed(doing: string, error: unknown): TokenFailure {
  if (error instanceof TokenFailure) return error;
  const known = classify(error);
  return new TokenFailure({
    ...known,
    doing,
    why: known.code === 0 ? "the module failed" : `${known.name} (${known.code})`,
  });
}

/** Something a person must put right: no retry helps. */
export function misconfigured(doing: string, why: string): TokenFailure {
  return new TokenFailure({ class: "config", code: 0, name: "config", doing, why });
}
