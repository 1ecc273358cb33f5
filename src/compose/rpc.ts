/** The caller's own JSON-RPC endpoint: loopback in front, the service's API and one node of the chain behind. */
import { connect } from "../adapters/json-rpc/connection.ts";
import { listenRpc, type RpcListening } from "../adapters/rpc-server/listener.ts";
import { createRpc, type RpcParts } from "../sdk/rpc/answer.ts";
import type { CallPlace } from "../sdk/rpc/asked-request.ts";
import type { ChainId } from "../values/chain-id.ts";
import { verifyBundleText } from "./bundle-verifier.ts";

export type RpcOptions = Omit<RpcParts, "pass" | "verify" | "chainId"> & {
  readonly chainId: ChainId;
  /** Of the node that answers reads; may carry an access key. */
  readonly endpoint: string;
  readonly port: number;
  /** Where the address of a call names none. */
  readonly reference: string | undefined;
};

/** Resolves when it listens and the node is on the chain. Throws `Fault` `chain.*` or `rpc.*`. */
export async function startRpc({ endpoint, port, reference, ...asking }: RpcOptions): Promise<RpcListening> {
  const node = connect({ url: endpoint, chainId: asking.chainId });
  await node.verify();
  const rpc = createRpc({
    ...asking,
    pass: node.send,
    verify: (bundle) => verifyBundleText(JSON.stringify(bundle), asking.deploymentId),
  });
  const listening = await listenRpc(port, (body, url) => rpc(body, placeOf(url, reference)));
  return {
    url: listening.url,
    close: async () => {
      await listening.close();
      node.close();
    },
  };
}

/** `/DEPOSIT-42?again=1`. */
function placeOf(url: URL, usual: string | undefined): CallPlace {
  const path = url.pathname.slice(1);
  const again = url.searchParams.get("again") ?? "0";
  return { reference: path === "" ? usual : path, again: /^[0-9]{1,3}$/.test(again) ? Number(again) : undefined };
}
