/** Simulations over real HTTP: under the policy in force, under a draft, and the report of a draft alone. */
import { stringify } from "yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { maxBodyBytes, maxDocumentBodyBytes } from "../../src/request/api.ts";
import { intentFrom } from "../../src/sdk/submission.ts";
import { InvalidValue } from "../../src/values/errors.ts";
import { hash, type Json } from "../../src/values/json.ts";
import type { Name } from "../../src/values/name.ts";
import { toWire } from "../../src/values/wire.ts";
import { clientOf, decision, fakeDesk, policy, post, start, tokenOf, wish, type Running } from "./fake-desk.ts";

type Asked = { readonly intent: Json; readonly initiator: string; readonly draft: Json | undefined };

const asked: Asked[] = [];
let running: Running;
let officer: Readonly<Record<string, string>>;

beforeAll(async () => {
  const simulate = async (intent: Json, initiator: Name, draft?: Json) => {
    asked.push({ intent, initiator, draft });
    return { kind: "decided", decision } as const;
  };
  running = await start(fakeDesk({ simulate }));
  officer = { authorization: `Bearer ${await tokenOf(running.url, "otto")}` };
});
afterAll(() => running.close());

const intent = toWire(intentFrom(wish, 18));
const draft = {
  ...policy,
  version: 2,
  previous: `sha256:${hash(policy).slice(2)}`,
  never: [{ operation: "burn" }],
} satisfies Json;

const simulated = (body: unknown): Promise<Response> => post(running.url, "/v1/simulations", body, officer);
const problem = async (body: unknown): Promise<Record<string, unknown>> => {
  const response = await simulated(body);
  return { http: response.status, ...((await response.json()) as object) };
};

test("an intent is simulated under the policy in force, and with a draft under that", async () => {
  expect((await simulated({ intent, initiator: "ida" })).status).toBe(200);
  expect((await simulated({ intent, initiator: "ida", policy: draft })).status).toBe(200);
  expect(asked).toEqual([
    { intent, initiator: "ida", draft: undefined },
    { intent, initiator: "ida", draft },
  ]);
});

test("a draft alone is answered with its report, as the client reads it", async () => {
  const client = clientOf(running.url, "otto");
  const report = await client.report(draft);
  expect(report).toMatchObject({ class: "loosen", documentHash: hash(draft), logSize: 1, replay: { tried: 0 } });
  expect(report.claims).toMatchObject([{ field: "never.0", kind: "proved" }]);
  expect(report.diff?.kind).toBe("same");
  expect(report.lines).toContain("past requests:");
  expect(await client.simulate(intent, "ida" as Name, draft)).toEqual({ kind: "decided", decision });
});

test("a draft may be YAML as people write it, and is the same draft", async () => {
  asked.length = 0;
  const policyText = stringify(draft);
  expect((await simulated({ intent, initiator: "ida", policy: policyText })).status).toBe(200);
  expect(asked).toEqual([{ intent, initiator: "ida", draft }]);
  expect(await clientOf(running.url, "otto").report(policyText)).toMatchObject({
    documentHash: hash(draft),
    inWords: ["in words"],
  });
});

test.each([
  ["has no one reading", "asset: GLD\nasset: XAU\n", "yaml.syntax", /twice in one map at line 2, column 1/],
  ["is no policy", stringify({ ...draft, rules: [] }), "policy.malformed", /at line \d+, column \d+$/],
  [
    "does not compile",
    stringify({ ...draft, limits: [limitOf("1 XAU")] }),
    "policy.amount",
    /at line \d+, column \d+$/,
  ],
])("YAML that %s is refused with its line", async (_, text, code, words) => {
  const told = await problem({ policy: text });
  expect(told["code"]).toBe(code);
  expect(told["detail"]).toMatch(words);
});

