/** Keeps one token agent alive: listens for its heartbeat, ends it when it hangs, starts another after a pause, stops when a person is needed. */
import type { Agent } from "./agent-process.ts";
import { failed, misconfigured, type TokenFailure } from "./token-failure.ts";

export type AgentState =
  | { readonly kind: "starting" }
  | { readonly kind: "up"; readonly agent: Agent }
  /** Another start follows by itself. */
  | { readonly kind: "down"; readonly why: string }
  /** Nothing follows: a refused PIN, a wrong configuration, or the end. */
  | { readonly kind: "stopped"; readonly why: string };

export type SupervisorSettings = {
  readonly start: () => Agent;
  readonly heartbeatMs: number;
  readonly missedBeats: number;
  /** Shows that the agent's token can sign, before it is used and every so often; rejects with a TokenFailure when it cannot. */
  readonly proof?: { readonly everyMs: number; readonly prove: (agent: Agent) => Promise<void> };
  /** Called whenever an agent becomes usable. */
  readonly onUp: (agent: Agent) => void;
  /** Called whenever an agent that was usable is not any more. */
  readonly onDown?: (why: string) => void;
  /** Called when a person must act first: nothing is started any more. */
  readonly onStopped?: (why: string) => void;
};

const pauseMinMs = 250;
const pauseMaxMs = 30_000;

export class AgentSupervisor {
  readonly #settings: SupervisorSettings;
  #state: AgentState = { kind: "starting" };
  #current: Agent | undefined;
  #latest: Agent | undefined;
  #stopPulse: () => void = () => undefined;
  #pause: NodeJS.Timeout | undefined;
  #why: string | undefined;
  /** Starts since the last signature: the pause before the next one grows with them. */
  #attempts = 0;
  #starts = 0;

  private constructor(settings: SupervisorSettings) {
    this.#settings = settings;
  }

  /**
   * Starts the first agent. Rejects with its TokenFailure when a person must act (class `config` or `fatal-auth`); a token that is merely
   * away is not an error: the supervisor is `down` then and goes on trying.
   */
  static async start(settings: SupervisorSettings): Promise<AgentSupervisor> {
    const supervisor = new AgentSupervisor(settings);
    const failure = await supervisor.#begin();
    if (failure !== undefined && supervisor.#isStopped()) throw failure;
    return supervisor;
  }

  state(): AgentState {
    return this.#state;
  }

  pid(): number | undefined {
    return this.#current?.pid;
  }

  restarts(): number {
    return this.#starts - 1;
  }

  /** What the agent, or the one before it, printed last. */
  output(): string {
    return this.#latest?.output() ?? "";
  }

  /** The agent did its work: the next pause is short again. */
  praise(): void {
    this.#attempts = 0;
  }

  /** Ends an agent that failed, at once out of use; another is started. A newer one is left alone. */
  replace(agent: Agent, why: string): void {
    if (this.#current !== agent) return;
    // The first to end it knows why; what its end brings with it is no news.
    this.#why ??= why;
    if (this.#state.kind === "up") this.#down(why);
    agent.kill();
  }

  /** Resolves when the process has ended; none is started after it. */
  async close(): Promise<void> {
    this.#state = { kind: "stopped", why: "closed" };
    clearTimeout(this.#pause);
    this.#stopPulse();
    const agent = this.#current;
    agent?.kill();
    await agent?.gone;
    this.#current = undefined;
  }

  async #begin(): Promise<TokenFailure | undefined> {
    this.#state = { kind: "starting" };
    this.#starts += 1;
    let agent: Agent | undefined;
    try {
      agent = this.#settings.start();
      this.#current = agent;
      this.#latest = agent;
      await agent.ready;
      await this.#settings.proof?.prove(agent);
    } catch (error) {
      agent?.kill();
      await agent?.gone;
      // A start that throws found something a person must put right; a start that fails later says itself what it is.
      const failure =
        agent === undefined
          ? misconfigured("starting the token agent", sentence(error))
          : failed("opening the token", error);
      this.#afterFailedStart(failure);
      return failure;
    }
    if (this.#isStopped()) return undefined;
    this.#takeUp(agent);
    return undefined;
  }

  #takeUp(agent: Agent): void {
    this.#state = { kind: "up", agent };
    this.#why = undefined;
    const lost = (why: string): void => {
      this.replace(agent, why);
    };
    const stops = [startPulse(agent, this.#settings, lost), startProofs(agent, this.#settings.proof, lost)];
    this.#stopPulse = () => {
      for (const stop of stops) stop();
    };
    void agent.gone.then((why) => {
      if (this.#current !== agent) return;
      this.#stopPulse();
      this.#retryLater(this.#why ?? why);
    });
    this.#settings.onUp(agent);
  }

  /** A token that is away comes back by itself; a refused PIN must not be tried again. */
  #afterFailedStart(failure: TokenFailure): void {
    if (this.#isStopped()) return;
    if (failure.failure.class === "config" || failure.failure.class === "fatal-auth") {
      this.#current = undefined;
      this.#state = { kind: "stopped", why: failure.message };
      this.#settings.onStopped?.(failure.message);
    } else this.#retryLater(failure.message);
  }

  #down(why: string): void {
    const wasUp = this.#state.kind === "up";
    this.#state = { kind: "down", why };
    if (wasUp) this.#settings.onDown?.(why);
  }

  #retryLater(why: string): void {
    this.#current = undefined;
    if (this.#isStopped()) return;
    this.#down(why);
    const ms = Math.min(pauseMaxMs, pauseMinMs * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#pause = setTimeout(() => void this.#begin(), ms * (0.75 + Math.random() / 2));
  }

  #isStopped(): boolean {
    return this.#state.kind === "stopped";
  }
}

/** One question at a time; a question that stays open is a missed beat for every interval it does. Returns what stops it. */
function startPulse(
  agent: Agent,
  { heartbeatMs, missedBeats }: SupervisorSettings,
  lost: (why: string) => void,
): () => void {
  let open = false;
  let missed = 0;
  const timer = setInterval(() => {
    if (open) {
      missed += 1;
      if (missed >= missedBeats) lost(`the token agent missed ${missed} heartbeats`);
      return;
    }
    open = true;
    agent.ask("health", new Uint8Array()).then(
      () => {
        open = false;
        missed = 0;
      },
      (error: unknown) => {
        lost(failed("asking the token", error).message);
      },
    );
  }, heartbeatMs);
  return () => {
    clearInterval(timer);
  };
}

/** One proof at a time. Returns what stops them. */
function startProofs(agent: Agent, proof: SupervisorSettings["proof"], lost: (why: string) => void): () => void {
  if (proof === undefined) return () => undefined;
  let open = false;
  const timer = setInterval(() => {
    if (open) return;
    open = true;
    proof.prove(agent).then(
      () => {
        open = false;
      },
      (error: unknown) => {
        lost(failed("asking the token", error).message);
      },
    );
  }, proof.everyMs);
  return () => {
    clearInterval(timer);
  };
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : "it failed";
}
