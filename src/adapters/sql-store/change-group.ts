/** Changes that come while one is being written wait, and are then written together: one lock and one flush of the disk for all of them. */
import { setImmediate as turn } from "node:timers/promises";
import { sql, type Kysely, type Transaction } from "kysely";
import type { Tables } from "./tables.ts";

type Change = {
  readonly work: (tx: Transaction<Tables>) => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
};

/** Changes in one transaction; others wait for the next one. */
const most = 64;

export class ChangeGroup {
  readonly #db: Kysely<Tables>;
  readonly #begin: (tx: Transaction<Tables>) => Promise<void>;
  readonly #waiting: Change[] = [];
  #isWriting = false;

  /** `begin` is done first in every transaction. */
  constructor(db: Kysely<Tables>, begin: (tx: Transaction<Tables>) => Promise<void>) {
    this.#db = db;
    this.#begin = begin;
  }

  /**
   * Resolves when the change is on the disk. Each sees what those before it wrote; one that throws takes back its own work alone,
   * and a transaction that is lost takes back all of it and tells everybody.
   */
  async add<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
    let answer: { readonly value: T } | undefined;
    await new Promise((resolve, reject) => {
      const keep = async (tx: Transaction<Tables>): Promise<void> => {
        answer = { value: await work(tx) };
      };
      this.#waiting.push({ work: keep, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
    if (answer === undefined) throw new TypeError("unreachable: a change that is written has its answer");
    return answer.value;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      // What else this turn of the loop brings goes along: SQLite holds the loop up for as long as its disk takes.
      await turn();
      await this.#write(this.#waiting.splice(0, most));
    }
    this.#isWriting = false;
  }

  /** Never throws: whoever waits hears of it. */
  async #write(changes: readonly Change[]): Promise<void> {
    try {
      const failed = await this.#db.transaction().execute(async (tx) => {
        await this.#begin(tx);
        return await (changes.length === 1 ? alone(tx, changes) : together(tx, changes));
      });
      for (const change of changes) {
        const failure = failed.get(change);
        if (failure === undefined) change.resolve(undefined);
        else change.reject(failure.error);
      }
    } catch (error) {
      for (const { reject } of changes) reject(error);
    }
  }
}

type Failed = ReadonlyMap<Change, { readonly error: unknown }>;

async function alone(tx: Transaction<Tables>, changes: readonly Change[]): Promise<Failed> {
  for (const { work } of changes) await work(tx);
  return new Map();
}

async function together(tx: Transaction<Tables>, changes: readonly Change[]): Promise<Failed> {
  const failed = new Map<Change, { readonly error: unknown }>();
  for (const change of changes) {
    await sql`savepoint one_change`.execute(tx);
    try {
      await change.work(tx);
    } catch (error) {
      failed.set(change, { error });
      await takeBack(tx, error);
    }
    await sql`release savepoint one_change`.execute(tx);
  }
  return failed;
}

/** A transaction that is lost has no savepoint any more: why it was is told, not that. */
async function takeBack(tx: Transaction<Tables>, why: unknown): Promise<void> {
  try {
    await sql`rollback to savepoint one_change`.execute(tx);
  } catch {
    throw why;
  }
}
