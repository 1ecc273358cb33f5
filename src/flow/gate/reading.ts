/** What a stored envelope says and whether its credential signed it, worked out once for an envelope that nobody can change. */
import type { Credential } from "../../roster/roster.ts";
import type { Envelope } from "../../statement/envelope.ts";
import { readStatement, type Statement } from "../../statement/read.ts";
import { verifyStatement, type Verification } from "../../statement/verify.ts";

type Reading = {
  readonly statement: Statement;
  /** The last verdict, and all that it follows from beside the envelope. */
  verdict?: Omit<Verification, "statement"> & { readonly isValid: boolean };
};

/** For as long as somebody holds the envelope, and no longer. */
const readings = new WeakMap<Envelope, Reading>();

/** Throws `InvalidValue` as `readStatement` does. */
export function statementIn(envelope: Envelope): Statement {
  return readingOf(envelope).statement;
}

/** Whether these words were signed by this credential in this deployment; the same question is answered without asking again. */
export function isSignedBy(envelope: Envelope, credential: Credential, asking: Asking): boolean {
  const reading = readingOf(envelope);
  const { deploymentId, checks } = asking;
  const last = reading.verdict;
  if (last?.credential === credential && last.deploymentId === deploymentId && last.checks === checks)
    return last.isValid;
  const { statement } = reading;
  const isValid = verifyStatement({ deploymentId, statement, credential, checks }).kind === "valid";
  reading.verdict = { deploymentId, credential, checks, isValid };
  return isValid;
}

/** What a gate has just read and found signed: asked of the journal's own envelope later, it is known. */
export function keepSigned(statement: Statement, credential: Credential, { deploymentId, checks }: Asking): void {
  const { envelope } = statement;
  for (const part of [envelope.message, envelope.proof, envelope]) Object.freeze(part);
  readings.set(envelope, { statement, verdict: { deploymentId, credential, checks, isValid: true } });
}

type Asking = Pick<Verification, "deploymentId" | "checks">;

/** What somebody could still change is read every time. */
function readingOf(envelope: Envelope): Reading {
  const known = readings.get(envelope);
  if (known !== undefined) return known;
  const reading: Reading = { statement: readStatement(envelope) };
  if ([envelope, envelope.message, envelope.proof].every((part) => Object.isFrozen(part)))
    readings.set(envelope, reading);
  return reading;
}
