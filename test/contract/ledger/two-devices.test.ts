/** Two slots and two devices on one machine, under Ledger's own USB transport: each key is shown on its own device, however the cables run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recoverAddress } from "ethers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openLedgerBackend } from "../../../src/adapters/ledger/backend.ts";
import type { TransportFactory } from "../../../src/adapters/ledger/eth-app.ts";
import { usbDevices } from "../../../src/adapters/ledger/ledgerjs/usb.ts";
import { Places } from "../../../src/adapters/ledger/places.ts";
import { checkSlotConfig } from "../../../src/adapters/ledger/slot-config.ts";
import type { Backend, BackendAnswer } from "../../../src/flow/gate/backend.port.ts";
import { SigningPermit } from "../../../src/gate/permit.ts";
import { fromPublicKey, type Address } from "../../../src/values/address.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { EmulatedHid } from "../../place/ethereum-app/emulated-hid.ts";
import { EthereumApp } from "../../place/ethereum-app/ethereum-app.ts";
import { speculosWords } from "../../place/ethereum-app/wallet.ts";
import { agentHere, devicePath, mintOf, publicKeyOf, until, type Wish } from "./slot-place.ts";

/** Where each device is plugged in now. */
let plugged: Map<string, EthereumApp>;
let folder: string;
let places: Places;
let opened: Backend[];
const told: string[] = [];
const cold = new Map([
  ["cold-a", "a"],
  ["cold-b", "b"],
]);
const device = (slot: string, told?: object): EthereumApp =>
  new EthereumApp({ password: cold.get(slot)!, person: () => "ignore", ...told });
const keyOf = (slot: string): ReturnType<typeof publicKeyOf> => publicKeyOf(speculosWords, cold.get(slot));
const accountOf = (slot: string): Address => fromPublicKey(keyOf(slot));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cs-two-"));
  places = new Places();
  opened = [];
  told.length = 0;
});
afterEach(async () => {
  for (const backend of opened) {
    backend.release?.();
    await backend.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

const usb = (): TransportFactory => ({
  ...usbDevices((place) => new EmulatedHid(plugged.get(place)!)),
  list: () => Promise.resolve([...plugged].flatMap(([place, app]) => (app.isGone() ? [] : [place]))),
});

function open(slot: string): Backend {
  const config = checkSlotConfig({
    apiVersion: "countersign/v1",
    kind: "Ledger",
    name: slot,
    app: { blindSigning: "required" },
    memory: join(folder, slot),
    limits: { pollMs: 30, reviewTimeoutMs: 60_000 },
    keys: [{ name: slot, path: devicePath, publicKey: keyOf(slot) }],
  });
  const backend = openLedgerBackend(config, {
    checks: nativeChecks(),
    recovery: "native",
    faults: { at: () => Promise.resolve() },
    places,
    device: { kind: "usb" },
    tell: (sentence) => told.push(sentence),
    start: (orders) => agentHere(orders, usb),
  });
  opened.push(backend);
  return backend;
}

async function signSoon(backend: Backend, slot: string, { digest, unsigned }: Wish): Promise<BackendAnswer> {
  for (;;) {
    const right = { key: parseName(slot), address: accountOf(slot), publicKey: keyOf(slot), digest, unsigned };
    const answer = await backend.sign(SigningPermit.issue(right));
    if (answer.kind !== "busy") return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const ready = async (backend: Backend): Promise<void> => {
  await until("the device is ready", () => backend.health().why === "the device is ready");
};
const signerOf = (answer: BackendAnswer, { digest }: Wish): string =>
  answer.kind === "signed" ? recoverAddress(digest, answer.signature).toLowerCase() : answer.kind;

test("two devices at once: both people read at the same time, and each approves their own", async () => {
  const [a, b] = [device("cold-a"), device("cold-b")];
  plugged = new Map([
    ["/dev/hidraw0", a],
    ["/dev/hidraw1", b],
  ]);
  const backends = { a: open("cold-a"), b: open("cold-b") };
  await ready(backends.a);
  await ready(backends.b);
  const [first, second] = [mintOf(0), mintOf(1)];
  const answers = [signSoon(backends.a, "cold-a", first), signSoon(backends.b, "cold-b", second)];
  await until("both are shown", () => a.review() !== undefined && b.review() !== undefined);
  expect([a.review()?.digest, b.review()?.digest]).toEqual([first.digest, second.digest]);
  b.press("approve");
  expect(signerOf((await answers[1])!, second)).toBe(accountOf("cold-b"));
  expect(a.review()?.digest).toBe(first.digest);
  a.press("approve");
  expect(signerOf((await answers[0])!, first)).toBe(accountOf("cold-a"));
});

test("two devices swapped: each slot finds its own by the key, not by where it is plugged in", async () => {
  const [a, b] = [device("cold-a", { person: () => "approve" }), device("cold-b", { person: () => "approve" })];
  plugged = new Map([
    ["/dev/hidraw0", a],
    ["/dev/hidraw1", b],
  ]);
  const backends = { a: open("cold-a"), b: open("cold-b") };
  await ready(backends.a);
  await ready(backends.b);
  a.unplug();
  b.unplug();
  await until("both are missed", () => !backends.a.health().ready && !backends.b.health().ready);
  plugged = new Map([
    ["/dev/hidraw0", b],
    ["/dev/hidraw1", a],
  ]);
  a.plugIn();
  b.plugIn();
  const [first, second] = [mintOf(0), mintOf(1)];
  expect(signerOf(await signSoon(backends.a, "cold-a", first), first)).toBe(accountOf("cold-a"));
  expect(signerOf(await signSoon(backends.b, "cold-b", second), second)).toBe(accountOf("cold-b"));
});

test("two devices swapped under the same names while bound: the pinned key is asked for, and nothing is shown on the wrong one", async () => {
  const [a, b] = [device("cold-a"), device("cold-b")];
  plugged = new Map([["/dev/hidraw0", a]]);
  const backend = open("cold-a");
  await ready(backend);
  // The same cable, another device at its end: what was bound answers with another seed.
  a.exchange = (apdu) => b.exchange(apdu);
  const right = { key: parseName("cold-a"), address: accountOf("cold-a"), publicKey: keyOf("cold-a"), ...mintOf(0) };
  expect((await backend.sign(SigningPermit.issue(right))).kind).toBe("busy");
  expect(b.heard.some((apdu) => apdu[1] === 0x04)).toBe(false);
});

test("two devices with the same keys: neither is chosen until one of them is taken away", async () => {
  const [one, other] = [device("cold-a"), device("cold-a")];
  plugged = new Map([
    ["/dev/hidraw0", one],
    ["/dev/hidraw1", other],
  ]);
  const backend = open("cold-a");
  await until("both are seen", () => backend.health().why.includes("two devices with these keys"));
  other.unplug();
  await ready(backend);
});

test("a device that is plugged in while a person reads on another is not spoken to through it", async () => {
  const [a, b] = [device("cold-a"), device("cold-b")];
  plugged = new Map([["/dev/hidraw0", a]]);
  const backends = { a: open("cold-a"), b: open("cold-b") };
  await ready(backends.a);
  const wish = mintOf(0);
  const signed = signSoon(backends.a, "cold-a", wish);
  await until("it is shown", () => a.review() !== undefined);
  const before = a.heard.length;
  plugged.set("/dev/hidraw1", b);
  await ready(backends.b);
  expect(a.heard.length).toBe(before);
  a.press("approve");
  expect(signerOf(await signed, wish)).toBe(accountOf("cold-a"));
});
