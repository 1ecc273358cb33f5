/** The main job with all its real parts: SoftHSM, a chain, gate, serve and observers as processes, everybody over the public API. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { moveTokens } from "../../src/adapters/anvil/holder.ts";
import { loadCredential } from "../../src/adapters/credential/credential-file.ts";
import { nobleChecks } from "../../src/adapters/crypto-noble/checks.ts";
import { verifyBundle } from "../../src/bundle/verify.ts";
import { fromBytes } from "../../src/values/hex.ts";
import {
  attest,
  eventually,
  openDeployment,
  postUntilDelivered,
  prepareRequest,
  startAll,
  type Place,
} from "../place/deployment.ts";
import { idOf } from "../place/gold.ts";
import { burnEvents, mintEvents, totalSupply } from "../place/ledger.ts";

const gold = (whole: number): bigint => BigInt(whole) * 10n ** 18n;
let place: Place;

beforeAll(async () => {
  place = await openDeployment();
  await startAll(place);
});
afterAll(async () => {
  await place.close();
});

test("a hundred posts of one submission are one request, one nonce and one mint", async () => {
  const mint = await prepareRequest(place, { amount: "11", reference: "HUNDRED" });
  const [submission, ...approvals] = mint.statements;
  if (submission === undefined) throw new Error("a mint has a submission");
  const { client } = place.person("ida");
  const posted = await Promise.all(Array.from({ length: 100 }, () => client.post(submission[1])));
  const delivered = posted.filter((answer) => answer.kind === "delivered");
  expect(delivered.length + posted.filter((answer) => answer.kind === "refused" && answer.status === 429).length).toBe(
    100,
  );
  expect(new Set(delivered.map((answer) => answer.receipt.leafIndex)).size).toBe(1);
  for (const approval of approvals) await postUntilDelivered(place, approval);
  const view = await client.watch(mint.requestId, ({ state }) => state === "final", { timeoutMs: 60_000 });
  expect(view).toMatchObject({ state: "final", nonce: 0 });
  const page = await client.requests();
  expect(page.requests).toHaveLength(1);
  expect(await mintEvents(place)).toEqual([gold(11)]);
});

test("the same requestId with another amount is a conflict and changes nothing", async () => {
  const one = await prepareRequest(place, { amount: "12", reference: "CONFLICT" });
  const other = await prepareRequest(place, { amount: "13", reference: "CONFLICT", requestId: one.requestId });
  await postUntilDelivered(place, one.statements[0]!);
  expect(await place.person("ida").client.post(other.statements[0]![1])).toMatchObject({
    kind: "refused",
    status: 409,
  });
});

test("the bundle of a final mint verifies with the gate's code and with a second library, and by the command", async () => {
  const { client, deploymentId } = place.person("audrey");
  const [request] = (await client.requests({ state: "final" })).requests;
  if (request === undefined) throw new Error("there is a final request");
  await eventually("the gate knows the outcome", async () =>
    JSON.stringify(await client.bundle(request.requestId)).includes('"outcome"'),
  );
  const bundle = await client.bundle(request.requestId);
  if (bundle.kind === "absent") throw new Error("a final request has a bundle");
  expect(verifyBundle(bundle.value, deploymentId, nobleChecks, nobleChecks)).toMatchObject({ kind: "verified" });
  expect(verifyBundle(bundle.value, idOf("another"), nobleChecks)).toMatchObject({ kind: "wrong" });
  const file = join(place.folder.root, "bundle.json");
  writeFileSync(file, JSON.stringify(bundle.value));
  const run = promisify(execFile);
  await expect(
    run(process.execPath, ["src/main.ts", "bundle", "verify", file, "--genesis", deploymentId]),
  ).resolves.toBeDefined();
  writeFileSync(file, JSON.stringify(bundle.value).replace(/"reason":"[^"]*"/, '"reason":"something else"'));
  await expect(
    run(process.execPath, ["src/main.ts", "bundle", "verify", file, "--genesis", deploymentId]),
  ).rejects.toMatchObject({ code: 1 });
});

test("of two mints that fit the reserves each but not together, one is minted and the other says what it lacks", async () => {
  const { client } = place.person("ida");
  await attest(place, String(11 + 150));
  const mints = [
    await prepareRequest(place, { amount: "100", reference: "FIT-1" }),
    await prepareRequest(place, { amount: "101", reference: "FIT-2" }),
  ];
  await Promise.all(mints.flatMap(({ statements }) => [statements[0]!]).map((one) => postUntilDelivered(place, one)));
  await Promise.all(
    mints.flatMap(({ statements }) => statements.slice(1)).map((one) => postUntilDelivered(place, one)),
  );
  const states = async (): Promise<string[]> =>
    Promise.all(
      mints.map(async ({ requestId }) => {
        const found = await client.request(requestId);
        return found.kind === "found" ? found.value.state : "absent";
      }),
    );
  // The other is ready until the gate was asked for its signature.
  await eventually("one is final and the other waits", async () => (await states()).sort().join() === "final,pending");
  const waiting = mints[(await states()).indexOf("pending")]!;
  const found = await client.request(waiting.requestId);
  expect(found.kind === "found" && found.value.waitsFor).toMatch(/reserve/i);
  expect(await totalSupply(place)).toBeLessThanOrEqual(gold(161));
  await attest(place);
  await client.watch(waiting.requestId, ({ state }) => state === "final", { timeoutMs: 60_000 });
});

test("a redemption burns what the managed account holds and is final on the burn", async () => {
  await moveTokens(place.chain.url, {
    token: place.demo.token,
    holder: loadCredential(place.folder.people("bank-a")),
    to: place.demo.account,
    amount: "20",
  });
  const redeem = await prepareRequest(place, {
    operation: "redeem",
    amount: "20",
    reference: "REDEEM",
    approvers: ["cyril", "cora"],
  });
  for (const statement of redeem.statements) await postUntilDelivered(place, statement);
  const view = await place
    .person("ida")
    .client.watch(redeem.requestId, ({ state }) => state === "final", { timeoutMs: 60_000 });
  expect(view.state).toBe("final");
  expect(await burnEvents(place)).toEqual([gold(20)]);
});

test("a freeze by one compliance officer stops the next mint within the call", async () => {
  const mint = await prepareRequest(place, { amount: "14", reference: "FROZEN" });
  const freeze = { scope: "asset", target: "GLD", reason: "something is off", freezeId: fromBytes(randomBytes(32)) };
  expect(await place.person("cora").client.say("Freeze", freeze)).toMatchObject({ kind: "delivered" });
  for (const statement of mint.statements) await postUntilDelivered(place, statement);
  const { client } = place.person("ida");
  await eventually("the request says that the asset is frozen", async () => {
    const found = await client.request(mint.requestId);
    return found.kind === "found" && found.value.waitsFor.includes("frozen by cora");
  });
  expect((await mintEvents(place)).includes(gold(14))).toBe(false);
});
