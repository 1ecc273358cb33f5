/** Whether a statement was signed by whom it names; if not, which of its fields gives itself away. */
import type { Standing } from "../gate/standing.ts";
import { holdersOf, type Holder } from "../roster/membership.ts";
import { readStatement, type Statement } from "../statement/read.ts";
import { verifyStatement } from "../statement/verify.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Json } from "../values/json.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { toWire } from "../values/wire.ts";
import type { StatementLeaf } from "./bundle.ts";
import { finding, shown, type Finding } from "./finding.ts";
import { join } from "./path.ts";

export type Signed =
  { readonly kind: "signed"; readonly holder: Holder } | { readonly kind: "unsigned"; readonly finding: Finding };

/** What other signed words say that fields of the message must be, the likelier ones first; used only to name a field once the signature has failed. */
export type Expected = Readonly<Record<string, unknown>>;

export type Clues = {
  readonly expected: Expected;
  /** Other values that fields may have had: one with which the signature holds tells for certain. */
  readonly repairs: readonly Expected[];
};

/** What a verifier brings: its libraries, and hashes of statements that the log key vouches for, so that only the proof can be wrong. */
export type Examiner = { readonly checks: SignatureChecks; readonly vouched: ReadonlySet<string> };

export function checkSigned(
  leaf: StatementLeaf,
  standing: Standing,
  examiner: Examiner,
  clues: () => Clues = () => ({ expected: {}, repairs: [] }),
): Signed {
  const { statement } = leaf;
  const { checks } = examiner;
  const { deploymentId } = standing;
  const holder = standing.roster.index.credential(statement.credential);
  const verdict =
    holder === undefined
      ? undefined
      : verifyStatement({ deploymentId, statement, credential: holder.credential, checks });
  if (holder !== undefined && verdict?.kind === "valid") return { kind: "signed", holder };
  const why = verdict?.kind === "invalid" ? verdict.why : `\`${statement.credential}\` is not in the roster`;
  return { kind: "unsigned", finding: suspect({ leaf, standing, examiner, holder }, why, clues()) };
}

type Failed = {
  readonly leaf: StatementLeaf;
  readonly standing: Standing;
  readonly examiner: Examiner;
  readonly holder: Holder | undefined;
};

/** The field that gives itself away, or the statement as a whole: its signature covers every field alike. */
function suspect({ leaf, standing, examiner, holder }: Failed, why: string, { expected, repairs }: Clues): Finding {
  const { statement } = leaf;
  const { checks, vouched } = examiner;
  const field = `${leaf.field}.entry.statement`;
  const owner = realSigner(statement, standing, checks);
  if (owner !== undefined) {
    return finding(`${field}.credential`, `\`${owner.credential.id}\` signed this, not \`${statement.credential}\``);
  }
  if (isReclaimed(statement, holder, standing, checks)) {
    return finding(`${field}.proof.kind`, `\`${statement.credential}\` signs with another kind of proof`);
  }
  if (vouched.has(statement.hash)) {
    const place = statement.envelope.proof.kind === "passkey" ? "proof" : "proof.signature";
    return finding(`${field}.${place}`, `${why}, though the gate's log has these words`);
  }
  const changed =
    changedField(statement, expected) ??
    repairs.flatMap((repair) =>
      isRepaired(statement, repair, holder, { standing, checks }) ? [changedField(statement, repair)] : [],
    )[0];
  if (changed !== undefined) {
    const { name, value } = changed;
    return finding(`${field}.message.${name}`, `${why}: ${name} was ${shown(value)}`);
  }
  return finding(field, `${why} (its signature covers every field of the message)`);
}

function changedField(statement: Statement, expected: Expected): { name: string; value: Json } | undefined {
  const message = new Map(Object.entries(toWire(statement.message) ?? {}));
  for (const [name, wanted] of Object.entries(expected)) {
    const value = toWire(wanted ?? null);
    if (wanted !== undefined && message.has(name) && message.get(name) !== value) return { name, value };
  }
  return undefined;
}

/** Whether the signature holds with these fields in place of the given ones. */
function isRepaired(
  { envelope }: Statement,
  repair: Expected,
  holder: Holder | undefined,
  { standing, checks }: { readonly standing: Standing; readonly checks: SignatureChecks },
): boolean {
  if (holder === undefined) return false;
  const { deploymentId } = standing;
  try {
    const statement = readStatement({ ...envelope, message: { ...envelope.message, ...wireFields(repair) } });
    return verifyStatement({ deploymentId, statement, credential: holder.credential, checks }).kind === "valid";
  } catch (error) {
    if (error instanceof InvalidValue) return false;
    throw error;
  }
}

function wireFields(fields: Expected): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toWire(value)]));
}

/** Somebody else of the roster whose key made this very proof. */
function realSigner(statement: Statement, standing: Standing, checks: SignatureChecks): Holder | undefined {
  const { deploymentId, roster } = standing;
  return holdersOf(roster.roster).find(({ credential }) => {
    const envelope = { ...statement.envelope, credential: credential.id };
    const claim = { ...statement, credential: credential.id, envelope };
    return verifyStatement({ deploymentId, statement: claim, credential, checks }).kind === "valid";
  });
}

/** A wallet's and a key's proof have the same fields: under its right name the signature may hold. */
function isReclaimed(
  statement: Statement,
  holder: Holder | undefined,
  standing: Standing,
  checks: SignatureChecks,
): boolean {
  const { proof } = statement.envelope;
  if (holder === undefined || holder.credential.kind === "passkey" || proof.kind === "passkey") return false;
  if (proof.kind === holder.credential.kind) return false;
  const envelope = { ...statement.envelope, proof: { kind: holder.credential.kind, signature: proof.signature } };
  const { deploymentId } = standing;
  const claim = { ...statement, envelope };
  return verifyStatement({ deploymentId, statement: claim, credential: holder.credential, checks }).kind === "valid";
}

/** Path of a field of a leaf's message. */
export function messageField(leaf: StatementLeaf, name: string): string {
  return join(`${leaf.field}.entry.statement.message`, name);
}
