/** When a client says delivered: on the gate's own signature over this very statement in this deployment, never on a server's word. */
import { describe, expect, it } from "vitest";
import { doubtOf } from "../../../src/sdk/delivery.ts";
import { createClient } from "../../../src/sdk/client.ts";
import { statementHash } from "../../../src/statement/envelope.ts";
import { clientOf, deployment, fakeDesk, pins, receiptFor, someId, start, submitted } from "../../http/fake-desk.ts";

const statement = submitted();
const genuine = receiptFor(statementHash(statement));

/** A client of a server that answers whatever it likes. */
function against(answer: () => Response | Promise<Response>): ReturnType<typeof createClient> {
  return createClient({ baseUrl: "http://127.0.0.1:1", ...pins, fetch: () => Promise.resolve(answer()) });
}
const json = (value: unknown, status = 201, type = "application/json"): Response =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": type } });

describe("a statement is delivered", () => {
  it("on the gate's genuine receipt, the first time and again", async () => {
    const server = await start();
    const client = clientOf(server.url);
    expect(await client.post(statement)).toEqual({ kind: "delivered", receipt: genuine, repeated: false });
    expect(await client.post(statement)).toEqual({ kind: "delivered", receipt: genuine, repeated: true });
    await server.close();
  });
});

describe("a statement is not delivered, says the client", () => {
  it.each([
    ["a receipt of another deployment", { ...genuine, deployment: someId }, "another deployment"],
    ["a receipt for another statement", receiptFor(someId), "another statement"],
    ["a receipt with another leaf", { ...genuine, leafIndex: 8 }, "log key"],
    ["a receipt with a later instant", { ...genuine, instant: genuine.instant + 1 }, "log key"],
    ["a receipt of another epoch", { ...genuine, epoch: 1 }, "log key"],
    ["a receipt without a leaf", { ...genuine, leafIndex: null }, "log key"],
    ["a signature of zeros", { ...genuine, signature: `0x${"0".repeat(128)}` }, "log key"],
    ["a short signature", { ...genuine, signature: "0x00" }, "log key"],
    ["a receipt with something added", { ...genuine, approved: true }, "without a receipt"],
    ["no receipt", { ok: true }, "without a receipt"],
  ])("on %s", async (_, receipt, why) => {
    const posted = await against(() => json(receipt)).post(statement);
    expect(posted).toMatchObject({ kind: "not-delivered", why: expect.stringContaining(why) as string });
  });

  it.each([
    ["a web page", () => new Response("<html>", { headers: { "content-type": "text/html" } }), "without JSON"],
    ["broken JSON", () => new Response("{", { headers: { "content-type": "application/json" } }), "not JSON"],
    [
      "a duplicate key",
      () => new Response('{"a":1,"a":2}', { headers: { "content-type": "application/json" } }),
      "same key twice",
    ],
    [
      "a service that cannot answer",
      () =>
        json(
          { type: "t", title: "t", status: 503, detail: "no gate", code: "gate.unreachable", field: "" },
          503,
          "application/problem+json",
        ),
      "no gate (gate.unreachable)",
    ],
    [
      "an endless answer",
      () =>
        new Response(
          ReadableStream.from(
            (function* () {
              for (;;) yield new Uint8Array(1 << 20);
            })(),
          ),
          { headers: { "content-type": "application/json" } },
        ),
      "too long",
    ],
    ["no answer", () => Promise.reject(new TypeError("fetch failed")), "cannot be reached"],
  ])("on %s", async (_, answer, why) => {
    const posted = await against(answer).post(statement);
    expect(posted).toMatchObject({ kind: "not-delivered", why: expect.stringContaining(why) as string });
  });

  it("when the server drops the line", async () => {
    const server = await start();
    await server.close();
    expect(await clientOf(server.url).post(statement)).toMatchObject({ kind: "not-delivered" });
  });

  it("when nothing is pinned, whatever the receipt", () => {
    expect(doubtOf(genuine, statement, pins)).toBeUndefined();
    for (const missing of ["logPublicKey", "deploymentId", "checks"] as const) {
      const rest = Object.fromEntries(Object.entries(pins).filter(([name]) => name !== missing));
      expect(doubtOf(genuine, statement, rest)).toContain("not pinned");
    }
    expect(doubtOf(genuine, statement, { ...pins, deploymentId: someId })).toContain("another deployment");
    expect(deployment).toBe(pins.deploymentId);
  });
});

describe("a refusal", () => {
  it("comes with its status, code, sentence and field", async () => {
    const refused = {
      kind: "refused",
      code: "approval.initiator",
      message: "ida made it",
      field: "credential",
    } as const;
    const server = await start(fakeDesk({ post: async () => refused }));
    expect(await clientOf(server.url).post(statement)).toEqual({
      kind: "refused",
      status: 403,
      code: "approval.initiator",
      message: "ida made it",
      field: "statement.credential",
    });
    await server.close();
  });
});
