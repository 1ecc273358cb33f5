/** `countersign agent` as its operator runs it: the gate, without any network, reaches its token through it, and waits while it is away. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { formatTokenConfig } from "../../../src/adapters/pkcs11/token-file.ts";
import { changed } from "../../place/softhsm.ts";
import { gateFiles, startGateProcess, type GateFiles, type GateProcess } from "./gate-process.ts";

const main = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));

let files: GateFiles;
let gate: GateProcess | undefined;
let agent: ChildProcess | undefined;

beforeAll(async () => {
  files = await gateFiles();
  const { token } = files.token;
  writeFileSync(files.at("agent.key"), randomBytes(32).toString("hex"), { mode: 0o600 });
  const config = changed(token.config, (draft) => {
    draft["agent"] = { socket: files.at("agent/agent.sock"), keyFile: files.at("agent.key") };
  });
  writeFileSync(token.configFile, formatTokenConfig(config), { mode: 0o600 });
});
afterAll(async () => {
  agent?.kill("SIGKILL");
  await gate?.end("SIGKILL");
  files.remove();
});

async function startAgent(): Promise<void> {
  const words = ["--disable-warning=ExperimentalWarning", main, "agent", "--config", files.token.token.configFile];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  agent = child;
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  await vi.waitFor(
    () => {
      expect(said).toContain(`the token agent waits for the gate at ${files.at("agent/agent.sock")}`);
    },
    { timeout: 20_000, interval: 50 },
  );
}

const becomes = (ready: boolean): Promise<void> =>
  vi.waitFor(
    async () => {
      const { backends } = await gate!.gate.health();
      expect(backends.map((one) => one.ready)).toEqual([ready]);
    },
    { timeout: 20_000, interval: 50 },
  );

test("a gate reaches its token through it, says when it is away, and finds it again", async () => {
  await startAgent();
  gate = await startGateProcess(files);
  await becomes(true);
  const gone = once(agent!, "exit");
  agent!.kill("SIGTERM");
  expect(await gone).toEqual([0, null]);
  await becomes(false);
  expect((await gate.gate.health()).backends[0]?.why).toContain("the token agent at");
  await startAgent();
  await becomes(true);
}, 90_000);
