/** The gate's PKCS#11 backend: a bounded queue before one supervised agent, and a check of every signature before it leaves. */
import type { Faults } from "../../flow/faults.port.ts";
import type { Backend, BackendAnswer, BackendHealth } from "../../flow/gate/backend.port.ts";
import type { SigningPermit } from "../../gate/permit.ts";
import type { Work } from "../../gate/wire.ts";
import { Fault } from "../../values/errors.ts";
import { toBytes } from "../../values/hex.ts";
import { encodeSign } from "./agent-message.ts";
import { agentGone, startAgent, type Agent } from "./agent-process.ts";
import { AgentSupervisor, type AgentState } from "./agent-supervisor.ts";
import { proveHealth } from "./health-proof.ts";
import { loadRecovery, type Recovery } from "./recovery.ts";
import { SignQueue, type Order } from "./sign-queue.ts";
import { settle } from "./signature.ts";
import type { TokenConfig } from "./token-config.ts";
import { failed, type TokenFailure } from "./token-failure.ts";

/** What the port asks, and what an operator wants to see. */
export type Pkcs11Health = BackendHealth & {
  readonly queued: number;
  readonly inFlight: number;
  readonly signed: number;
  /** Raw answers whose s was above half the order, before it was lowered. */
  readonly highS: number;
  readonly restarts: number;
  /** The last the agent printed, without the PIN. */
  readonly output: string;
};

export type Pkcs11Backend = Omit<Backend, "health"> & { readonly health: () => Pkcs11Health };

/** The fault points are `agent-asked` (the question is on its way) and `agent-answered` (the answer is not yet checked). */
export type Pkcs11Parts = {
  readonly faults: Faults;
  readonly recovery?: Recovery;
  readonly start?: () => Agent;
  /** Another token holds the same keys: what waits here while this one goes away is answered `busy`, so that it may go there. */
  readonly alternatives?: boolean;
};

type Counts = { signed: number; highS: number; signedMs: number };

/**
 * Opens the token. Rejects with a Fault when a person must act (wrong PIN, wrong key, unfit module file); a token that is away is
 * reported by `health` and tried again by itself.
 */
export async function openPkcs11Backend(config: TokenConfig, parts: Pkcs11Parts): Promise<Pkcs11Backend> {
  const recovery = parts.recovery ?? loadRecovery();
  const counts: Counts = { signed: 0, highS: 0, signedMs: 0 };
  const { heartbeatMs, missedBeats, queue: waitingMax, signTimeoutMs: timeoutMs } = config.limits;
  const start = parts.start ?? (await starterOf(config));
  const prove = (agent: Agent): Promise<void> => proveHealth(agent, config, recovery);
  let advance = (): void => undefined;
  let release: (why: string) => void = () => undefined;
  const supervisor = await superviseOrFault(config, {
    start,
    heartbeatMs,
    missedBeats,
    ...(config.health === undefined ? {} : { proof: { everyMs: config.health.everyMs, prove } }),
    onUp: () => {
      advance();
    },
    onDown: (why) => {
      if (parts.alternatives === true) release(why);
    },
    onStopped: (why) => {
      release(why);
    },
  });
  const queue = new SignQueue({
    width: config.sessions,
    waitingMax,
    timeoutMs,
    carryOut: (order, agent) => carryOut({ order, agent, supervisor, recovery, counts, faults: parts.faults }),
    agent: () => usable(supervisor.state()),
    onHung: (agent) => {
      supervisor.replace(agent, "the token did not answer in time");
    },
  });
  advance = (): void => {
    queue.advance();
  };
  release = (why): void => {
    queue.clear(why);
  };
  return {
    sign: async (permit) => {
      const order = orderFrom(config, permit);
      const state = supervisor.state();
      return state.kind === "up" ? queue.add(order) : { kind: "busy", why: describe(state, config) };
    },
    health: () => ({
      ready: supervisor.state().kind === "up",
      why: describe(supervisor.state(), config),
      pid: supervisor.pid(),
      recovery: recovery.kind,
      ...queue.counts(),
      signed: counts.signed,
      highS: counts.highS,
      restarts: supervisor.restarts(),
      work: workOf(config, { ...queue.counts(), ...counts, restarts: supervisor.restarts() }),
      output: supervisor.output(),
    }),
    close: async () => {
      queue.clear("the token was closed");
      await supervisor.close();
    },
  };
}

