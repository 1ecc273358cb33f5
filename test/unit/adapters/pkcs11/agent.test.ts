/** What an agent makes of frames that its gate would not send: nothing, and its end. */
import { createSecretKey } from "node:crypto";
import { duplexPair } from "node:stream";
import { describe, expect, test } from "vitest";
import { exitCodes, runAgent } from "../../../../src/adapters/pkcs11/agent.ts";
import { encodeSign } from "../../../../src/adapters/pkcs11/agent-message.ts";
import { ordersFrom } from "../../../../src/adapters/pkcs11/agent-orders.ts";
import { encode, open, type Verb } from "../../../../src/adapters/pkcs11/frame.ts";
import { checkTokenConfig } from "../../../../src/adapters/pkcs11/token-config.ts";

const key = new Uint8Array(32).fill(1);
const config = checkTokenConfig({
  apiVersion: "countersign/v1",
  kind: "Token",
  name: "test",
  profile: "softhsm",
  module: { path: "/nowhere/module.so" },
  token: { label: "test", serial: "1" },
  login: { pin: { file: "/nowhere/pin" }, latch: "/nowhere/latch" },
  keys: [],
});

const frame = (verb: Verb, id: number, payload = encodeSign(0, new Uint8Array(32)), under = key): Buffer =>
  encode({ verb, id, payload }, createSecretKey(under), "to-agent");
const orders = Buffer.concat([key, Buffer.from(JSON.stringify(ordersFrom(config, "sign")))]);
const start = frame("start", 0, orders);

/** Everything arrives at once, before the token is open. */
async function endOf(...frames: Buffer[]): Promise<number> {
  const [ours, theirs] = duplexPair();
  const end = runAgent(theirs, "sign");
  ours.resume();
  ours.write(Buffer.concat(frames));
  return end;
}

describe("an agent ends with a protocol error", () => {
  test.each<[string, Buffer[]]>([
    ["when the first frame is not a start", [frame("sign", 1, orders)]],
    ["when the start is under another key than it carries", [frame("start", 0, orders, new Uint8Array(32))]],
    ["when the orders are not orders", [frame("start", 0, Buffer.concat([key, Buffer.from("{}")]))]],
    ["when a frame is under another key", [start, frame("sign", 1, undefined, new Uint8Array(32))]],
    ["when a frame comes twice", [start, frame("sign", 1), frame("sign", 1)]],
    ["when a number goes back", [start, frame("sign", 2), frame("sign", 1)]],
    ["when a second start comes", [start, frame("start", 1, orders)]],
    ["when it is asked to make a key", [start, frame("keygen", 1)]],
    ["when it is asked to initialise a token", [start, frame("initToken", 1)]],
    ["when it is told what only it may say", [start, frame("done", 1)]],
    ["when a length is impossible", [start, Buffer.alloc(64, 0xff)]],
  ])("%s", async (_, frames) => {
    await expect(endOf(...frames)).resolves.toBe(exitCodes.protocol);
  });
});

test("a module that cannot be loaded ends the agent with the code for a wrong configuration, and says why", async () => {
  const [ours, theirs] = duplexPair();
  const end = runAgent(theirs, "sign");
  const said: Buffer[] = [];
  ours.on("data", (chunk: Buffer) => said.push(chunk));
  ours.write(start);
  await expect(end).resolves.toBe(exitCodes.configuration);
  const answer = open(Buffer.concat(said).subarray(4), createSecretKey(key), "from-agent");
  expect(answer.verb).toBe("failed");
  expect(JSON.parse(Buffer.from(answer.payload).toString())).toMatchObject({
    class: "config",
    doing: "loading the module",
  });
});

test("an agent whose pipe closes ends", async () => {
  const [ours, theirs] = duplexPair();
  const end = runAgent(theirs, "sign");
  ours.destroy();
  theirs.destroy();
  await expect(end).resolves.toBe(exitCodes.ended);
});
