/** A chain as an auditor reads it, through an endpoint of their own. */
import { chainHistory, type ChainHistory } from "../adapters/json-rpc/chain-history.ts";
import { connect } from "../adapters/json-rpc/connection.ts";
import type { ChainId } from "../values/chain-id.ts";

export type { ChainHistory };

/** Asks, and lets go. Throws `Fault` when the endpoint does not answer, or is on another chain. */
export async function withChain<T>(
  url: string,
  chainId: ChainId,
  read: (history: ChainHistory) => Promise<T>,
): Promise<T> {
  const history = chainHistory(connect({ url, chainId, timeoutMs: 60_000 }));
  try {
    return await read(history);
  } finally {
    history.close();
  }
}
