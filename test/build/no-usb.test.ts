/** A server without Ledger's packages: everything else runs, and what a configured Ledger needs is said. */
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { connectGate } from "../../src/adapters/socket/client.ts";
import { publicKeyOf } from "../contract/ledger/slot-place.ts";
import { goldDeployment } from "../place/gold.ts";
import { fromPublicKey } from "../../src/values/address.ts";
import { parse as parseName } from "../../src/values/name.ts";
import { logKeyPem } from "../flow/gate-process/gate-process.ts";

const here = fileURLToPath(new URL("../..", import.meta.url));
const publicKey = publicKeyOf();
const key = { id: parseName("ledger-cold"), account: fromPublicKey(publicKey), publicKey, backend: "ledger" } as const;
const missing = "the packages for Ledger devices are not installed here (npm install --include=optional)";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "cs-no-usb-"));
  cpSync(join(here, "src"), join(root, "src"), { recursive: true });
  cpSync(join(here, "package.json"), join(root, "package.json"));
  mkdirSync(join(root, "node_modules"));
  const left = ["@ledgerhq", "node-hid"];
  for (const name of readdirSync(join(here, "node_modules")))
    if (!left.includes(name)) symlinkSync(join(here, "node_modules", name), join(root, "node_modules", name));
  const device = {
    apiVersion: "countersign/v1",
    kind: "Ledger",
    name: "ledger-cold",
    app: { blindSigning: "required" },
    memory: join(root, "memory"),
    limits: { pollMs: 100 },
    keys: [{ name: "ledger-cold", path: "44'/60'/0'/0/0", publicKey }],
  };
  const file = (name: string, content: string): void => {
    writeFileSync(join(root, name), content, { mode: 0o600 });
  };
  file("cold.yaml", stringify(device));
  file("genesis.json", JSON.stringify(goldDeployment({ key }).file));
  file("log.key", logKeyPem());
  file("gate.yaml", stringify({ tokens: [], ledgers: ["cold.yaml"], dev: true }));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const run = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  try {
    return {
      code: 0,
      ...(await promisify(execFile)(process.execPath, [join(root, "src/main.ts"), ...args], { env: {} })),
    };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
};

test("commands that need no device run, and those that do say what to install", async () => {
  expect(await run("--version")).toMatchObject({ code: 0, stderr: "" });
  const vector = join(here, "test", "vectors", "bundle", "v0.1.0-made");
  const genesis = readFileSync(`${vector}.genesis`, "utf8").trim();
  expect(await run("bundle", "verify", `${vector}.json`, "--genesis", genesis)).toMatchObject({ code: 0, stderr: "" });
  for (const words of [
    ["ledger", "list"],
    ["ledger", "check", "--config", join(root, "cold.yaml")],
  ]) {
    const said = await run(...words);
    expect(said.code).toBe(2);
    expect(said.stderr).toContain(missing);
  }
});

test("a gate with a Ledger configured starts, answers, and says what its slot lacks", async () => {
  const child = spawn(process.execPath, [join(root, "src/main.ts"), "gate", "--config", join(root, "gate.yaml")], {
    env: {},
    stdio: "ignore",
  });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const gate = connectGate(join(root, "run", "gate.sock"), { timeoutMs: 5_000 });
  try {
    let why = "";
    for (let tries = 0; tries < 200 && !why.includes("packages"); tries += 1) {
      why = await gate.health().then(
        ({ backends }) => backends[0]?.why ?? "",
        () => "",
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(why).toBe(missing);
    expect((await gate.head()).kind).toBe("head");
    expect(child.exitCode).toBe(null);
  } finally {
    gate.close();
    child.kill("SIGTERM");
    await gone;
  }
});
