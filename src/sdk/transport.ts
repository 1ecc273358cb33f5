/** HTTP as the client needs it: bounded in time and size, JSON read strictly, a problem told apart from an answer. */
import { problemSchema } from "../request/api.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { concat } from "../values/hex.ts";
import { parseStrict, type Json } from "../values/json.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type Answer =
  | { readonly kind: "json"; readonly status: number; readonly value: Json }
  | { readonly kind: "text"; readonly status: number; readonly value: string }
  | {
      readonly kind: "problem";
      readonly status: number;
      readonly code: string;
      readonly detail: string;
      readonly field: string;
    };

export type Call = {
  readonly method: "GET" | "POST";
  /** From the first slash, with the query. */
  readonly path: string;
  readonly body?: Json;
  readonly token?: string | undefined;
};

export type Transport = {
  /** Throws `Fault` `client.unreachable` without an answer, `client.not-understood` for one that is not the API's. */
  readonly call: (call: Call) => Promise<Answer>;
  /** The open answer of an event stream. */
  readonly open: (path: string, token: string | undefined, signal: AbortSignal) => Promise<Response>;
};

const maxAnswerBytes = 16 * 1024 * 1024;
const maxDepth = 64;

export function createTransport(baseUrl: string, fetch: Fetch, timeoutMs: number): Transport {
  const base = originOf(baseUrl);
  return {
    call: async ({ method, path, body, token }) => {
      const headers = headersOf(token, body !== undefined);
      const signal = AbortSignal.timeout(timeoutMs);
      const init: RequestInit = { method, headers, signal, redirect: "error", credentials: "omit" };
      try {
        const response = await fetch(
          `${base}${path}`,
          body === undefined ? init : { ...init, body: JSON.stringify(body) },
        );
        return read(response, await textOf(response));
      } catch (error) {
        throw unreachable(base, error);
      }
    },
    open: async (path, token, signal) => {
      try {
        const headers = { ...headersOf(token, false), accept: "text/event-stream" };
        return await fetch(`${base}${path}`, { headers, signal, redirect: "error", credentials: "omit" });
      } catch (error) {
        throw unreachable(base, error);
      }
    },
  };
}

/** Scheme, host and port; throws `InvalidValue` for anything more, so that no path or password hides in it. */
export function originOf(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const plain = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!plain || url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new InvalidValue("client.base-url", `\`${baseUrl}\` is not an address such as \`http://127.0.0.1:8080\``);
  }
  return url.origin;
}

/** What a server refused, as an error of the caller; what it could not do, as a fault of the world. */
export function errorOf({ status, code, detail, field }: Extract<Answer, { kind: "problem" }>): Error {
  return status >= 500 ? new Fault(code, detail, "safe") : new InvalidValue(code, detail, field);
}

function headersOf(token: string | undefined, hasBody: boolean): Record<string, string> {
  return {
    accept: "application/json",
    ...(hasBody ? { "content-type": "application/json" } : {}),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    if (!(chunk instanceof Uint8Array)) throw notUnderstood("its answer is not bytes");
    length += chunk.length;
    if (length > maxAnswerBytes) throw notUnderstood("its answer is too long");
    chunks.push(chunk);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(concat(...chunks));
}

function read(response: Response, text: string): Answer {
  const { status } = response;
  const type = (response.headers.get("content-type") ?? "").split(";")[0]?.trim();
  if (type === "text/plain" && response.ok) return { kind: "text", status, value: text };
  if (type !== "application/json" && type !== "application/problem+json") {
    throw notUnderstood(`it answered ${status} without JSON`);
  }
  const value = parseStrict(text, maxDepth);
  const problem = problemSchema.safeParse(value);
  if (type === "application/problem+json" && problem.success) {
    const { code, detail, field } = problem.data;
    return { kind: "problem", status, code, detail, field };
  }
  // A service that is not ready says so in JSON, with 503.
  return { kind: "json", status, value };
}

function notUnderstood(why: string): Fault {
  return new Fault("client.not-understood", `the server is not understood: ${why}`, "safe");
}

function unreachable(base: string, error: unknown): Error {
  if (error instanceof Fault) return error;
  if (error instanceof InvalidValue) return notUnderstood(error.message);
  const why = error instanceof Error && error.name === "TimeoutError" ? "does not answer in time" : "cannot be reached";
  return new Fault("client.unreachable", `${base} ${why}`, "safe", error);
}
