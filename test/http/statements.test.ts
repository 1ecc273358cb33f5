/** Handing in statements over real HTTP: receipts, refusals, bad input, and nothing of it in logs or errors. */
import { once } from "node:events";
import { connect } from "node:net";
import { Writable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAccessLog } from "../../src/http/access-log.ts";
import { maxBodyBytes, maxDocumentBodyBytes } from "../../src/request/api.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import { Fault, InvalidValue, InvariantViolation } from "../../src/values/errors.ts";
import {
  fakeDesk,
  forged,
  post,
  receiptFor,
  signed,
  someId,
  start,
  submission,
  submitted,
  type Running,
} from "./fake-desk.ts";

let running: Running;
beforeAll(async () => {
  running = await start();
});
afterAll(() => running.close());

type Problem = {
  readonly status: number;
  readonly code: string;
  readonly field: string;
  readonly detail: string;
  readonly type: string;
  readonly title: string;
};

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as Problem;
  expect(problem.status).toBe(response.status);
  expect(problem.type).toBe(`urn:countersign:problem:${problem.code}`);
  expect(Object.keys(problem).sort()).toEqual(["code", "detail", "field", "status", "title", "type"]);
  return problem;
}

/** Posts and expects a refusal that the desk never hears of. */
async function refusedBody(body: unknown, headers: Record<string, string> = {}): Promise<Problem> {
  const before = running.desk.posted.length;
  const response = await post(running.url, "/v1/statements", body, headers);
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  expect(running.desk.posted.length).toBe(before);
  return problemOf(response);
}

test("a statement is answered by the gate's receipt: 201 the first time, 200 the second, without a session", async () => {
  const statement = submitted({ requestId: someId });
  const first = await post(running.url, "/v1/statements", { statement });
  expect(first.status).toBe(201);
  const second = await post(running.url, "/v1/statements", { statement });
  expect(second.status).toBe(200);
  expect(await second.json()).toEqual(await first.json());
  expect(running.desk.posted.at(-1)).toEqual(statement);
});

