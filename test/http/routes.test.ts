/** Every route against every role, over real HTTP: the table, the OpenAPI document and the answers agree. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { access, mayUse, seesOnlyOwn, type RouteId } from "../../src/http/roles.ts";
import { routes } from "../../src/http/routes.ts";
import type { Name } from "../../src/values/name.ts";
import { hash } from "../../src/values/json.ts";
import type { PersonId } from "../place/people.ts";
import {
  fakeDesk,
  policy,
  post,
  requestId,
  someId,
  start,
  submitted,
  tokenOf,
  type Running,
  view,
  wish,
} from "./fake-desk.ts";
import { intentFrom } from "../../src/sdk/submission.ts";
import { toWire } from "../../src/values/wire.ts";

const people: Readonly<Record<string, PersonId>> = {
  issuers: "ida",
  custodians: "carla",
  compliance: "cora",
  officers: "otto",
  auditors: "omar",
  observers: "obs-1",
  attestors: "vault-auditor",
};

let running: Running;
const tokens = new Map<string, string>();

beforeAll(async () => {
  running = await start();
  for (const [group, id] of Object.entries(people)) tokens.set(group, await tokenOf(running.url, id));
});
afterAll(() => running.close());

const paths: Readonly<Record<string, string>> = {
  "{requestId}": requestId,
  "{documentHash}": hash(policy),
  "{asset}": "GLD",
};
const queries: Partial<Record<RouteId, string>> = { "GET /v1/log/proofs": "?index=0&size=1" };
const bodies: Partial<Record<RouteId, unknown>> = {
  "POST /v1/sessions": { credential: "ida-1" },
  "POST /v1/statements": { statement: submitted() },
  "POST /v1/simulations": { intent: toWire(intentFrom(wish, 18)), initiator: "ida" },
  "POST /v1/policies/completions": { policy: "kind: " },
};

/** What somebody of a group is answered; the stream is let go as soon as it began. */
async function call(id: RouteId, group?: string): Promise<Response> {
  const [method = "", path = ""] = id.split(" ");
  const url = path.replace(/\{\w+\}/g, (name) => paths[name] ?? "") + (queries[id] ?? "");
  const token = tokens.get(group ?? "");
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  if (method === "POST") return post(running.url, url, bodies[id], headers);
  const giveUp = new AbortController();
  const response = await fetch(`${running.url}${url}`, { headers, signal: giveUp.signal });
  if (id === "GET /v1/events" && response.ok) giveUp.abort();
  return response;
}

type OpenApi = {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Record<string, unknown>; readonly security: unknown[] }>>
    >
  >;
  readonly components: { readonly schemas: Record<string, unknown> };
};
const described = async (): Promise<OpenApi> => (await (await fetch(`${running.url}/openapi.json`)).json()) as OpenApi;

test("the role table, the routes and the OpenAPI document name the same routes, each path once", async () => {
  const { paths: documented } = await described();
  const operations = Object.entries(documented).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(operations.sort()).toEqual(Object.keys(access).sort());
  expect(routes.map(({ id }) => id).sort()).toEqual(Object.keys(access).sort());
  expect(new Set(routes.map(({ path }) => path)).size).toBe(routes.length);
});

test("every JSON answer and every body of the document has a schema that is there", async () => {
  const document = await described();
  const text = JSON.stringify(document);
  const refs = [...text.matchAll(/"#\/components\/schemas\/([A-Za-z0-9]+)"/g)].map(([, name]) => name!);
  expect(refs.filter((name) => document.components.schemas[name] === undefined)).toEqual([]);
  for (const methods of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const { requestBody, responses } = operation as { requestBody?: unknown; responses: Record<string, unknown> };
      expect(JSON.stringify(responses)).toMatch(/"schema":\{"(\$ref|type)"/);
      if (method === "post") expect(JSON.stringify(requestBody)).toContain("$ref");
    }
  }
  expect(text).not.toMatch(/"\$(schema|id)"/);
});

const groups = [...Object.keys(people), "a stranger"];
const cases = routes.flatMap(({ id }) => groups.map((group) => ({ id, group })));

test.each(cases)("$id for $group is as the role table says", async ({ id, group }) => {
  const response = await call(id, group);
  const who: "anyone" | "session" | readonly string[] = access[id];
  const may = who === "anyone" || (group !== "a stranger" && (who === "session" || who.includes(group)));
  if (may) {
    expect(response.status).toBeGreaterThanOrEqual(200);
    expect(response.status).toBeLessThan(300);
    return;
  }
  expect(response.status).toBe(group === "a stranger" ? 401 : 403);
  expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  const { code } = (await response.json()) as { code: string };
  expect(code).toBe(group === "a stranger" ? "http.no-session" : "http.not-for-you");
});

test.each(routes.map(({ id }) => id).filter((id) => id !== "GET /v1/events"))(
  "what %s answers is what its schema says",
  async (id) => {
    const response = await call(id, id === "GET /v1/observations/wanted" ? "observers" : "auditors");
    const answer = routes.find((route) => route.id === id)?.answers[response.status];
    expect(answer).toBeDefined();
    if (answer?.schema === undefined) {
      expect(response.headers.get("content-type")).toMatch(new RegExp(`^${answer?.media ?? "none"}`));
    } else {
      const read = answer.schema.safeParse(await response.json());
      expect(read.error === undefined ? "" : z.prettifyError(read.error)).toBe("");
    }
  },
);

test("a token of nobody, of a wrong form or in another scheme opens nothing", async () => {
  const good = tokens.get("auditors")!;
  for (const authorization of [
    "Bearer " + "A".repeat(43),
    `Bearer ${good} `.repeat(2),
    `Basic ${good}`,
    `bearer${good}`,
    good,
  ]) {
    const response = await fetch(`${running.url}/v1/roster`, { headers: { authorization } });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
  }
});

