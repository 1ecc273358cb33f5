/** What every store promises, on SQLite and on a real PostgreSQL. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { change } from "../../../src/adapters/sql-store/database.ts";
import { openPostgres, openPostgresStore } from "../../../src/adapters/sql-store/postgres.ts";
import { openSqliteStore } from "../../../src/adapters/sql-store/sqlite.ts";
import type { Store, Transition } from "../../../src/flow/serve/store.port.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { transitionBy } from "../../../src/flow/serve/happening.ts";
import { Fault, InvariantViolation } from "../../../src/values/errors.ts";
import { plus } from "../../../src/values/instant.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { startBouncer } from "../../place/bouncer.ts";
import { storePlaces } from "./places.ts";
import { account, fresh, hashOf, noon } from "../../unit/request/sample.ts";
import { begun, pageOf, step } from "./sample-store.ts";

const stores = storePlaces();

const news = (key: string) => ({
  notice: { key, topic: "test" as const, at: noon, text: `news ${key}`, people: [], requestId: null },
});

type Place = { readonly open: () => Promise<Store>; readonly shared: boolean };

const places: Readonly<Record<string, () => Place>> = {
  SQLite: () => {
    const path = stores.freshPath();
    return { open: () => openSqliteStore(path), shared: false };
  },
  PostgreSQL: () => {
    const url = stores.freshUrl();
    return { open: () => openPostgresStore(url), shared: true };
  },
};

describe.each(Object.keys(places))("a store on %s", (name) => {
  const open: Store[] = [];
  const begin = async (place = places[name]!()): Promise<{ store: Store; place: Place }> => {
    const store = await place.open();
    open.push(store);
    return { store, place };
  };

  afterEach(async () => {
    for (const store of open.splice(0)) await store.close();
  });

  it("keeps a request as it was, over a restart", async () => {
    const { store, place } = await begin();
    const first = begun("one");
    const second = step(first.request, "signed");
    expect(await store.commit({ transitions: [first, second] })).toBe("committed");
    await open.pop()!.close();
    const again = (await begin(place)).store;
    expect(await again.request(hashOf("one"))).toEqual(second.request);
    expect(await again.history(hashOf("one"))).toMatchObject([{ event: "submitted" }, { event: "signed", at: noon }]);
    expect(await again.request(hashOf("another"))).toBeUndefined();
  });

  it("stores one of two changes that began from the same revision", async () => {
    const { store } = await begin();
    const first = begun("one");
    await store.commit({ transitions: [first] });
    const both = await Promise.all([
      store.commit({ transitions: [step(first.request, "cleared")] }),
      store.commit({ transitions: [step(first.request, "cancelled")] }),
    ]);
    expect([...both].sort()).toEqual(["committed", "stale"]);
    expect(await store.commit({ transitions: [first] })).toBe("stale");
    expect(await store.history(hashOf("one"))).toHaveLength(2);
  });

  it("stores everything of a change or nothing", async () => {
    const { store } = await begin();
    const stale = { ...step(begun("one").request, "cleared") };
    expect(await store.commit({ transitions: [begun("two"), stale], page: pageOf(0, ["leaf"]) })).toBe("stale");
    expect(await store.request(hashOf("two"))).toBeUndefined();
    expect(await store.mirrored()).toBe(0);
    expect(await store.outbox(0, 10)).toEqual([]);
  });

  it("never changes signed bytes", async () => {
    const { store } = await begin();
    const first = begun("one");
    const signed = step(first.request, "signed");
    await store.commit({ transitions: [first, signed] });
    const other = { ...signed.request, revision: 2, signed: { ...signed.request.signed!, raw: "0x02f9" as const } };
    await expect(store.commit({ transitions: [{ request: other, happening: undefined }] })).rejects.toThrow(
      InvariantViolation,
    );
    const without = { ...signed.request, revision: 2, signed: null, state: "signing" as const };
    await expect(store.commit({ transitions: [{ request: without, happening: undefined }] })).rejects.toThrow(
      InvariantViolation,
    );
    expect(await store.request(hashOf("one"))).toEqual(signed.request);
  });

  it("gives one nonce of an account to one request", async () => {
    const { store } = await begin();
    await store.commit({ transitions: [begun("one"), step(begun("one").request, "allocated")] });
    const rival = [begun("two"), step(begun("two").request, "allocated")];
    await expect(store.commit({ transitions: rival })).rejects.toThrow(Fault);
    expect(await store.request(hashOf("two"))).toBeUndefined();
  });

  it("counts what has not ended, by state and lane, with the oldest of each, and what somebody works on", async () => {
    const { store } = await begin();
    expect(await store.tally(noon)).toEqual({ states: [], lanes: [], leased: 0 });
    const older = { ...begun("b", 2), request: { ...begun("b", 2).request, createdAt: plus(noon, -60) } };
    await store.commit({ transitions: [begun("a", 3), older, begun("c", 4), begun("d", 5)] });
    await store.commit({ transitions: [step(begun("c", 4).request, "allocated")] });
    await store.commit({ transitions: [step(begun("d", 5).request, "cancelled")] });
    await store.claim(noon, plus(noon, 30), 1);
    const { states, lanes, leased } = await store.tally(noon);
    expect([...states].sort((one, other) => one.state.localeCompare(other.state))).toEqual([
      { state: "allocated", count: 1, oldestAt: noon },
      { state: "submitted", count: 2, oldestAt: plus(noon, -60) },
    ]);
    expect(lanes).toEqual([{ chainId: 31_337, account, open: 1 }]);
    expect(leased).toBe(1);
    expect((await store.tally(plus(noon, 31))).leased).toBe(0);
  });

  it("keeps a notice for each receiver with the change that it tells of, once for a key, and drops it with the change", async () => {
    const { store, place } = await begin();
    const told = { ...news("one"), receivers: ["mail", "hook"] };
    expect(await store.commit({ transitions: [begun("a")], notices: [told, told] })).toBe("committed");
    expect(await store.commit({ transitions: [begun("a")], notices: [{ ...news("two"), receivers: ["mail"] }] })).toBe(
      "stale",
    );
    await open.pop()!.close();
    const again = (await begin(place)).store;
    await again.commit({ transitions: [], notices: [told] });
    expect(await again.noticeTallies()).toEqual([
      { receiver: "hook", pending: 1, oldestAt: noon, givenUp: 0 },
      { receiver: "mail", pending: 1, oldestAt: noon, givenUp: 0 },
    ]);
    expect((await again.claimNotice("mail", noon, plus(noon, 30)))?.notice).toEqual(told.notice);
    expect(await again.claimNotice("nobody", noon, plus(noon, 30))).toBeUndefined();
  });

  it("hands a notice to one sender until its lease ends, later again when it failed, and never once it was delivered", async () => {
    const { store } = await begin();
    await store.commit({ transitions: [], notices: [{ ...news("one"), receivers: ["mail"] }] });
    const claim = (at: number) => store.claimNotice("mail", plus(noon, at), plus(noon, at + 30));
    const both = await Promise.all([claim(0), claim(0)]);
    const held = both.find((one) => one !== undefined)!;
    expect(both.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await claim(30)).toMatchObject({ id: held.id, tries: 0 });
    await store.settleNotice(held.id, { kind: "later", dueAt: plus(noon, 100), why: "it answers 500" });
    expect(await claim(99)).toBeUndefined();
    expect(await claim(100)).toMatchObject({ id: held.id, tries: 1 });
    await store.settleNotice(held.id, { kind: "delivered", at: plus(noon, 101) });
    // A sender whose lease ended comes too late to bring it back.
    await store.settleNotice(held.id, { kind: "later", dueAt: noon, why: "late" });
    expect(await claim(9_999)).toBeUndefined();
    expect(await store.noticeTallies()).toEqual([]);
    await store.forgetNotices(plus(noon, 101));
    await store.commit({ transitions: [], notices: [{ ...news("one"), receivers: ["mail"] }] });
    expect(await claim(9_999)).toBeUndefined();
    await store.forgetNotices(plus(noon, 102));
    await store.commit({ transitions: [], notices: [{ ...news("one"), receivers: ["mail"] }] });
    expect(await claim(9_999)).toMatchObject({ tries: 0 });
  });

  it("counts what was given up", async () => {
    const { store } = await begin();
    await store.commit({ transitions: [], notices: [{ ...news("one"), receivers: ["mail"] }] });
    const held = await store.claimNotice("mail", noon, plus(noon, 30));
    await store.settleNotice(held!.id, { kind: "given-up", at: noon, why: "gone" });
    expect(await store.noticeTallies()).toEqual([{ receiver: "mail", pending: 0, oldestAt: undefined, givenUp: 1 }]);
  });

  it("hands each due request to one caller, until its lease ends or its next commit", async () => {
    const { store } = await begin();
    await store.commit({ transitions: ["a", "b", "c"].map((words, leaf) => begun(words, leaf)) });
    const claims = await Promise.all([store.claim(noon, plus(noon, 30), 2), store.claim(noon, plus(noon, 30), 2)]);
    expect(
      claims
        .flat()
        .map((request) => request.leaf)
        .sort(),
    ).toEqual([0, 1, 2]);
    expect(await store.claim(noon, plus(noon, 30), 9)).toEqual([]);
    expect(await store.claim(plus(noon, 31), plus(noon, 60), 9)).toHaveLength(3);
    await store.commit({ transitions: [step(fresh("a"), "cleared")] });
    expect(await store.claim(plus(noon, 32), plus(noon, 60), 9)).toMatchObject([{ state: "ready" }]);
  });

  it("leaves a lease alone when the mirror moves a request, and ends it when the request is given back", async () => {
    const { store } = await begin();
    await store.commit({ transitions: [begun("a")] });
    await store.claim(noon, plus(noon, 30), 1);
    await store.commit({ transitions: [step(fresh("a"), "cleared")], page: pageOf(0, ["leaf"]) });
    expect(await store.claim(noon, plus(noon, 30), 1)).toEqual([]);
    await store.release(hashOf("a"));
    expect(await store.claim(noon, plus(noon, 30), 1)).toMatchObject([{ state: "ready" }]);
  });

  it("keeps a claimed request for as long as its lease is renewed, and never one that was given back", async () => {
    const { store } = await begin();
    await store.commit({ transitions: [begun("kept", 1), begun("given", 2)] });
    await store.claim(noon, plus(noon, 4), 2);
    await store.release(hashOf("given"));
    await store.renew([hashOf("kept"), hashOf("given")], plus(noon, 30));
    await store.renew([], plus(noon, 90));
    expect(await store.claim(plus(noon, 5), plus(noon, 9), 9)).toMatchObject([{ requestId: hashOf("given") }]);
    expect(await store.claim(plus(noon, 31), plus(noon, 60), 9)).toHaveLength(2);
  });

  it("claims nothing that is resting or not due yet", async () => {
    const { store } = await begin();
    const later = { ...begun("later").request, dueAt: plus(noon, 5) };
    await store.commit({
      transitions: [begun("one"), step(begun("one").request, "refused"), { request: later, happening: undefined }],
    });
    expect(await store.claim(noon, plus(noon, 1), 9)).toEqual([]);
    expect(await store.nextDue()).toBe(noon + 5);
    expect(await store.claim(plus(noon, 5), plus(noon, 9), 9)).toMatchObject([{ requestId: hashOf("later") }]);
  });

  it("knows the lowest nonce that has not gone out, and hastens the one that waited for it and no other", async () => {
    const { store } = await begin();
    const lane = [7, 8, 9].flatMap((nonce) => {
      const first = begun(`nonce ${nonce}`);
      const signed = step(first.request, "signed", { nonce, txHash: hashOf(`tx ${nonce}`) });
      return [first, signed, step(signed.request, "postponed")];
    });
    await store.commit({ transitions: lane });
    expect(await store.lowestUnsent(31_337, parseAddress(account))).toBe(7);
    await store.commit({ transitions: [step(lane[2]!.request, "broadcast")] });
    expect(await store.lowestUnsent(31_337, parseAddress(account))).toBe(8);
    expect(await store.claim(noon, plus(noon, 1), 9)).toMatchObject([{ nonce: 7 }]);
    await store.hasten(31_337, parseAddress(account), noon);
    expect(await store.claim(noon, plus(noon, 1), 9)).toMatchObject([{ nonce: 8, dueAt: noon }]);
    expect(await store.lowestUnsent(1, parseAddress(account))).toBeUndefined();
  });

  it("knows the next lower nonce that is in no block", async () => {
    const { store } = await begin();
    const lane = parseAddress(account);
    const at = (nonce: number): readonly Transition[] => {
      const first = begun(`nonce ${nonce}`);
      const signed = step(first.request, "signed", { nonce, txHash: hashOf(`tx ${nonce}`) });
      return [first, signed, step(signed.request, "broadcast")];
    };
    const [seven, eight] = [at(7), at(8)];
    await store.commit({ transitions: [...seven, ...eight] });
    expect(await store.openBefore(31_337, lane, 9)).toMatchObject({ nonce: 8 });
    expect(await store.openBefore(31_337, lane, 8)).toMatchObject({ nonce: 7 });
    expect(await store.openBefore(31_337, lane, 7)).toBeUndefined();
    expect(await store.openBefore(1, lane, 9)).toBeUndefined();
    await store.commit({ transitions: [step(seven.at(-1)!.request, "mined", { txHash: hashOf("tx 7") })] });
    expect(await store.openBefore(31_337, lane, 8)).toBeUndefined();
    const six = begun("nonce 6");
    const allocated = step(six.request, "allocated", { nonce: 6 });
    const over = step(allocated.request, "expired");
    await store.commit({ transitions: [six, allocated, over] });
    expect(await store.openBefore(31_337, lane, 8)).toMatchObject({ nonce: 6, state: "expired" });
    expect(await store.holdingUp(9)).toMatchObject([{ nonce: 6 }]);
    await store.commit({ transitions: [step(eight.at(-1)!.request, "mined", { txHash: hashOf("tx 8") })] });
    expect(await store.holdingUp(9)).toEqual([]);
    await store.commit({ transitions: [transitionBy(over.request, { kind: "closed" }, noon)!] });
    expect(await store.openBefore(31_337, lane, 8)).toBeUndefined();
  });

  it("knows redemptions whose second leg is owed, which hold up no lane", async () => {
    const { store } = await begin();
    const lane = parseAddress(account);
    const first = begun("burn");
    const { submission } = first.request;
    const details = `destination vault-zrh; ${submission.details}`;
    const burn = {
      ...first,
      request: { ...first.request, submission: { ...submission, operation: "redeem", details } },
    };
    const signed = step(burn.request as typeof first.request, "signed", { nonce: 7, txHash: hashOf("burn") });
    const final = step(signed.request, "finalized", { txHash: hashOf("burn"), blockNumber: 3 });
    await store.commit({ transitions: [burn as Transition, signed, final] });
    expect(await store.owing(9)).toMatchObject([{ state: "final", nonce: 7 }]);
    expect(await store.openBefore(31_337, lane, 9)).toBeUndefined();
    const later = begun("nonce 8");
    await store.commit({ transitions: [later, step(later.request, "signed", { nonce: 8, txHash: hashOf("tx 8") })] });
    expect(await store.holdingUp(9)).toEqual([]);
    expect(await store.owing(0)).toEqual([]);
    await store.commit({ transitions: [transitionBy(final.request, { kind: "reversed" }, noon)!] });
    expect(await store.owing(9)).toEqual([]);
    expect(await store.nextDue()).toBeDefined();
  });

  it("lists the newest requests of the log first, by state, asset and initiator, page by page", async () => {
    const { store } = await begin();
    await store.commit({ transitions: ["a", "b", "c"].map((words, leaf) => begun(words, 10 - leaf)) });
    const leaves = async (filter: object) =>
      (await store.requests({ limit: 9, ...filter })).map((request) => request.leaf);
    expect(await leaves({})).toEqual([10, 9, 8]);
    expect(await leaves({ limit: 2 })).toEqual([10, 9]);
    expect(await leaves({ after: hashOf("b") })).toEqual([8]);
    expect(await leaves({ after: hashOf("nothing") })).toEqual([]);
    expect(await leaves({ asset: parseName("GLD"), initiator: parseName("ida"), state: "submitted" })).toHaveLength(3);
    expect(await leaves({ asset: parseName("SLV") })).toEqual([]);
    expect(await leaves({ state: "final" })).toEqual([]);
  });

  it("adds up the open requests of an asset by state, operation and amount, however many they are", async () => {
    const { store } = await begin();
    const many = Array.from({ length: 1_100 }, (_, index) => begun(`many ${String(index)}`, 10 + index));
    const [held, ended] = [begun("held", 2), begun("ended", 3)];
    await store.commit({ transitions: [...many, held, ended] });
    await store.commit({ transitions: [step(held.request, "held"), step(ended.request, "expired")] });
    const { operation, amount } = held.request.submission;
    expect((await store.openAmounts(parseName("GLD"))).toSorted((one, other) => one.count - other.count)).toEqual([
      { state: "pending", operation, amount, count: 1 },
      { state: "submitted", operation, amount, count: 1_100 },
    ]);
    expect(await store.openAmounts(parseName("SLV"))).toEqual([]);
  });

  it("lists those whose decision is ahead, the oldest first, from anywhere on", async () => {
    const { store } = await begin();
    const [a, b, c, d] = [begun("a", 10), begun("b", 9), begun("c", 8), begun("d", 7)];
    await store.commit({ transitions: [a, b, c, d] });
    await store.commit({ transitions: [step(a.request, "held"), step(c.request, "expired")] });
    const undecided = async (skip: number, limit: number, asset = "GLD") =>
      (await store.undecided(parseName(asset), { skip, limit })).map(({ leaf }) => leaf);
    const all = [await undecided(0, 9), await undecided(1, 1), await undecided(3, 9), await undecided(0, 9, "SLV")];
    expect(all).toEqual([[7, 9, 10], [9], [], []]);
  });

  it("records an attempt before its answer", async () => {
    const { store } = await begin();
    const first = await store.recordAttempt(hashOf("tx"), noon);
    await store.recordAttempt(hashOf("tx"), plus(noon, 1));
    await store.recordAnswer(first, "accepted");
    expect(await store.attempts(hashOf("tx"))).toEqual([
      { at: noon, answer: "accepted" },
      { at: noon + 1, answer: null },
    ]);
  });

  it("finds the batches of a request and the requests of a batch, in the order of the log and of the tree", async () => {
    const { store } = await begin();
    await store.commit({ transitions: ["one", "two", "three"].map((word, index) => begun(word, index + 1)) });
    const ids = ["one", "two", "three"].map((word) => hashOf(word));
    const [z, a] = [hashOf("z"), hashOf("a")];
    const batches = [
      { merkleRoot: z, leaf: 0, requestIds: ids.toReversed() },
      { merkleRoot: a, leaf: 1, requestIds: ids.slice(1) },
    ];
    await store.commit({ transitions: [], page: pageOf(0, ["batch", "batches"], { batches }) });
    expect(await store.batchesWith(ids[0]!)).toEqual([z]);
    expect(await store.batchesWith(ids[1]!)).toEqual([z, a]);
    expect((await store.requests({ batch: a, limit: 9 })).map(({ requestId }) => requestId)).toEqual([ids[2], ids[1]]);
    const after = { batch: z, after: ids[2]!, limit: 1 };
    expect((await store.requests(after)).map(({ requestId }) => requestId)).toEqual([ids[1]]);
  });

  it("makes all that is open of a batch due together, and nothing else", async () => {
    const { store } = await begin();
    const held = ["one", "two", "three"].map((word, index) => begun(word, index + 1));
    const ended = begun("ended", 4);
    await store.commit({ transitions: [...held, ended] });
    const later = held.map(({ request }) => step(request, "held"));
    await store.commit({ transitions: [...later, step(ended.request, "expired")] });
    const batches = [{ merkleRoot: hashOf("z"), leaf: 0, requestIds: ["one", "two", "ended"].map(hashOf) }];
    const dueAt = async (word: string): Promise<number | undefined> => (await store.request(hashOf(word)))?.dueAt;
    const wakeAt = (at: typeof noon) => ({ wakes: [{ batch: hashOf("z"), at }] });
    await store.commit({ transitions: [], page: pageOf(0, ["batch"], { batches, ...wakeAt(noon) }) });
    expect([await dueAt("one"), await dueAt("two"), await dueAt("three")]).toEqual([noon, noon, noon + 1]);
    expect(await store.claim(noon, plus(noon, 30), 9)).toHaveLength(2);
    await store.commit({ transitions: [], page: pageOf(1, ["word"], wakeAt(plus(noon, 9))) });
    expect(await dueAt("one")).toBe(noon);
  });

  it("keeps the filler of a request that ended, is due for it, and wants no outcome once there is one", async () => {
    const { store } = await begin();
    const first = begun("one");
    const given = step(first.request, "allocated");
    const over = step(given.request, "rejected");
    await store.commit({ transitions: [first, given, over] });
    expect(await store.claim(plus(noon, 60), plus(noon, 90), 9)).toMatchObject([{ state: "rejected", nonce: 7 }]);
    const filled = transitionBy(over.request, { kind: "filled", raw: "0x02f8", txHash: hashOf("filler") }, noon)!;
    await store.commit({ transitions: [filled] });
    expect(await store.request(hashOf("one"))).toEqual(filled.request);
    expect(await store.unsettled(9)).toEqual([{ chainId: 31_337, txHash: hashOf("filler") }]);
    const lost = { ...filled.request, revision: filled.request.revision + 1, closing: null };
    await expect(store.commit({ transitions: [{ request: lost, happening: undefined }] })).rejects.toThrow(
      InvariantViolation,
    );
    const closed = transitionBy(filled.request, { kind: "closed" }, noon)!;
    const outcome = { txHash: hashOf("filler"), requestId: hashOf("one"), status: "closed" as const };
    await store.commit({ transitions: [closed], page: pageOf(0, ["outcome"], { outcomes: [outcome] }) });
    expect(await store.unsettled(9)).toEqual([]);
    expect(await store.claim(plus(noon, 600), plus(noon, 900), 9)).toEqual([]);
  });

  it("mirrors leaves character by character, each once and in order", async () => {
    const { store } = await begin();
    const odd = '{"a":"ü \\u0000 \u{1f600} \' \\" %"}';
    expect(await store.commit({ transitions: [], page: pageOf(0, ["zero", odd]) })).toBe("committed");
    expect(await store.commit({ transitions: [], page: pageOf(0, ["zero"]) })).toBe("stale");
    expect(await store.commit({ transitions: [], page: pageOf(3, ["three"]) })).toBe("stale");
    const many = Array.from({ length: 500 }, (_, i) => `leaf ${i}`);
    expect(await store.commit({ transitions: [], page: pageOf(2, many) })).toBe("committed");
    expect(await store.mirrored()).toBe(502);
    expect(await store.leaves(1, 2)).toMatchObject([{ index: 1, leaf: odd }, { index: 2 }]);
    expect(await store.leavesAbout(["about zero", "about nothing"])).toMatchObject([{ index: 0 }]);
    expect(await store.leavesAbout(many.map((leaf) => `about ${leaf}`))).toHaveLength(500);
    expect((await store.leavesOf("statement")).length).toBe(502);
    expect(await store.leavesOf("permit")).toEqual([]);
    const wanted = Array.from({ length: 600 }, (_, index) => ({ level: 0, index }));
    expect(await store.nodes(wanted)).toHaveLength(502);
  });

  it("gives one of two mirrors the page", async () => {
    const { store } = await begin();
    const both = await Promise.all([0, 1].map(() => store.commit({ transitions: [], page: pageOf(0, ["leaf"]) })));
    expect(both.sort()).toEqual(["committed", "stale"]);
  });

  it("replaces a document's state and keeps statements in the order of the log", async () => {
    const { store } = await begin();
    const document = {
      hash: hashOf("policy"),
      kind: "Policy",
      name: "GLD",
      version: 1,
      document: { kind: "Policy", lists: [1] },
      state: "proposed",
      at: noon,
    } as const;
    const said = (leaf: number) =>
      ({
        hash: hashOf(`statement ${leaf}`),
        leaf,
        kind: "Freeze",
        about: `${leaf % 2}`,
        member: parseName("olga"),
        at: noon,
        envelope: {
          kind: "Freeze",
          message: { scope: "asset" },
          credential: parseName("olga-1"),
          proof: { kind: "key", signature: "0x00" },
        },
      }) as const;
    await store.commit({
      transitions: [],
      page: pageOf(0, ["a"], { documents: [document], statements: [said(5), said(3), said(1), said(4)] }),
    });
    await store.commit({
      transitions: [],
      page: pageOf(1, ["b"], { documents: [{ ...document, state: "active", at: plus(noon, 9) }] }),
    });
    expect(await store.documents()).toEqual([{ ...document, state: "active", at: noon + 9 }]);
    expect((await store.statements("Freeze")).map((one) => one.leaf)).toEqual([1, 3, 4, 5]);
    expect(await store.statements("Freeze", "0")).toEqual([said(4)]);
    expect((await store.statements("Freeze", undefined, 2)).map((one) => one.leaf)).toEqual([4, 5]);
    expect((await store.statements("Freeze", "1", 1)).map((one) => one.leaf)).toEqual([5]);
    expect(await store.statements("Unfreeze")).toEqual([]);
    expect(await store.leavesOfStatements([hashOf("statement 1"), hashOf("nothing")])).toMatchObject([
      { index: 1, leaf: "b" },
    ]);
  });

  it("keeps the newest sighting of a fact", async () => {
    const { store } = await begin();
    const seen = (blockNumber: number) => ({
      chainId: 31_337,
      subject: "token:0x01",
      fact: "supply",
      value: `${blockNumber}`,
      blockNumber,
      blockTime: noon,
      observer: parseName("o1"),
    });
    for (const block of [5, 7, 6]) await store.putSighting(seen(block));
    await store.putSighting({ ...seen(1), fact: "paused" });
    expect(await store.sightings("token:0x01")).toHaveLength(2);
    expect(await store.sightings("token:0x01")).toContainEqual(seen(7));
    expect(await store.sightings("token:0x02")).toEqual([]);
  });

  it("numbers the outbox without gaps, in the order of commits, for many writers", async () => {
    const { store } = await begin();
    const words = Array.from({ length: 20 }, (_, i) => `request ${i}`);
    await Promise.all(words.map((word, leaf) => store.commit({ transitions: [begun(word, leaf)] })));
    const rows = await store.outbox(0, 100);
    expect(rows.map((row) => row.id)).toEqual(words.map((_, i) => i + 1));
    expect(await store.outbox(18, 1)).toMatchObject([{ id: 19, state: "submitted", at: noon }]);
    expect(await store.lastOutboxRow()).toBe(20);
  });

  it("says that it does not answer once it is closed", async () => {
    const { store } = await begin();
    await open.pop()!.close();
    await expect(store.request(hashOf("one"))).rejects.toMatchObject({
      name: "Fault",
      code: "store.unavailable",
      retry: "safe",
    });
  });
});

describe("the embedded store", () => {
  it("is refused to a second opener, with a sentence", async () => {
    const place = places["SQLite"]!();
    const store = await place.open();
    await expect(place.open()).rejects.toMatchObject({ code: "store.in-use", retry: "never" });
    await store.close();
    await (await place.open()).close();
  });

  it("is refused where no file can be", async () => {
    await expect(openSqliteStore(join(stores.freshPath(), "absent", "store.db"))).rejects.toMatchObject({
      code: "store.unavailable",
    });
  });
});

describe("the store for several replicas", () => {
  it("lets replicas share work and never the same request", async () => {
    const place = places["PostgreSQL"]!();
    const replicas = await Promise.all([place.open(), place.open(), place.open()]);
    const words = Array.from({ length: 30 }, (_, i) => `request ${i}`);
    await replicas[0].commit({ transitions: words.map((word, leaf) => begun(word, leaf)) });
    const claims = await Promise.all(replicas.map((store) => store.claim(noon, plus(noon, 30), 15)));
    const taken = claims.flat().map((request) => request.requestId);
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken).toHaveLength(30);
    await Promise.all(replicas.map((store) => store.close()));
  });

  it("is held up for seconds only by a replica that stands still within a change, and that one writes nothing", async () => {
    const url = stores.freshUrl();
    const [still, other] = [await openPostgres(url, 1_000), await openPostgresStore(url)];
    let goesOn = false;
    const held = change(still, async (tx) => {
      const row = { request_id: hashOf("still"), tx_hash: hashOf("sent"), status: "success" };
      await tx.insertInto("outcomes").values(row).execute();
      await sleep(6_000);
      goesOn = true;
    });
    const lost = expect(held).rejects.toMatchObject({ code: "store.unavailable", retry: "safe" });
    await sleep(300);
    expect(await other.commit({ transitions: [begun("other")] })).toBe("committed");
    expect(goesOn).toBe(false);
    await lost;
    expect(await still.db.selectFrom("outcomes").selectAll().execute()).toEqual([]);
    await Promise.all([still.db.destroy(), other.close()]);
  });

  it("refuses a server that may forget", async () => {
    const url = `${stores.freshUrl()}&options=${encodeURIComponent("-c synchronous_commit=off")}`;
    await expect(openPostgresStore(url)).rejects.toMatchObject({ code: "store.unsafe-server" });
  });

  it.each(["transaction", "statement"])("refuses a proxy that pools by %s", async (mode) => {
    const url = stores.freshUrl();
    const proxy = await startBouncer(url, mode);
    try {
      await expect(openPostgresStore(proxy.url)).rejects.toMatchObject({
        code: "store.pooled-sessions",
        retry: "never",
      });
    } finally {
      await proxy.stop();
    }
  });

  it("refuses rather than guesses while somebody holds the lock by which it tells", async () => {
    const url = stores.freshUrl();
    const { default: pg } = await import("pg");
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    await holder.query("select pg_advisory_lock(5206129671337002)");
    await expect(openPostgresStore(url)).rejects.toMatchObject({ code: "store.pooled-sessions", retry: "safe" });
    await holder.end();
    await (await openPostgresStore(url)).close();
  });

  it("leaves no lock behind with a server, nor with a proxy it refuses", async () => {
    const url = stores.freshUrl();
    await (await openPostgresStore(url)).close();
    const proxy = await startBouncer(url, "transaction");
    for (let start = 0; start < 3; start += 1)
      await expect(openPostgresStore(proxy.url)).rejects.toMatchObject({
        code: "store.pooled-sessions",
        retry: "never",
      });
    await proxy.stop();
  });

  it("takes a proxy that pools by session", async () => {
    const proxy = await startBouncer(stores.freshUrl(), "session");
    const store = await openPostgresStore(proxy.url);
    expect(await store.mirrored()).toBe(0);
    await store.close();
    await proxy.stop();
  });

  it("refuses a server that is not there", async () => {
    await expect(openPostgresStore("postgres://nobody@127.0.0.1:1/none")).rejects.toMatchObject({
      code: "store.unavailable",
    });
  });
});
