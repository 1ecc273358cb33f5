/** A whole gate with a key on a Ledger: a mint above the token's ceiling goes to a person at a device, and nowhere else. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transaction } from "ethers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { connectGate } from "../../../src/adapters/socket/client.ts";
import { fillerGas } from "../../../src/chain/gas.ts";
import { startGate, type RunningGate } from "../../../src/compose/gate.ts";
import type { Gate } from "../../../src/flow/serve/gate.port.ts";
import type { SignAnswer } from "../../../src/gate/wire.ts";
import { eventOf } from "../../../src/request/answer.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { fromPublicKey } from "../../../src/values/address.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { publicKeyOf, until } from "../../contract/ledger/slot-place.ts";
import { EthereumApp } from "../../place/ethereum-app/ethereum-app.ts";
import { openSpeculosPort, type SpeculosPort } from "../../place/ethereum-app/speculos-port.ts";
import { fees, requestIdOf } from "../../place/gate.ts";
import {
  approval,
  attestation,
  goldDeployment,
  goldPolicy,
  idOf,
  sightings,
  submission,
  units,
} from "../../place/gold.ts";
import { managedKey, sign as signAs } from "../../place/people.ts";
import { logKeyPem } from "../gate-process/gate-process.ts";

const publicKey = publicKeyOf();
const cold = { id: parseName("ledger-cold"), account: fromPublicKey(publicKey), publicKey, backend: "ledger" } as const;
const hot = managedKey("hsm-mint");
const custodians = { group: "custodians", min: 2 };
const policy = goldPolicy({
  rules: [
    {
      id: "mint",
      when: { operation: "mint", initiator: { group: "issuers" }, to: { in: "treasury" } },
      tiers: [
        { upTo: "1000 GLD", quorum: custodians, sign: "hsm-mint" },
        { upTo: "5000 GLD", quorum: custodians, sign: "ledger-cold" },
      ],
    },
  ],
});
const deployment = goldDeployment({ policy, key: cold, others: [hot] });

let app: EthereumApp;
let port: SpeculosPort;
let folder: string;
let running: RunningGate;
let gate: Gate;
let told: string[];

beforeEach(async () => {
  app = new EthereumApp({ person: () => "ignore" });
  port = await openSpeculosPort(app);
  folder = mkdtempSync(join(tmpdir(), "cs-cold-"));
  const file = (name: string, content: string): void => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  };
  file("genesis.json", JSON.stringify(deployment.file));
  file("log.key", logKeyPem());
  file("gate.yaml", stringify({ tokens: [], ledgers: ["cold.yaml"], dev: true }));
  file(
    "cold.yaml",
    stringify({
      apiVersion: "countersign/v1",
      kind: "Ledger",
      name: "ledger-cold",
      app: { blindSigning: "required" },
      memory: join(folder, "cold"),
      limits: { pollMs: 100 },
      keys: [{ name: "ledger-cold", path: "44'/60'/0'/0/0", publicKey }],
    }),
  );
  await open();
});

afterEach(async () => {
  gate.close();
  await running.close();
  await port.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  told = [];
  const env = { LEDGER_SPECULOS: `127.0.0.1:${String(port.port)}` };
  running = await startGate(join(folder, "gate.yaml"), { env, warn: (sentence) => told.push(sentence) });
  gate = connectGate(running.socket, { timeoutMs: 10_000 });
}

const waiting = { timeout: 10_000, interval: 100 };

const now = (): number => Math.floor(Date.now() / 1_000);

async function approved(whole: number, account: string, reference = "D-1"): Promise<Envelope> {
  const seen = sightings(deployment, { blockNumber: now() % 1_000_000, blockTime: now() - 1 });
  const said = submission(deployment, { now: now(), intent: { amount: units(whole), account, reference } });
  const people = (["carla", "chris"] as const).map((by) => approval(deployment, said, by));
  const reserves = attestation(deployment, now(), { sequence: now() });
  for (const envelope of [...seen, reserves, said, ...people])
    expect(await gate.admit(envelope)).toMatchObject({ kind: "admitted" });
  return said;
}

const ask = async (said: Envelope): Promise<SignAnswer> => {
  const answer = await gate.sign({ verb: "sign", requestId: requestIdOf(said), fees });
  if (answer.kind === "problem") throw new Error(answer.message);
  return answer;
};

/** As the service asks, until the device shows it. */
async function shown(said: Envelope): Promise<SignAnswer> {
  for (;;) {
    const answer = await ask(said);
    if (answer.kind !== "signing" || app.review() !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("a mint above the token's ceiling waits for a person at the device, and is signed when they approve", async () => {
  const said = await approved(2_000, cold.account);
  const waiting = await shown(said);
  expect(waiting).toEqual({ kind: "signing", on: "ledger-cold", needs: "a person at ledger-cold" });
  // What everybody reads of the request meanwhile.
  expect(eventOf(waiting, "allocated", parseInstant(now()))).toEqual({
    kind: "permitted",
    on: "a person at ledger-cold",
  });
  const { backends } = await gate.health();
  expect(backends).toMatchObject([{ keys: ["ledger-cold"], ready: true, why: "a review is on the device's screen" }]);
  const onScreen = new Map(app.review()?.screens);
  app.press("approve");
  await until("it was approved", () => told.some((sentence) => sentence.includes("approved")));
  const signed = await ask(said);
  expect(signed.kind).toBe("signed");
  if (signed.kind !== "signed") return;
  const tx = Transaction.from(signed.raw);
  expect(tx.from?.toLowerCase()).toBe(cold.account);
  expect(tx.unsignedHash).toBe(signed.digest);
  expect(onScreen.get("Tx hash")).toBe(signed.digest);
  expect(await ask(said)).toEqual(signed);
});

test("the tier decides which key signs: neither key signs the other's mints", async () => {
  const small = await approved(100, cold.account, "D-small");
  const large = await approved(2_000, hot.account, "D-large");
  for (const said of [small, large]) {
    const answer = await ask(said);
    expect(answer.kind).toBe("refused");
    expect(JSON.stringify(answer)).toMatch(/sign/);
  }
  expect(app.heard.some((apdu) => apdu[1] === 0x04)).toBe(false);
});

test("a freeze while the person reads keeps the signature in", async () => {
  const said = await approved(2_000, cold.account);
  await shown(said);
  const freeze = { scope: "asset", target: "GLD", reason: "the receipt is disputed", freezeId: idOf("freeze") };
  expect(await gate.admit(signAs("carla", deployment.deploymentId, "Freeze", freeze))).toMatchObject({
    kind: "admitted",
  });
  app.press("approve");
  await until("it was approved", () => told.some((sentence) => sentence.includes("approved")));
  expect(await ask(said)).toMatchObject({ kind: "refused", code: "gate.frozen" });
});

test("a pause that is seen while the person reads keeps the signature in, and they are asked again when it is over", async () => {
  const said = await approved(2_000, cold.account);
  await shown(said);
  const see = async (paused: string, ahead: number): Promise<void> => {
    const at = { blockNumber: (now() % 1_000_000) + ahead, blockTime: now() };
    for (const one of sightings(deployment, at, { paused })) await gate.admit(one);
  };
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await see("true", 100);
  app.press("approve");
  await until("it was approved", () => told.some((sentence) => sentence.includes("approved")));
  const answer = await vi.waitUntil(async () => {
    const one = await ask(said);
    return one.kind === "refused" ? one : undefined;
  }, waiting);
  expect(answer.code).toBe("policy.paused");
  const event = eventOf(answer, "signing", parseInstant(now()));
  expect(event.kind === "postponed" ? event.why : event.kind).toContain("has its nonce, but waits for token.paused");
  expect(app.review()).toBeUndefined();
  await see("false", 200);
  expect(await shown(said)).toMatchObject({ kind: "signing", needs: "a person at ledger-cold" });
  expect(app.heard.filter((apdu) => apdu[1] === 0x04).length).toBeGreaterThan(1);
});

test("a rejection at the device ends the request for good, over a restart too, and a person approves the filler of its nonce", async () => {
  const said = await approved(2_000, cold.account);
  await shown(said);
  app.press("reject");
  await until("it was rejected", () => told.some((sentence) => sentence.includes("rejected")));
  const answer = await vi.waitUntil(async () => {
    const one = await ask(said);
    return one.kind === "refused" ? one : undefined;
  }, waiting);
  expect(answer.code).toBe("gate.declined");
  expect(answer.why).toContain("a person at ledger-cold: it was rejected on the device");
  expect(eventOf(answer, "signing", parseInstant(now())).kind).toBe("rejected");
  gate.close();
  await running.close();
  await open();
  expect(await ask(said)).toMatchObject({ kind: "refused", code: "gate.declined" });
  expect(app.heard.filter((apdu) => apdu[1] === 0x04)).toHaveLength(1);
  const offer = { ...fees, gasLimit: fillerGas };
  const fill = () => gate.sign({ verb: "sign", requestId: requestIdOf(said), fees: offer, fill: true });
  await vi.waitUntil(async () => {
    expect((await fill()).kind).toBe("signing");
    return app.review() !== undefined;
  }, waiting);
  app.press("approve");
  await until("it was approved", () => told.some((sentence) => sentence.includes("approved")));
  const filled = await fill();
  if (filled.kind !== "signed") throw new Error(filled.kind);
  const tx = Transaction.from(filled.raw);
  expect([tx.from?.toLowerCase(), tx.to?.toLowerCase(), tx.value, tx.data, tx.gasLimit]).toEqual([
    cold.account,
    cold.account,
    0n,
    "0x",
    21_000n,
  ]);
});

test("a gate that ends while a person reads ends at once, and its successor leaves the screen alone", async () => {
  const said = await approved(2_000, cold.account);
  await shown(said);
  const before = app.heard.length;
  gate.close();
  await running.close();
  await open();
  expect(await ask(said)).toMatchObject({ kind: "signing" });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await gate.health()).backends).toMatchObject([
    { ready: false, why: expect.stringMatching(/may still be on the screen/) as string },
  ]);
  expect(app.heard).toHaveLength(before);
});

test("an emulator is refused where it is not a developer's machine", async () => {
  const env = { LEDGER_SPECULOS: "127.0.0.1:1" };
  for (const [dev, more] of [
    [false, {}],
    [true, { NODE_ENV: "production" }],
  ] as const) {
    const config = join(folder, `other-${String(dev)}.yaml`);
    writeFileSync(config, stringify({ tokens: [], ledgers: ["cold.yaml"], dev }), { mode: 0o600 });
    await expect(startGate(config, { env: { ...env, ...more } })).rejects.toMatchObject({
      code: "ledger.speculos-refused",
    });
  }
});
