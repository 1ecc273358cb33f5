/** How gates follow one another: another one goes on with the log, with a log key of its own, when the quorum of a loosening signed for exactly that. */
import { checkGenesis } from "../genesis/check.ts";
import { genesisFileSchema } from "../genesis/genesis.ts";
import { entrySchema, type Entry } from "../log/entry.ts";
import { peopleMeet } from "../policy/decide/quorum.ts";
import { readStatement, type Statement } from "../statement/read.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import * as duration from "../values/duration.ts";
import { InvalidValue } from "../values/errors.ts";
import { parse as parseInstant, toIso } from "../values/instant.ts";
import type { Name } from "../values/name.ts";
import { parseWith } from "../values/schema.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { toWire } from "../values/wire.ts";
import { changeStep, signerOf, standingFromGenesis } from "./change.ts";
import type { Epoch, Standing } from "./standing.ts";

type EntryOf<K extends Entry["kind"]> = Extract<Entry, { kind: K }>;
export type PromotionEntry = EntryOf<"promotion">;

/** Why these statements do not promote the gate that the entry names; undefined when they do. */
export function promotionDoubt(
  standing: Standing,
  entry: PromotionEntry,
  statements: readonly Statement[],
  checks: SignatureChecks,
): string | undefined {
  const last = standing.epochs.at(-1)?.epoch ?? 1;
  if (entry.epoch !== last + 1) return `it is of epoch ${entry.epoch}, which does not follow epoch ${last}`;
  if (isKnownKey(standing, entry.logKey)) return "its log key is known already, and no other gate's";
  const people = new Set<Name>();
  for (const statement of statements) {
    const why = wordsDoubt(entry, statement);
    if (why !== undefined) return why;
    const holder = signerOf(standing, statement, checks);
    if (holder === undefined || holder.service)
      return `${statement.credential} did not sign it as a person of the roster`;
    people.add(holder.member.id);
  }
  const { quorum } = standing.genesis.change.loosen;
  return peopleMeet(quorum, people, standing.roster.index)
    ? undefined
    : "these people are not the quorum that promotes";
}

function wordsDoubt(entry: PromotionEntry, statement: Statement): string | undefined {
  if (statement.kind !== "GatePromotion") return `a ${statement.kind} promotes nobody`;
  const { epoch, logSize, logRoot, logKey, expiresAt } = statement.message;
  const isSame = epoch === entry.epoch && logSize === entry.size && logRoot === entry.root && logKey === entry.logKey;
  if (!isSame) return `${statement.credential} signed for another gate, log or epoch`;
  if (expiresAt <= entry.instant) return `what ${statement.credential} signed had expired at ${toIso(expiresAt)}`;
  return undefined;
}

/** A gate's log key is its own: not an earlier gate's, and not a witness's. */
export function isKnownKey({ epochs, genesis }: Standing, logKey: string): boolean {
  return [...epochs.map((one) => one.logKey), ...genesis.witnesses.keys.map((one) => one.publicKey)].some(
    (one) => one === logKey,
  );
}

export function promoted(standing: Standing, { epoch, logKey }: Pick<PromotionEntry, "epoch" | "logKey">): Standing {
  const next: Epoch = { epoch, logKey };
  return { ...standing, epochs: [...standing.epochs, next] };
}

/** Whether what is shown goes on from what somebody knows: of every epoch that they know, the same gate. */
export function goesOn(known: readonly Epoch[], shown: readonly Epoch[]): boolean {
  return known.every(({ epoch, logKey }) => shown.some((one) => one.epoch === epoch && one.logKey === logKey));
}

/**
 * What the leaves come to, each document and each promotion held against the signatures under it: leaves of a log in their order, all
 * of it or every change and promotion with the statements they name, after the genesis. Believes no key but those of people.
 * Throws `InvalidValue` `log.activation` or `log.promotion` where too few signed, `log.genesis` where none comes first.
 */
