/** One client's connection: frames in, answers out in any order, closed when the client breaks the rules. */
import type { Socket } from "node:net";
import {
  gateRequestSchema,
  maxFrameBytes,
  maxInFlight,
  type GateAnswer,
  type GateRequest,
  type Problem,
} from "../../gate/wire.ts";
import { InvalidValue } from "../../values/errors.ts";
import { parseWith } from "../../values/schema.ts";
import { createSplitter, decodeFrame, encodeFrame, type Frame } from "./frame.ts";

/** What all connections have in common. */
export type SharedGate = {
  readonly answer: (request: GateRequest) => Promise<GateAnswer>;
  readonly patienceMs: number;
  /** Calls under way over all connections. */
  inFlight: number;
  closing: boolean;
};

export type Conversation = {
  /** Resolves when the calls under way were answered, or had their time to be, and the connection is closed. */
  readonly finish: () => Promise<void>;
};

export function converse(socket: Socket, gate: SharedGate): Conversation {
  const calls = new Set<Promise<void>>();
  const splitter = createSplitter();
  const late = createDeadline(socket, gate.patienceMs);
  const send = (bytes: Buffer): void => {
    if (socket.destroyed) return;
    socket.write(bytes);
    // A client that does not read is not read from, and not for ever.
    if (socket.writableLength > maxFrameBytes) {
      socket.pause();
      late.start("unread");
    }
  };
  const call = async (frame: Frame): Promise<void> => {
    gate.inFlight += 1;
    try {
      const answer = await answerTo(gate, frame.body);
      send(fitOrSay(frame.id, answer));
    } finally {
      gate.inFlight -= 1;
    }
  };
  const take = (frame: Frame): void => {
    const refused = turnedAway(gate);
    if (refused !== undefined) {
      send(fit(frame.id, refused));
      return;
    }
    const running = call(frame).finally(() => calls.delete(running));
    calls.add(running);
  };
  socket.on("drain", () => {
    late.stop("unread");
    socket.resume();
  });
  socket.on("data", (chunk: Buffer) => {
    try {
      for (const bytes of splitter.push(chunk)) take(decodeFrame(bytes));
    } catch {
      // Without an id that can be trusted there is nobody to answer.
      socket.destroy();
      return;
    }
    if (splitter.isPartial()) late.start("partial");
    else late.stop("partial");
  });
  // A broken pipe is the client's affair; `close` follows.
  socket.on("error", () => undefined);
  return { finish: () => finish(socket, calls, gate.patienceMs) };
}

function turnedAway(gate: SharedGate): Problem | undefined {
  if (gate.closing) return problem("gate.closing", "the gate is about to stop; call again after it started anew");
  if (gate.inFlight >= maxInFlight) return problem("gate.busy", `${maxInFlight} calls are under way; call again`);
  return undefined;
}

async function answerTo(gate: SharedGate, body: unknown): Promise<GateAnswer> {
  let request: GateRequest;
  try {
    request = parseWith(gateRequestSchema, body, "gate.request");
  } catch (error) {
    return error instanceof InvalidValue
      ? problem(error.code, error.message, error.field)
      : problem("gate.request", "the request is not understood");
  }
  try {
    return await gate.answer(request);
  } catch {
    return problem("gate.broken", "the gate met a fault of its own and signed nothing");
  }
}

/** An answer that cannot even be written down ends no process. */
function fitOrSay(id: number, answer: GateAnswer): Buffer {
  try {
    return fit(id, answer);
  } catch {
    return fit(id, problem("gate.answer-too-long", "the answer cannot be written into a frame"));
  }
}

/** A list of leaves gives way until it fits: its reader asks for the rest. */
function fit(id: number, answer: GateAnswer): Buffer {
  for (let body = answer; ;) {
    const bytes = encodeFrame({ id, body });
    if (bytes !== undefined) return bytes;
    body =
      body.kind === "entries" && body.leaves.length > 1
        ? { ...body, leaves: body.leaves.slice(0, Math.floor(body.leaves.length / 2)) }
        : problem("gate.answer-too-long", "the answer is longer than a frame");
  }
}

/** A call that never ends does not keep the gate from ending. */
async function finish(socket: Socket, calls: ReadonlySet<Promise<void>>, patienceMs: number): Promise<void> {
  await inTime(Promise.allSettled(calls), patienceMs);
  if (socket.destroyed) return;
  const closed = new Promise((resolve) => {
    socket.once("close", resolve);
  });
  socket.resume();
  socket.end();
  await inTime(closed, Math.min(patienceMs, 1_000));
  socket.destroy();
}

async function inTime(work: Promise<unknown>, milliseconds: number): Promise<void> {
  let late: NodeJS.Timeout | undefined;
  const given = new Promise((resolve) => {
    late = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, given]);
  clearTimeout(late);
}

type Deadline = {
  readonly start: (why: "partial" | "unread") => void;
  readonly stop: (why: "partial" | "unread") => void;
};

/** Closes the connection when a thing that began has not ended in time; starting it again does not lengthen it. */
function createDeadline(socket: Socket, patienceMs: number): Deadline {
  const timers = new Map<string, NodeJS.Timeout>();
  const stop = (why: string): void => {
    clearTimeout(timers.get(why));
    timers.delete(why);
  };
  socket.once("close", () => {
    stop("partial");
    stop("unread");
  });
  return {
    start: (why) => {
      if (timers.has(why) || socket.destroyed) return;
      timers.set(
        why,
        setTimeout(() => {
          socket.destroy();
        }, patienceMs),
      );
    },
    stop,
  };
}

function problem(code: string, message: string, field = ""): Problem {
  return { kind: "problem", code, message, field };
}
