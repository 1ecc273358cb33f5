/** How much of a limit was used, counted again from the leaves of the log: anybody who has them needs nobody's word for it. */
import type { Operation } from "../intent/operation.ts";
import type { Entry } from "../log/entry.ts";
import type { Usage } from "../policy/facts.ts";
import { measure, type Sum } from "../policy/decide/measure.ts";
import { removing, type Counted, type UsageQuestion } from "../policy/decide/usage.ts";
import { indexRoster, type RosterIndex } from "../roster/membership.ts";
import { rosterSchema, type Roster } from "../roster/roster.ts";
import { readStatement, type Statement, type StatementOf } from "../statement/read.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Instant } from "../values/instant.ts";
import type { Json } from "../values/json.ts";
import { attachmentSchema } from "./change.ts";

/** A leaf, read, at its place. */
export type Logged = { readonly index: number; readonly entry: Entry };

/** Everything that was allocated and what became of it, in the order of the log. */
export type LogCount = { readonly added: Series; readonly removed: Series; readonly returned: Series };

type Row = { readonly leaf: number; readonly at: number; readonly value: bigint; readonly total: bigint };
type Series = ReadonlyMap<string, readonly Row[]>;

/** Reads the leaves once. They are those of one log, in order, from its genesis on; a root over them is the caller's to check. */
export function countLog(leaves: Iterable<Logged>): LogCount {
  const count = new Counting();
  for (const leaf of leaves) count.read(leaf);
  return count;
}

type Submitted = { readonly message: StatementOf<"Submission">["message"]; readonly initiator: string };
type Allocated = Submitted & { readonly at: Instant };

/** Most leaves say something else, and reading a statement is most of the work. */
const heard: ReadonlySet<string> = new Set(["Submission", "RosterChange"]);

class Counting implements LogCount {
  readonly added = new Map<string, Row[]>();
  readonly removed = new Map<string, Row[]>();
  readonly returned = new Map<string, Row[]>();
  readonly #asked = new Map<Bytes32, Submitted>();
  readonly #allocated = new Map<Bytes32, Allocated>();
  readonly #rosters = new Rosters();

  read({ index, entry }: Logged): void {
    switch (entry.kind) {
      case "genesis":
        this.#rosters.begin(entry.file.genesis.roster);
        break;
      case "activation":
        this.#rosters.enter(entry.document);
        break;
      case "statement":
        if (heard.has(entry.statement.kind)) this.#hear(readStatement(entry.statement), entry.attachment);
        break;
      case "allocation":
        this.#allocate(entry.requestId, index, entry.instant);
        break;
      case "outcome":
        this.#end(entry, index);
        break;
      default:
        break;
    }
  }

  #hear(statement: Statement, attachment: Json | undefined): void {
    if (statement.kind === "RosterChange") this.#rosters.propose(statement.message.documentHash, attachment);
    if (statement.kind !== "Submission") return;
    const { message, credential } = statement;
    const initiator = this.#rosters.current().credential(credential)?.member.id ?? "";
    this.#asked.set(message.requestId, { message, initiator });
  }

  #allocate(requestId: Bytes32, leaf: number, at: Instant): void {
    const own = this.#asked.get(requestId);
    if (own === undefined) return;
    const { amount, feeCeilingWei, account } = own.message;
    this.#allocated.set(requestId, { ...own, at });
    for (const name of seriesOf(own)) add(this.added, name, { leaf, at, value: amount });
    add(this.added, `fees ${account}`, { leaf, at, value: feeCeilingWei });
  }

  #end({ requestId, status, instant: at }: Extract<Entry, { kind: "outcome" }>, leaf: number): void {
    const own = this.#allocated.get(requestId);
    if (own === undefined) return;
    const { operation, amount: value } = own.message;
    for (const name of seriesOf(own)) {
      // What is given back counts from where it was allocated; what is burned from when that was noted.
      if (status === "reverted" || status === "closed") add(this.returned, name, { leaf, at: own.at, value });
      if (status === "success" && removes(operation)) add(this.removed, name, { leaf, at, value });
    }
  }
}

