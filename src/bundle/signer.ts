/** Whether a statement was signed by whom it names; if not, which of its fields gives itself away. */
import type { Standing } from "../gate/standing.ts";
import { holdersOf, type Holder } from "../roster/membership.ts";
import type { Statement } from "../statement/read.ts";
import { verifyStatement } from "../statement/verify.ts";
import type { Json } from "../values/json.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { toWire } from "../values/wire.ts";
import type { StatementLeaf } from "./bundle.ts";
import { finding, shown, type Finding } from "./finding.ts";
import { join } from "./path.ts";

export type Signed =
  { readonly kind: "signed"; readonly holder: Holder } | { readonly kind: "unsigned"; readonly finding: Finding };

/** What other signed words say that fields of the message must be; used only to name a field once the signature has failed. */
export type Expected = Readonly<Record<string, unknown>>;

export function checkSigned(
  leaf: StatementLeaf,
  standing: Standing,
  checks: SignatureChecks,
  expected: () => Expected = () => ({}),
): Signed {
  const { statement } = leaf;
  const { deploymentId } = standing;
  const holder = standing.roster.index.credential(statement.credential);
  const verdict =
    holder === undefined
      ? undefined
      : verifyStatement({ deploymentId, statement, credential: holder.credential, checks });
  if (holder !== undefined && verdict?.kind === "valid") return { kind: "signed", holder };
  const field = `${leaf.field}.entry.statement`;
  const owner = realSigner(statement, standing, checks);
  if (owner !== undefined) {
    return unsigned(`${field}.credential`, `\`${owner.credential.id}\` signed this, not \`${statement.credential}\``);
  }
  const why = verdict?.kind === "invalid" ? verdict.why : `\`${statement.credential}\` is not in the roster`;
  const changed = changedField(statement, expected());
  if (changed !== undefined) {
    const { name, value } = changed;
    return unsigned(`${field}.message.${name}`, `${why}: other signed words say that ${name} is ${shown(value)}`);
  }
  if (isReclaimed(statement, holder, standing, checks)) {
    return unsigned(`${field}.proof.kind`, `\`${statement.credential}\` signs with another kind of proof`);
  }
  return unsigned(field, `${why} (its signature covers every field of the message)`);
}

function unsigned(field: string, why: string): Signed {
  return { kind: "unsigned", finding: finding(field, why) };
}

function changedField(statement: Statement, expected: Expected): { name: string; value: Json } | undefined {
  for (const [name, value] of Object.entries(toWire(statement.message) ?? {})) {
    const wanted = expected[name];
    if (wanted !== undefined && toWire(wanted) !== value) return { name, value: toWire(wanted) };
  }
  return undefined;
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
