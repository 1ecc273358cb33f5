/** What `ledger check` says of a device: everything that would keep the gate from using it, and nothing sent where a review may be on a screen. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { checkDevice, type DeviceFinding } from "../../../src/adapters/ledger/device-check.ts";
import type { TransportFactory } from "../../../src/adapters/ledger/eth-app.ts";
import { connect } from "../../../src/adapters/ledger/ledgerjs/hw-app-eth.ts";
import type { Transport } from "../../../src/adapters/ledger/ledgerjs/library.ts";
import { checkSlotConfig } from "../../../src/adapters/ledger/slot-config.ts";
import { openSlotMemory, type SlotMemory } from "../../../src/adapters/ledger/slot-memory.ts";
import { idOf } from "../../place/gold.ts";
import { EmulatedTransport } from "../../place/ethereum-app/emulated-transport.ts";
import { EthereumApp } from "../../place/ethereum-app/ethereum-app.ts";
import { openSpeculosPort, type SpeculosPort } from "../../place/ethereum-app/speculos-port.ts";
import { publicKeyOf } from "./slot-place.ts";

let folder: string;
let apps: EthereumApp[];
let memory: SlotMemory;
let port: SpeculosPort | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cs-check-"));
  memory = openSlotMemory(join(folder, "memory"));
  apps = [new EthereumApp()];
});
afterEach(async () => {
  await port?.close();
  port = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const document = (): object => ({
  apiVersion: "countersign/v1",
  kind: "Ledger",
  name: "ledger-cold",
  app: { blindSigning: "required" },
  memory: join(folder, "memory"),
  keys: [{ name: "ledger-cold", path: "44'/60'/0'/0/0", publicKey: publicKeyOf() }],
});

/** As many devices as there are apps. */
const plugged = (): TransportFactory => ({
  list: () => Promise.resolve(apps.map((_, index) => String(index))),
  connect: (place) => Promise.resolve(connect(new EmulatedTransport(apps[Number(place)]!) as unknown as Transport)),
});

const checked = (): Promise<readonly DeviceFinding[]> => checkDevice(checkSlotConfig(document()), memory, plugged());
const wrong = async (): Promise<readonly string[]> =>
  (await checked()).flatMap(({ check, isFit, why }) => (isFit ? [] : [`${check}: ${why}`]));

test("a device that is as declared passes each check, and nothing is shown on it", async () => {
  expect(await checked()).toEqual([
    { check: "memory", isFit: true, why: "no review may be on its screen" },
    { check: "app", isFit: true, why: "the Ethereum app, 1.22.0" },
    { check: "version", isFit: true, why: "1.22.0 or later" },
    { check: "key", isFit: true, why: "the pinned key at 44'/60'/0'/0/0" },
    { check: "blind-signing", isFit: true, why: "blind signing is on, as declared" },
  ]);
  const isShowing = (apdu: Buffer): boolean => apdu[1] === 0x04 || (apdu[1] === 0x02 && apdu[2] === 0x01);
  expect(apps[0]?.heard.some(isShowing)).toBe(false);
});

test("all that is wrong is said at once, each with what to do", async () => {
  apps = [new EthereumApp({ password: "hidden wallet", version: [1, 21, 0], blindSigning: false })];
  expect(await wrong()).toEqual([
    "version: the Ethereum app is 1.21.0; install 1.22.0 or later",
    "key: the device has another key: another seed, or another passphrase",
    "blind-signing: blind signing is off on the device, and this slot needs it: turn it on in the Ethereum app's settings",
  ]);
});

test("a locked device, another app, no device and two of them are told apart", async () => {
  apps = [new EthereumApp({ locked: true })];
  expect(await wrong()).toEqual(["device: unlock the device (status 5515)"]);
  apps = [new EthereumApp({ app: "Bitcoin" })];
  expect(await wrong()).toEqual(["app: open the Ethereum app on the device"]);
  apps = [];
  expect(await wrong()).toEqual(["device: plug the device in"]);
  apps = [new EthereumApp(), new EthereumApp()];
  expect(await wrong()).toEqual(["device: two devices with these keys are plugged in; take one of them away"]);
  // Somebody else's device beside ours does not matter.
  apps = [new EthereumApp({ password: "another" }), new EthereumApp()];
  expect(await wrong()).toEqual([]);
});

test("where a review may be on the screen nothing is sent to any device", async () => {
  memory.beginReview(idOf("digest"));
  expect(await wrong()).toEqual([
    `memory: a review of ${idOf("digest")} was not seen to end: reject on \`ledger-cold\` what its screen shows, then \`countersign ledger clear\``,
  ]);
  memory.clear();
  memory.quarantine("it answered wrongly");
  expect((await wrong())[0]).toMatch(/^memory: the device is not used any more: it answered wrongly;/);
  memory.clear();
  writeFileSync(join(folder, "memory", "owner.pid"), "1\n");
  expect((await wrong())[0]).toMatch(/^memory: another process uses the device/);
  expect(apps[0]?.heard).toEqual([]);
});

test("a slot that was never used is said to be new, and its folder is left to the gate", async () => {
  const [first] = await checkDevice(checkSlotConfig(document()), undefined, plugged());
  expect(first).toEqual({ check: "memory", isFit: true, why: "the gate has not used it yet" });
});

test("the command exits 0 when all are ready, 1 when one is not, 2 when it cannot look; JSON says the same", async () => {
  port = await openSpeculosPort(apps[0]!);
  const config = join(folder, "cold.yaml");
  writeFileSync(config, stringify(document()));
  const env = { LEDGER_SPECULOS: `127.0.0.1:${port.port}` };
  const run = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
    const words = ["src/main.ts", "ledger", "check", ...args];
    try {
      return { code: 0, ...(await promisify(execFile)(process.execPath, words, { env })) };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  };
  const ready = await run("--config", config);
  expect(ready).toMatchObject({ code: 0, stderr: "" });
  expect(ready.stdout).toContain("  yes  key: the pinned key at 44'/60'/0'/0/0\n");
  apps[0]!.settings.locked = true;
  const locked = await run("--config", config, "--json");
  expect(locked.code).toBe(1);
  expect(JSON.parse(locked.stdout)).toMatchObject({
    devices: [{ name: "ledger-cold", findings: [{ check: "memory" }, { check: "device", isFit: false }] }],
  });
  expect((await run("--config", join(folder, "nowhere.yaml"))).code).toBe(2);
  expect((await run()).code).toBe(2);
});
