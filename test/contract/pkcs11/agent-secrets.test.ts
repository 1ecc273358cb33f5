/** What the agent's process shows to others, and what it accepts from its parent. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeJson, encodeSign } from "../../../src/adapters/pkcs11/agent-message.ts";
import { startAgent, type Agent } from "../../../src/adapters/pkcs11/agent-process.ts";
import type { Verb } from "../../../src/adapters/pkcs11/frame.ts";
import { makeTestToken, type TestToken } from "../../place/softhsm.ts";

let token: TestToken;
let agent: Agent;
let pin: string;

beforeAll(async () => {
  process.env["GATE_SECRET"] = "not for the agent";
  token = await makeTestToken("hot");
  pin = readFileSync(`${token.folder}/token/pin`, "utf8").trim();
  agent = startAgent(token.token.config, "sign");
  await agent.ready;
});
afterAll(async () => {
  delete process.env["GATE_SECRET"];
  agent.kill();
  await agent.gone;
  token.remove();
});

const of = (file: string): string => readFileSync(`/proc/${agent.pid}/${file}`, "utf8");

describe("the agent's process", () => {
  test("has in its environment what the list says, and nothing else", () => {
    const names = of("environ")
      .split("\0")
      .filter((line) => line !== "")
      .map((line) => line.slice(0, line.indexOf("=")));
    expect(names.sort()).toEqual(["SOFTHSM2_CONF", "UV_THREADPOOL_SIZE"]);
    expect(of("environ")).toContain("UV_THREADPOOL_SIZE=8");
  });

  test("is node itself, not a shell around it", () => {
    expect(readlinkSync(`/proc/${agent.pid}/exe`)).toBe(process.execPath);
  });

  test("shows the PIN neither in its environment nor on its command line nor in what it printed", () => {
    expect(pin).toMatch(/^[0-9a-f]{32}$/);
    for (const shown of [of("environ"), of("cmdline"), agent.output()]) expect(shown).not.toContain(pin);
    expect(of("cmdline").split("\0").slice(-3, -1)).toEqual([expect.stringMatching(/agent-main\.ts$/), "sign"]);
  });

  test("leaves no core file", () => {
    expect(of("limits")).toMatch(/^Max core file size +0 +0 /m);
  });

  test("has no file of its parent open", () => {
    const ours = new Set(
      readdirSync("/proc/self/fd").flatMap((fd) => {
        try {
          const target = readlinkSync(`/proc/self/fd/${fd}`);
          return target.startsWith("/") && !target.startsWith("/dev/") ? [target] : [];
        } catch {
          return [];
        }
      }),
    );
    const theirs = readdirSync(`/proc/${agent.pid}/fd`).map((fd) => readlinkSync(`/proc/${agent.pid}/fd/${fd}`));
    expect(theirs.filter((target) => ours.has(target))).toEqual([]);
  });
});

describe("an agent that signs", () => {
  test("lists its keys and tells how it is", async () => {
    const inventory = JSON.parse(Buffer.from(await agent.ask("inventory", new Uint8Array())).toString()) as object[];
    expect(inventory).toMatchObject([{ label: "countersign/test/hot/1", findings: [] }]);
    expect(JSON.parse(Buffer.from(await agent.ask("health", new Uint8Array())).toString())).toMatchObject({
      discarded: 0,
    });
  });

  test.each([0, 1, 31, 33, 64])("refuses a digest of %i bytes", async (length) => {
    await expect(agent.ask("sign", new Uint8Array(2 + length))).rejects.toMatchObject({
      failure: { class: "config", why: "a digest has 32 bytes" },
    });
  });

  test("refuses a key nobody configured", async () => {
    await expect(agent.ask("sign", encodeSign(1, new Uint8Array(32)))).rejects.toMatchObject({
      failure: { class: "request", why: "there is no key number 1" },
    });
  });

  test.each<[Verb, Uint8Array]>([
    ["keygen", encodeJson({ id: "aa", label: "stray", origin: "made" })],
    ["initToken", encodeJson({ label: "stray", soPinFile: "/etc/hostname" })],
    ["start", new Uint8Array(64)],
  ])("ends itself when it is asked to %s", async (verb, payload) => {
    const other = startAgent(token.token.config, "sign");
    await other.ready;
    await expect(other.ask(verb, payload)).rejects.toMatchObject({
      failure: { class: "reconnect", why: "the token agent ended (exit 70)" },
    });
    await expect(other.gone).resolves.toBe("the token agent ended (exit 70)");
  });
});
