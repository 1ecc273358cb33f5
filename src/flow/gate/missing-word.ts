/** What `sign` answers while the witnesses' word is missing: for this run, for the permit's leaf, or since too long ago. */
import type { SignAnswer } from "../../gate/wire.ts";
import { InvariantViolation } from "../../values/errors.ts";
import type { Core } from "./core.ts";
import type { StoredPermit } from "./journal.port.ts";
import { momentOf, signedHead } from "./log-head.ts";
import { begin, hasWitnesses, writeRun } from "./run.ts";

type Missing = Extract<SignAnswer, { kind: "needs-cosignature" }>;

/** Whether enough witnesses cosigned the leaf that this run began with, or none has to. */
export function isConfirmed(core: Core): boolean {
  return !hasWitnesses(core) || core.word.isTaken();
}

/** All that a token waits for before it is asked. */
export function missingWord(core: Core, { digest, transaction }: StoredPermit): Missing | undefined {
  const unheard = unconfirmed(core);
  if (unheard !== undefined) return unheard;
  const leaf = core.journal.permitLeaf(digest);
  if (leaf === undefined) throw new InvariantViolation("a permit has its leaf");
  return missingOf(core, leaf, transaction.nonce);
}

/** Step 8, of any leaf of a request that has this nonce: it is in no cosigned checkpoint, or the newest of them is old. */
export function missingOf(core: Core, leaf: number, nonce: number): Missing | undefined {
  if (!hasWitnesses(core)) return undefined;
  if ((core.journal.witnessed()?.size ?? 0) > leaf) return outdated(core, nonce);
  return { kind: "needs-cosignature", checkpoint: signedHead(core), nonce };
}

/** Before anything new is tied to a nonce, and before a token is called. */
export function unconfirmed(core: Core): Missing | undefined {
  if (isConfirmed(core)) return undefined;
  begin(core);
  return { kind: "needs-cosignature", checkpoint: signedHead(core), nonce: null };
}

/** No token is asked on an old word: another gate may be let on, and would wait no longer for this one. */
export function outdated(core: Core, nonce: number): Missing | undefined {
  return hasWitnesses(core) && !core.word.isYoung(momentOf(core)) ? renewed(core, nonce) : undefined;
}

/** What a token answered so late is not written. */
export function tooLate(core: Core, nonce: number): Missing | undefined {
  return hasWitnesses(core) && !core.word.isHeld(momentOf(core)) ? renewed(core, nonce) : undefined;
}

/** A log that did not grow gets a leaf to be cosigned; while its last one still is to be, it needs no other. */
function renewed(core: Core, nonce: number): Missing {
  const size = core.journal.size();
  const isCosigned = (core.journal.witnessed()?.size ?? 0) >= size;
  if (isCosigned && core.word.isStale(size, momentOf(core))) writeRun(core, "renewed");
  return { kind: "needs-cosignature", checkpoint: signedHead(core), nonce };
}
