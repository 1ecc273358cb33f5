/** Intent to calldata and back: the decoder is the exact inverse of the encoder and understands nothing else. */
import { AbiCoder } from "ethers/abi";
import * as address from "../values/address.ts";
import * as amount from "../values/amount.ts";
import { keccak256, utf8 } from "../values/digest.ts";
import * as hex from "../values/hex.ts";
import type { Intent } from "./intent.ts";
import { mintingRole, operations } from "./operation.ts";

/** A call that the role-minted ERC-20 profile knows, or `opaque`, which the policy denies. */
export type Call =
  | { readonly kind: "mint" | "transfer"; readonly to: address.Address; readonly amount: amount.Amount }
  | { readonly kind: "burn"; readonly amount: amount.Amount }
  | { readonly kind: "pause" | "unpause" }
  /** Of the minting role alone. */
  | { readonly kind: "grantRole" | "revokeRole"; readonly to: address.Address }
  | { readonly kind: "opaque"; readonly why: string };

type KnownCall = Exclude<Call, { kind: "opaque" }>;

const coder = AbiCoder.defaultAbiCoder();
const kinds = ["mint", "transfer", "burn", "pause", "unpause", "grantRole", "revokeRole"] as const;
/** Words of 32 bytes after the selector. */
const wordsOf = { mint: 2, transfer: 2, burn: 1, pause: 0, unpause: 0, grantRole: 2, revokeRole: 2 } as const;
const role = keccak256(utf8(mintingRole));
const selectors = new Map(kinds.map((kind) => [selector(operations[kind].signature), kind]));

/** First four bytes of the Keccak-256 of the signature (Solidity ABI). */
function selector(signature: string): hex.Hex {
  return hex.parse(keccak256(utf8(signature)).slice(0, 10));
}

/** The call an intent stands for; redeem is a burn of what the account holds. */
export function callOf(intent: Pick<Intent, "operation" | "to" | "amount">): KnownCall {
  switch (intent.operation) {
    case "mint":
    case "transfer":
      return { kind: intent.operation, to: intent.to, amount: intent.amount };
    case "burn":
    case "redeem":
      return { kind: "burn", amount: intent.amount };
    case "pause":
    case "unpause":
      return { kind: intent.operation };
    case "grantRole":
    case "revokeRole":
      return { kind: intent.operation, to: intent.to };
  }
}

export function encode(call: KnownCall): hex.Hex {
  const head = selector(operations[call.kind].signature);
  switch (call.kind) {
    case "mint":
    case "transfer":
      return hex.parse(head + coder.encode(["address", "uint256"], [call.to, call.amount]).slice(2));
    case "burn":
      return hex.parse(head + coder.encode(["uint256"], [call.amount]).slice(2));
    case "pause":
    case "unpause":
      return head;
    case "grantRole":
    case "revokeRole":
      return hex.parse(head + coder.encode(["bytes32", "address"], [role, call.to]).slice(2));
  }
}

/** Refuses trailing bytes, dirty padding and unknown selectors by answering `opaque`. */
export function decode(data: hex.Hex): Call {
  const kind = selectors.get(hex.parse(data.slice(0, 10).padEnd(10, "0")));
  if (kind === undefined || data.length < 10) return { kind: "opaque", why: `unknown selector ${data.slice(0, 10)}` };
  const words = data.slice(10);
  const wanted = wordsOf[kind];
  if (words.length !== wanted * 64)
    return { kind: "opaque", why: `${kind} takes ${String(wanted)} words, not ${String(words.length / 64)}` };
  const call = read(kind, words);
  return call.kind === "opaque" || encode(call) === data
    ? call
    : { kind: "opaque", why: `${kind} with padding that is not zero` };
}

function read(kind: (typeof kinds)[number], words: string): Call {
  switch (kind) {
    case "mint":
    case "transfer":
      if (!/^0{24}/.test(words)) return { kind: "opaque", why: `${kind} with padding that is not zero` };
      return {
        kind,
        to: address.parse(`0x${words.slice(24, 64)}`),
        amount: amount.fromBigInt(BigInt(`0x${words.slice(64)}`)),
      };
    case "burn":
      return { kind, amount: amount.fromBigInt(BigInt(`0x${words}`)) };
    case "pause":
    case "unpause":
      return { kind };
    case "grantRole":
    case "revokeRole":
      if (words.slice(0, 64) !== role.slice(2))
        return { kind: "opaque", why: `${kind} of another role than ${mintingRole}` };
      if (!/^0{24}/.test(words.slice(64))) return { kind: "opaque", why: `${kind} with padding that is not zero` };
      return { kind, to: address.parse(`0x${words.slice(88)}`) };
  }
}
