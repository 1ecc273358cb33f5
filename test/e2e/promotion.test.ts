/** The drill: the gate is killed, a standby takes over and mints with the next nonce, and the old gate that wakes up signs nothing. */
import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { connectGate } from "../../src/adapters/socket/client.ts";
import { startGate } from "../../src/compose/gate.ts";
import { format } from "../../src/log/add-checkpoint.ts";
import * as amount from "../../src/values/amount.ts";
import {
  eventually,
  openDeployment,
  postUntilDelivered,
  prepareMint,
  startAll,
  type Mint,
  type Place,
} from "../place/deployment.ts";
import { mintEvents } from "../place/ledger.ts";
import { postAsk } from "../place/witness.ts";

const run = promisify(execFile);
const gold = (whole: number): bigint => BigInt(whole) * 10n ** 18n;
let place: Place;
let deploymentId = "";

beforeAll(async () => {
  place = await openDeployment();
  await startAll(place);
  ({ deploymentId } = place.person("audrey"));
});
afterAll(async () => {
  await place.close();
});

const at = (name: string): string => join(place.folder.root, name);

async function countersign(...words: readonly string[]): Promise<string> {
  return (await run(process.execPath, ["--disable-warning=ExperimentalWarning", "src/main.ts", ...words])).stdout;
}

async function delivered(reference: string): Promise<Mint> {
  const mint = await prepareMint(place, reference.replace(/\D/g, ""), reference);
  for (const statement of mint.statements) await postUntilDelivered(place, statement);
  return mint;
}

async function final({ requestId }: Mint): Promise<number | null> {
  const isFinal = ({ state }: { readonly state: string }): boolean => state === "final";
  return (await place.person("audrey").client.watch(requestId, isFinal, { timeoutMs: 60_000 })).nonce;
}

/** Another host's configuration: the same token and socket, a journal and a log key of its own. */
function standbyConfig(): string {
  const { gateConfig } = place.folder;
  const settings = parse(readFileSync(gateConfig, "utf8")) as Record<string, unknown>;
  const standby = { ...settings, journal: join("gate", "standby.sqlite"), logKey: join("gate", "standby.key") };
  writeFileSync(at("standby.yaml"), stringify(standby), { mode: 0o600 });
  return at("standby.yaml");
}

function witnessUrl(): string {
  const { listen } = parse(readFileSync(place.folder.witnessConfig, "utf8")) as { readonly listen: { port: number } };
  return `http://127.0.0.1:${String(listen.port)}`;
}

async function standbyAnswers(): Promise<boolean> {
  const gate = connectGate(place.folder.socket, { timeoutMs: 2_000 });
  try {
    return (await gate.health()).backends.every(({ ready, why }) => !ready && why.includes("promote it"));
  } catch {
    return false;
  } finally {
    gate.close();
  }
}

const asService = (): readonly string[] => ["--api", place.api, "--genesis", place.folder.genesis];

test("a standby takes over from a gate that was killed, and the next mint has the next nonce", async () => {
  expect(await final(await delivered("D-1"))).toBe(0);
  const waiting = await prepareMint(place, "2", "D-2");
  process.kill(place.pid("gate") ?? 0, "SIGKILL");
  expect(await place.ended("gate")).toBe("SIGKILL");
  const log = at("log.json");
  await countersign("log", "export", ...asService(), "--credential", place.folder.people("audrey"), "--out", log);
  const config = standbyConfig();
  const taken = ["--config", config, "--log", log, "--genesis", place.folder.genesis, "--takes-over", "--json"];
  const { logKey } = JSON.parse(await countersign("gate", "restore", ...taken)) as { readonly logKey: string };
  const old = readFileSync(place.folder.gateConfig, "utf8");
  writeFileSync(at("old-gate.yaml"), old.replace(place.folder.socket, at("run/old.sock")), { mode: 0o600 });
  writeFileSync(place.folder.gateConfig, readFileSync(config, "utf8"));
  // It answers, and is ready for nothing.
  place.launch("gate");
  await eventually("the standby answers", standbyAnswers);
  for (const officer of ["otto", "olga"]) {
    const words = [...asService(), "--credential", place.folder.people(officer), "--log", log, "--yes", "--json"];
    const said = JSON.parse(await countersign("gate", "promote", ...words, "--log-key", logKey)) as object;
    expect(said).toMatchObject({ delivered: true, epoch: officer === "otto" ? 1 : 2 });
  }
  const { socket, genesis } = place.folder;
  expect(await countersign("genesis", "follow", genesis, "--socket", socket)).toContain(
    `of epoch 2, its log key ${logKey}`,
  );
  expect(await countersign("genesis", "check", genesis)).toContain(deploymentId);
  // Everybody who holds the genesis has the new file now; who is running reads it at the next start.
  for (const role of ["witness", "observer-1", "observer-2", "serve"] as const) await place.stop(role);
  // It may have mirrored leaves that no witness cosigned, and that the standby does not have therefore.
  for (const end of ["", "-wal", "-shm"]) rmSync(`${place.folder.store}${end}`, { force: true });
  place.forget();
  await Promise.all([place.start("witness"), place.start("serve")]);
  await Promise.all([place.start("observer-1"), place.start("observer-2")]);
  for (const statement of waiting.statements) await postUntilDelivered(place, statement);
  expect(await final(waiting)).toBe(1);
  expect(await mintEvents(place)).toEqual([gold(1), gold(2)]);
  const file = at("bundle.json");
  const reading = [...asService(), "--credential", place.folder.people("audrey")];
  await countersign("bundle", "fetch", waiting.requestId, ...reading, "--out", file);
  expect(await countersign("bundle", "verify", file, "--genesis", deploymentId)).toContain("verified");
  expect(await countersign("log", "verify", ...reading)).toContain("witness");
}, 180_000);

test("the gate before, started again beside it, gets no word of the witnesses and signs nothing", async () => {
  const mint = await prepareMint(place, "3", "D-3");
  const old = await startGate(at("old-gate.yaml"), { warn: () => undefined });
  const gate = connectGate(old.socket);
  try {
    for (const [, statement] of mint.statements)
      expect(await gate.admit(statement)).toMatchObject({ kind: "admitted" });
    const fees = { gasLimit: amount.parse("150000"), maxFeePerGas: amount.parse("2000000000") };
    const asked = {
      verb: "sign",
      requestId: mint.requestId,
      fees: { ...fees, maxPriorityFeePerGas: amount.parse("1") },
    } as const;
    for (let tries = 0; tries < 3; tries += 1) {
      expect((await gate.sign(asked)).kind).toBe("needs-cosignature");
      const { checkpoint } = await gate.head();
      const answer = await postAsk(witnessUrl(), format({ oldSize: 0, proof: [], checkpoint }));
      // C2SP: nobody's signature that it knows; the one of the gate in office it would send to its newest size.
      expect(answer.status).toBe(403);
    }
    const other = connectGate(place.folder.socket);
    const { checkpoint } = await other.head();
    other.close();
    expect((await postAsk(witnessUrl(), format({ oldSize: 0, proof: [], checkpoint }))).status).toBe(409);
  } finally {
    gate.close();
    await old.close();
  }
  expect(await mintEvents(place)).toEqual([gold(1), gold(2)]);
});
