/** Proof that whoever a document names really holds the credential it names. */
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { readStatement, type StatementOf } from "../statement/read.ts";
import { verifyStatement } from "../statement/verify.ts";
import type { Held } from "./change.ts";

export type PossessionCase = {
  readonly deploymentId: Bytes32;
  /** What each credential must have signed: the genesis, or the new roster. */
  readonly documentHash: Bytes32;
  /** Exactly these credentials, each once. */
  readonly needed: readonly Held[];
  readonly checks: SignatureChecks;
};

/**
 * Throws unless `possessions` holds exactly one valid proof for each needed credential and nothing else.
 * Codes: `genesis.missing-possession`, `genesis.foreign-possession`, `genesis.duplicate-possession`, `genesis.invalid-possession`.
 */
export function checkPossessions(possessions: readonly unknown[], need: PossessionCase): void {
  const needed = new Map<string, Held>(need.needed.map((one) => [one.credential.id, one]));
  const proven = new Set<string>();
  for (const [index, input] of possessions.entries()) {
    const field = `possessions.${index}`;
    const statement = readPossession(input, field);
    const held = needed.get(statement.credential);
    if (held === undefined)
      throw new InvalidValue(
        "genesis.foreign-possession",
        `${field}: \`${statement.credential}\` is no credential that needs a proof`,
        field,
      );
    if (proven.has(statement.credential))
      throw new InvalidValue(
        "genesis.duplicate-possession",
        `${field}: \`${statement.credential}\` is proven twice`,
        field,
      );
    checkProof(statement, { held, field }, need);
    proven.add(statement.credential);
  }
  const missing = need.needed.find((one) => !proven.has(one.credential.id));
  if (missing === undefined) return;
  throw new InvalidValue(
    "genesis.missing-possession",
    `credential \`${missing.credential.id}\` of \`${missing.holder}\` has not proven that it is held`,
    "possessions",
  );
}

function readPossession(input: unknown, field: string): StatementOf<"Possession"> {
  try {
    const statement = readStatement(input);
    if (statement.kind === "Possession") return statement;
  } catch (error) {
    throw error instanceof InvalidValue ? error.within(field) : error;
  }
  throw new InvalidValue("genesis.foreign-possession", `${field}: not a proof of possession`, field);
}

function checkProof(
  statement: StatementOf<"Possession">,
  { held, field }: { readonly held: Held; readonly field: string },
  need: PossessionCase,
): void {
  const { message } = statement;
  if (
    message.holder !== held.holder ||
    message.credential !== statement.credential ||
    message.documentHash !== need.documentHash
  ) {
    throw new InvalidValue(
      "genesis.foreign-possession",
      `${field}: the proof of \`${statement.credential}\` is for another holder or document`,
      field,
    );
  }
  const verdict = verifyStatement({
    deploymentId: need.deploymentId,
    statement,
    credential: held.credential,
    checks: need.checks,
  });
  if (verdict.kind === "invalid")
    throw new InvalidValue("genesis.invalid-possession", `${field}: ${verdict.why}`, field);
}
