/** Reads of the API: with a session when there is somebody to begin one, checked by the schemas that the server answers by. */
import type { z } from "zod";
import type { Happening } from "../request/api.ts";
import { Fault } from "../values/errors.ts";
import type { Json } from "../values/json.ts";
import { readEvents } from "./event-stream.ts";
import type { SessionKeeper } from "./session.ts";
import { errorOf, type Answer, type Call, type Transport } from "./transport.ts";

export type Found<T> = { readonly kind: "found"; readonly value: T } | { readonly kind: "absent" };

export type Reader = {
  readonly one: <T>(path: string, schema: z.ZodType<T>) => Promise<T>;
  /** Absent where the server answers 404. */
  readonly maybe: <T>(path: string, schema: z.ZodType<T>) => Promise<Found<T>>;
  readonly ask: <T>(path: string, body: Json, schema: z.ZodType<T>) => Promise<T>;
  /** With a session only when there is one; a 503 that answers in JSON is an answer. */
  readonly openly: <T>(path: string, schema: z.ZodType<T>) => Promise<T>;
  readonly text: (path: string) => Promise<string>;
  readonly events: (path: string, signal: AbortSignal, opened?: () => void) => AsyncIterable<Happening>;
};

export function createReader(transport: Transport, session: SessionKeeper): Reader {
  const call = async (given: Call): Promise<Answer> => {
    const token = await session.ensure();
    const answer = await transport.call({ ...given, token });
    // The session ended, or the server was started anew: once more with a new one.
    if (answer.kind !== "problem" || answer.status !== 401 || token === undefined) return answer;
    return transport.call({ ...given, token: (await session.begin()).token });
  };
  const get = (path: string): Promise<Answer> => call({ method: "GET", path });
  return {
    one: async (path, schema) => valueOf(await get(path), schema),
    maybe: async (path, schema) => {
      const answer = await get(path);
      if (answer.kind === "problem" && answer.status === 404) return { kind: "absent" };
      return { kind: "found", value: valueOf(answer, schema) };
    },
    ask: async (path, body, schema) => valueOf(await call({ method: "POST", path, body }), schema),
    openly: async (path, schema) =>
      valueOf(await transport.call({ method: "GET", path, token: session.token() }), schema),
    text: async (path) => {
      const answer = await transport.call({ method: "GET", path });
      if (answer.kind === "problem") throw errorOf(answer);
      if (answer.kind !== "text") throw notUnderstood("text");
      return answer.value;
    },
    events: (path, signal, opened) => listen(transport, session, { path, signal, opened }),
  };
}

function valueOf<T>(answer: Answer, schema: z.ZodType<T>): T {
  if (answer.kind === "problem") throw errorOf(answer);
  const read = schema.safeParse(answer.value);
  if (!read.success) throw notUnderstood("what was asked for");
  return read.data;
}

type Listening = {
  readonly path: string;
  readonly signal: AbortSignal;
  readonly opened: (() => void) | undefined;
};

async function* listen(
  transport: Transport,
  session: SessionKeeper,
  { path, signal, opened }: Listening,
): AsyncGenerator<Happening> {
  const token = await session.ensure();
  const first = await transport.open(path, token, signal);
  const again = first.status === 401 && token !== undefined;
  const response = again ? await transport.open(path, (await session.begin()).token, signal) : first;
  if (!response.ok || response.body === null) throw notUnderstood(`a stream, but ${response.status}`);
  opened?.();
  try {
    yield* readEvents(response.body);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function notUnderstood(wanted: string): Fault {
  return new Fault("client.not-understood", `the server did not answer with ${wanted}`, "safe");
}
