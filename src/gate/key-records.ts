/** The records of key ceremonies that a log holds, each with who signed it, verified again from the genesis on. */
import { readStatement } from "../statement/read.ts";
import { verifyStatement } from "../statement/verify.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { boundRecord, mayHoldCeremony, type SignedRecord } from "./key-ceremony.ts";
import { withStanding } from "./recount.ts";
import type { Standing } from "./standing.ts";
import type { Logged } from "./usage-from-log.ts";

export type LoggedRecord = SignedRecord & {
  /** The first leaf that carries it. */
  readonly leaf: number;
};

/** Of leaves whose root the caller has checked, in their order. Throws `InvalidValue` for a leaf that the gate would not have written. */
export function keyRecordsIn(leaves: readonly Logged[], checks: SignatureChecks): readonly LoggedRecord[] {
  const found = new Map<Bytes32, LoggedRecord>();
  for (const { leaf, standing } of withStanding(leaves, checks)) {
    const { index, entry } = leaf;
    if (entry.kind !== "statement" || entry.statement.kind !== "KeyCeremony") continue;
    const signed = signedRecord({ leaf: { index, entry }, standing, checks });
    const before = found.get(signed.hash);
    found.set(
      signed.hash,
      before === undefined ? signed : { ...before, signedBy: [...before.signedBy, ...signed.signedBy] },
    );
  }
  return [...found.values()];
}

type StatementLeaf = Logged & { readonly entry: Extract<Logged["entry"], { kind: "statement" }> };
type Found = { readonly leaf: StatementLeaf; readonly standing: Standing; readonly checks: SignatureChecks };

function signedRecord({ leaf: { index, entry }, standing, checks }: Found): LoggedRecord {
  const statement = readStatement(entry.statement);
  const { deploymentId, roster } = standing;
  const holder = roster.index.credential(statement.credential);
  if (statement.kind !== "KeyCeremony" || holder === undefined || holder.service) throw foreign(index);
  const { credential, member } = holder;
  const verdict = verifyStatement({ deploymentId, statement, credential, checks });
  const record = boundRecord(statement.message, entry.attachment, checks);
  if (verdict.kind === "invalid" || !mayHoldCeremony(roster.index, member.id) || !record.operators.includes(member.id))
    throw foreign(index);
  return { record, hash: statement.message.recordHash, signedBy: [member.id], leaf: index };
}

function foreign(index: number): InvalidValue {
  return new InvalidValue("log.ceremony", `leaf ${index} is signed by nobody who held the ceremony it tells of`);
}
