/** The PINs of a whole deployment are looked for everywhere that anybody can look, after a mint and after a refused login. */
import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let root: string;
let data: string;
let demo: ChildProcess;
let said = "";
let api: string;
let pinFiles: readonly string[];
let pins: readonly string[];

/** Starts the demo; resolves with its address once it stays up, or with nothing when it ends instead. */
async function start(): Promise<string | undefined> {
  demo = spawn(process.execPath, ["src/main.ts", "dev", "--data", data, "--port", "0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((resolve) => {
    for (const stream of [demo.stdout, demo.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        const [, url] = /It stays up[^]*API +(http:\S+)/.exec(said) ?? [];
        if (url !== undefined) resolve(url);
      });
    demo.once("close", () => {
      resolve(undefined);
    });
  });
}

async function stop(): Promise<void> {
  if (demo.exitCode !== null) return;
  const gone = new Promise((resolve) => demo.once("exit", resolve));
  demo.kill("SIGTERM");
  await gone;
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "cs-canary-"));
  data = join(root, "dev");
  const url = await start();
  if (url === undefined) throw new Error(`the demo ended: ${said}`);
  api = url;
  pinFiles = globSync(`${data}/**/{pin,so-pin}`);
  pins = pinFiles.map((file) => readFileSync(file, "utf8").trim());
}, 240_000);
afterAll(async () => {
  await stop();
  rmSync(root, { recursive: true, force: true });
});

const holdsPin = (text: string | Buffer): boolean => pins.some((pin) => text.includes(pin));

/** The demo and everything that it started, and they started. */
function family(): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [, , parent = ""] = readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/\(.*\)/s, "()")
        .split(" ")
        .slice(1);
      parents.set(Number(name), Number(parent));
    } catch {
      // It ended meanwhile.
    }
  }
  const found = [demo.pid ?? 0];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
}

describe("the PIN of the token and of its security officer", () => {
  test("are two, and this test would find them", () => {
    expect(pins).toHaveLength(2);
    for (const pin of pins) expect(pin).toMatch(/^[0-9a-f]{32}$/);
    expect(holdsPin(`x${pins[0]}x`)).toBe(true);
    expect(holdsPin(readFileSync(pinFiles[0]!))).toBe(true);
  });

  test("are in nothing that was printed", () => {
    expect(said).toContain("signing key on the token");
    expect(holdsPin(said)).toBe(false);
  });

  test("are in no file but their own: journal, log, store, settings, bundles, the token itself", () => {
    const files = globSync(`${data}/**/*`).filter((file) => statSync(file).isFile() && !pinFiles.includes(file));
    expect(files.map((file) => basename(file))).toEqual(expect.arrayContaining(["token.yaml", "genesis.json"]));
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => holdsPin(readFileSync(file)))).toEqual([]);
  });

  test("are in no environment, on no command line and in no other word of a process", () => {
    const processes = family();
    const lines = processes.map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    expect(lines.some((line) => line.includes("agent-main"))).toBe(true);
    for (const pid of processes)
      for (const file of ["environ", "cmdline", "status", "maps", "limits", "comm"])
        expect([pid, file, holdsPin(readFileSync(`/proc/${pid}/${file}`))]).toEqual([pid, file, false]);
  });

  test("are in no answer of the service, its metrics among them", async () => {
    for (const path of ["healthz", "readyz", "metrics", "openapi.json", "v1/log/checkpoint", "v1/keys", "v1/nothing"]) {
      const text = await (await fetch(`${api}/${path}`)).text();
      expect(text.length).toBeGreaterThan(2);
      expect([path, holdsPin(text)]).toEqual([path, false]);
    }
    const credential = join(data, "people", "otto.json");
    for (const words of [
      "request list",
      "asset show GLD",
      "change list",
      `log export --out ${join(root, "log")}`,
      "doctor",
    ]) {
      const read = words === "doctor" ? [] : ["--credential", credential];
      const args = [...words.split(" "), "--json", "--api", api, "--genesis", join(data, "genesis.json"), ...read];
      const text = await printed(["src/main.ts", ...args]);
      expect([words, text.length > 2, holdsPin(text)]).toEqual([words, true, false]);
    }
    expect(holdsPin(readFileSync(join(root, "log")))).toBe(false);
  });
});

test("a PIN that the token refuses is in no word of the refusal and in no file", async () => {
  await stop();
  const wrong = "ca11ab1e".repeat(4);
  const file = pinFiles.find((one) => basename(one) === "pin")!;
  chmodSync(file, 0o600);
  writeFileSync(file, wrong);
  said = "";
  expect(await start()).toBeUndefined();
  expect(readFileSync(join(data, "logs", "gate.log"), "utf8")).toMatch(/CKR_PIN_INCORRECT/);
  expect(said).not.toContain(wrong);
  const files = globSync(`${data}/**/*`).filter((one) => statSync(one).isFile() && one !== file);
  expect(files.some((one) => basename(one) === "refused-pins")).toBe(true);
  expect(files.filter((one) => readFileSync(one).includes(wrong))).toEqual([]);
}, 120_000);

async function printed(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => (text += part));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect([args.join(" "), code, text]).toEqual([args.join(" "), 0, expect.any(String)]);
  return text;
}