test("an issuer reads their own requests and is told nothing of others'", async () => {
  const other = await start(
    fakeDesk({ request: async () => ({ kind: "found", value: { ...view, initiator: "ivan" as Name } }) }),
  );
  const headers = { authorization: `Bearer ${await tokenOf(other.url, "ida")}` };
  for (const rest of ["", "/decision", "/bundle"]) {
    expect((await fetch(`${other.url}/v1/requests/${requestId}${rest}`, { headers })).status).toBe(404);
  }
  expect((await fetch(`${other.url}/v1/requests?initiator=ivan`, { headers })).status).toBe(403);
  const own = await fetch(`${other.url}/v1/requests?initiator=ida`, { headers });
  expect(own.status).toBe(200);
  const simulated = await post(
    other.url,
    "/v1/simulations",
    { intent: toWire(intentFrom(wish, 18)), initiator: "ivan" },
    headers,
  );
  expect(simulated.status).toBe(403);
  await other.close();
});

test("a list without a filter asks the desk for an issuer's own alone", async () => {
  const filters: unknown[] = [];
  const server = await start(fakeDesk({ requests: async (filter) => (filters.push(filter), []) }));
  const get = async (id: PersonId): Promise<Response> =>
    fetch(`${server.url}/v1/requests?limit=7&state=pending`, {
      headers: { authorization: `Bearer ${await tokenOf(server.url, id)}` },
    });
  expect(await (await get("ida")).json()).toEqual({ requests: [], next: null });
  await get("carla");
  expect(filters).toEqual([
    { limit: 7, state: "pending", initiator: "ida" },
    { limit: 7, state: "pending" },
  ]);
  await server.close();
});

test("a full page says where the next one begins", async () => {
  const headers = { authorization: `Bearer ${tokens.get("auditors")!}` };
  const page = (await (await fetch(`${running.url}/v1/requests?limit=1`, { headers })).json()) as { next: string };
  expect(page.next).toBe(requestId);
});

test("what is not there is 404, a wrong method 405, a malformed id 400", async () => {
  const headers = { authorization: `Bearer ${tokens.get("auditors")!}` };
  const status = async (path: string, method = "GET"): Promise<number> =>
    (await fetch(`${running.url}${path}`, { method, headers })).status;
  expect(await status(`/v1/requests/${someId}`)).toBe(404);
  expect(await status(`/v1/changes/${someId}`)).toBe(404);
  expect(await status("/v1/assets/SLV")).toBe(404);
  expect(await status("/v1/log/proofs?index=3&size=3")).toBe(404);
  expect(await status("/v1/nothing")).toBe(404);
  expect(await status("/V1/roster")).toBe(404);
  expect(await status("/v1/roster/")).toBe(404);
  expect(await status("/")).toBe(404);
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
    expect(await status("/v1/roster", method)).toBe(405);
  for (const id of ["0x12", requestId.toUpperCase(), `${requestId}0`, "..%2f..%2fetc", "%00", "__proto__"]) {
    expect(await status(`/v1/requests/${id}`)).toBe(400);
  }
  expect(await status("/v1/requests/%zz")).toBe(400);
  expect(await status("/v1/assets/a%20b")).toBe(400);
});

test.each([
  "?limit=0",
  "?limit=501",
  "?limit=1e2",
  "?limit=-1",
  "?limit=0x10",
  "?limit=",
  "?limit=1&limit=2",
  "?state=paid",
  "?after=1",
  "?initiator=a%00b",
  "?page=2",
  "?__proto__=1",
  "?constructor=1",
  "?a[b]=1",
])("the query %s is refused with a field", async (query) => {
  const headers = { authorization: `Bearer ${tokens.get("auditors")!}` };
  const response = await fetch(`${running.url}/v1/requests${query}`, { headers });
  expect(response.status).toBe(400);
  expect(((await response.json()) as { field: string }).field).not.toBe("");
});

test("roles of several groups add up, and a custodian who also issues sees everything", () => {
  const reader = (...names: string[]): Parameters<typeof mayUse>[1] => ({
    member: "ida" as Name,
    credential: "ida-1" as Name,
    groups: names as Name[],
  });
  expect(mayUse("GET /v1/observations/wanted", reader("issuers"))).toBe(false);
  expect(mayUse("GET /v1/observations/wanted", reader("issuers", "observers"))).toBe(true);
  expect(seesOnlyOwn(reader("issuers", "custodians"))).toBe(false);
  expect(seesOnlyOwn(reader("issuers"))).toBe(true);
  expect(mayUse("GET /v1/roster", reader())).toBe(true);
});

test("who reads what is what the design says, written out once more", () => {
  const of = (group: string): string[] =>
    Object.entries(access)
      .filter(([, who]) => typeof who !== "string" && (who as readonly string[]).includes(group))
      .map(([id]) => id.replace(/^(GET|POST) \/v1\//, ""));
  const requests = [
    "requests",
    "requests/{requestId}",
    "requests/{requestId}/decision",
    "requests/{requestId}/bundle",
    "simulations",
  ];
  const oversight = [...requests, "policies/completions", "log/entries", "events"];
  expect(of("issuers")).toEqual([...requests, "events"]);
  expect(of("custodians")).toEqual(oversight);
  expect(of("compliance")).toEqual(oversight);
  expect(of("officers").sort()).toEqual([...oversight, "observations/wanted"].sort());
  expect(of("auditors").sort()).toEqual([...oversight, "observations/wanted"].sort());
  expect(of("observers")).toEqual(["observations/wanted"]);
  expect(of("attestors")).toEqual([]);
});
