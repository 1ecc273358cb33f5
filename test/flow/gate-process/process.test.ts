/** The gate's process: without a network it decides and signs, it ends in order, and it does not start exposed. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { createLogKey } from "../../../src/adapters/log-key/key-file.ts";
import { parse as parseTransaction } from "../../../src/chain/transaction.ts";
import { connectGate } from "../../../src/adapters/socket/client.ts";
import { startGate } from "../../../src/compose/gate.ts";
import { fees, requestIdOf } from "../../place/gate.ts";
import { approval, attestation, sightings, submission } from "../../place/gold.ts";
import { failToStart, gateFiles, startGateProcess, type GateFiles, type GateProcess } from "./gate-process.ts";

let files: GateFiles;
let running: GateProcess | undefined;

beforeAll(async () => {
  files = await gateFiles();
});

afterEach(async () => {
  await running?.end("SIGKILL");
  running = undefined;
});

afterAll(() => {
  files.remove();
});

async function start(): Promise<GateProcess> {
  running = await startGateProcess(files);
  return running;
}

/** A mint of a hundred with everything it needs, handed to the gate. */
async function approvedMint(
  { gate }: Pick<GateProcess, "gate">,
  reference: string,
): Promise<ReturnType<typeof requestIdOf>> {
  const { deployment } = files;
  const now = Math.floor(Date.now() / 1000);
  const seen = sightings(deployment, { blockNumber: now % 1_000_000, blockTime: now - 1 });
  const said = submission(deployment, { now, intent: { reference } });
  const people = [approval(deployment, said, "carla"), approval(deployment, said, "chris")];
  for (const envelope of [...seen, attestation(deployment, now, { sequence: now }), said, ...people]) {
    expect(await gate.admit(envelope)).toMatchObject({ kind: "admitted" });
  }
  return requestIdOf(said);
}

describe("a gate without a network", () => {
  it("answers over its socket, and has no other", async () => {
    const { gate, pid } = await start();
    const health = await gate.health();
    expect(health).toMatchObject({ kind: "health", deployment: files.deployment.deploymentId, frozen: [] });
    expect(health.backends).toMatchObject([{ keys: ["hsm-mint"], ready: true }]);
    // Of its namespace, not of ours: only the loopback device is there, and it is down.
    const devices = readFileSync(`/proc/${String(pid())}/net/dev`, "utf8");
    expect(devices.match(/^ *[a-z0-9]+:/gm)?.map((line) => line.trim())).toEqual(["lo:"]);
    for (const table of ["tcp", "tcp6", "udp", "udp6", "raw"])
      expect(
        readFileSync(`/proc/${String(pid())}/net/${table}`, "utf8")
          .trim()
          .split("\n"),
      ).toHaveLength(1);
    const handles = readdirSync(`/proc/${String(pid())}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${String(pid())}/fd/${fd}`)];
      } catch {
        return [];
      }
    });
    expect(handles).toContain(files.at("journal.sqlite"));
  });

  it("signs in the token what two custodians approved, and ends in order", async () => {
    const process = await start();
    const requestId = await approvedMint(process, "DEPOSIT-1");
    const answer = await process.gate.sign({ verb: "sign", requestId, fees });
    expect(answer).toMatchObject({ kind: "signed", nonce: 0 });
    if (answer.kind !== "signed") return;
    expect(parseTransaction(answer.raw).transaction.to).toBe(files.deployment.policy.token.address);
    running = undefined;
    expect(await process.end("SIGTERM")).toBe(0);
    expect(existsSync(files.at("run/gate.sock"))).toBe(false);
    const again = await start();
    expect(await again.gate.sign({ verb: "sign", requestId, fees })).toEqual(answer);
  });

  it("that is killed comes back with what it had", async () => {
    const process = await start();
    const before = await process.gate.head();
    running = undefined;
    expect(await process.end("SIGKILL")).toBe("SIGKILL");
    const { gate } = await start();
    expect(await gate.head()).toMatchObject({ size: before.size, epoch: before.epoch });
  });

  it("that is told to end lets a running signing finish, and takes no new call", async () => {
    let reached = (): void => undefined;
    let release = (): void => undefined;
    const asking = new Promise<void>((resolve) => (reached = resolve));
    const held = new Promise<void>((resolve) => (release = resolve));
    const faults = {
      at: async (point: string): Promise<void> => {
        if (point !== "gate:permit-stored") return;
        reached();
        await held;
      },
    };
    const process = await startGate(files.config, { faults });
    const gate = connectGate(process.socket);
    const requestId = await approvedMint({ gate }, "DEPOSIT-2");
    const answer = gate.sign({ verb: "sign", requestId, fees });
    await asking;
    const closing = process.close();
    await expect(gate.head()).rejects.toThrow("about to stop");
    release();
    expect(await answer).toMatchObject({ kind: "signed", nonce: 1 });
    await closing;
    gate.close();
  });

  it("makes its socket and journal for its own group and user", async () => {
    await start();
    expect(statSync(files.at("run")).mode & 0o777).toBe(0o750);
    expect(statSync(files.at("run/gate.sock")).mode & 0o777).toBe(0o660);
    expect(statSync(files.at("journal.sqlite")).mode & 0o777).toBe(0o600);
  });
});

