/** A witness over HTTP: the statuses of C2SP tlog-witness, bounds on what is sent, and a client that believes nothing it cannot read. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectWitness } from "../../../src/adapters/tlog-witness/client.ts";
import { serveWitness, type Listening } from "../../../src/adapters/tlog-witness/server.ts";
import type { WitnessEndpoint } from "../../../src/flow/serve/witness.port.ts";
import { format, parse } from "../../../src/log/add-checkpoint.ts";
import { Fault } from "../../../src/values/errors.ts";
import { logSigner, noteSigner, openWitness, postAsk, wordLog, type WitnessPlace } from "../../place/witness.ts";

const log = wordLog("one two three four five six seven".split(" "));
let witness: WitnessPlace;
let listening: Listening;
let heard: string[] = [];
let client: WitnessEndpoint;

beforeEach(async () => {
  witness = openWitness();
  heard = [];
  listening = await serveWitness(witness, { host: "127.0.0.1", port: 0, tell: (line) => heard.push(line) });
  client = connectWitness({ key: witness.key, url: listening.url, timeoutMs: 2_000 });
});
afterEach(async () => {
  await listening.close();
});

async function read(body: string): Promise<readonly [number, string | null, string]> {
  const response = await postAsk(listening.url, body);
  return [response.status, response.headers.get("content-type"), await response.text()];
}

describe("a witness that listens", () => {
  it("answers with its line, and tells the newest checkpoint to whoever asks", async () => {
    expect((await fetch(`${listening.url}/checkpoint`)).status).toBe(404);
    const [status, , text] = await read(log.ask(0, 3));
    expect(status).toBe(200);
    expect(text.startsWith(`— ${witness.key.name} `)).toBe(true);
    expect(text.endsWith("\n")).toBe(true);
    expect(await (await fetch(`${listening.url}/checkpoint`)).text()).toBe(witness.newest());
  });

  it("answers 409 with its size, in the type that C2SP gives it", async () => {
    await read(log.ask(0, 3));
    expect(await read(log.ask(0, 5))).toEqual([409, "text/x.tlog.size", "3\n"]);
    expect(heard).toEqual(["conflict: it was asked to go on from 0 leaves"]);
  });

  it("answers 400, 403, 404 and 422 to what it does not cosign", async () => {
    await read(log.ask(0, 3));
    expect((await read("old"))[0]).toBe(400);
    expect((await read(format({ oldSize: 9, proof: [], checkpoint: log.checkpoint() })))[0]).toBe(400);
    const thief = { ...noteSigner("thief"), name: logSigner.name };
    expect((await read(format({ oldSize: 3, proof: [], checkpoint: log.checkpoint(5, thief) })))[0]).toBe(403);
    expect((await read(wordLog(["x"], noteSigner("other")).ask(0)))[0]).toBe(404);
    expect((await read(format({ oldSize: 3, proof: [], checkpoint: log.checkpoint(5) })))[0]).toBe(422);
    expect(heard.map((line) => line.split(":")[0])).toEqual([
      "malformed",
      "malformed",
      "not-signed",
      "unknown-log",
      "inconsistent",
    ]);
  });

  it("has one path and one method, and reads no more than a checkpoint can be", async () => {
    expect((await fetch(`${listening.url}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${listening.url}/`, { method: "POST" })).status).toBe(404);
    expect((await read("x".repeat(70_000)))[0]).toBe(413);
    expect((await read(log.ask(0, 3)))[0]).toBe(200);
  });

  it("answers 503 and signs nothing while it cannot remember", async () => {
    witness.fault = (point) => {
      if (point === "witness:checked") throw new Fault("witness.store", "the disk is full", "safe");
    };
    expect((await read(log.ask(0, 3)))[0]).toBe(503);
    expect(heard).toEqual(["witness.store: the disk is full"]);
    witness.fault = () => undefined;
    expect((await read(log.ask(0, 3)))[0]).toBe(200);
  });
});

describe("the client of a witness", () => {
  it("hands a checkpoint in and reads the lines, the size and the refusals", async () => {
    const answer = await client.add(parse(log.ask(0, 3)));
    expect(answer.kind === "cosigned" && answer.lines.map(({ name }) => name)).toEqual([witness.key.name]);
    expect(await client.add(parse(log.ask(0, 5)))).toEqual({ kind: "elsewhere", size: 3 });
    const unshown = { oldSize: 3, proof: [], checkpoint: log.checkpoint(5) };
    expect((await client.add(unshown)).kind).toBe("refused");
    expect(await client.newest()).toBe(witness.newest());
  });

  it("says that a witness is away when it is, without its address", async () => {
    await listening.close();
    const fault = await client.add(parse(log.ask(0))).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: "witness.away", retry: "safe" });
    expect(String(fault)).toContain("witness witness.example/w1 does not answer: no connection");
    expect(String(fault)).not.toContain("127.0.0.1");
    listening = await serveWitness(witness, { host: "127.0.0.1", port: 0, tell: () => undefined });
  });

  it.each([
    ["lines that are none", 200, "thank you\n"],
    ["no line at all", 200, ""],
    ["a size that is none", 409, "many\n"],
    ["a redirect", 302, ""],
    ["a status of its own", 500, "sorry"],
    ["more than a checkpoint can be", 200, "x".repeat(200_000)],
  ])("takes %s for no answer", async (_, status, text) => {
    const { url, close } = await odd((_request, response) => {
      response.writeHead(status, status === 302 ? { location: `${listening.url}/add-checkpoint` } : {});
      response.end(text);
    });
    const asked = connectWitness({ key: witness.key, url, timeoutMs: 2_000 }).add(parse(log.ask(0)));
    await expect(asked).rejects.toMatchObject({ code: "witness.away" });
    await close();
  });

  it("waits no longer than it was told to", async () => {
    const { url, close } = await odd(() => undefined);
    const asked = connectWitness({ key: witness.key, url, timeoutMs: 100 }).add(parse(log.ask(0)));
    await expect(asked).rejects.toThrow("it took too long");
    await close();
  });
});

async function odd(listener: RequestListener): Promise<{ url: string; close: () => Promise<void> }> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
