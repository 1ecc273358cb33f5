/** Three mints agreed to with one word at the command line, every one shown before it, and each proved to a stranger afterwards. */
import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { batchPolicy, legsOf } from "../../place/batch.ts";
import { openPlace, requestIdOf } from "../../place/gate.ts";
import { goldDeployment, submission } from "../../place/gold.ts";
import { documentOf as yieldDocument, partOf, yieldOf, yieldPolicy } from "../../place/yield.ts";
import { openServe } from "../../flow/serve/place.ts";
import { openService, type ServicePlace } from "./service-place.ts";

const deployment = goldDeployment({ policy: batchPolicy() });
let place: ServicePlace;
let legs: readonly Envelope[];
let file: string;

beforeEach(async () => {
  place = await openService(await openServe(openPlace(deployment)));
  legs = legsOf(deployment, place.serve.gatePlace.now, [400, 300, 500]);
  for (const leg of legs) await place.serve.desk.post(leg, undefined);
  await place.serve.step();
  file = place.at("batch.txt");
  writeFileSync(file, `# the distribution of May\n${legs.map(requestIdOf).join("\n")}\n\n`);
});
afterEach(() => place.close());

test("every line and the sum are shown before it is signed, and each request is final with a bundle that verifies", async () => {
  const first = await place.as("carla", ["request", "approve", "--batch", file, "--yes"]);
  expect(first).toMatchObject({ code: 0, err: [] });
  const text = first.out.join("\n");
  expect(text).toContain("you approve, at once, 3 requests:");
  for (const leg of legs)
    expect(text).toContain(`  ${requestIdOf(leg)}  mint ${leg.message["amountText"] as string} to 0x`);
  expect(text).toContain("  together: 3 requests, 1,200 GLD; the largest is 500 GLD");
  expect(text).toContain("delivered: leaf");
  const shown = await place.as("chris", ["request", "show", requestIdOf(legs[0]!)]);
  expect(shown.out.join("\n")).toContain("carla: approve");
  expect(shown.out.join("\n")).toContain("with all of a batch of 3, 1,200 GLD");
  for (const by of ["chris", "cora"] as const)
    expect((await place.answer(by, ["request", "approve", "--batch", file, "--yes"]))["exit"]).toBe(0);
  await place.serve.settle();
  for (const [index, leg] of legs.entries()) {
    const bundle = place.at(`bundle-${index}.json`);
    expect((await place.answer("ida", ["bundle", "fetch", requestIdOf(leg), "--out", bundle]))["exit"]).toBe(0);
    const verified = await place.as("ida", ["bundle", "verify", bundle, "--genesis", deployment.deploymentId]);
    expect(verified).toMatchObject({ code: 0, err: [] });
  }
});

test("a word lives as long as the last of its requests, and says which of them is over", async () => {
  const { gatePlace } = place.serve;
  const soon = gatePlace.now + 600;
  const [short] = legsOf(deployment, gatePlace.now, [7], { reference: "SHORT", expiresAt: soon });
  await place.serve.desk.post(short!, undefined);
  await place.serve.step();
  writeFileSync(file, [...legs, short!].map(requestIdOf).join("\n"));
  const last = Math.max(...legs.map(({ message }) => message["expiresAt"] as number));
  const first = await place.as("carla", ["request", "approve", "--batch", file, "--yes"]);
  expect(first).toMatchObject({ code: 0, err: [] });
  expect(first.out).toContain(`  your word counts until ${new Date(last * 1_000).toISOString().replace(".000", "")}`);
  expect(first.out.join("\n")).not.toContain("which is over");
  gatePlace.now = soon;
  await place.serve.step();
  const second = await place.as("chris", ["request", "approve", "--batch", file, "--yes"]);
  expect(second).toMatchObject({ code: 0, err: [] });
  const over = second.out.filter((line) => line.includes("which is over: your word does nothing for it"));
  expect(over.map((line) => line.trim().split("  ")[0])).toEqual([requestIdOf(short!)]);
});

