/** A JSON-RPC endpoint before a real one that tells one lie at a time: it asks the real one, and answers what the lie makes of it. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { rpcOf } from "./chain.ts";

export type Call = { readonly id: number; readonly method: string; readonly params: readonly unknown[] };

export type Told =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } }
  /** Whatever it does with the connection. */
  | { readonly raw: (response: ServerResponse, id: number) => void };

/** `truth` asks the endpoint behind, about this very call or another one. */
export type Truth = (method?: string, params?: readonly unknown[]) => Promise<unknown>;
export type Lie = (call: Call, truth: Truth) => Promise<Told> | Told;

export type Liar = {
  readonly url: string;
  /** What it says until it is told otherwise; the truth when there is none. */
  lie: Lie | undefined;
  /** Methods it was asked for since it last was asked what. */
  readonly asked: Set<string>;
  readonly close: () => Promise<void>;
};

export async function startLiar(behind: string): Promise<Liar> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      void answer(JSON.parse(Buffer.concat(parts).toString()) as Call, response);
    });
  });
  const answer = async (call: Call, response: ServerResponse): Promise<void> => {
    liar.asked.add(call.method);
    const truth: Truth = (method = call.method, params = call.params) => rpcOf(behind, method, ...params);
    const told = await (liar.lie?.(call, truth) ?? honest(truth));
    if ("raw" in told) told.raw(response, call.id);
    else response.end(JSON.stringify({ jsonrpc: "2.0", id: call.id, ...told }));
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const liar: Liar = {
    url: `http://127.0.0.1:${String(port)}`,
    lie: undefined,
    asked: new Set(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
  return liar;
}

export async function honest(truth: Truth): Promise<Told> {
  try {
    return { result: await truth() };
  } catch (error) {
    return { error: { code: -32_000, message: (error as Error).message } };
  }
}
