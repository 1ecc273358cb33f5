/** Verified signatures through the isolated agent beside raw C_Sign of the same module, in rounds that take turns. */
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { openPkcs11Backend, type Pkcs11Backend } from "../../src/adapters/pkcs11/backend.ts";
import type { TokenConfig } from "../../src/adapters/pkcs11/token-config.ts";
import { permit } from "../contract/pkcs11/permits.ts";
import { buildFaultyModule } from "../place/faulty-module.ts";
import { changed, makeTestToken, type TestToken } from "../place/softhsm.ts";
import { atLeast, median, milliseconds, perSecond, under, type Figure } from "./figure.ts";
import { cpuUsOf } from "./processor.ts";
import { cpuOf, rateOf, startRaw, type Burst, type RawToken } from "./raw-sign.ts";

const leastOfWall = 0.8;
const leastOfProcessor = 0.6;
const leastOfSlowToken = 0.85;
const mostDelayMs = 20;
const mostHealMs = 1_000;

const manySessions = 8;
const rounds = 9;
const roundMs = 600;
const slowSessions = 16;
/** As many as eight lanes keep busy twice over. */
const callers = 32;
const slowUs = 20_000;
const crashes = 5;

/** What the service around the backend would have to wait for, in nanoseconds. */
const delay = monitorEventLoopDelay({ resolution: 1 });

type Signer = { readonly token: TestToken; readonly backend: Pkcs11Backend; readonly sessions: number };

async function openSigner(sessions: number, module?: (config: TokenConfig) => TokenConfig): Promise<Signer> {
  const token = await makeTestToken("hot");
  const config = changed((module ?? ((same) => same))(token.token.config), (draft) => {
    draft["sessions"] = sessions;
  });
  const backend = await openPkcs11Backend(config, { faults: { at: () => undefined } });
  return { token, backend, sessions };
}

async function agentBurst({ backend, token }: Signer): Promise<Burst> {
  const key = token.keys["hot"]!;
  const { pid } = backend.health();
  const own = process.cpuUsage();
  const theirs = cpuUsOf(pid);
  delay.enable();
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
  delay.disable();
  const { user, system } = process.cpuUsage(own);
  return { signed, wallMs, cpuUs: user + system + cpuUsOf(pid) - theirs };
}

/** Raw and ours in turn, so that all meet the same machine. */
async function inTurns(raw: RawToken, signers: readonly Signer[]): Promise<readonly (readonly Burst[])[]> {
  const found: Burst[][] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const bursts = [await raw.burst(roundMs)];
    for (const signer of signers) bursts.push(await agentBurst(signer));
    // The first round warms up.
    if (round > 0) found.push(bursts);
  }
  return found;
}

const ratioOf = (turns: readonly (readonly Burst[])[], at: number, of: (burst: Burst) => number): number =>
  median(turns.map((bursts) => of(bursts[at]!) / of(bursts[0]!)));
const valueOf = (turns: readonly (readonly Burst[])[], at: number, of: (burst: Burst) => number): number =>
  median(turns.map((bursts) => of(bursts[at]!)));

async function closeAll(raw: RawToken, signers: readonly Signer[], others: readonly TestToken[]): Promise<void> {
  await raw.close();
  for (const { backend, token } of signers) {
    await backend.close();
    token.remove();
  }
  for (const token of others) token.remove();
}

/** A token that costs processor time: SoftHSM itself. */
async function measureSoft(): Promise<readonly Figure[]> {
  const reference = await makeTestToken("hot");
  const raw = await startRaw(reference.folder, reference.token.config);
  const signers = [await openSigner(4), await openSigner(manySessions)];
  try {
    const turns = await inTurns(raw, signers);
    const rate = perSecond(valueOf(turns, 0, rateOf));
    const cost = valueOf(turns, 0, cpuOf);
    return [
      ...signers.flatMap(({ sessions }, index): readonly Figure[] => [
        {
          name: `verified signatures by the agent, ${String(sessions)} sessions`,
          value: perSecond(valueOf(turns, index + 1, rateOf)),
          reference: `raw C_Sign, one session: ${rate}`,
          ...atLeast(ratioOf(turns, index + 1, rateOf), leastOfWall),
        },
        {
          name: `processor time of a verified signature, ${String(sessions)} sessions`,
          value: `${valueOf(turns, index + 1, cpuOf).toFixed(0)} µs`,
          reference: `raw C_Sign: ${cost.toFixed(0)} µs (share ${(1 / ratioOf(turns, index + 1, cpuOf)).toFixed(3)})`,
          // With few sessions less goes out in one call: the demand is on as many as a busy gate is given.
          ...(sessions < manySessions
            ? { missed: false }
            : atLeast(1 / ratioOf(turns, index + 1, cpuOf), leastOfProcessor)),
        },
      ]),
      await measureCrash(signers[0]!),
    ];
  } finally {
    await closeAll(raw, signers, [reference]);
  }
}

/** A token that takes its time: the same behind 20 milliseconds of latency. */
async function measureSlow(): Promise<readonly Figure[]> {
  const reference = await makeTestToken("hot");
  const faulty = buildFaultyModule(join(reference.folder, "module"));
  const slow = (config: TokenConfig): TokenConfig => faulty.behind(config, "none", { FAULTY_DELAY: String(slowUs) });
  const raw = await startRaw(reference.folder, slow(reference.token.config), slowSessions);
  const signers = [await openSigner(slowSessions, slow)];
  try {
    const turns = await inTurns(raw, signers);
    return [
      {
        name: `the same on a token of 20 ms, ${String(slowSessions)} sessions`,
        value: perSecond(valueOf(turns, 1, rateOf)),
        reference: `raw C_Sign, ${String(slowSessions)} threads: ${perSecond(valueOf(turns, 0, rateOf))}`,
        ...atLeast(ratioOf(turns, 1, rateOf), leastOfSlowToken),
      },
    ];
  } finally {
    await closeAll(raw, signers, [reference]);
  }
}

/** From a SIGKILL of the agent to the next signature. */
async function measureCrash({ backend, token }: Signer): Promise<Figure> {
  const took: number[] = [];
  for (let crash = 0; crash < crashes; crash += 1) {
    const { pid } = backend.health();
    if (pid === undefined) throw new Error("there is no agent");
    process.kill(pid, "SIGKILL");
    const began = performance.now();
    while ((await backend.sign(permit("hot", token.keys["hot"]!))).kind !== "signed") await sleep(2);
    took.push(performance.now() - began);
  }
  return {
    name: "agent killed to next signature",
    value: milliseconds(median(took)),
    reference: `longest of ${String(crashes)}: ${milliseconds(Math.max(...took))}`,
    ...under(median(took), mostHealMs, milliseconds),
  };
}

export async function measureKeys(): Promise<readonly Figure[]> {
  delay.reset();
  const figures = [...(await measureSoft()), ...(await measureSlow())];
  const p99 = delay.percentile(99) / 1e6;
  return [
    ...figures,
    {
      name: "delay of the service's event loop meanwhile, p99",
      value: milliseconds(p99),
      reference: `median: ${milliseconds(delay.percentile(50) / 1e6)}`,
      ...under(p99, mostDelayMs, milliseconds),
    },
  ];
}
