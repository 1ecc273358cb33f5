/** How an endpoint is asked over HTTP: no redirects, and no more of an answer than anybody may need. */
import { z } from "zod";
import type { FetchGetUrlFunc, FetchRequest, GetUrlResponse } from "ethers/utils";

/** Ten thousand logs of a receipt, or a page of events, with room to spare. */
const mostBytes = 32 * 1024 * 1024;

/** Throws an error with the code of the socket's failure, `TIMEOUT` or `ETOOLONG`; a redirect is an answer like any other. */
export const boundedFetch: FetchGetUrlFunc = async (request, signal) => {
  const stopping = new AbortController();
  const timer = setTimeout(() => {
    stopping.abort(coded("TIMEOUT"));
  }, request.timeout);
  signal?.addListener(() => {
    stopping.abort(coded("TIMEOUT"));
  });
  try {
    return await read(request, stopping.signal);
  } catch (error) {
    throw coded(codeOf(error));
  } finally {
    clearTimeout(timer);
  }
};

async function read({ url, method, headers, body }: FetchRequest, signal: AbortSignal): Promise<GetUrlResponse> {
  const response = await fetch(url, {
    method,
    headers,
    body: body === null ? null : new Uint8Array(body),
    redirect: "manual",
    signal,
  });
  const parts: Uint8Array[] = [];
  let length = 0;
  const coming: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = response.body ?? [];
  for await (const part of coming) {
    length += part.length;
    if (length > mostBytes) throw coded("ETOOLONG");
    parts.push(part);
  }
  return {
    statusCode: response.status,
    statusMessage: response.statusText,
    headers: Object.fromEntries(response.headers),
    body: Buffer.concat(parts),
  };
}

/** The platform's own `fetch failed` keeps the reason in its cause. */
const failureSchema = z.union([
  z.object({ code: z.string() }),
  z.object({ cause: z.object({ code: z.string() }) }).transform(({ cause }) => cause),
]);

function codeOf(error: unknown): string {
  return failureSchema.safeParse(error).data?.code ?? "EPROTO";
}

/** Without the address, which may hold a key. */
function coded(code: string): Error {
  return Object.assign(new Error("the endpoint was not reached"), { code });
}
