/** The event stream over real HTTP: who hears what, slow readers, too many of them, and its end. */
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { clientOf, fakeDesk, requestId, someId, start, tokenOf, view, type Running } from "./fake-desk.ts";
import type { PersonId } from "../place/people.ts";

async function stream(
  { url }: Running,
  id: PersonId,
): Promise<{ read: () => Promise<string>; status: number; stop: () => void }> {
  const giveUp = new AbortController();
  const headers = { authorization: `Bearer ${await tokenOf(url, id)}` };
  const response = await fetch(`${url}/v1/events`, { headers, signal: giveUp.signal });
  const reader = response.body!.getReader();
  const read = async (): Promise<string> => Buffer.from((await reader.read()).value ?? []).toString();
  return { read, status: response.status, stop: giveUp.abort.bind(giveUp) };
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !holds(); i += 1) await wait(10);
  expect(holds()).toBe(true);
}

test("every change comes as an event, in order", async () => {
  const server = await start();
  const { read, stop } = await stream(server, "carla");
  expect(await read()).toBe(": listening\n\n");
  server.desk.tell({ id: 1, requestId, state: "pending" });
  expect(await read()).toBe(`id: 1\nevent: request\ndata: {"id":1,"requestId":"${requestId}","state":"pending"}\n\n`);
  server.desk.tell({ id: 2, requestId, state: "ready" });
  expect(await read()).toContain('"state":"ready"');
  stop();
  await until(() => server.desk.listeners.size === 0);
  await server.close();
});

test("an issuer hears of their own requests only", async () => {
  const others: Bytes32 = someId;
  const desk = fakeDesk({
    request: async (id) => ({
      kind: "found",
      value: id === requestId ? view : { ...view, requestId: id, initiator: "ivan" as never },
    }),
  });
  const server = await start(desk);
  const { read, stop } = await stream(server, "ida");
  await read();
  server.desk.tell({ id: 1, requestId: others, state: "pending" });
  server.desk.tell({ id: 2, requestId, state: "pending" });
  expect(await read()).toMatch(/^id: 2\n/);
  stop();
  await server.close();
});

test("an eleventh stream of one credential is refused; closing one makes room", async () => {
  const server = await start();
  const streams = [];
  for (let i = 0; i < 10; i += 1) streams.push(await stream(server, "carla"));
  const refused = await stream(server, "carla");
  expect(refused.status).toBe(503);
  expect(await refused.read()).toContain("http.too-many-streams");
  expect((await stream(server, "chris")).status).toBe(200);
  streams[0]!.stop();
  await until(() => server.desk.listeners.size === 10);
  expect((await stream(server, "carla")).status).toBe(200);
  await server.close();
});

test("a reader who does not read is let go before the service drowns in what waits for them", async () => {
  const server = await start();
  const token = await tokenOf(server.url, "carla");
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(`GET /v1/events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\n\r\n`);
  socket.pause();
  await until(() => server.desk.listeners.size === 1);
  for (let i = 0; i < 200_000 && server.desk.listeners.size > 0; i += 1) {
    server.desk.tell({ id: i, requestId, state: "pending" });
    if (i % 1_000 === 0) await wait(1);
  }
  expect(server.desk.listeners.size).toBe(0);
  socket.destroy();
  await server.close();
});

test("closing the server ends the streams at once", async () => {
  const server = await start();
  const { read } = await stream(server, "carla");
  await read();
  const begun = performance.now();
  await server.close();
  expect(performance.now() - begun).toBeLessThan(1_000);
  expect(await read()).toBe("");
});

test("the client reads the stream as a sequence, until it has heard enough", async () => {
  const server = await start();
  const enough = new AbortController();
  const client = clientOf(server.url, "carla");
  const heard: string[] = [];
  const opened = (): void => void heard.push("listening");
  const listening = (async () => {
    for await (const { state } of client.events(enough.signal, opened)) {
      heard.push(state);
      if (heard.length === 3) enough.abort();
    }
  })();
  await until(() => server.desk.listeners.size === 1 && heard.length === 1);
  server.desk.tell({ id: 1, requestId, state: "signed" });
  server.desk.tell({ id: 2, requestId, state: "mined" });
  await listening;
  expect(heard).toEqual(["listening", "signed", "mined"]);
  await server.close();
});