test("a body that begins with a byte order mark is refused", async () => {
  const body = `\uFEFF${JSON.stringify({ statement: submitted() })}`;
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${running.url}/v1/statements`, { method: "POST", body, headers });
  expect(await problemOf(response)).toMatchObject({ status: 400, code: "json.syntax" });
});

test("the desk gets the normal spelling, whatever spelling came", async () => {
  const statement = submitted();
  const shouted = { ...statement, message: { ...statement.message, to: "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa" } };
  expect((await post(running.url, "/v1/statements", { statement: shouted })).status).toBeLessThan(300);
  expect(running.desk.posted.at(-1)?.message).toEqual(statement.message);
});

const badAmounts: readonly (readonly [string, unknown])[] = [
  ["empty", ""],
  ["hexadecimal, which another service paid as 16", "0x10"],
  ["with an exponent", "1e3"],
  ["signed", "+1"],
  ["negative", "-1"],
  ["with a space", " 1"],
  ["with a leading zero", "01"],
  ["with decimals", "1.5"],
  ["grouped", "1,000"],
  ["beyond 2^256-1", (2n ** 256n).toString()],
  ["a million digits", "9".repeat(60_000)],
  ["true, which another service paid as 1", true],
  ["a number", 1],
  ["null", null],
  ["a list", ["1"]],
  ["an object", { toString: "1" }],
  ["full-width digits", "１００"],
];

test.each(badAmounts)("an amount that is %s is refused with its field", async (_, amount) => {
  const problem = await refusedBody(forged({ amount }));
  expect(problem.field).toBe("statement.message.amount");
  expect(problem.status).toBe(400);
  expect(problem.detail.length).toBeLessThan(300);
});

test.each(badAmounts)("a fee ceiling that is %s is refused with its field", async (_, feeCeilingWei) => {
  expect((await refusedBody(forged({ feeCeilingWei }))).field).toBe("statement.message.feeCeilingWei");
});

test.each([
  ["an address with a wrong checksum", { to: "0xAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }, "to"],
  ["an address that is too short", { to: "0xaa" }, "to"],
  ["a request id in capitals", { requestId: `0x${"AB".repeat(32)}` }, "requestId"],
  ["a time in milliseconds", { expiresAt: 1_763_895_600_000 }, "expiresAt"],
  ["a time with a fraction", { expiresAt: "1.5" }, "expiresAt"],
  ["a chain id as text", { chainId: "31337" }, "chainId"],
  ["an unknown operation", { operation: "mintAll" }, "operation"],
  ["words with a direction mark", { amountText: "1,000 GLD\u202e" }, "amountText"],
  ["a reference with a look-alike", { reference: "RECEIPT-４2" }, "reference"],
  ["a field nobody knows", { nonce: 3 }, "nonce"],
])("%s is refused with its field", async (_, overrides, field) => {
  const problem = await refusedBody(forged(overrides));
  expect(problem).toMatchObject({ status: 400, field: `statement.message.${field}` });
});

test.each([
  ["nothing", "", "json.syntax"],
  ["no JSON", "{", "json.syntax"],
  ["two values", "{}{}", "json.syntax"],
  ["a list", "[]", "http.malformed"],
  ["null", "null", "http.malformed"],
  ["a number", "1", "http.malformed"],
  ["no statement", "{}", "http.malformed"],
  ["a field nobody knows", JSON.stringify({ statement: submitted(), admin: true }), "http.unknown-field"],
  ["a kind nobody knows", JSON.stringify({ statement: { ...submitted(), kind: "Mint" } }), "http.malformed"],
  ["a duplicate key", `{"statement":${JSON.stringify(submitted())},"statement":{}}`, "json.duplicate-key"],
  ["a duplicate key deep inside", `{"statement":{"message":{"amount":"1","amount":"2"}}}`, "json.duplicate-key"],
  ["__proto__", `{"__proto__":{"admin":true},"statement":{}}`, "json.forbidden-key"],
  ["an escaped __proto__", `{"\\u005f_proto__":{"admin":true}}`, "json.forbidden-key"],
  ["constructor", `{"statement":{"constructor":{}}}`, "json.forbidden-key"],
  ["deep lists", "[".repeat(30_000) + "]".repeat(30_000), "json.depth"],
  ["deep objects", '{"a":'.repeat(40) + "1" + "}".repeat(40), "json.depth"],
  ["a fraction", `{"statement":{"message":{"chainId":1.5}}}`, "json.number"],
  ["a number beyond 2^53", `{"statement":{"message":{"chainId":90071992547409930}}}`, "json.number"],
  ["an infinite number", `{"statement":{"message":{"chainId":1e999}}}`, "json.number"],
])("a body of %s is refused", async (_, body, code) => {
  const problem = await refusedBody(body);
  expect(problem).toMatchObject({ status: 400, code });
  expect((Object.prototype as { admin?: unknown }).admin).toBeUndefined();
});

test("a body that is not UTF-8 is refused", async () => {
  const response = await fetch(`${running.url}/v1/statements`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: new Uint8Array([0x7b, 0xff, 0x7d]),
  });
  expect((await problemOf(response)).code).toBe("json.syntax");
});

test.each([
  "text/plain",
  "application/x-www-form-urlencoded",
  "application/json; charset=latin1",
  "application/jsonp",
  "",
])("the content type `%s` is refused", async (type) => {
  expect(await refusedBody("{}", { "content-type": type })).toMatchObject({ status: 415, code: "http.content-type" });
});

test("a compressed body is refused, so that nobody counts bytes before they are unpacked", async () => {
  expect(await refusedBody("{}", { "content-encoding": "gzip" })).toMatchObject({ status: 415 });
});

const change = signed("otto", "PolicyChange", {
  documentHash: someId,
  version: 2,
  previous: someId,
  class: "loosen",
  reportHash: someId,
});
const padded = (value: object, bytes: number): string => {
  const text = JSON.stringify(value);
  return text + " ".repeat(bytes - Buffer.byteLength(text));
};

test("64 KiB is the most for a statement, to the byte", async () => {
  const body = { statement: submitted() };
  expect((await post(running.url, "/v1/statements", padded(body, maxBodyBytes))).status).toBeLessThan(300);
  expect(await refusedBody(padded(body, maxBodyBytes + 1))).toMatchObject({ status: 413, code: "http.body-too-large" });
});

test("a policy change that brings its document has 1 MiB, to the byte; without one it has 64 KiB", async () => {
  const body = { statement: change, attachment: { document: { note: "x".repeat(100) } } };
  expect((await post(running.url, "/v1/statements", padded(body, maxDocumentBodyBytes))).status).toBe(201);
  expect((await refusedBody(padded(body, maxDocumentBodyBytes + 1))).status).toBe(413);
  expect((await refusedBody(padded({ statement: change }, maxBodyBytes + 1))).status).toBe(413);
});

test("a body that is sent in pieces without a length is counted as it comes", async () => {
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < 3 * 1024 * 1024; sent += 65_536) yield new Uint8Array(65_536).fill(0x20);
  };
  const response = await fetch(`${running.url}/v1/statements`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: ReadableStream.from(pieces()),
    duplex: "half",
  });
  expect((await problemOf(response)).code).toBe("http.body-too-large");
});

test("a body without an end is answered and cut off, not gathered", async () => {
  const server = await start();
  const socket = connect(server.port, "127.0.0.1");
  const piece = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536, 0x20), Buffer.from("\r\n")]);
  let said = "";
  socket.on("data", (chunk: Buffer) => (said += chunk.toString()));
  socket.on("error", () => undefined);
  socket.write(
    "POST /v1/statements HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
  );
  let sent = 0;
  for (; sent < 1_000 && socket.writable; sent += 1) {
    if (!socket.write(piece)) await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => undefined);
  }
  expect(sent).toBeLessThan(500);
  expect(said).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
  await server.close();
});

test("too long a body for any other route is refused too", async () => {
  const response = await post(running.url, "/v1/sessions", padded({ credential: "ida-1" }, maxBodyBytes + 1));
  expect(response.status).toBe(413);
});

test("a hundred posts of one statement at once are one statement, and none of them fails", async () => {
  const server = await start();
  const body = { statement: submitted() };
  const answers = await Promise.all(Array.from({ length: 100 }, () => post(server.url, "/v1/statements", body)));
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  expect(answers.filter(({ status }) => status === 201).length).toBe(1);
  expect(answers.filter(({ status }) => status === 200).length).toBe(99);
  expect(new Set(texts).size).toBe(1);
  await server.close();
});

test.each([
  [
    "another intent under the same requestId",
    { kind: "conflict", message: "taken" } as const,
    409,
    "submission.request-id-taken",
  ],
  [
    "the initiator's own vote",
    { kind: "refused", code: "approval.initiator", message: "no", field: "credential" } as const,
    403,
    "approval.initiator",
  ],
  [
    "a foreign signature",
    { kind: "refused", code: "statement.key-signature", message: "no", field: "proof" } as const,
    403,
    "statement.key-signature",
  ],
  [
    "other words than the fields say",
    { kind: "refused", code: "submission.amount-text", message: "no", field: "message.amountText" } as const,
    422,
    "submission.amount-text",
  ],
  [
    "a refusal this service has not heard of",
    { kind: "refused", code: "brand.new", message: "no", field: "" } as const,
    422,
    "brand.new",
  ],
])("%s answers with the gate's own code", async (_, answer, status, code) => {
  const server = await start(fakeDesk({ post: async () => answer }));
  const problem = await problemOf(await post(server.url, "/v1/statements", { statement: submitted() }));
  expect(problem).toMatchObject({ status, code });
  if (answer.kind === "refused" && answer.field !== "") expect(problem.field).toBe(`statement.${answer.field}`);
  await server.close();
});

/** A stream that keeps what is written. */
function sinkOf(lines: string[]): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
}

const raw = `0x02f8${"ab".repeat(200)}`;
test.each([
  [
    "a gate that does not answer",
    new Fault("gate.unreachable", `no answer about ${raw}`, "safe", new Error(raw)),
    503,
    "gate.unreachable",
  ],
  ["a bug", new InvariantViolation(`nonce 3 of ${raw}`), 500, "http.broken"],
  ["another bug", new TypeError(raw), 500, "http.broken"],
  ["input the desk refuses", new InvalidValue("value.name", `\`${raw}\` is no name`, "credential"), 400, "value.name"],
])("%s tells its code, and neither answer nor log has the bytes", async (_, error, status, code) => {
  const lines: string[] = [];
  const log = createAccessLog(sinkOf(lines));
  const server = await start(fakeDesk({ post: () => Promise.reject(error) }), { log });
  const statement: Envelope = submitted();
  const asking = await fetch(`${server.url}/v1/requests?token=hush`, {
    headers: { authorization: "Bearer hush-hush" },
  });
  expect(asking.status).toBe(401);
  const answer = await post(server.url, "/v1/statements", { statement }, { authorization: "Bearer hush-hush" });
  const problem = await problemOf(answer);
  expect(problem).toMatchObject({ status, code });
  await server.close();
  const everything = [JSON.stringify(problem), ...lines].join("\n");
  expect(lines.length).toBeGreaterThan(0);
  for (const secret of ["ababababab", "hush", JSON.stringify(statement.proof).slice(30, 60), submission.reference]) {
    expect(everything).not.toContain(secret);
  }
});

