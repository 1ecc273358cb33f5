/** The client's reads over real HTTP: sessions by themselves, absence, refusals, waiting. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../../../src/sdk/client.ts";
import { originOf } from "../../../src/sdk/transport.ts";
import { Fault, InvalidValue } from "../../../src/values/errors.ts";
import { hash } from "../../../src/values/json.ts";
import type { Instant } from "../../../src/values/instant.ts";
import type { Name } from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { intentFrom } from "../../../src/sdk/submission.ts";
import {
  clientOf,
  decision,
  fakeDesk,
  minter,
  now,
  policy,
  requestId,
  signerOf,
  someId,
  start,
  view,
  wish,
  submission,
  type Running,
} from "../../http/fake-desk.ts";
import { goldView } from "../../place/asset-view.ts";

let server: Running;
beforeAll(async () => {
  server = await start();
});
afterAll(() => server.close());

describe("every read", () => {
  it("answers what the desk has, typed", async () => {
    const client = clientOf(server.url, "otto");
    expect(await client.requests({ state: "pending", limit: 5 })).toEqual({ requests: [view], next: null });
    expect(await client.request(requestId)).toEqual({ kind: "found", value: view });
    expect(await client.decision(requestId)).toEqual({ kind: "found", value: decision });
    expect(await client.bundle(requestId)).toEqual({ kind: "found", value: { format: "countersign-bundle/v1" } });
    expect(await client.simulate(toWire(intentFrom(wish, 18)), "ida" as Name)).toEqual({ kind: "decided", decision });
    expect(await client.policies()).toMatchObject([{ asset: "GLD", hash: hash(policy), document: policy }]);
    expect(await client.roster()).toMatchObject({ version: 1 });
    expect(await client.changes()).toEqual([{ documentHash: hash(policy) }]);
    expect(await client.change(hash(policy))).toEqual({ kind: "found", value: { documentHash: hash(policy) } });
    expect(await client.observationsWanted()).toHaveLength(1);
    expect(await client.assets()).toEqual([goldView()]);
    expect(await client.asset("GLD" as Name)).toEqual({ kind: "found", value: goldView() });
    expect(await client.keys()).toEqual([{ id: "hsm-mint", account: minter.account }]);
    expect(await client.checkpoint()).toMatch(/^countersign\/log\n1\n/);
    expect(await client.entries(0, 10)).toMatchObject({ size: 1 });
    expect(await client.proofs({ index: 0, size: 1 })).toMatchObject({ kind: "found" });
    expect(await client.ready()).toMatchObject({ ready: true, details: { size: 1 } });
    expect(await clientOf(server.url).ready()).toMatchObject({ ready: true, details: {} });
  });

  it("of what is not there is absent", async () => {
    const client = clientOf(server.url, "otto");
    for (const absent of [
      client.request(someId),
      client.decision(someId),
      client.bundle(someId),
      client.change(someId),
      client.asset("SLV" as Name),
      client.proofs({ index: 2, size: 2 }),
    ]) {
      expect(await absent).toEqual({ kind: "absent" });
    }
  });

  it("that is refused throws with the server's code", async () => {
    await expect(clientOf(server.url, "ida").observationsWanted()).rejects.toMatchObject({
      name: "InvalidValue",
      code: "http.not-for-you",
    });
    await expect(clientOf(server.url).roster()).rejects.toMatchObject({ code: "http.no-session" });
  });

  it("of a service that is not ready is an answer, not a fault", async () => {
    const sick = await start(fakeDesk({ health: async () => ({ ready: false, why: "no gate", details: {} }) }));
    expect(await clientOf(sick.url).ready()).toEqual({ ready: false, why: "no gate", details: {} });
    await sick.close();
  });
});

describe("a session", () => {
  it("is begun once for many reads at the same time, and its token is told to nobody", async () => {
    let signed = 0;
    const { credential, sign } = signerOf("carla");
    const client = clientOf(server.url, undefined, {
      signer: { credential, sign: (kind, message) => ((signed += 1), sign(kind, message)) },
    });
    await Promise.all([client.roster(), client.policies(), client.assets()]);
    expect(signed).toBe(1);
    expect(await client.login()).toEqual({ member: "carla", groups: ["custodians"], expiresAt: now + 3_600 });
  });

  it("that is over is begun anew without a word", async () => {
    let time = now;
    const other = await start(fakeDesk(), { clock: { now: () => time } });
    const client = clientOf(other.url, "carla");
    await client.roster();
    time = (now + 4_000) as Instant;
    expect(await client.roster()).toMatchObject({ version: 1 });
    await other.close();
  });

  it("is not begun with a server that calls itself something else than it was reached by", async () => {
    const middle = await start(fakeDesk(), { origin: "https://countersign.example" });
    const { credential } = signerOf("carla");
    const signer = { credential, sign: () => Promise.reject(new Error("nothing is signed")) };
    await expect(clientOf(middle.url, undefined, { signer }).login()).rejects.toMatchObject({ code: "client.origin" });
    await middle.close();
  });
});

describe("saying something", () => {
  it("signs and posts, and answers as posting does", async () => {
    expect(await clientOf(server.url, "ida").say("Submission", submission)).toMatchObject({ kind: "delivered" });
    await expect(clientOf(server.url).say("Submission", submission)).rejects.toMatchObject({
      code: "client.no-signer",
    });
  });
});

describe("waiting", () => {
  it("ends when it holds, when the request ended, or when the time is over", async () => {
    const states = ["pending", "ready", "mined", "final"];
    let asked = 0;
    const moving = await start(
      fakeDesk({
        request: async () => ({ kind: "found", value: { ...view, state: states[Math.min(asked++, 3)]! } }),
      }),
    );
    const client = clientOf(moving.url, "carla");
    expect(await client.watch(requestId, ({ state }) => state === "mined", { everyMs: 5 })).toMatchObject({
      state: "mined",
    });
    expect(await client.watch(requestId, () => false, { everyMs: 5 })).toMatchObject({ state: "final" });
    await moving.close();
    const still = clientOf(server.url, "carla");
    await expect(still.watch(requestId, () => false, { everyMs: 5, timeoutMs: 60 })).rejects.toMatchObject({
      code: "client.watch-timeout",
      message: expect.stringContaining("waits for 2 more of custodians") as string,
    });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(still.watch(requestId, () => false, { signal })).rejects.toThrow("enough");
  });

  it("survives a restart of the service", async () => {
    const first = await start();
    const client = clientOf(first.url, "carla");
    await client.roster();
    await first.close();
    const waiting = client.watch(requestId, () => true, { everyMs: 20, timeoutMs: 5_000 });
    const second = await start(fakeDesk(), {}, { port: first.port });
    expect(await waiting).toMatchObject({ requestId });
    await second.close();
  });
});

describe("the address", () => {
  it.each(["ftp://a", "http://a/b", "http://u:p@a", "http://a?b", "http://a#b", "a", ""])("`%s` is refused", (text) => {
    expect(() => originOf(text)).toThrow(InvalidValue);
    expect(() => createClient({ baseUrl: text })).toThrow(InvalidValue);
  });

  it("that nobody answers at is a fault that may be tried again", async () => {
    const gone = await start();
    await gone.close();
    const error: unknown = await clientOf(gone.url)
      .checkpoint()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Fault);
    expect(error).toMatchObject({ code: "client.unreachable", retry: "safe" });
  });

  it("that leads elsewhere is not followed", async () => {
    const fetched: RequestInit[] = [];
    const client = createClient({
      baseUrl: "http://127.0.0.1:1",
      fetch: (_, init) => (fetched.push(init), Promise.reject(new TypeError("redirect"))),
    });
    await expect(client.checkpoint()).rejects.toThrow(Fault);
    expect(fetched[0]).toMatchObject({ redirect: "error", credentials: "omit" });
  });
});
