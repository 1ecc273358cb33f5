/** People who sign with their own Ledger, a request that waits for a person at the gate's, and the digest of both made again elsewhere. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { openSlotMemory } from "../../../src/adapters/ledger/slot-memory.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { publicKeyOf, until } from "../../contract/ledger/slot-place.ts";
import type { Review } from "../../place/ethereum-app/review.ts";
import { approval, idOf, submission, treasury, units } from "../../place/gold.ts";
import { rosterOf } from "../../place/people.ts";
import { requestIdOf } from "../../place/gate.ts";
import { openLedgerPlace, walletOf, type LedgerPlace, type Owner } from "./ledger-place.ts";

let place: LedgerPlace;
let reviews: Review[];

beforeEach(async () => {
  place = await openLedgerPlace();
  reviews = [];
  place.own.settings.person = (review) => {
    reviews.push(review);
    return "approve";
  };
});
afterEach(() => place.close());

/** A mint that the cold key signs, admitted; its id. */
async function asked(reference = "DEPOSIT-1", amount = units(2_000)): Promise<string> {
  const { gatePlace } = place.service.serve;
  const intent = { amount, reference, expiresAt: gatePlace.now + 7_200 };
  const said = submission(gatePlace.deployment, { now: gatePlace.now, intent });
  await gatePlace.admit(said);
  await place.service.serve.step();
  return requestIdOf(said);
}

let files = 0;
const fresh = (): string => place.service.at(`review-${(files += 1)}.json`);

/** What the person was shown, held against the file, the words printed beside the device, and `bundle digest` elsewhere. */
async function signed(id: Owner, args: readonly string[]): Promise<{ kind: string; words: string }> {
  const file = fresh();
  const said = await place.asOwner(id, [...args, "--yes", "--review", file]);
  expect({ ...said, out: said.code === 0 ? [] : said.out }).toEqual({ code: 0, out: [], err: [] });
  expect(said.out.join("\n")).toContain(`on another machine: countersign bundle digest ${file} --genesis `);
  const screen = new Map(reviews.at(-1)?.screens);
  const elsewhere = await place.service.as(id, ["bundle", "digest", file, "--json"], { env: {} });
  const { review } = JSON.parse(elsewhere.out.join("\n")) as {
    review: { kind: string; words: string; digest: string; screen: [string, string][] };
  };
  expect(review.digest).toBe(reviews.at(-1)?.digest);
  for (const [title, text] of review.screen) {
    expect([title, screen.get(title)]).toEqual([title, text]);
    expect(said.out).toContain(`  ${title}: ${text}`);
  }
  return review;
}

