/** The documents in force, followed from the genesis by changes that enough people signed: a service cannot put one of its own in their place. */
import { z } from "zod";
import { changeStep, type ChangeStep } from "../gate/change.ts";
import type { Standing } from "../gate/standing.ts";
import type { PolicyView, RosterView } from "../request/api.ts";
import { envelopeSchema } from "../statement/envelope.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { hash, type Json } from "../values/json.ts";
import { bytes32Schema, jsonSchema } from "../values/schema.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";

/** What is needed of a change as the API shows it. */
const changeSchema = z.looseObject({
  documentHash: bytes32Schema,
  document: jsonSchema,
  signed: z.array(z.strictObject({ statement: envelopeSchema, possessions: z.array(envelopeSchema) })),
});
type Change = z.output<typeof changeSchema>;

const previousSchema = z.looseObject({ previous: z.string().nullable() });

export type InForce = { readonly policies: readonly PolicyView[]; readonly roster: RosterView };

/** Whether there is anything to follow: a document that the genesis does not bring. */
export function isLater({ policies, roster }: InForce, standing: Standing): boolean {
  const known = new Set<Bytes32>([
    standing.roster.hash,
    ...[...standing.policies.values()].map(({ hash: own }) => own),
  ]);
  return ![roster, ...policies].every(({ hash: shown }) => known.has(shown));
}

/**
 * What the documents shown come to. Throws `InvalidValue` `client.untrue` unless every document shown follows from the genesis by changes that the quorums in force at
 * their time signed. How long a change waited, and that nobody vetoed it, is for a bundle to show.
 */
export function checkFollowed(
  shown: InForce,
  changes: readonly Json[],
  { standing, checks }: { readonly standing: Standing; readonly checks: SignatureChecks },
): Standing {
  const known = new Map(changes.map((json) => readChange(json)).map((change) => [change.documentHash, change]));
  const lines = [shown.roster, ...shown.policies].map(({ hash: newest }) => lineTo(newest, known, standing));
  let now = standing;
  let left = lines.filter((line) => line.length > 0);
  while (left.length > 0) {
    const steps = left.map((line) => step(now, line[0], checks));
    const index = steps.findIndex((one) => one.kind === "next");
    const taken = steps[index];
    if (taken?.kind !== "next") throw untrue(steps.flatMap((one) => (one.kind === "stuck" ? [one.why] : []))[0] ?? "");
    now = taken.standing;
    left = left.map((line, place) => (place === index ? line.slice(1) : line)).filter((line) => line.length > 0);
  }
  return now;
}

function readChange(json: Json): Change {
  const read = changeSchema.safeParse(json);
  if (!read.success) throw untrue("a change is shown without the statements under it");
  if (hash(read.data.document) !== read.data.documentHash)
    throw untrue(`a changed document does not hash to ${read.data.documentHash}`);
  return read.data;
}

/** The changes that lead to a document, the oldest first; nothing where the genesis brings it. */
function lineTo(
  newest: Bytes32,
  known: ReadonlyMap<string, Change>,
  { roster, policies }: Standing,
): readonly Change[] {
  const first = new Set<string>([roster.hash, ...[...policies.values()].map(({ hash: own }) => own)]);
  const line: Change[] = [];
  let next: string | undefined = newest;
  while (next !== undefined && !first.has(next)) {
    const change = known.get(next);
    if (change === undefined || line.includes(change))
      throw untrue(`nobody is shown to have signed the document ${next}`);
    line.unshift(change);
    const { previous } = previousSchema.parse(change.document);
    next = previous === null ? undefined : `0x${previous.replace(/^sha256:/, "")}`;
  }
  return line;
}

function step(standing: Standing, change: Change | undefined, checks: SignatureChecks): ChangeStep {
  if (change === undefined) return { kind: "stuck", why: "there is no change" };
  const { documentHash, document } = change;
  const signed = change.signed.map(({ statement, possessions }) => ({
    statement,
    attachment: { document, possessions },
  }));
  const taken = changeStep(standing, { documentHash, signed }, checks);
  return taken.kind === "next" ? taken : { kind: "stuck", why: `the document ${documentHash}: ${taken.why}` };
}

function untrue(why: string): InvalidValue {
  return new InvalidValue("client.untrue", `nothing is signed: what the server shows is in force is not so; ${why}`);
}