test("every obstacle of a draft that is text has its line", async () => {
  const alone = { ...draft, groups: { ...draft.groups, custodians: { min: 9 } } };
  const client = clientOf(running.url, "otto");
  const text = stringify(alone);
  const { obstacles } = await client.report(text);
  expect(obstacles.map(({ field, line = 0 }) => [field, text.split("\n")[line - 1]])).toEqual([
    ["groups.custodians", "  custodians:"],
    ["rules.0", "  - id: mint"],
  ]);
  expect((await client.report(alone)).obstacles.map(({ line }) => line)).toEqual(obstacles.map(() => undefined));
});

test("what may stand at the cursor of a policy is answered to those who may try it, however long it is", async () => {
  const client = clientOf(running.url, "otto");
  expect(await client.completions("rules:\n  - when: { operation: mi")).toEqual({
    typed: 2,
    offers: [{ text: "mint", words: "" }],
  });
  const long = `# ${"a".repeat(97)}\n`.repeat(1_000);
  expect(long.length).toBeGreaterThan(maxBodyBytes);
  expect((await client.completions(`${long}apiV`)).offers.map(({ text }) => text)).toEqual(["apiVersion: "]);
  await expect(clientOf(running.url, "ida").completions("kind: ")).rejects.toMatchObject({ code: "http.not-for-you" });
});

test("the report is not for an issuer: it tells of everybody's requests", async () => {
  const headers = { authorization: `Bearer ${await tokenOf(running.url, "ida")}` };
  const refused = await post(running.url, "/v1/simulations", { policy: draft }, headers);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ code: "http.others-requests" });
  const own = await post(running.url, "/v1/simulations", { intent, initiator: "ida", policy: draft }, headers);
  expect(own.status).toBe(200);
});

test.each([
  ["is no policy", { ...draft, rules: [] }, "policy.malformed", "policy.rules"],
  ["does not compile", { ...draft, limits: [limitOf("1 XAU")] }, "policy.amount", "policy.limits.0.max"],
  [
    "names what it does not have",
    { ...draft, guards: [guardOf("nowhere")] },
    "policy.list",
    "policy.guards.0.unless.to.in",
  ],
])("a draft that %s is refused at its field", async (_, bad, code, field) => {
  const told = await problem({ policy: bad });
  expect(told).toMatchObject({ code, field });
  expect(told["http"]).toBeGreaterThanOrEqual(400);
  expect(told["http"]).toBeLessThan(500);
});

test("a draft of another asset than the intent's is refused", async () => {
  const other = { ...draft, asset: "XAU" };
  expect(await problem({ intent, initiator: "ida", policy: other })).toMatchObject({
    code: "policy.other-asset",
    field: "policy.asset",
  });
});

test.each([
  ["nothing", {}],
  ["an intent of nobody", { intent }],
  ["somebody without an intent", { initiator: "ida", policy: draft }],
])("%s is not simulated", async (_, body) => {
  expect(await problem(body)).toMatchObject({ http: 400, code: "http.malformed" });
});

test("a draft may be as long as a policy may be, and no longer", async () => {
  const wide = (length: number): Json => ({ ...draft, padding: "x".repeat(length) });
  expect(await problem({ policy: wide(maxBodyBytes) })).toMatchObject({ code: "policy.malformed" });
  expect(await problem({ policy: wide(maxDocumentBodyBytes) })).toMatchObject({ http: 413 });
  expect(await problem({ intent: "x".repeat(maxBodyBytes), initiator: "ida" })).toMatchObject({ http: 413 });
});

test("the client tells what the server refuses of a draft", async () => {
  const client = clientOf(running.url, "otto");
  await expect(client.report({ ...draft, rules: [] })).rejects.toThrow(InvalidValue);
});

function limitOf(max: string): Json {
  return {
    id: "day",
    when: { operation: "mint" },
    metric: "sum",
    window: "rolling 24h",
    per: "asset",
    max,
    over: "deny",
  };
}

function guardOf(list: string): Json {
  return { id: "to", unless: { to: { in: list } }, deny: true, when: { operation: "mint" } };
}