describe("every statement of a person is signed on their Ledger by one way", () => {
  test("a submission, and an approval and a rejection of it", async () => {
    const words = ["request", "submit", "--operation", "mint", "--asset", "GLD", "--amount", "100", "--to", treasury];
    expect((await signed("ida", [...words, "--reference", "DEPOSIT-9"])).words).toMatch(/^ask for: mint 100 GLD to 0x/);
    const id = await asked();
    expect(await signed("carla", ["request", "approve", id])).toMatchObject({ kind: "Approval" });
    const other = await asked("DEPOSIT-2");
    const rejection = await signed("carla", ["request", "reject", other, "--reason", "no receipt"]);
    expect(rejection.words).toMatch(/^reject, for good: mint 2,000 GLD/);
    expect(reviews.at(-1)?.screens).toContainEqual(["decision", "reject"]);
  });

  test("a veto and a cancellation of a request", async () => {
    const id = await asked();
    expect((await signed("otto", ["request", "veto", id, "--reason", "disputed"])).words).toMatch(
      /^veto: mint 2,000 GLD/,
    );
    expect((await signed("ida", ["request", "cancel", id, "--reason", "mistyped"])).words).toMatch(
      /^take back: mint 2,000 GLD/,
    );
  });

  test("a freeze, and its lifting", async () => {
    const stop = ["freeze", "--scope", "asset", "--target", "GLD", "--reason", "disputed"];
    expect((await signed("carla", stop)).words).toBe("freeze asset GLD");
    const { out } = await place.asOwner("cora", [...stop, "--yes", "--json"]);
    const { freezeId } = JSON.parse(out.join("\n")) as { freezeId: string };
    const lift = ["unfreeze", "--scope", "asset", "--target", "GLD", "--freeze-id", freezeId];
    expect((await signed("otto", lift)).words).toBe("lift 1 named freezes of asset GLD");
  });

  test("a roster and a policy that are proposed, signed by a second officer, and vetoed", async () => {
    const genesis = JSON.parse(readFileSync(place.service.genesis, "utf8")) as {
      genesis: { roster: ReturnType<typeof rosterOf> };
      policies: unknown[];
    };
    const { roster } = genesis.genesis;
    const next = {
      ...roster,
      version: 2,
      previous: documentName(hash(toWire(roster))),
      people: roster.people.map((one) => (one.id === "ivan" ? { ...one, groups: [...one.groups, "auditors"] } : one)),
    };
    writeFileSync(place.service.at("roster-2.yaml"), stringify(next));
    const proposed = await signed("otto", ["roster", "propose", place.service.at("roster-2.yaml")]);
    expect(proposed.words).toBe("bring into force the roster, version 2, which loosens");
    await place.service.serve.step();
    const documentHash = hash(toWire(next));
    expect((await signed("olga", ["change", "sign", documentHash])).words).toBe(proposed.words);
    expect((await signed("cora", ["change", "veto", documentHash, "--reason", "not agreed"])).words).toBe(
      "veto the roster, version 2",
    );
    const [policy] = genesis.policies as [{ rules: { tiers: Json[] }[] } & Record<string, Json>];
    const rules = policy.rules.map((rule) => ({ ...rule, tiers: rule.tiers.slice(0, 1) }));
    const second = { ...policy, version: 2, previous: documentName(hash(policy)), rules };
    writeFileSync(place.service.at("policy-2.yaml"), stringify(second));
    expect((await signed("otto", ["policy", "propose", place.service.at("policy-2.yaml")])).words).toMatch(
      /^bring into force the policy of GLD, version 2, which /,
    );
  });

  test("who rejects on the device signs nothing, and the file stays for whoever wants to see what it was", async () => {
    place.own.settings.person = () => "reject";
    const file = fresh();
    const said = await place.asOwner("carla", ["request", "approve", await asked(), "--yes", "--review", file]);
    expect(said.code).not.toBe(0);
    expect(said.err.join("\n")).toContain("a person rejected it on the device");
    expect((await place.service.as("carla", ["bundle", "digest", file])).code).toBe(0);
  });

  test("another key of the device than the credential's is told, and nothing is on the screen", async () => {
    const words = ["request", "approve", await asked(), "--yes", "--ledger", walletOf("carla"), "--ledger-path"];
    const env = { ...place.service.envOf("carla"), LEDGER_SPECULOS: `127.0.0.1:${place.ownPort.port}` };
    const refused = await place.service.as("carla", [...words, "44'/60'/0'/0/9"], { env });
    expect(refused.code).toBe(2);
    expect(refused.err.join("\n")).toMatch(/the Ledger has 0x\w+ at 44'\/60'\/0'\/0\/9, and the credential is 0x/);
    const unknown = await place.asOwner("carla", [...words.slice(0, 4), "--ledger-path", "44'/60'/0'/0/0"]);
    expect(unknown.code).toBe(2);
    expect(reviews).toEqual([]);
    expect((await place.service.as("carla", [...words, "44'/60'/0'/0/0"], { env })).code).toBe(0);
  });
});

/** Approved, waited for, allocated: the cold device shows it. */
async function shownAtCold(): Promise<string> {
  const { serve } = place.service;
  const { gatePlace } = serve;
  const intent = { amount: units(2_000), reference: "DEPOSIT-1", expiresAt: gatePlace.now + 7_200 };
  const said = submission(gatePlace.deployment, { now: gatePlace.now, intent });
  await gatePlace.admit(said);
  for (const by of ["carla", "chris"] as const) await gatePlace.admit(approval(gatePlace.deployment, said, by));
  gatePlace.now += 601;
  await serve.tick();
  for (let round = 0; round < 200 && place.cold.review() === undefined; round += 1) {
    await serve.step();
    gatePlace.now += 1;
    await serve.tick();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await serve.step();
  return requestIdOf(said);
}

/** The service goes on until the device shows something else. */
async function shownNext(before: string | undefined): Promise<void> {
  const { serve } = place.service;
  for (let round = 0; round < 200; round += 1) {
    const now = place.cold.review()?.digest;
    if (now !== undefined && now !== before) break;
    await serve.step();
    serve.gatePlace.now += 1;
    await serve.tick();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await serve.step();
}

describe("a request that waits for a person at the gate's Ledger", () => {
  test("says the digest that its screen shows, and a machine without the service makes the same", async () => {
    const id = await shownAtCold();
    const onScreen = new Map(place.cold.review()?.screens).get("Tx hash");
    expect(onScreen).toMatch(/^0x[0-9a-f]{64}$/);
    const shown = (await place.service.as("carla", ["request", "show", id])).out;
    expect(shown.join("\n")).toContain("a person at ledger-cold");
    expect(shown).toContain(`  Transaction hash: ${onScreen}`);
    expect(shown).toContain(`  countersign bundle fetch ${id} --unsigned --out waiting.json`);

    const file = place.service.at("waiting.json");
    expect((await place.service.as("carla", ["bundle", "fetch", id, "--out", file])).code).toBe(1);
    expect((await place.service.as("carla", ["bundle", "fetch", id, "--unsigned", "--out", file])).code).toBe(0);
    const { deploymentId } = place.service.serve.gatePlace.deployment;
    const run = promisify(execFile);
    const alone = await run(process.execPath, ["src/main.ts", "bundle", "digest", file, "--genesis", deploymentId], {
      env: {},
    });
    expect(alone.stdout).toContain(`  Transaction hash: ${onScreen}`);
    expect(alone.stdout).toContain("what       mint 2,000 GLD to 0x");
    expect(alone.stdout).toContain("waits for its signature");

    place.cold.press("approve");
    await place.service.serve.settle();
    const ended = (await place.service.as("carla", ["request", "show", id])).out.join("\n");
    expect(ended).toContain("state: final");
    expect(ended).not.toContain("the device's screen must show");
    expect(
      (await place.service.as("carla", ["bundle", "fetch", id, "--out", place.service.at("done.json")])).code,
    ).toBe(0);
  });

  test("after a no at the device its filler is shown there, and is told from any other transaction elsewhere", async () => {
    const id = await shownAtCold();
    const first = place.cold.review()?.digest;
    place.cold.press("reject");
    await shownNext(first);
    const onScreen = new Map(place.cold.review()?.screens);
    const shown = (await place.service.as("carla", ["request", "show", id])).out;
    expect(shown).toContain("the device is asked for a filler, which moves nothing and lets later transactions go on");
    expect(shown).toContain(`  Transaction hash: ${onScreen.get("Tx hash")}`);
    expect(shown.join("\n")).not.toContain(String(first));
    const file = place.service.at("filler.json");
    await place.service.as("carla", ["bundle", "fetch", id, "--unsigned", "--out", file]);
    const elsewhere = (await place.service.as("carla", ["bundle", "digest", file], { env: {} })).out.join("\n");
    expect(elsewhere).toContain("never signed\nwhat was not signed:");
    expect(elsewhere).toContain(
      "call       nothing: a filler that only uses up the nonce, nonce 0, waits for its signature\nthe device's screen must show:\n  Amount: 0 ETH",
    );
    expect(elsewhere).toContain(`  Transaction hash: ${onScreen.get("Tx hash")}`);
    place.cold.press("approve");
    await until("it is signed", () => place.cold.review() === undefined);
  });

  test("a service that shows another transaction than the words is not believed", async () => {
    const id = await shownAtCold();
    const { serve } = place.service;
    place.service.lie = {
      bundle: async (requestId, stage) => {
        const found = await serve.desk.bundle(requestId, stage);
        if (found.kind === "absent") return found;
        const text = JSON.stringify(found.value).replace(/"digest":"0x[0-9a-f]{64}"/, `"digest":"${idOf("other")}"`);
        return { kind: "found", value: JSON.parse(text) as Json };
      },
    };
    const said = await place.service.as("carla", ["request", "show", id]);
    expect(said.code).toBe(1);
    expect(said.err.join("\n")).toContain("the bundle shown is not so");
  });
});

describe("whole processes at the emulator's port", () => {
  const run = async (args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
    const env = { ...place.service.envOf("carla"), LEDGER_SPECULOS: `127.0.0.1:${place.ownPort.port}` };
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ["src/main.ts", ...args], { env });
      return { code: 0, stdout, stderr };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  };

  test("ledger list says what is plugged in, and exits 1 when it is not ready", async () => {
    const ready = await run(["ledger", "list", "--json"]);
    expect(ready.code).toBe(0);
    expect(JSON.parse(ready.stdout)).toMatchObject({
      devices: [{ kind: "ready", version: "1.22.0", blindSigning: true, publicKey: publicKeyOf() }],
    });
    place.own.settings.locked = true;
    const locked = await run(["ledger", "list"]);
    expect(locked.code).toBe(1);
    expect(locked.stdout).toContain("unlock the device");
    await place.ownPort.close();
    expect((await run(["ledger", "list"])).code).not.toBe(0);
  });

  test("ledger clear forgets what was declined, after an operator said that the screen is clear", async () => {
    const folder = place.service.at("memory");
    mkdirSync(folder);
    const memory = openSlotMemory(folder);
    memory.beginReview(idOf("digest"));
    memory.decline(idOf("digest"), "rejected");
    const config = place.service.at("cold.yaml");
    writeFileSync(
      config,
      stringify({
        apiVersion: "countersign/v1",
        kind: "Ledger",
        name: "ledger-cold",
        app: { blindSigning: "required" },
        memory: folder,
        keys: [{ name: "ledger-cold", path: "44'/60'/0'/0/0", publicKey: publicKeyOf() }],
      }),
    );
    const unasked = await run(["ledger", "clear", "--config", config]);
    expect(unasked.code).toBe(2);
    expect(memory.reviewing()).toBe(idOf("digest"));
    const cleared = await run(["ledger", "clear", "--config", config, "--yes"]);
    expect(cleared.code).toBe(0);
    expect([memory.reviewing(), memory.declined(idOf("digest"))]).toEqual([undefined, undefined]);
    for (const file of ["reviewing.json", "quarantined.json"]) writeFileSync(join(folder, file), '{"wh');
    const unread = await run(["ledger", "clear", "--config", config, "--yes"]);
    expect(unread.code).toBe(0);
    expect([memory.reviewing(), memory.quarantined()]).toEqual([undefined, undefined]);
  });

  test("request approve --ledger is delivered and counted", async () => {
    const id = await asked();
    const said = await run(["request", "approve", id, "--ledger", walletOf("carla"), "--yes", "--expires", "90d"]);
    expect(said).toMatchObject({ code: 0, stderr: "" });
    expect(said.stdout).toContain("delivered: leaf");
    await until("the person was asked", () => reviews.length === 1);
    await place.service.serve.step();
    const after = (await place.service.as("carla", ["request", "show", id])).out.join("\n");
    expect(after).toContain("carla: approve");
  });
});
