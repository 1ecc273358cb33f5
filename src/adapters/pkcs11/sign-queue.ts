/** The bounded line before the token: so many orders at once, each with a deadline, each answered exactly once. */
import type { BackendAnswer } from "../../flow/gate/backend.port.ts";
import type { Agent } from "./agent-process.ts";

export type Order = {
  /** The key's number in the token's configuration. */
  readonly key: number;
  readonly publicKey: Uint8Array;
  /** Ours alone: the agent and the token only ever see copies. */
  readonly digest: Uint8Array;
};

export type SignQueueSettings = {
  /** Orders with the agent at the same time. */
  readonly width: number;
  readonly waitingMax: number;
  readonly timeoutMs: number;
  readonly carryOut: (order: Order, agent: Agent) => Promise<BackendAnswer>;
  /** The agent that may be asked now, if any. */
  readonly agent: () => Agent | undefined;
  /** An order that was with this agent passed its deadline. */
  readonly onHung: (agent: Agent) => void;
};

type Place = {
  readonly order: Order;
  readonly answer: (answer: BackendAnswer) => void;
  readonly fail: (error: Error) => void;
  /** The agent that has it, once one has. */
  asked: Agent | undefined;
  /** Past its deadline: answered as soon as its agent has ended, so that nothing comes after the answer. */
  late: boolean;
};

const tooLate = { kind: "unavailable", why: "the token did not answer in time" } as const;

export class SignQueue {
  readonly #settings: SignQueueSettings;
  #waiting: Place[] = [];
  #inFlight = 0;

  constructor(settings: SignQueueSettings) {
    this.#settings = settings;
  }

  counts(): { readonly queued: number; readonly inFlight: number } {
    return { queued: this.#waiting.length, inFlight: this.#inFlight };
  }

  /** `busy` when the line is full, or when the deadline passes before the token was asked; `unavailable`, once the agent has ended, when it passes after. */
  add(order: Order): Promise<BackendAnswer> {
    if (this.#waiting.length >= this.#settings.waitingMax) {
      return Promise.resolve({ kind: "busy", why: `${this.#waiting.length} signatures are waiting` });
    }
    return new Promise<BackendAnswer>((resolve, reject) => {
      const late = setTimeout(() => {
        this.#giveUp(place);
      }, this.#settings.timeoutMs);
      const place: Place = {
        order,
        answer: (answer) => {
          clearTimeout(late);
          resolve(answer);
        },
        fail: (error) => {
          clearTimeout(late);
          reject(error);
        },
        asked: undefined,
        late: false,
      };
      this.#waiting.push(place);
      this.advance();
    });
  }

  /** Hands waiting orders to the agent while it has room. */
  advance(): void {
    const agent = this.#settings.agent();
    while (agent !== undefined && this.#inFlight < this.#settings.width) {
      const place = this.#waiting.shift();
      if (place === undefined) return;
      place.asked = agent;
      this.#inFlight += 1;
      void this.#settings
        .carryOut(place.order, agent)
        .then(
          (answer) => {
            place.answer(place.late && answer.kind === "unavailable" ? tooLate : answer);
          },
          (error: unknown) => {
            place.fail(error instanceof Error ? error : new Error("the token call failed"));
          },
        )
        .finally(() => {
          this.#inFlight -= 1;
          this.advance();
        });
    }
  }

  /** Answers everything that was not asked yet. */
  clear(why: string): void {
    for (const place of this.#waiting.splice(0)) place.answer({ kind: "busy", why });
  }

  /** What was not asked may be asked again; what was asked hangs, and only a new process cures that. */
  #giveUp(place: Place): void {
    if (place.asked === undefined) {
      this.#waiting = this.#waiting.filter((other) => other !== place);
      place.answer({ kind: "busy", why: "the token was not free in time" });
    } else {
      place.late = true;
      this.#settings.onHung(place.asked);
    }
  }
}
