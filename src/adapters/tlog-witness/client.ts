/** A witness over HTTP (C2SP tlog-witness): every call bounded in time and bytes, no redirects, and an answer or a fault. */
import type { WitnessAnswer, WitnessEndpoint } from "../../flow/serve/witness.port.ts";
import { addPath, format, maxAddBytes, newestPath, parseSize } from "../../log/add-checkpoint.ts";
import { parseLines, type NoteKey } from "../../log/signed-note.ts";
import { Fault, InvalidValue } from "../../values/errors.ts";

export type ConnectOptions = {
  readonly key: NoteKey;
  /** Its submission prefix. */
  readonly url: string;
  readonly timeoutMs?: number;
};

export function connectWitness({ key, url, timeoutMs = 4_000 }: ConnectOptions): WitnessEndpoint {
  const prefix = url.replace(/\/+$/, "");
  const call = async (path: string, body?: string): Promise<Called> => {
    try {
      const response = await fetch(`${prefix}${path}`, {
        ...(body === undefined ? {} : { method: "POST", body, headers: { "content-type": "text/plain" } }),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, text: await readBounded(response) };
    } catch (error) {
      throw away(key, reason(error));
    }
  };
  return {
    key,
    add: async (asked) => understood(key, await call(addPath, format(asked))),
    newest: async () => {
      const { status, text } = await call(newestPath);
      return status === 200 ? text : undefined;
    },
  };
}

type Called = { readonly status: number; readonly text: string };

function understood(key: NoteKey, { status, text }: Called): WitnessAnswer {
  switch (status) {
    case 200:
      return cosigned(key, text);
    case 409: {
      const size = parseSize(text);
      if (size === undefined) throw away(key, "it names no size that it knows");
      return { kind: "elsewhere", size };
    }
    case 403:
      return { kind: "refused", why: "it does not take the log key's signature" };
    case 404:
      return { kind: "refused", why: "it does not know this log" };
    case 422:
      return { kind: "refused", why: "the log does not grow out of what it cosigned before" };
    default:
      throw away(key, `it answers ${status}`);
  }
}

function cosigned(key: NoteKey, text: string): WitnessAnswer {
  try {
    return { kind: "cosigned", lines: parseLines(text) };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw away(key, "its answer is not understood");
  }
}

async function readBounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > maxAddBytes) throw new Error("too long");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Addresses may carry a key, so none is told. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error && cause.name === "TimeoutError") return "it took too long";
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string" && /^E[A-Z_]+$/.test(cause.code))
    return `no connection (${cause.code})`;
  return "no connection, or an answer that is none";
}

function away({ name }: NoteKey, why: string): Fault {
  return new Fault("witness.away", `witness ${name} does not answer: ${why}`, "safe");
}
