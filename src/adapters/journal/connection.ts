/** Statements and transactions on one open connection: prepared once, failures judged, a transaction whole or not at all. */
import { backup, type DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { Fault, InvariantViolation } from "../../values/errors.ts";
import { judge } from "./sqlite-failure.ts";

export type Row = Readonly<Record<string, SQLOutputValue>>;
export type Parameters = Readonly<Record<string, SQLInputValue>>;

export type Database = {
  /** Rows changed. */
  readonly run: (sql: string, parameters?: Parameters) => number;
  readonly get: (sql: string, parameters?: Parameters) => Row | undefined;
  readonly all: (sql: string, parameters?: Parameters) => readonly Row[];
  /** See `Journal.transaction`; a nested call that throws takes back its own work only. */
  readonly transaction: <T>(work: () => T) => T;
  /** A whole copy of one moment in a new file, made beside the work; rejects with a `Fault` `journal.copy` when there is none. */
  readonly copyTo: (path: string) => Promise<void>;
  readonly close: () => void;
};

/** Between two such parts the gate goes on with its work. */
const pagesAtOnce = 256;
const mostTries = 20;

export class Connection implements Database {
  readonly #handle: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  #depth = 0;
  /** Set when SQLite failed inside a transaction: it may have taken all of it back, and a further statement would commit by itself. */
  #doomed: Fault | undefined;
  /** Set for good when a commit failed on the disk: only a new start, which reads the disk, knows whether it happened. */
  #lost: Fault | undefined;

  /** Takes over a connection that is configured and migrated. */
  constructor(handle: DatabaseSync) {
    this.#handle = handle;
  }

  readonly run = (sql: string, parameters: Parameters = {}): number =>
    this.#guarded(() => Number(this.#statement(sql).run(parameters).changes));

  readonly get = (sql: string, parameters: Parameters = {}): Row | undefined =>
    this.#guarded(() => this.#statement(sql).get(parameters));

  readonly all = (sql: string, parameters: Parameters = {}): readonly Row[] =>
    this.#guarded(() => this.#statement(sql).all(parameters));

  readonly transaction = <T>(work: () => T): T => (this.#depth === 0 ? this.#outermost(work) : this.#nested(work));

  readonly copyTo = async (path: string): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        await backup(this.#handle, path, { rate: pagesAtOnce });
        return;
      } catch (error) {
        // A transaction was under way at that very moment.
        if (tries < mostTries && this.#handle.isOpen) continue;
        throw new Fault("journal.copy", `the journal cannot be copied to \`${path}\``, "safe", error);
      }
    }
  };

  readonly close = (): void => {
    if (this.#handle.isOpen) this.#handle.close();
  };

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const fresh = this.#handle.prepare(sql);
    this.#prepared.set(sql, fresh);
    return fresh;
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
    this.run("BEGIN IMMEDIATE");
    this.#depth = 1;
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
      this.run("COMMIT");
    } catch (error) {
      if (error instanceof Fault && error.code === "journal.io") this.#lost = error;
      throw error;
    }
  }

  #nested<T>(work: () => T): T {
    const mark = `nested_${this.#depth}`;
    this.run(`SAVEPOINT ${mark}`);
    this.#depth += 1;
    try {
      const result = synchronous(work());
      this.run(`RELEASE ${mark}`);
      return result;
    } catch (error) {
      if (this.#doomed === undefined) {
        this.run(`ROLLBACK TO ${mark}`);
        this.run(`RELEASE ${mark}`);
      }
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }
}

function synchronous<T>(result: T): T {
  if (result instanceof Promise) throw new InvariantViolation("a transaction of the journal waits for nothing");
  return result;
}
