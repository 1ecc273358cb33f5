/** Counts the used limits of a whole log again, and holds against it what the gate wrote down at each allocation. */
import { checkGenesis } from "../genesis/check.ts";
import type { Usage } from "../policy/facts.ts";
import { wantedUsage } from "../policy/decide/usage.ts";
import { readStatement, type StatementOf } from "../statement/read.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { canonical, type Json } from "../values/json.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { toWire } from "../values/wire.ts";
import { boundsOf } from "./bounds.ts";
import { enact, readProposal, standingFromGenesis, type ChangeStatement } from "./change.ts";
import type { Standing } from "./standing.ts";
import { intentOf } from "./submission.ts";
import { countLog, usageIn, type Logged } from "./usage-from-log.ts";

export type Miscount = {
  readonly leaf: number;
  readonly requestId: Bytes32;
  readonly key: string;
  readonly said: Usage | undefined;
  readonly counted: Usage | undefined;
};

export type Recount = {
  /** Allocations whose facts say how much was used. */
  readonly allocations: number;
  readonly miscounts: readonly Miscount[];
};

/** Of leaves whose root the caller has checked. Throws `InvalidValue` when they are no log of ours. */
export function recount(leaves: readonly Logged[], checks: SignatureChecks): Recount {
  const count = countLog(leaves);
  const asked = new Map<Bytes32, StatementOf<"Submission">>();
  const miscounts: Miscount[] = [];
  let allocations = 0;
  for (const { leaf, standing } of withStanding(leaves, checks)) {
    const { index, entry } = leaf;
    if (entry.kind === "statement") {
      const statement = readStatement(entry.statement);
      if (statement.kind === "Submission") asked.set(statement.message.requestId, statement);
    }
    if (entry.kind !== "allocation" || entry.facts.usage === undefined) continue;
    allocations += 1;
    const statement = asked.get(entry.requestId);
    const questions = statement === undefined ? [] : questionsOf(standing, statement, entry.facts.now);
    const { usage, now } = entry.facts;
    const counted = new Map(questions.map((one) => [one.key, usageIn(count, one, { now, before: index })]));
    for (const key of new Set([...Object.keys(usage), ...counted.keys()])) {
      const pair = { said: usage[key], counted: counted.get(key) };
      if (!isSame(pair.said, pair.counted)) miscounts.push({ leaf: index, requestId: entry.requestId, key, ...pair });
    }
  }
  return { allocations, miscounts };
}

function questionsOf(
  standing: Standing,
  { message, credential }: StatementOf<"Submission">,
  now: Parameters<typeof wantedUsage>[1],
): ReturnType<typeof wantedUsage> {
  const own = standing.policies.get(message.asset);
  const holder = standing.roster.index.credential(credential);
  if (own === undefined || holder === undefined) return [];
  const { policy } = own;
  const intent = intentOf(message, policy.token.decimals);
  return wantedUsage({ policy, bounds: boundsOf(standing, intent), intent, initiator: holder.member.id }, now);
}

function isSame(one: Usage | undefined, other: Usage | undefined): boolean {
  return canonical(toWire(one ?? null)) === canonical(toWire(other ?? null));
}

/** Each leaf with the documents that were in force when it was written; at the end, those in force after the last. */
export function* withStanding(
  leaves: Iterable<Logged>,
  checks: SignatureChecks,
): Generator<{ readonly leaf: Logged; readonly standing: Standing }, Standing> {
  let standing: Standing | undefined;
  const changes = new Map<Bytes32, { readonly statement: ChangeStatement; readonly attachment: Json | undefined }>();
  for (const leaf of leaves) {
    const { entry } = leaf;
    if (entry.kind === "genesis") standing = standingFromGenesis(checkGenesis(toWire(entry.file), checks));
    if (standing === undefined) throw new InvalidValue("log.genesis", "the log does not begin with a genesis");
    if (entry.kind === "statement" && changeKinds.has(entry.statement.kind)) {
      const statement = readStatement(entry.statement);
      if (statement.kind === "PolicyChange" || statement.kind === "RosterChange")
        changes.set(statement.hash, { statement, attachment: entry.attachment });
    }
    yield { leaf, standing };
    if (entry.kind !== "activation") continue;
    const [name] = entry.statements;
    const change = name === undefined ? undefined : changes.get(name);
    if (change === undefined)
      throw new InvalidValue("log.activation", "a document came into force that nobody proposed");
    standing = enact(standing, readProposal(standing, change.statement, change.attachment, checks));
  }
  if (standing === undefined) throw new InvalidValue("log.genesis", "the log does not begin with a genesis");
  return standing;
}

/** Most leaves say something else, and reading a statement is most of the work. */
const changeKinds: ReadonlySet<string> = new Set(["PolicyChange", "RosterChange"]);
