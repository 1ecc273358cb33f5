/** One Ethereum endpoint over JSON-RPC: every call bounded in time, on the one chain it must be, with errors that repeat nothing that was sent. */
import { JsonRpcProvider } from "ethers/providers";
import { FetchRequest, isError } from "ethers/utils";
import { z } from "zod";
import type { ChainId } from "../../values/chain-id.ts";
import { Fault } from "../../values/errors.ts";
import { boundedFetch } from "./bounded-fetch.ts";

export type ConnectionOptions = {
  /** May carry an access key, and is therefore in no message. */
  readonly url: string;
  readonly chainId: ChainId;
  readonly timeoutMs?: number;
};

export type Answer =
  | { readonly kind: "answered"; readonly result: unknown }
  /** The endpoint understood and refused; `code` and `message` are its own (JSON-RPC 2.0 §5.1). */
  | { readonly kind: "refused"; readonly code: number; readonly message: string; readonly data?: unknown }
  /** No answer in time, or none we understand; the endpoint may have acted all the same. */
  | { readonly kind: "unknown"; readonly why: string };

export type Connection = {
  /**
   * Resolves when the endpoint is on the expected chain. Throws `Fault` `chain.wrong-chain` (never) when it is on another, and
   * `chain.no-answer` (safe) when it does not say. Every other call begins with this until it has held once.
   */
  readonly verify: () => Promise<void>;
  /** Never throws but as `verify` does. */
  readonly send: (method: string, parameters: readonly unknown[]) => Promise<Answer>;
  readonly close: () => void;
};

/** A JSON-RPC error as the endpoint wrote it, wherever the library keeps it. */
const refusalSchema = z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() });
const keptSchema = z.union([
  z.object({ error: refusalSchema }).transform(({ error }) => error),
  z.object({ info: z.object({ error: refusalSchema }) }).transform(({ info }) => info.error),
]);

export function connect({ url, chainId, timeoutMs = 10_000 }: ConnectionOptions): Connection {
  const request = new FetchRequest(url);
  request.timeout = timeoutMs;
  request.getUrlFunc = boundedFetch;
  // A throttled call is our caller's to repeat, who knows how long it may wait.
  request.retryFunc = () => Promise.resolve(false);
  const options = { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 1_000 };
  const provider = new JsonRpcProvider(request, chainId, options);
  let verified = false;

  const raw = async (method: string, parameters: readonly unknown[]): Promise<Answer> => {
    try {
      return { kind: "answered", result: await bounded<unknown>(provider.send(method, [...parameters]), timeoutMs) };
    } catch (error) {
      const refusal = keptSchema.safeParse(error);
      return refusal.success ? { kind: "refused", ...refusal.data } : { kind: "unknown", why: reason(error) };
    }
  };

  const verify = async (): Promise<void> => {
    if (verified) return;
    const answer = await raw("eth_chainId", []);
    if (answer.kind === "unknown") throw noAnswer("eth_chainId", answer.why);
    const named = answer.kind === "answered" && typeof answer.result === "string" ? Number(answer.result) : Number.NaN;
    if (named !== chainId) {
      throw new Fault("chain.wrong-chain", `the endpoint of chain ${chainId} says it is chain \`${named}\``, "never");
    }
    verified = true;
  };

  return {
    verify,
    send: async (method, parameters) => {
      await verify();
      return raw(method, parameters);
    },
    close: () => {
      provider.destroy();
    },
  };
}

/** The result of a call that may be repeated; throws `Fault` where there is none. */
export async function ask(connection: Connection, method: string, parameters: readonly unknown[]): Promise<unknown> {
  const answer = await connection.send(method, parameters);
  switch (answer.kind) {
    case "answered":
      return answer.result;
    case "refused":
      throw new Fault("chain.refused", `the endpoint refused \`${method}\`: ${withoutBytes(answer.message)}`, "safe");
    case "unknown":
      throw noAnswer(method, answer.why);
  }
}

/** Reads an answer with its schema; what does not fit is a `Fault`, because an endpoint that talks nonsense is no endpoint. */
export function understand<T>(schema: z.ZodType<T>, method: string, result: unknown): T {
  const read = schema.safeParse(result);
  if (read.success) return read.data;
  const field = read.error.issues[0]?.path.map(String).join(".") ?? "";
  const where = field === "" ? "" : ` (\`${field}\`)`;
  throw new Fault("chain.malformed-answer", `the endpoint's answer to \`${method}\` is not understood${where}`, "safe");
}

/** Text of an endpoint, short, and without any bytes longer than a hash: nodes repeat transactions in their errors. */
export function withoutBytes(message: string): string {
  const text = message.replace(/(?:0x)?[0-9a-fA-F]{65,}/g, "(bytes)").replace(/\s+/g, " ");
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}

function noAnswer(method: string, why: string): Fault {
  return new Fault("chain.no-answer", `the endpoint does not answer \`${method}\`: ${why}`, "safe");
}

/** The library's messages quote the request, and with it the address and a signed transaction: only their kind is told. */
function reason(error: unknown): string {
  if (isError(error, "TIMEOUT")) return "it took too long";
  if (isError(error, "SERVER_ERROR")) return `HTTP status ${error.response?.statusCode ?? "unknown"}`;
  if (error instanceof Error && "code" in error && typeof error.code === "string" && /^E[A-Z_]+$/.test(error.code)) {
    return error.code === "ETOOLONG" ? "its answer is too long" : `no connection (${error.code})`;
  }
  return "no connection, or an answer that is not JSON-RPC";
}

/** The library's own limit is for silence; an endpoint that trickles would hold a call for ever. */
async function bounded<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error("timeout"), { code: "TIMEOUT" }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
