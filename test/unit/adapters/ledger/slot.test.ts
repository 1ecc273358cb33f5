/** The small parts of the Ledger adapter: paths, files, versions, turns, places, memory, names of failures, and no network. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { exitCodes, runAgent } from "../../../../src/adapters/ledger/agent.ts";
import { parse as parsePath } from "../../../../src/adapters/ledger/derivation-path.ts";
import { failed } from "../../../../src/adapters/ledger/device-failure.ts";
import { Places } from "../../../../src/adapters/ledger/places.ts";
import { formatSlotConfig, parseSlotConfig } from "../../../../src/adapters/ledger/slot-file.ts";
import { openSlotMemory, ownSlot } from "../../../../src/adapters/ledger/slot-memory.ts";
import { Turns } from "../../../../src/adapters/ledger/turns.ts";
import { isAtLeast } from "../../../../src/adapters/ledger/version.ts";
import { ledgerDevice } from "../../../../src/compose/ledger-device.ts";
import { parse as parseName } from "../../../../src/values/name.ts";
import { idOf } from "../../../place/gold.ts";

const text = readFileSync(new URL("../../../../hsm-config/ledger.yaml", import.meta.url), "utf8");
const folder = mkdtempSync(join(tmpdir(), "cs-slot-"));
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(["44'/60'/0'/0/0", "44'/60'/2147483647'", "44'/60'/3'/7"])("takes the path %s", (path) => {
  expect(parsePath(path)).toBe(path);
});

test.each([
  "",
  "44h/60h/0h/0/0",
  "m/44'/60'/0'/0/0",
  "44'/1'/0'/0/0",
  "44'/60'/0/0/0",
  "44'/60'/00'/0/0",
  "44'/60'/2147483648'",
  "44'/60'/x'/0/0",
  7,
])("refuses the path %s, which a library would read as another", (path) => {
  expect(() => parsePath(path)).toThrow(/is not a path/);
});

test("reads the example file, and writes what it reads back", () => {
  const config = parseSlotConfig(text);
  expect(config).toMatchObject({ name: "ledger-cold", app: { blindSigning: "required" } });
  expect(parseSlotConfig(formatSlotConfig(config))).toEqual(config);
  expect(() => parseSlotConfig(text.replace("blindSigning: required", "blindSigning: maybe"))).toThrow(
    /app.blindSigning/,
  );
  expect(() => parseSlotConfig(text.replace("44'/60'", "44h/60h"))).toThrow(/keys.0.path/);
  expect(() => parseSlotConfig("a: 1\na: 2")).toThrow(/YAML/);
});

test.each([
  ["1.22.0", true],
  ["1.22.1-dev", true],
  ["2.0.0", true],
  ["1.21.99", false],
  ["1.9.0", false],
  ["new", false],
])("the version %s is new enough: %s", (version, isNew) => {
  expect(isAtLeast(version, "1.22.0")).toBe(isNew);
});

test("turns are taken in the order of asking, and lost by whoever stops asking", () => {
  let now = 0;
  const turns = new Turns(100, () => now);
  const [a, b, c] = [idOf("a"), idOf("b"), idOf("c")];
  expect([turns.before(a), turns.before(b), turns.before(c)]).toEqual([0, 1, 2]);
  now = 90;
  expect([turns.before(c), turns.before(b)]).toEqual([2, 1]);
  now = 150;
  expect(turns.before(c)).toBe(1);
  turns.leave(b);
  expect(turns.before(c)).toBe(0);
});

test("a place that is one slot's is no other's", () => {
  const places = new Places();
  const [cold, warm] = [parseName("cold"), parseName("warm")];
  places.claim(cold, "/dev/hidraw0");
  expect(places.others(warm)).toEqual(["/dev/hidraw0"]);
  expect(places.others(cold)).toEqual([]);
  places.claim(cold, "/dev/hidraw1");
  expect(places.others(warm)).toEqual(["/dev/hidraw1"]);
  places.setUnsure(cold, true);
  expect(places.isUnsure()).toBe(true);
});

test("memory outlives the process, and half a file stops the signing", () => {
  const digest = idOf("digest");
  openSlotMemory(folder).beginReview(digest);
  openSlotMemory(folder).decline(digest, "rejected");
  expect([openSlotMemory(folder).reviewing(), openSlotMemory(folder).declined(digest)]).toEqual([digest, "rejected"]);
  openSlotMemory(folder).clear();
  expect([openSlotMemory(folder).reviewing(), openSlotMemory(folder).declined(digest)]).toEqual([undefined, undefined]);
  writeFileSync(join(folder, "reviewing.json"), '{"dig');
  expect(() => openSlotMemory(folder).reviewing()).toThrow(/not whole/);
  openSlotMemory(folder).clear();
  expect(openSlotMemory(folder).reviewing()).toBeUndefined();
});

test("memory that cannot be written anew stays as it was", () => {
  const memory = openSlotMemory(folder);
  memory.quarantine("it lied");
  // In the place of the file that would be written first.
  mkdirSync(join(folder, "quarantined.json.new"));
  expect(() => {
    memory.quarantine("it lied again");
  }).toThrow("cannot be written");
  expect(memory.quarantined()).toBe("it lied");
  rmSync(join(folder, "quarantined.json.new"), { recursive: true });
  writeFileSync(join(folder, "quarantined.json.new"), '{"wh');
  expect(memory.quarantined()).toBe("it lied");
  memory.clear();
  expect(readdirSync(folder)).toEqual([]);
});

test("a folder that a living process owns is refused", () => {
  openSlotMemory(folder);
  writeFileSync(join(folder, "owner.pid"), "1\n");
  expect(() => {
    ownSlot(folder);
  }).toThrow(/another process/);
  expect(readFileSync(join(folder, "owner.pid"), "utf8")).toBe("1\n");
  for (const left of ["999999999\n", "", "no number"]) {
    writeFileSync(join(folder, "owner.pid"), left);
    ownSlot(folder);
    expect(readFileSync(join(folder, "owner.pid"), "utf8")).toBe(`${process.pid}\n`);
  }
  ownSlot(folder);
  expect(readdirSync(folder)).toEqual(["owner.pid"]);
});

test("of many processes that ask at once for a device that a dead one left, one gets it", async () => {
  openSlotMemory(folder);
  const module = new URL("../../../../src/adapters/ledger/slot-memory.ts", import.meta.url).href;
  const program = `
    import { existsSync } from "node:fs";
    const { ownSlot } = await import(${JSON.stringify(module)});
    process.stdout.write("ready\\n");
    const rest = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(process.argv[1] + ".go")) Atomics.wait(rest, 0, 0, 1);
    try { ownSlot(process.argv[1]); process.stdout.write("mine\\n"); }
    catch (error) { process.stdout.write(error.code + "\\n"); }
    setInterval(() => undefined, 1000);
  `;
  writeFileSync(join(folder, "owner.pid"), "999999999\n");
  const children = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program, folder], { stdio: "pipe" });
    const said: string[] = [];
    child.stdout.on("data", (bytes: Buffer) => said.push(...bytes.toString().trim().split("\n")));
    return { child, said };
  });
  const all = async (count: number): Promise<void> => {
    const end = Date.now() + 20_000;
    while (children.some(({ said }) => said.length < count)) {
      if (Date.now() > end) throw new Error("a process did not answer");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  try {
    await all(1);
    writeFileSync(`${folder}.go`, "");
    await all(2);
    expect(children.map(({ said }) => said[1]).sort()).toEqual([
      "ledger.owned",
      "ledger.owned",
      "ledger.owned",
      "mine",
    ]);
    const owner = Number(readFileSync(join(folder, "owner.pid"), "utf8"));
    expect(children.find(({ said }) => said[1] === "mine")?.child.pid).toBe(owner);
  } finally {
    for (const { child } of children) child.kill("SIGKILL");
    rmSync(`${folder}.go`, { force: true });
  }
});

test.each([
  [{ statusCode: 0x6985 }, "rejected"],
  [{ statusCode: 0x5501 }, "rejected"],
  [{ name: "LockedDeviceError", statusCode: 0x5515 }, "locked"],
  [{ statusCode: 0x6b0c }, "locked"],
  [{ statusCode: 0x6511 }, "wrong-app"],
  [{ statusCode: 0x6501 }, "type"],
  [{ statusCode: 0x6a15 }, "path"],
  [{ statusCode: 0x6980 }, "not-allowed"],
  [{ statusCode: 0x6f00 }, "device"],
  [{ name: "EthAppPleaseEnableContractData" }, "blind-signing"],
  [{ name: "TransportError", id: "InvalidChannel" }, "contended"],
  [{ name: "TransportError", id: "TransportLocked" }, "library"],
  [{ name: "TypeError", message: "cannot open device with path /dev/hidraw3" }, "gone"],
  [{ message: "Could not locate the bindings file. Tried:" }, "not-built"],
  [{ message: "Cannot find module 'node-hid'", code: "MODULE_NOT_FOUND" }, "missing"],
  [{ message: "Invalid v value" }, "answer"],
])("the error %o is called %s", (error, kind) => {
  expect(failed(Object.assign(new Error("x"), error)).failure.kind).toBe(kind);
});

test("an agent on USB ends when anything in it opens a socket", async () => {
  let hear: (question: unknown) => void = () => undefined;
  const ended = runAgent({ say: () => undefined, hear: (heard) => (hear = heard), over: () => undefined }, () => ({
    list: () => Promise.resolve([]),
    connect: () => Promise.reject(new Error("none")),
  }));
  const { app, keys } = parseSlotConfig(text);
  const pins = keys.map(({ path, publicKey }) => ({ path, publicKey }));
  hear({ id: 1, verb: "start", orders: { device: { kind: "usb" }, app, keys: pins } });
  connect({ host: "127.0.0.1", port: 9 }).on("error", () => undefined);
  expect(await ended).toBe(exitCodes.network);
});

test("an agent ends at a question that the gate would not ask", async () => {
  let hear: (question: unknown) => void = () => undefined;
  const ended = runAgent({ say: () => undefined, hear: (heard) => (hear = heard), over: () => undefined });
  hear({ id: 1, verb: "send", apdu: "e006000000" });
  expect(await ended).toBe(exitCodes.protocol);
});

test("an emulator's address is read exactly, and USB is meant without one", () => {
  expect(ledgerDevice({}, true)).toEqual({ kind: "usb" });
  expect(ledgerDevice({ LEDGER_SPECULOS: "speculos:9999" }, true)).toEqual({
    kind: "speculos",
    host: "speculos",
    port: 9_999,
  });
  for (const wrong of ["speculos", ":1", "a:0", "a:70000", "a:b:c"])
    expect(() => ledgerDevice({ LEDGER_SPECULOS: wrong }, true)).toThrow(/host:port/);
});
