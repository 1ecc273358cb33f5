/** Simulations over real HTTP: under the policy in force, under a draft, and the report of a draft alone. */
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