test("a line of the log has a closed list of fields", async () => {
  const lines: string[] = [];
  const log = createAccessLog(sinkOf(lines));
  const server = await start(fakeDesk(), { log });
  await post(server.url, "/v1/statements", { statement: submitted() });
  await post(server.url, "/v1/statements", "{");
  await fetch(`${server.url}/v1/nothing/${raw}`);
  await server.close();
  const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const mine = said.slice(-3);
  expect(mine.map(({ route, status, code }) => ({ route, status, code }))).toEqual([
    { route: "POST /v1/statements", status: 201, code: undefined },
    { route: "POST /v1/statements", status: 400, code: "json.syntax" },
    { route: "unknown", status: 404, code: "http.not-found" },
  ]);
  for (const line of said) {
    for (const field of Object.keys(line))
      expect(["level", "time", "route", "status", "ms", "code", "msg"]).toContain(field);
  }
});

test("a receipt for another statement is passed on as it is: clients judge it", async () => {
  const server = await start(
    fakeDesk({ post: async () => ({ kind: "receipt", receipt: receiptFor(someId, null), repeated: false }) }),
  );
  const response = await post(server.url, "/v1/statements", { statement: submitted() });
  expect(await response.json()).toEqual(receiptFor(someId, null));
  await server.close();
});
