/** Our seam over Ledger's own libraries over the emulated app: what comes through, what does not, and that nobody is called. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import dns from "node:dns";
import { Transaction, TypedDataEncoder, verifyTypedData, HDNodeWallet, recoverAddress } from "ethers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse as parsePath, usualPath } from "../../../src/adapters/ledger/derivation-path.ts";
import { DeviceFailure, type FailureKind } from "../../../src/adapters/ledger/device-failure.ts";
import type { Connection, TransportFactory } from "../../../src/adapters/ledger/eth-app.ts";
import { connect } from "../../../src/adapters/ledger/ledgerjs/hw-app-eth.ts";
import type { Transport } from "../../../src/adapters/ledger/ledgerjs/library.ts";
import { speculosDevice } from "../../../src/adapters/ledger/ledgerjs/speculos.ts";
import { usbDevices } from "../../../src/adapters/ledger/ledgerjs/usb.ts";
import { parse as parseHex } from "../../../src/values/hex.ts";
import { EmulatedHid } from "../../place/ethereum-app/emulated-hid.ts";
import { EmulatedTransport } from "../../place/ethereum-app/emulated-transport.ts";
import { EthereumApp } from "../../place/ethereum-app/ethereum-app.ts";
import { openSpeculosPort, type SpeculosPort } from "../../place/ethereum-app/speculos-port.ts";
import { speculosWords } from "../../place/ethereum-app/wallet.ts";

const path = parsePath(usualPath);
const owner = HDNodeWallet.fromPhrase(speculosWords, "", `m/${usualPath}`).address;
const fee = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 10n ** 9n, gasLimit: 90_000 };
const mint = Transaction.from({
  type: 2,
  chainId: 31_337,
  to: `0x${"11".repeat(20)}`,
  data: `0x40c10f19${"07".repeat(64)}`,
  ...fee,
});

let app: EthereumApp;
let port: SpeculosPort | undefined;
beforeEach(() => {
  app = new EthereumApp();
});
afterEach(async () => {
  await port?.close();
  port = undefined;
});

const overApdus = (): Connection => connect(new EmulatedTransport(app) as unknown as Transport);
const overHid = (): Promise<Connection> => usbDevices(() => new EmulatedHid(app)).connect("emulated");
async function overSpeculos(): Promise<Connection> {
  port = await openSpeculosPort(app);
  const factory: TransportFactory = speculosDevice(port);
  const [place = ""] = await factory.list();
  return factory.connect(place);
}

async function kindOf(call: Promise<unknown>): Promise<FailureKind | "settled"> {
  try {
    await call;
    return "settled";
  } catch (error) {
    if (error instanceof DeviceFailure) return error.failure.kind;
    throw error;
  }
}

test.each([
  ["commands", () => Promise.resolve(overApdus())],
  ["reports on USB", overHid],
  ["Speculos' port", overSpeculos],
])("over %s the app tells what it is and signs what recovers to its address", async (_, opened) => {
  const { app: eth, close } = await opened();
  expect(await eth.open()).toEqual({ name: "Ethereum", version: "1.22.0" });
  expect(await eth.settings()).toEqual({ blindSigning: true });
  expect(await eth.publicKey(path, false)).toMatch(/^0x04[0-9a-f]{128}$/);
  const { r, s, yParity } = await eth.signTransaction(path, parseHex(mint.unsignedSerialized));
  expect(recoverAddress(mint.unsignedHash, { r: `0x${r}`, s: `0x${s}`, yParity: yParity === 1 ? 1 : 0 })).toBe(owner);
  await close();
});

test.each([
  ["0", { type: 0, gasPrice: 1n, chainId: 2 ** 40 }],
  ["1", { type: 1, gasPrice: 1n, chainId: 5 }],
  ["2", { type: 2, chainId: 1, data: `0x${"ab".repeat(1_000)}` }],
  ["4", { type: 4, chainId: 1, authorizationList: [] }],
])("a transaction of type %s has the parity of its signature", async (_, more) => {
  const tx = Transaction.from({ to: owner, value: 1n, ...more });
  const { r, s, yParity } = await overApdus().app.signTransaction(path, parseHex(tx.unsignedSerialized));
  expect(recoverAddress(tx.unsignedHash, { r: `0x${r}`, s: `0x${s}`, yParity: yParity === 1 ? 1 : 0 })).toBe(owner);
});

const types = {
  EIP712Domain: [
    { name: "name", type: "string" },
    { name: "version", type: "string" },
    { name: "salt", type: "bytes32" },
  ],
  Approval: [
    { name: "decision", type: "string" },
    { name: "account", type: "address" },
    { name: "amount", type: "uint256" },
    { name: "policyHash", type: "bytes32" },
    { name: "reason", type: "string" },
  ],
};
const domain = { name: "Countersign", version: "1", salt: `0x${"5a".repeat(32)}` };
const said = (reason: string): Record<string, unknown> => ({
  decision: "approve",
  account: owner.toLowerCase(),
  amount: "1000000000000000000000",
  policyHash: `0x${"77".repeat(32)}`,
  reason,
});

test("a statement is shown field by field and signed as any wallet would", async () => {
  const message = said("checked the receipt");
  let shown: readonly (readonly string[])[] = [];
  app.settings.person = (review) => {
    shown = review.screens;
    return "approve";
  };
  const { app: eth } = await overHid();
  const { r, s, yParity } = await eth.signTypedData(path, { types, primaryType: "Approval", domain, message });
  const signature = { r: `0x${r}`, s: `0x${s}`, yParity: yParity === 1 ? (1 as const) : (0 as const) };
  expect(verifyTypedData(domain, { Approval: types.Approval }, message, signature)).toBe(owner);
  expect(TypedDataEncoder.hash(domain, { Approval: types.Approval }, message)).toMatch(/^0x/);
  expect(shown).toContainEqual(["amount", "1000000000000000000000"]);
  expect(shown).toContainEqual(["reason", "checked the receipt"]);
  // Never the two hashes alone.
  expect(app.heard.some((apdu) => apdu[1] === 0x0c && apdu[3] === 0x00)).toBe(false);
});

test.each([253, 255, 300, 508, 511])("a text of %d bytes reaches the device whole", async (length) => {
  const typed = { types, primaryType: "Approval", domain, message: said("x".repeat(length)) };
  expect(await kindOf(overApdus().app.signTypedData(path, typed))).toBe("settled");
});

test.each([254, 509, 510])("a text of %d bytes is refused before the device hears of it", async (length) => {
  const typed = { types, primaryType: "Approval", domain, message: said("x".repeat(length)) };
  expect(await kindOf(overApdus().app.signTypedData(path, typed))).toBe("bad-data");
  expect(app.heard).toEqual([]);
});

test("each refusal of the device has its name", async () => {
  const { app: eth } = overApdus();
  const sign = (): Promise<unknown> => eth.signTransaction(path, parseHex(mint.unsignedSerialized));
  app.settings.blindSigning = false;
  expect(await kindOf(sign())).toBe("blind-signing");
  app.settings.blindSigning = true;
  app.settings.person = () => "reject";
  expect(await kindOf(sign())).toBe("rejected");
  app.settings.locked = true;
  expect(await kindOf(sign())).toBe("locked");
  expect(await kindOf(eth.open())).toBe("locked");
  app.settings.locked = false;
  for (const word of [0x6e00, 0x6d00, 0x6d02, 0x650f, 0x6511]) {
    Object.assign(app.settings, { app: "Bitcoin", otherAppWord: word });
    expect(await kindOf(eth.settings())).toBe("wrong-app");
  }
});

test("a pulled cable is told, over every way to the device", async () => {
  for (const opened of [overHid, overSpeculos]) {
    app = new EthereumApp({ person: () => "unplug" });
    const { app: eth } = await opened();
    expect(await kindOf(eth.signTransaction(path, parseHex(mint.unsignedSerialized)))).toBe("gone");
  }
});

test("two commands at once are our own fault, and never reach the device together", async () => {
  app.settings.person = () => "ignore";
  const { app: eth } = await overHid();
  const first = eth.signTransaction(path, parseHex(mint.unsignedSerialized));
  await new Promise(setImmediate);
  expect(await kindOf(eth.publicKey(path, false))).toBe("library");
  app.press("approve");
  expect(await kindOf(first)).toBe("settled");
});

test("an answer on another program's channel is seen as another program", async () => {
  const handle = new EmulatedHid(app);
  const { app: eth } = await usbDevices(() => handle).connect("emulated");
  app.settings.person = () => "ignore";
  const signed = eth.signTransaction(path, parseHex(mint.unsignedSerialized));
  await new Promise(setImmediate);
  handle.send(Buffer.from([0xff, 0xff]), Buffer.from("9000", "hex"));
  expect(await kindOf(signed)).toBe("contended");
});

test("what an earlier program left unread is thrown away before the first command", async () => {
  const handle = new EmulatedHid(app);
  handle.send(Buffer.from([1, 1]), Buffer.from("9000", "hex"));
  const { app: eth } = await usbDevices(() => handle).connect("emulated");
  expect(await eth.open()).toEqual({ name: "Ethereum", version: "1.22.0" });
});

test("a machine without the native package says what is missing", async () => {
  const { app: eth } = await usbDevices(() => {
    throw Object.assign(new Error("Cannot find module 'node-hid'"), { code: "MODULE_NOT_FOUND" });
  })
    .connect("/dev/hidraw0")
    .catch((error: unknown) => {
      expect(error).toBeInstanceOf(DeviceFailure);
      expect((error as DeviceFailure).failure).toMatchObject({ kind: "missing" });
      return { app: undefined };
    });
  expect(eth).toBeUndefined();
});

test("no socket is opened and no name is looked up, whatever is signed", async () => {
  const sockets: unknown[] = [];
  const names: string[] = [];
  const count = (message: unknown): void => {
    sockets.push(message);
  };
  const lookup = dns.lookup;
  Object.assign(dns, { lookup: (name: string) => names.push(name) });
  subscribe("net.client.socket", count);
  try {
    const { app: eth } = await overHid();
    const swap = Transaction.from({ type: 2, chainId: 1, to: mint.to, ...fee, data: `0x3593564c${"00".repeat(96)}` });
    const token = Transaction.from({
      type: 2,
      chainId: 1,
      to: "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
      data: `0xa9059cbb${"00".repeat(64)}`,
      ...fee,
    });
    for (const tx of [mint, swap, token]) await eth.signTransaction(path, parseHex(tx.unsignedSerialized));
    const permit = { ...domain, chainId: 1, verifyingContract: token.to };
    const more = [
      { name: "chainId", type: "uint256" },
      { name: "verifyingContract", type: "address" },
    ];
    for (const one of [
      { types, primaryType: "Approval", domain, message: said("ok") },
      {
        types: { ...types, EIP712Domain: [...types.EIP712Domain, ...more] },
        primaryType: "Approval",
        domain: permit,
        message: said("ok"),
      },
    ])
      await eth.signTypedData(path, one);
    expect(sockets).toEqual([]);
    expect(names).toEqual([]);
    Object.assign(dns, { lookup });
    // The count can see: the same channel tells of a socket that is opened.
    const speculos = await overSpeculos();
    expect(sockets.length).toBeGreaterThan(0);
    await speculos.close();
  } finally {
    unsubscribe("net.client.socket", count);
    Object.assign(dns, { lookup });
  }
});