function workOf({ sessions }: TokenConfig, done: Omit<Work, "sessions"> & { readonly highS: number }): Work {
  const { queued, inFlight, signed, signedMs, restarts } = done;
  return { sessions, queued, inFlight, signed, signedMs: Math.round(signedMs), restarts };
}

/** Sockets are loaded where a token's agent runs apart, and by no other gate. */
async function starterOf(config: TokenConfig): Promise<() => Agent> {
  const { agent } = config;
  if (agent === undefined) return () => startAgent(config, "sign");
  const { dialAgent } = await import("./agent-dial.ts");
  return () => dialAgent(config, agent);
}

/** Takes the permit; both sides must mean the same key. */
function orderFrom(config: TokenConfig, permit: SigningPermit): Order {
  const right = permit.take();
  const key = config.keys.findIndex((one) => one.name === right.key);
  if (key < 0)
    throw new Fault("pkcs11.unknown-key", `the token \`${config.name}\` has no key \`${right.key}\``, "never");
  if (config.keys[key]?.publicKey !== right.publicKey) {
    throw new Fault(
      "pkcs11.other-key",
      `the token's \`${right.key}\` has another public key than the permit's`,
      "never",
    );
  }
  return { key, publicKey: toBytes(right.publicKey), digest: toBytes(right.digest) };
}

type Errand = {
  readonly order: Order;
  readonly agent: Agent;
  readonly supervisor: AgentSupervisor;
  readonly recovery: Recovery;
  readonly counts: Counts;
  readonly faults: Faults;
};

async function carryOut({ order, agent, supervisor, recovery, counts, faults }: Errand): Promise<BackendAnswer> {
  const begun = performance.now();
  const asked = agent.ask("sign", encodeSign(order.key, order.digest));
  // Observed at once: the agent may fail while the fault point still waits.
  asked.catch(() => undefined);
  await faults.at("agent-asked");
  let raw: Uint8Array;
  try {
    raw = await asked;
  } catch (error) {
    const failure = failed("signing", error);
    const answer = afterFailure(failure, (why) => {
      supervisor.replace(agent, why);
    });
    if (answer.kind !== "unavailable") return answer;
    // Another token may have the digest next: nothing of this agent is heard after the answer.
    await agent.gone;
    const state = supervisor.state();
    // Whoever ended the agent knows better why than the agent that was ended.
    return failure.failure.name === agentGone && state.kind === "down"
      ? { kind: "unavailable", why: state.why }
      : answer;
  }
  await faults.at("agent-answered");
  try {
    const { signature, highS } = settle(raw, order.digest, order.publicKey, recovery.recover);
    counts.signed += 1;
    counts.signedMs += performance.now() - begun;
    if (highS) counts.highS += 1;
    supervisor.praise();
    return { kind: "signed", signature };
  } catch (error) {
    supervisor.replace(agent, "the token answered with a wrong signature");
    throw error;
  }
}

/** What the caller hears of a failed call, and whether the agent is replaced. */
function afterFailure({ failure, message }: TokenFailure, replace: (why: string) => void): BackendAnswer {
  switch (failure.class) {
    case "busy":
      return { kind: "busy", why: message };
    case "request":
      throw new Fault("pkcs11.refused", `the token refused: ${message}`, "never");
    case "relogin":
    case "session":
    case "reconnect":
    case "fatal-auth":
    case "config":
      replace(message);
      return { kind: "unavailable", why: message };
  }
}

async function superviseOrFault(
  config: TokenConfig,
  settings: Parameters<typeof AgentSupervisor.start>[0],
): Promise<AgentSupervisor> {
  try {
    return await AgentSupervisor.start(settings);
  } catch (error) {
    throw new Fault(
      "pkcs11.start",
      `the token \`${config.name}\`: ${failed("starting", error).message}`,
      "never",
      error,
    );
  }
}

function usable(state: AgentState): Agent | undefined {
  return state.kind === "up" ? state.agent : undefined;
}

function describe(state: AgentState, { health }: Pick<TokenConfig, "health">): string {
  switch (state.kind) {
    case "up":
      return health === undefined ? "the token is open" : "the token is open, and signs with its health key";
    case "starting":
      return "the token is being opened";
    case "down":
    case "stopped":
      return state.why;
  }
}
