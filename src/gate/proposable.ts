/** What a policy must do for itself before anybody can propose it: pass its own tests and keep its own claims, with the people in force. */
import { compileClaims } from "../policy/analyse/claim.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import { prove } from "../policy/analyse/prove.ts";
import type { Bounded } from "../policy/analyse/spots.ts";
import { runTests } from "../policy/trial/run-tests.ts";
import { InvalidValue } from "../values/errors.ts";
import type { StandingPolicy, StandingRoster } from "./standing.ts";

type Proposed = Pick<StandingPolicy, "policy" | "document">;
type People = Pick<StandingRoster, "hash" | "index">;

/**
 * Throws `InvalidValue` `change.tests-fail`, `change.claim-false` or `change.cannot-decide`, with the first test or claim that is
 * not as it says. What cannot be decided is never fine.
 */
export function checkProposable(proposed: Proposed, people: People, options: Bounded = {}): void {
  checkTests(proposed, people);
  checkClaims(proposed, people, options);
}

function checkTests({ policy, document }: Proposed, { index, hash: rosterHash }: People): void {
  const results = runTests({ document: readPolicyDocument(document), policy, roster: index, rosterHash });
  for (const [position, { name, expected, came, passed }] of results.entries()) {
    if (passed) continue;
    const why = `test \`${name}\` expects \`${expected}\`, and what comes is \`${came}\``;
    throw new InvalidValue("change.tests-fail", why, `attachment.document.tests.${position}`);
  }
}

function checkClaims({ policy, document }: Proposed, { index }: People, options: Bounded): void {
  const { claims } = prove(policy, compileClaims(readPolicyDocument(document)), index, options);
  // A claim that is false is worth more than one that nobody can decide.
  const wrong = claims.find(({ kind }) => kind === "false") ?? claims.find(({ kind }) => kind === "undecided");
  if (wrong === undefined) return;
  const { field, kind, message, example } = wrong;
  const code = kind === "false" ? "change.claim-false" : "change.cannot-decide";
  const shown = example === undefined ? "" : `; for example: ${example.text}`;
  throw new InvalidValue(code, `${field}: ${message}${shown}`, `attachment.document.${field}`);
}
