/** Statements and transactions on one open connection: prepared once, failures judged, a transaction whole or not at all, alone or gathered. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { backup, type DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { Fault, InvariantViolation } from "../../values/errors.ts";
import { isWithoutFailure, judge } from "./sqlite-failure.ts";

export type Row = Readonly<Record<string, SQLOutputValue>>;
export type Parameters = Readonly<Record<string, SQLInputValue>>;

export type Database = {
  /** Rows changed. */
  readonly run: (sql: string, parameters?: Parameters) => number;
  readonly get: (sql: string, parameters?: Parameters) => Row | undefined;
  readonly all: (sql: string, parameters?: Parameters) => readonly Row[];
  /** See `Journal.transaction`; a nested call that throws takes back its own work only. */
  readonly transaction: <T>(work: () => T) => T;
  /** See `Journal.durable` and `Journal.losses`. */
  readonly durable: () => Promise<void>;
  readonly losses: () => number;
  /** A whole copy of one moment in a new file, made beside the work; rejects with a `Fault` `journal.copy` when there is none. */
  readonly copyTo: (path: string) => Promise<void>;
  readonly close: () => void;
};

/** Calls `commit` once, soon, and never before it returns: what is written until then reaches the disk together. */
export type Gather = (commit: () => void) => void;

/** Between two such parts the gate goes on with its work. */
const pagesAtOnce = 256;
/** A copy begins where no transaction is open; a busy gate leaves little of that, and a try costs a turn of its loop. */
const mostTries = 10_000;

export class Connection implements Database {
  readonly #handle: DatabaseSync;
  readonly #gather: Gather | undefined;
  readonly #prepared = new Map<string, StatementSync>();
  #depth = 0;
  /** Set when SQLite failed inside a transaction: it may have taken all of it back, and a further statement would commit by itself. */
  #doomed: Fault | undefined;
  /** Set for good when a commit failed on the disk: only a new start, which reads the disk, knows whether it happened. */
  #lost: Fault | undefined;
  /** The transaction that holds all others until it is committed; open exactly as long as something waits for that. */
  #gathering: Gathering | undefined;
  #losses = 0;

  /** Takes over a connection that is configured and migrated. Without `gather` everything is on disk when it returns. */
  constructor(handle: DatabaseSync, gather?: Gather) {
    this.#handle = handle;
    this.#gather = gather;
  }

  readonly run = (sql: string, parameters: Parameters = {}): number => {
    this.#join();
    return this.#execute(sql, parameters);
  };

  readonly get = (sql: string, parameters: Parameters = {}): Row | undefined =>
    this.#guarded(() => this.#statement(sql).get(parameters));

  readonly all = (sql: string, parameters: Parameters = {}): readonly Row[] =>
    this.#guarded(() => this.#statement(sql).all(parameters));

  readonly transaction = <T>(work: () => T): T => {
    this.#join();
    return this.#depth === 0 ? this.#outermost(work) : this.#nested(work);
  };

  readonly durable = (): Promise<void> => this.#gathering?.promise ?? Promise.resolve();

  readonly losses = (): number => this.#losses;

  readonly copyTo = async (path: string): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        // In an open gathering nothing is one moment yet.
        await this.durable();
        await backup(this.#handle, path, { rate: pagesAtOnce });
        return;
      } catch (error) {
        if (tries === mostTries || !isWithoutFailure(error) || !this.#handle.isOpen)
          throw new Fault("journal.copy", `the journal cannot be copied to \`${path}\``, "safe", error);
        await nextTurn();
      }
    }
  };

  readonly close = (): void => {
    if (this.#handle.isOpen) this.#handle.close();
    this.#gathering?.reject(new Fault("journal.io", "the journal was closed before this was on disk", "safe"));
    this.#gathering = undefined;
  };

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const fresh = this.#handle.prepare(sql);
    this.#prepared.set(sql, fresh);
    return fresh;
  }

  #execute(sql: string, parameters: Parameters = {}): number {
    return this.#guarded(() => Number(this.#statement(sql).run(parameters).changes));
  }

  /** Opens a gathering for what is about to be written, where there is to be one. */
  #join(): void {
    if (this.#gather === undefined || this.#depth > 0) return;
    this.#execute("BEGIN IMMEDIATE");
    this.#depth = 1;
    const gathering = openGathering();
    this.#gathering = gathering;
    this.#gather(() => {
      if (this.#gathering === gathering) this.#settle(gathering);
    });
  }

  #settle(gathering: Gathering): void {
    try {
      this.#finish(() => undefined);
      gathering.resolve();
    } catch (error) {
      this.#losses += 1;
      gathering.reject(error);
    } finally {
      this.#gathering = undefined;
    }
  }

  #guarded<T>(work: () => T): T {
    const stopped = this.#lost ?? this.#doomed;
    if (stopped !== undefined) throw stopped;
    try {
      return work();
    } catch (error) {
      const judged = judge(error);
      if (this.#depth > 0 && judged instanceof Fault) this.#doomed = judged;
      throw judged;
    }
  }

  #outermost<T>(work: () => T): T {
    this.#execute("BEGIN IMMEDIATE");
    this.#depth = 1;
    return this.#finish(work);
  }

  /** The last work of the transaction that is open, then its commit; or all of it is taken back. */
  #finish<T>(work: () => T): T {
    try {
      const result = synchronous(work());
      this.#commit();
      return result;
    } catch (error) {
      const cause = this.#doomed ?? error;
      if (this.#handle.isTransaction) this.#handle.exec("ROLLBACK");
      throw cause;
    } finally {
      this.#depth = 0;
      this.#doomed = undefined;
    }
  }

  #commit(): void {
    try {
      this.#execute("COMMIT");
    } catch (error) {
      if (error instanceof Fault && error.code === "journal.io") this.#lost = error;
      throw error;
    }
  }

  #nested<T>(work: () => T): T {
    const mark = `nested_${this.#depth}`;
    this.#execute(`SAVEPOINT ${mark}`);
    this.#depth += 1;
    try {
      const result = synchronous(work());
      this.#execute(`RELEASE ${mark}`);
      return result;
    } catch (error) {
      if (this.#doomed === undefined) {
        this.#execute(`ROLLBACK TO ${mark}`);
        this.#execute(`RELEASE ${mark}`);
      }
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }
}

type Gathering = {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
};

function openGathering(): Gathering {
  let settle: Omit<Gathering, "promise"> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Whoever waits hears of it; nobody has to.
  promise.catch(() => undefined);
  if (settle === undefined) throw new TypeError("unreachable: a promise runs its work at once");
  return { promise, ...settle };
}

function synchronous<T>(result: T): T {
  if (result instanceof Promise) throw new InvariantViolation("a transaction of the journal waits for nothing");
  return result;
}