function removes(operation: Operation): boolean {
  return removing.includes(operation);
}

/** The rosters of the log, by when they came into force. */
class Rosters {
  readonly #proposed = new Map<Bytes32, Json>();
  #current: RosterIndex | undefined;

  begin(first: Roster): void {
    this.#current = indexRoster(first);
  }

  propose(document: Bytes32, attachment: Json | undefined): void {
    const read = attachmentSchema.safeParse(attachment);
    if (read.success) this.#proposed.set(document, read.data.document);
  }

  enter(document: Bytes32): void {
    const roster = this.#proposed.get(document);
    if (roster !== undefined) this.#current = indexRoster(rosterSchema.parse(roster));
  }

  current(): RosterIndex {
    if (this.#current === undefined) throw new InvalidValue("log.genesis", "the log does not begin with a genesis");
    return this.#current;
  }
}

function seriesOf({ message, initiator }: Submitted): readonly string[] {
  const { asset, operation, account, to } = message;
  const all = `${asset} ${operation}`;
  return [`${all} asset ${asset}`, `${all} initiator ${initiator}`, `${all} account ${account}`, `${all} to ${to}`];
}

function add(series: Map<string, Row[]>, name: string, row: Omit<Row, "total">): void {
  const rows = series.get(name) ?? [];
  rows.push({ ...row, total: (rows.at(-1)?.total ?? 0n) + row.value });
  series.set(name, rows);
}

/** What the gate's journal said of it, or should have, just before leaf `before`. */
export function usageIn(
  count: LogCount,
  question: UsageQuestion,
  { now, before }: { readonly now: Instant; readonly before: number },
): Usage {
  const { added, removed } = question;
  const sums = {
    added: (since: number): Sum =>
      sumOver(namesOf(added), (name) => {
        const all = after(count.added.get(name) ?? [], since, before);
        // Returns come in the order of the outcomes, and few: each is looked at.
        const back = (count.returned.get(name) ?? []).filter(({ leaf, at }) => leaf < before && at > since);
        return { sum: all.sum - back.reduce((sum, { value }) => sum + value, 0n), count: all.count - back.length };
      }),
    removed: (since: number): Sum =>
      sumOver(namesOf(removed ?? added), (name) => after(count.removed.get(name) ?? [], since, before)),
  };
  return measure(question, sums, now);
}

/** As `usageIn` after the last of the leaves; whoever asks more than once counts once. */
export function usageFromLog(leaves: Iterable<Logged>, question: UsageQuestion, now: Instant): Usage {
  return usageIn(countLog(leaves), question, { now, before: Number.MAX_SAFE_INTEGER });
}

function namesOf(counted: Counted): readonly string[] {
  if (counted.kind === "fees") return [`fees ${counted.account}`];
  const { asset, operations, per, of } = counted;
  return operations.map((operation) => `${asset} ${operation} ${per} ${of}`);
}

function sumOver(names: readonly string[], sumOf: (name: string) => Sum): Sum {
  return names
    .map(sumOf)
    .reduce((all, one) => ({ sum: all.sum + one.sum, count: all.count + one.count }), { sum: 0n, count: 0 });
}

/** Leaves and instants rise together, so both ends are found by halving. */
function after(rows: readonly Row[], since: number, before: number): Sum {
  const end = firstWhere(rows, ({ leaf }) => leaf >= before);
  const start = Math.min(
    end,
    firstWhere(rows, ({ at }) => at > since),
  );
  return { sum: totalUpTo(rows, end) - totalUpTo(rows, start), count: end - start };
}

function totalUpTo(rows: readonly Row[], end: number): bigint {
  return rows[end - 1]?.total ?? 0n;
}

/** The first place from which on it holds; it holds for every row after one for which it does. */
function firstWhere(rows: readonly Row[], holds: (row: Row) => boolean): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && holds(row)) high = middle;
    else low = middle + 1;
  }
  return low;
}
