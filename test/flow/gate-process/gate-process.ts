/** The gate as its operator runs it: a process of its own, here without any network, over files made for one test. */
import { spawn, type ChildProcess } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { connectGate } from "../../../src/adapters/socket/client.ts";
import type { Gate } from "../../../src/flow/serve/gate.port.ts";
import { fromPublicKey } from "../../../src/values/address.ts";
import { toBytes } from "../../../src/values/hex.ts";
import * as name from "../../../src/values/name.ts";
import { goldDeployment, type Deployment } from "../../place/gold.ts";
import { testSecret } from "../../place/people.ts";
import { makeTestToken, type TestToken } from "../../place/softhsm.ts";

const main = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));
const recorder = new URL("./record-modules.ts", import.meta.url).href;

export type GateFiles = {
  readonly folder: string;
  readonly config: string;
  readonly at: (file: string) => string;
  readonly deployment: Deployment;
  readonly token: TestToken;
  readonly remove: () => void;
};

/** A SoftHSM token with the key, a genesis that pins it, the log key and the configuration. */
export async function gateFiles(): Promise<GateFiles> {
  const token = await makeTestToken("hsm-mint");
  const { publicKey } = token.keys["hsm-mint"]!;
  const key = { id: name.parse("hsm-mint"), account: fromPublicKey(publicKey), publicKey, backend: "pkcs11" } as const;
  const deployment = goldDeployment({ key });
  const folder = mkdtempSync(join(tmpdir(), "gate-"));
  const at = (file: string): string => join(folder, file);
  writeFileSync(at("genesis.json"), JSON.stringify(deployment.file), { mode: 0o600 });
  writeFileSync(at("log.key"), logKeyPem(), { mode: 0o400 });
  writeFileSync(at("gate.yaml"), stringify({ tokens: [token.token.configFile] }), { mode: 0o600 });
  const remove = (): void => {
    token.remove();
    rmSync(folder, { recursive: true });
  };
  return { folder, config: at("gate.yaml"), at, deployment, token, remove };
}

/** The test's own log key, whose public part the genesis of the tests names, as PKCS #8. */
export function logKeyPem(): string {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), toBytes(testSecret("log"))]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" })
    .export({ format: "pem", type: "pkcs8" })
    .toString();
}

export type GateProcess = {
  readonly gate: Gate;
  readonly pid: () => number;
  readonly said: () => string;
  /** Sends the signal and waits for the end: exit code or signal. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | string | null>;
  /** After an orderly end: every module the process loaded, and which modules asked for it. */
  readonly modules: () => readonly { readonly url: string; readonly by: readonly string[] }[];
};

/**
 * Starts `countersign gate` in a network namespace in which nothing is up, and waits until it answers. With `group` it leads a process
 * group of its own, and is ended with everything in it, as a service manager does.
 */
export async function startGateProcess(
  files: GateFiles,
  options: { readonly group?: true } = {},
): Promise<GateProcess> {
  const list = files.at("modules.json");
  const child = run(files.config, { GATE_MODULES_FILE: list }, options.group === true);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const gate = connectGate(files.at("run/gate.sock"), { timeoutMs: 5_000 });
  const gone = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  await untilAnswered(gate, child, () => said);
  return {
    gate,
    // `unshare` runs the gate in its own place, without a fork.
    pid: () => child.pid ?? 0,
    said: () => said,
    end: async (signal) => {
      if (options.group === true && child.pid !== undefined) process.kill(-child.pid, signal);
      else child.kill(signal);
      const [code, by] = await gone;
      gate.close();
      return by ?? code;
    },
    modules: () => JSON.parse(readFileSync(list, "utf8")) as { url: string; by: string[] }[],
  };
}

/** A start that is expected to fail: exit code and the words on standard error. */
export async function failToStart(files: GateFiles): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = run(files.config, {});
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(late);
  return { code, said };
}

function run(config: string, environment: Readonly<Record<string, string>>, detached = false): ChildProcess {
  const node = [process.execPath, "--disable-warning=ExperimentalWarning", "--import", recorder, main];
  return spawn("unshare", ["-rn", ...node, "gate", "--config", config], {
    env: { ...process.env, ...environment },
    detached,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

async function untilAnswered(gate: Gate, child: ChildProcess, said: () => string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the gate ended with ${String(child.exitCode)}: ${said()}`);
    const answered = await gate.health().then(
      () => true,
      () => false,
    );
    if (answered) return;
    await sleep(100);
  }
  child.kill("SIGKILL");
  throw new Error(`the gate did not answer: ${said()}`);
}
