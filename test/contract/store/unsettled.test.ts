/** Of which signed transactions a store says that nobody told their outcome yet, on SQLite and on a real PostgreSQL. */
import { afterEach, describe, expect, it } from "vitest";
import { openPostgresStore } from "../../../src/adapters/sql-store/postgres.ts";
import { openSqliteStore } from "../../../src/adapters/sql-store/sqlite.ts";
import type { Store, Transition } from "../../../src/flow/serve/store.port.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { storePlaces } from "./places.ts";
import { account, events, hashOf } from "../../unit/request/sample.ts";
import { begun, pageOf, step } from "./sample-store.ts";

const stores = storePlaces();

const opened: Readonly<Record<string, () => Promise<Store>>> = {
  SQLite: () => openSqliteStore(stores.freshPath()),
  PostgreSQL: () => openPostgresStore(stores.freshUrl()),
};

describe.each(Object.keys(opened))("a store on %s", (name) => {
  const open: Store[] = [];
  const begin = async (): Promise<{ store: Store }> => {
    const store = await opened[name]!();
    open.push(store);
    return { store };
  };

  afterEach(async () => {
    for (const store of open.splice(0)) await store.close();
  });

  it("wants an outcome of every signed transaction until the log tells one", async () => {
    const { store } = await begin();
    const first = begun("one");
    await store.commit({ transitions: [first, step(first.request, "signed")] });
    expect(await store.unsettled(9)).toEqual([{ chainId: 31_337, txHash: events.signed.txHash }]);
    const outcome = { txHash: events.signed.txHash, requestId: hashOf("one"), status: "success" as const };
    await store.commit({ transitions: [], page: pageOf(0, ["outcome"], { outcomes: [outcome] }) });
    expect(await store.unsettled(9)).toEqual([]);
  });

  it("wants outcomes of the lowest nonces of each account, however many wait behind them", async () => {
    const { store } = await begin();
    const signed = (word: string, nonce: number, lane = account): readonly Transition[] => {
      const { request } = begun(word);
      const first = {
        ...begun(word),
        request: { ...request, submission: { ...request.submission, account: parseAddress(lane) } },
      };
      return [first, step(first.request, "signed", { txHash: hashOf(word), nonce })];
    };
    await store.commit({ transitions: [...signed("third", 12), ...signed("first", 3), ...signed("second", 7)] });
    await store.commit({ transitions: signed("elsewhere", 99, `0x${"77".repeat(20)}`) });
    const found = await store.unsettled(2);
    expect(found.map(({ txHash }) => txHash)).toEqual(["first", "second", "elsewhere"].map(hashOf).sort());
  });

  it("wants no outcome of what is signed when the log told it before, or tells it in the same page", async () => {
    const { store } = await begin();
    const signed = (word: string): readonly Transition[] => {
      const first = begun(word);
      return [first, step(first.request, "signed", { txHash: hashOf(`tx ${word}`), nonce: word.length })];
    };
    const outcomeOf = (word: string): Parameters<typeof pageOf>[2] => ({
      outcomes: [{ txHash: hashOf(`tx ${word}`), requestId: hashOf(word), status: "success" }],
    });
    await store.commit({ transitions: signed("both"), page: pageOf(0, ["outcome"], outcomeOf("both")) });
    await store.commit({ transitions: [], page: pageOf(1, ["outcome"], outcomeOf("earlier")) });
    await store.commit({ transitions: signed("earlier") });
    expect(await store.unsettled(9)).toEqual([]);
    await store.commit({ transitions: signed("wanted") });
    expect(await store.unsettled(9)).toEqual([{ chainId: 31_337, txHash: hashOf("tx wanted") }]);
  });
});