test("a batch is rejected as a whole", async () => {
  const said = await place.answer("cyril", ["request", "reject", "--batch", file, "--yes"]);
  expect(said).toMatchObject({ exit: 0, delivered: true, decision: "reject", count: 3, totalText: "1,200 GLD" });
  await place.serve.settle();
  for (const leg of legs) expect((await place.serve.request(leg)).state).toBe("rejected");
});

test("a service that lies about one of them gets no word about any", async () => {
  const { request } = place.serve.desk;
  place.lie = {
    request: async (requestId) => {
      const found = await request(requestId);
      if (found.kind !== "found" || requestId !== requestIdOf(legs[1]!)) return found;
      const submission = { ...(found.value.submission as Record<string, unknown>), amount: "1" };
      return { ...found, value: { ...found.value, submission: submission } };
    },
  };
  const said = await place.answer("carla", ["request", "approve", "--batch", file, "--yes"]);
  expect(said).toMatchObject({ exit: 1, code: "client.untrue" });
  place.lie = { request: () => Promise.resolve({ kind: "absent" }) };
  expect(await place.answer("carla", ["request", "approve", "--batch", file, "--yes"])).toMatchObject({
    exit: 1,
    code: "cli.absent",
  });
});

describe("all parts of a distribution", () => {
  const of = yieldOf();
  const approve = ["request", "approve", "--distribution", of.hash, "--yes"];

  beforeEach(async () => {
    await place.close();
    const given = goldDeployment({ policy: yieldPolicy() });
    place = await openService(await openServe(openPlace(given)));
    const { desk, gatePlace } = place.serve;
    for (const index of of.entitlements.keys()) {
      const part = partOf(given, { now: gatePlace.now, of, index });
      await desk.post(part, index === 0 ? yieldDocument(of) : undefined);
    }
    await place.serve.step();
  });

  test("are agreed to with one word", async () => {
    const said = await place.as("carla", approve);
    expect(said).toMatchObject({ code: 0, err: [] });
    const text = said.out.join("\n");
    expect(text).toContain(`you approve, at once, ${of.entitlements.length} requests:`);
    expect(text).toContain(`together: ${of.entitlements.length} requests, 10 GLD;`);
    expect(await place.answer("chris", approve)).toMatchObject({ exit: 0, delivered: true, totalText: "10 GLD" });
    const [part] = await place.serve.desk.requests({ limit: 1 });
    expect(await place.answer("ida", ["request", "show", part!.requestId])).toMatchObject({
      decision: { batch: { count: of.entitlements.length, total: "10 GLD" } },
    });
  });

  test("are nothing else than that, and not none", async () => {
    const { desk, gatePlace } = place.serve;
    const mint = submission(gatePlace.deployment, { now: gatePlace.now, intent: { reference: "DEPOSIT-9" } });
    await desk.post(mint, undefined);
    place.lie = { requests: ({ limit }) => desk.requests({ limit }) };
    expect(await place.answer("carla", approve)).toMatchObject({ exit: 1, code: "client.untrue" });
    place.lie = { requests: () => Promise.resolve([]) };
    expect(await place.answer("carla", approve)).toMatchObject({ exit: 1, code: "cli.absent" });
  });
});

test.each<[string, (file: string) => readonly string[], string]>([
  ["an ID beside the file", (one) => ["request", "approve", `0x${"1".repeat(64)}`, "--batch", one], "not both"],
  [
    "both a file and a distribution",
    (one) => ["request", "approve", "--batch", one, "--distribution", `0x${"1".repeat(64)}`],
    "give one of them",
  ],
  ["neither", () => ["request", "approve"], "ID is missing"],
  ["a reason", (one) => ["request", "reject", "--batch", one, "--reason", "x"], "has no reason of its own"],
  ["no reason for one", () => ["request", "reject", `0x${"1".repeat(64)}`], "--reason TEXT is missing"],
  ["a file that is not there", (one) => ["request", "approve", "--batch", `${one}.not`], "cannot be read"],
])("is not understood with %s", async (_, words, why) => {
  const said = await place.as("carla", words(file));
  expect(said.code).toBe(2);
  expect(said.err.join("\n")).toContain(why);
});