describe("a gate does not start", () => {
  /** In this process, which is quicker; the first test shows what the command makes of it. */
  const refused = async (sentence: string): Promise<void> => {
    await expect(startGate(files.config, { warn: () => undefined })).rejects.toThrow(sentence);
  };

  it("while another one has the journal, and says so in one sentence with exit code 2", async () => {
    await start();
    const { code, said } = await failToStart(files);
    expect(said).toContain("another process has the journal open");
    expect(said.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
  });

  it.each([
    ["gate.yaml", 0o640, "can be read by other users"],
    ["journal.sqlite", 0o604, "can be read by other users"],
    ["log.key", 0o440, "can be read by other users"],
    [".", 0o770, "can be changed by other users"],
  ])("when another user may read %s", async (file, mode, sentence) => {
    const path = files.at(file);
    const before = statSync(path).mode & 0o777;
    chmodSync(path, mode);
    await refused(sentence);
    chmodSync(path, before);
  });

  it("when another user may read a PIN", async () => {
    const { pin } = files.token.token.config.login;
    const path = "file" in pin ? pin.file : "";
    chmodSync(path, 0o444);
    await refused(path);
    chmodSync(path, 0o400);
  });

  it("on a token whose profile was never run on its device, until that is accepted by name", async () => {
    const { configFile } = files.token.token;
    const before = readFileSync(configFile, "utf8");
    writeFileSync(configFile, before.replace("profile: softhsm", "profile: generic"));
    await refused("has the profile `generic`, which was never run on its device");
    writeFileSync(configFile, before.replace("profile: softhsm", "profile: generic\nacceptUnverified: luna"));
    await refused("never run on its device");
    writeFileSync(configFile, before.replace("profile: softhsm", "profile: generic\nacceptUnverified: generic"));
    await (await startGate(files.config)).close();
    writeFileSync(configFile, before);
  });

  it("but in development it warns of files that others may read", async () => {
    const text = readFileSync(files.config, "utf8");
    writeFileSync(files.config, stringify({ tokens: [], dev: true }));
    chmodSync(files.config, 0o644);
    const warnings: string[] = [];
    const gate = await startGate(files.config, { warn: (sentence) => warnings.push(sentence) });
    expect(warnings).toEqual([expect.stringContaining("can be read by other users")]);
    await gate.close();
    writeFileSync(files.config, text);
    chmodSync(files.config, 0o600);
  });

  it("and leaves nothing open: the next start succeeds", async () => {
    const text = readFileSync(files.config, "utf8");
    mkdirSync(files.at("open"));
    chmodSync(files.at("open"), 0o777);
    writeFileSync(files.config, stringify({ tokens: [files.token.token.configFile], socket: "open/gate.sock" }));
    await refused("open to other users");
    writeFileSync(files.config, text);
    await (await startGate(files.config)).close();
  });

  it("with a log key that the genesis does not name", async () => {
    const text = readFileSync(files.config, "utf8");
    createLogKey(files.at("other.key"));
    writeFileSync(files.config, stringify({ tokens: [files.token.token.configFile], logKey: "other.key" }));
    await refused("is not the one that speaks for this journal's log");
    writeFileSync(files.config, text);
  });

  it.each([
    [{ tokens: [], network: true }, "network"],
    [{ tokens: "token.yaml" }, "tokens"],
    [{ tokens: ["no-such-token.yaml"] }, "no-such-token.yaml` cannot be read"],
    [{ tokens: [], genesis: "nowhere.json" }, "nowhere.json` cannot be read"],
    [{ tokens: [], logKey: "nowhere.key" }, "nowhere.key` cannot be opened"],
  ])("with the settings %j", async (settings, sentence) => {
    const text = readFileSync(files.config, "utf8");
    writeFileSync(files.config, stringify(settings));
    await refused(sentence);
    writeFileSync(files.config, text);
  });

  it("when its configuration is a link", async () => {
    const link = files.at("link.yaml");
    symlinkSync(files.config, link);
    await expect(startGate(link)).rejects.toThrow("is a link");
  });
});
