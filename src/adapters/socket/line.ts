/** The client's connection: numbers its calls, keeps as many under way as the gate takes, ends each in time. */
import { connect, type Socket } from "node:net";
import { Fault } from "../../values/errors.ts";
import { createSplitter, decodeFrame, encodeFrame } from "./frame.ts";

type Call = {
  readonly id: number;
  readonly bytes: Buffer;
  readonly resolve: (body: unknown) => void;
  readonly reject: (fault: Fault) => void;
};

/** Half of what the gate takes, so that one client leaves room for a person who objects. */
const maxUnderWay = 32;
const maxQueued = 1_000;

export class Line {
  readonly #path: string;
  readonly #timeoutMs: number;
  readonly #underWay = new Map<number, Call>();
  readonly #queue: Call[] = [];
  #socket: Socket | undefined;
  #last = 0;
  #closed = false;

  constructor(path: string, timeoutMs: number) {
    this.#path = path;
    this.#timeoutMs = timeoutMs;
  }

  /** The answer's body; rejects with a Fault, `gate.unreachable` or `gate.busy`. */
  async call(body: unknown): Promise<unknown> {
    if (this.#closed) throw unreachable("the connection to the gate was closed here");
    if (this.#queue.length >= maxQueued) throw new Fault("gate.busy", `${maxQueued} calls wait for the gate`, "safe");
    this.#last += 1;
    const id = this.#last;
    const bytes = encodeFrame({ id, body });
    if (bytes === undefined) throw new Fault("gate.unreachable", "the request is longer than a frame", "never");
    let late: NodeJS.Timeout | undefined;
    try {
      return await new Promise<unknown>((resolve, reject) => {
        late = setTimeout(() => {
          reject(unreachable(`the gate did not answer within ${this.#timeoutMs} ms`));
        }, this.#timeoutMs);
        this.#queue.push({ id, bytes, resolve, reject });
        this.#advance();
      });
    } finally {
      clearTimeout(late);
      this.#forget(id);
    }
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#failAll(unreachable("the connection to the gate was closed here"));
  }

  #advance(): void {
    while (this.#underWay.size < maxUnderWay) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#underWay.set(next.id, next);
      this.#socket ??= this.#open();
      this.#socket.write(next.bytes);
    }
  }

  #forget(id: number): void {
    this.#underWay.delete(id);
    const waiting = this.#queue.findIndex((one) => one.id === id);
    if (waiting >= 0) this.#queue.splice(waiting, 1);
    this.#advance();
  }

  #failAll(fault: Fault): void {
    const lost = [...this.#underWay.values(), ...this.#queue.splice(0)];
    this.#underWay.clear();
    for (const { reject } of lost) reject(fault);
  }

  #open(): Socket {
    const fresh = connect(this.#path);
    const splitter = createSplitter();
    let why = "it closed the connection";
    fresh.on("data", (chunk: Buffer) => {
      try {
        for (const bytes of splitter.push(chunk)) {
          const { id, body } = decodeFrame(bytes);
          // An answer that comes too late has nobody left to hear it.
          this.#underWay.get(id)?.resolve(body);
        }
      } catch {
        why = "it sent what no gate sends";
        fresh.destroy();
      }
    });
    fresh.on("error", (error) => {
      why = error.message;
    });
    fresh.on("close", () => {
      if (this.#socket !== fresh) return;
      this.#socket = undefined;
      this.#failAll(unreachable(`the gate at \`${this.#path}\` cannot be reached: ${why}`));
    });
    return fresh;
  }
}

function unreachable(why: string): Fault {
  return new Fault("gate.unreachable", why, "safe");
}
