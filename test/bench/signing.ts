/** Verified signatures through the isolated agent beside raw C_Sign of the same module, in rounds that take turns. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openPkcs11Backend, type Pkcs11Backend } from "../../src/adapters/pkcs11/backend.ts";
import { permit } from "../contract/pkcs11/permits.ts";
import { makeTestToken, type TestToken } from "../place/softhsm.ts";
import { atLeast, median, perSecond, type Figure } from "./figure.ts";

/** With four sessions 0.79 to 0.90 was measured on two quiet cores; the rest is room for a machine that others use too. */
const leastRatio = 0.6;
const callers = 16;
const rounds = 9;
const roundMs = 500;

type Burst = { readonly signed: number; readonly wallMs: number; readonly cpuUs: number };

const rateOf = ({ signed, wallMs }: Burst): number => (signed * 1_000) / wallMs;
const cpuOf = ({ signed, cpuUs }: Burst): number => cpuUs / signed;

/** Processor time of another process, in microseconds; Linux counts it in hundredths of a second. */
function cpuUsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return Number.NaN;
  }
}

async function startRaw({ token }: TestToken): Promise<ChildProcess> {
  const { config } = token;
  const pin = config.login.pin;
  if (!("file" in pin)) throw new Error("a test token keeps its PIN in a file");
  const child = fork(
    fileURLToPath(new URL("raw-token.ts", import.meta.url)),
    [config.module.path, config.token.label, pin.file],
    { env: { ...process.env, ...config.module.env }, execArgv: ["--disable-warning=ExperimentalWarning"] },
  );
  await once(child, "message");
  return child;
}

async function rawBurst(child: ChildProcess): Promise<Burst> {
  child.send(roundMs);
  const [burst] = (await once(child, "message")) as [Burst];
  return burst;
}

async function agentBurst(backend: Pkcs11Backend, token: TestToken): Promise<Burst> {
  const key = token.keys["hot"]!;
  const { pid } = backend.health();
  const own = process.cpuUsage();
  const theirs = cpuUsOf(pid);
  const began = performance.now();
  let signed = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() - began < roundMs) {
        const answer = await backend.sign(permit("hot", key));
        if (answer.kind !== "signed") throw new Error(`${answer.kind}: ${answer.why}`);
        signed += 1;
      }
    }),
  );
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(own);
  return { signed, wallMs, cpuUs: user + system + cpuUsOf(pid) - theirs };
}

export type Signing = { readonly figures: readonly Figure[]; readonly rawPerSecond: number };

/** Two tokens of one module: processes that log in to the same token disturb each other. */
export async function measureSigning(): Promise<Signing> {
  const ours = await makeTestToken("hot");
  const other = await makeTestToken("hot");
  const raw = await startRaw(other);
  const backend = await openPkcs11Backend(ours.token.config, { faults: { at: () => undefined } });
  try {
    await rawBurst(raw);
    await agentBurst(backend, ours);
    const pairs: { raw: Burst; agent: Burst }[] = [];
    for (let round = 0; round < rounds; round += 1)
      pairs.push({ raw: await rawBurst(raw), agent: await agentBurst(backend, ours) });
    const rawPerSecond = median(pairs.map((pair) => rateOf(pair.raw)));
    const agentPerSecond = median(pairs.map((pair) => rateOf(pair.agent)));
    const ratio = median(pairs.map((pair) => rateOf(pair.agent) / rateOf(pair.raw)));
    const rawCpu = median(pairs.map((pair) => cpuOf(pair.raw)));
    const agentCpu = median(pairs.map((pair) => cpuOf(pair.agent)));
    const { sessions } = ours.token.config;
    return {
      rawPerSecond,
      figures: [
        {
          name: `verified signatures by the agent (${String(sessions)} sessions, ${String(callers)} callers)`,
          value: perSecond(agentPerSecond),
          reference: `raw C_Sign, one session: ${perSecond(rawPerSecond)}`,
          ...atLeast(ratio, leastRatio),
        },
        {
          name: "processor time of a verified signature",
          value: `${agentCpu.toFixed(0)} µs`,
          reference: `raw C_Sign: ${rawCpu.toFixed(0)} µs (share ${(rawCpu / agentCpu).toFixed(2)})`,
          missed: false,
        },
      ],
    };
  } finally {
    await backend.close();
    raw.disconnect();
    await once(raw, "exit");
    ours.remove();
    other.remove();
  }
}
