/** Which methods of an Ethereum node are passed on, which are refused in words, and that every other one is unknown. */

/** Reads of the chain; nothing here moves or signs anything. */
const reads: ReadonlySet<string> = new Set(
  (
    "eth_blockNumber eth_call eth_estimateGas eth_createAccessList eth_gasPrice eth_maxPriorityFeePerGas eth_feeHistory eth_blobBaseFee " +
    "eth_getBalance eth_getCode eth_getStorageAt eth_getProof eth_getTransactionCount eth_getTransactionByHash " +
    "eth_getTransactionReceipt eth_getBlockByNumber eth_getBlockByHash eth_getBlockReceipts " +
    "eth_getBlockTransactionCountByNumber eth_getBlockTransactionCountByHash eth_getTransactionByBlockNumberAndIndex " +
    "eth_getTransactionByBlockHashAndIndex eth_getLogs eth_newFilter eth_newBlockFilter eth_getFilterChanges " +
    "eth_getFilterLogs eth_uninstallFilter eth_syncing eth_protocolVersion net_listening web3_clientVersion"
  ).split(" "),
);

const blind =
  "it would sign what no policy has read: managed keys sign operations that people agreed to, and nothing else";

const refused: Readonly<Record<string, string>> = {
  eth_sign: blind,
  personal_sign: blind,
  eth_signTypedData: blind,
  eth_signTypedData_v1: blind,
  eth_signTypedData_v3: blind,
  eth_signTypedData_v4: blind,
  eth_signTransaction: "a signed transaction is never handed out before it is sent: use eth_sendTransaction",
  wallet_sendCalls: "calls are asked for one at a time: use eth_sendTransaction",
  wallet_addEthereumChain: "the chain is that of the genesis",
  wallet_switchEthereumChain: "the chain is that of the genesis",
};

export type Method =
  | { readonly kind: "read" | "accounts" | "chain" | "send" | "raw" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "unknown" };

export function methodOf(name: string): Method {
  if (reads.has(name)) return { kind: "read" };
  const why = Object.hasOwn(refused, name) ? refused[name] : undefined;
  if (why !== undefined) return { kind: "refused", why };
  switch (name) {
    case "eth_accounts":
    case "eth_requestAccounts":
      return { kind: "accounts" };
    case "eth_chainId":
    case "net_version":
      return { kind: "chain" };
    case "eth_sendTransaction":
      return { kind: "send" };
    case "eth_sendRawTransaction":
      return { kind: "raw" };
    default:
      return { kind: "unknown" };
  }
}
