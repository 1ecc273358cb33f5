/** Sessions over real HTTP: a challenge is good once, for one credential, one origin and five minutes; a token for an hour. */
import { expect, test } from "vitest";
import type { Instant } from "../../src/values/instant.ts";
import type { Name } from "../../src/values/name.ts";
import { fakeDesk, now, post, signed, start, type Running } from "./fake-desk.ts";
import type { PersonId } from "../place/people.ts";

type Asked = { readonly challenge: string; readonly origin: string; readonly expiresAt: number };

async function ask({ url }: Running, id: PersonId): Promise<Asked> {
  return (await (await post(url, "/v1/sessions", { credential: `${id}-1` })).json()) as Asked;
}

async function prove(
  { url }: Running,
  id: PersonId,
  said: object,
): Promise<{ status: number; code: string; token: string }> {
  const response = await post(url, "/v1/sessions", {
    statement: signed(id, "Session", said as Record<string, unknown>),
  });
  return { status: response.status, ...((await response.json()) as { code: string; token: string }) };
}

const read = async ({ url }: Running, token: string): Promise<number> =>
  (await fetch(`${url}/v1/roster`, { headers: { authorization: `Bearer ${token}` } })).status;

test("two steps begin a session that knows the member and the groups", async () => {
  const server = await start();
  const asked = await ask(server, "carla");
  expect(asked).toMatchObject({ origin: server.url, expiresAt: now + 3_600 });
  const begun = await prove(server, "carla", asked);
  expect(begun).toMatchObject({ status: 201, member: "carla", groups: ["custodians"], expiresAt: now + 3_600 });
  expect(begun.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(await read(server, begun.token)).toBe(200);
  await server.close();
});

test("a challenge is good once, also for two that come at once", async () => {
  const server = await start();
  const asked = await ask(server, "ida");
  const both = await Promise.all([prove(server, "ida", asked), prove(server, "ida", asked)]);
  expect(both.map(({ status }) => status).sort()).toEqual([201, 403]);
  expect(await prove(server, "ida", asked)).toMatchObject({ status: 403, code: "http.challenge" });
  await server.close();
});

test("a challenge is refused to another credential, made up, or after five minutes", async () => {
  let time = now;
  const server = await start(fakeDesk(), { clock: { now: () => time } });
  const asked = await ask(server, "ida");
  expect(await prove(server, "ivan", asked)).toMatchObject({ status: 403, code: "http.challenge" });
  const made = { ...asked, challenge: `0x${"ff".repeat(32)}` };
  expect(await prove(server, "ida", made)).toMatchObject({ status: 403, code: "http.challenge" });
  const late = { ...asked, challenge: `0xffffffff${asked.challenge.slice(10)}` };
  expect(await prove(server, "ida", late)).toMatchObject({ status: 403, code: "http.challenge" });
  time = (now + 300) as Instant;
  expect(await prove(server, "ida", asked)).toMatchObject({ status: 403, code: "http.challenge" });
  time = (now + 299) as Instant;
  expect((await prove(server, "ida", asked)).status).toBe(201);
  await server.close();
});

test("a statement for another origin begins nothing, so that a page in the middle gets nowhere", async () => {
  const server = await start(fakeDesk(), { origin: "https://countersign.example" });
  const asked = await ask(server, "ida");
  expect(asked.origin).toBe("https://countersign.example");
  const elsewhere = { ...asked, origin: "https://countersign.example.evil.test" };
  expect(await prove(server, "ida", elsewhere)).toMatchObject({ status: 403, code: "http.origin" });
  expect((await prove(server, "ida", asked)).status).toBe(201);
  await server.close();
});

test("a stranger gets a challenge like everybody, and no session", async () => {
  const server = await start();
  const asked = (await (await post(server.url, "/v1/sessions", { credential: "mallory-1" })).json()) as Asked;
  expect(asked.challenge).toMatch(/^0x[0-9a-f]{64}$/);
  const statement = { ...signed("ida", "Session", asked), credential: "mallory-1" };
  expect((await post(server.url, "/v1/sessions", { statement })).status).toBe(403);
  await server.close();
});

test("somebody else's signature begins nothing, and does not use the challenge up", async () => {
  const server = await start();
  const asked = await ask(server, "ida");
  const statement = { ...signed("ivan", "Session", asked), credential: "ida-1" };
  const refused = await post(server.url, "/v1/sessions", { statement });
  expect(refused.status).toBe(403);
  expect(((await refused.json()) as { code: string }).code).toBe("http.session-refused");
  expect((await prove(server, "ida", asked)).status).toBe(201);
  await server.close();
});

test("a session lasts an hour at most, and as long as its statement says at most", async () => {
  let time = now;
  const server = await start(fakeDesk(), { clock: { now: () => time } });
  const long = await prove(server, "ida", { ...(await ask(server, "ida")), expiresAt: now + 1_000_000 });
  const short = await prove(server, "ida", { ...(await ask(server, "ida")), expiresAt: now + 60 });
  const over = await prove(server, "ida", { ...(await ask(server, "ida")), expiresAt: now });
  expect(over.status).toBe(403);
  time = (now + 60) as Instant;
  expect([await read(server, long.token), await read(server, short.token)]).toEqual([200, 401]);
  time = (now + 3_600) as Instant;
  expect(await read(server, long.token)).toBe(401);
  await server.close();
});

test("who leaves the roster reads nothing from that moment, and who changes groups reads as the new ones", async () => {
  let groups: readonly string[] | undefined = ["auditors"];
  const server = await start(
    fakeDesk({
      member: async () =>
        groups === undefined
          ? { kind: "absent" }
          : { kind: "found", value: { member: "omar" as Name, groups: groups as Name[], service: false } },
    }),
  );
  const { token } = await prove(server, "omar", await ask(server, "omar"));
  const entries = async (): Promise<number> =>
    (await fetch(`${server.url}/v1/log/entries`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect(await entries()).toBe(200);
  groups = ["issuers"];
  expect(await entries()).toBe(403);
  groups = undefined;
  expect(await entries()).toBe(401);
  await server.close();
});

test("a twenty-first session of a credential ends its own oldest and nobody else's", async () => {
  const server = await start();
  const other = await prove(server, "carla", await ask(server, "carla"));
  const tokens: string[] = [];
  for (let i = 0; i < 21; i += 1) tokens.push((await prove(server, "ida", await ask(server, "ida"))).token);
  expect(await read(server, tokens[0]!)).toBe(401);
  expect(await read(server, tokens[1]!)).toBe(200);
  expect(await read(server, tokens[20]!)).toBe(200);
  expect(await read(server, other.token)).toBe(200);
  expect(await (await fetch(`${server.url}/metrics`)).text()).toContain("countersign_http_sessions 21");
  expect(await (await fetch(`${server.url}/metrics`)).text()).toContain(
    'countersign_request_alarms{state="needs-operator"} 1',
  );
  await server.close();
});

test.each([
  ["nothing", {}],
  [
    "both",
    {
      credential: "ida-1",
      statement: signed("ida", "Session", { origin: "a", challenge: `0x${"0".repeat(64)}`, expiresAt: 1 }),
    },
  ],
  [
    "another kind of statement",
    {
      statement: signed("ida", "Cancellation", {
        requestId: `0x${"0".repeat(64)}`,
        intentHash: `0x${"0".repeat(64)}`,
        reason: "no",
      }),
    },
  ],
  ["a name with a space", { credential: "ida 1" }],
  ["a field nobody knows", { credential: "ida-1", groups: ["officers"] }],
])("%s begins no session", async (_, body) => {
  const server = await start();
  const { status } = await post(server.url, "/v1/sessions", body);
  expect([400, 403]).toContain(status);
  await server.close();
});