export function followGates(entries: Iterable<Entry>, checks: SignatureChecks): Standing {
  const said = new Map<Bytes32, EntryOf<"statement">>();
  let standing: Standing | undefined;
  for (const entry of entries) {
    // One, and the first: another one would bring other people.
    if (entry.kind === "genesis" && standing !== undefined)
      throw new InvalidValue("log.genesis", "a log has one genesis");
    if (entry.kind === "genesis") standing = standingFromGenesis(checkGenesis(toWire(entry.file), checks));
    if (standing === undefined) throw new InvalidValue("log.genesis", "the log does not begin with a genesis");
    if (entry.kind === "statement" && followed.has(entry.statement.kind))
      said.set(readStatement(entry.statement).hash, entry);
    if (entry.kind === "activation") standing = activated(standing, entry, said, checks);
    if (entry.kind !== "promotion") continue;
    const statements = namedBy(entry, said).map(({ statement }) => readStatement(statement));
    const why = promotionDoubt(standing, entry, statements, checks);
    if (why !== undefined) throw new InvalidValue("log.promotion", `nobody promoted this gate: ${why}`);
    standing = promoted(standing, entry);
  }
  if (standing === undefined) throw new InvalidValue("log.genesis", "the log does not begin with a genesis");
  return standing;
}

const followed: ReadonlySet<string> = new Set(["PolicyChange", "RosterChange", "GatePromotion"]);

/** Of a log or part of it, the leaves that `followGates` needs: none where every gate was the first. */
export function gatesIn(entries: readonly Entry[]): readonly Entry[] {
  const last = entries.findLastIndex(({ kind }) => kind === "promotion");
  const named = new Set(
    entries
      .slice(0, last + 1)
      .flatMap((entry) => (entry.kind === "activation" || entry.kind === "promotion" ? entry.statements : [])),
  );
  return entries
    .slice(0, last + 1)
    .filter(
      (entry) =>
        entry.kind === "activation" ||
        entry.kind === "promotion" ||
        (entry.kind === "statement" &&
          followed.has(entry.statement.kind) &&
          named.has(readStatement(entry.statement).hash)),
    );
}

/**
 * The first documents of a genesis file, with the gates that followed the first one as the file shows them. Throws `InvalidValue`
 * as `checkGenesis` does, and `genesis.promotion` for promotions that do not hold.
 */
export function openStanding(file: unknown, checks: SignatureChecks): Standing {
  const first = standingFromGenesis(checkGenesis(file, checks));
  const { promotions, ...founding } = parseWith(genesisFileSchema, file, "genesis.malformed");
  if (promotions === undefined) return first;
  const genesis: Entry = { kind: "genesis", epoch: 1, instant: parseInstant(0), file: founding };
  try {
    const entries = promotions.map((entry) => parseWith(entrySchema, entry, "genesis.promotion"));
    return { ...first, epochs: followGates([genesis, ...entries], checks).epochs };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new InvalidValue("genesis.promotion", `promotions: ${error.message}`, "promotions");
  }
}

function activated(
  standing: Standing,
  entry: EntryOf<"activation">,
  said: ReadonlyMap<Bytes32, EntryOf<"statement">>,
  checks: SignatureChecks,
): Standing {
  const { document: documentHash, instant } = entry;
  const signed = namedBy(entry, said).toSorted((one, other) => one.instant - other.instant);
  const step = changeStep(standing, { documentHash, signed }, checks);
  if (step.kind === "stuck")
    throw new InvalidValue(
      "log.activation",
      `the document ${documentHash} was not agreed by those who must: ${step.why}`,
    );
  const delay = step.rule.delay === undefined ? 0 : duration.parse(step.rule.delay);
  const before = (count: number): boolean =>
    changeStep(standing, { documentHash, signed: signed.slice(0, count) }, checks).kind === "next";
  const completing = delay === 0 ? undefined : signed.find((_, index) => before(index + 1));
  if (completing !== undefined && instant < completing.instant + delay)
    throw new InvalidValue("log.activation", `the document ${documentHash} came into force before its wait was over`);
  return step.standing;
}

function namedBy(
  { statements }: { readonly statements: readonly Bytes32[] },
  said: ReadonlyMap<Bytes32, EntryOf<"statement">>,
): readonly EntryOf<"statement">[] {
  return statements.flatMap((hash) => said.get(hash) ?? []);
}
