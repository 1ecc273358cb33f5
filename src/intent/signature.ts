/** The calls of each token standard: exact signatures, and what every word after the selector stands for (Solidity ABI). */
import { keccak256, utf8 } from "../values/digest.ts";
import * as amount from "../values/amount.ts";
import { mintingRole } from "./operation.ts";
import type { Standard } from "./standard.ts";

export const callKinds = [
  "mint",
  "transfer",
  "burn",
  "agentBurn",
  "pause",
  "unpause",
  "grantRole",
  "revokeRole",
  "freeze",
  "unfreeze",
  "registerIdentity",
  "forcedTransfer",
] as const;

export type CallKind = (typeof callKinds)[number];

/** A field of the call, or a word that is always the same and what it says. */
export type Word =
  "to" | "from" | "identity" | "amount" | "country" | { readonly always: bigint; readonly else: string };

export type Signature = {
  /** With the names of the arguments left out. */
  readonly text: string;
  readonly words: readonly Word[];
  /** What is called: the token, or the registry of identities that belongs to it. */
  readonly contract: "token" | "registry";
};

const ofToken = (text: string, ...words: readonly Word[]): Signature => ({ text, words, contract: "token" });

const role: Word = { always: BigInt(keccak256(utf8(mintingRole))), else: `of another role than ${mintingRole}` };
const yes: Word = { always: 1n, else: "of neither yes nor no" };
const no: Word = { always: 0n, else: "of neither yes nor no" };
/** The frozen amount of ERC-7943 is set, not added: everything that fits in 256 bits is all that a holder will ever have. */
const all: Word = { always: amount.max, else: "of a part of what is held" };
const none: Word = { always: 0n, else: "of a part of what is held" };

const transferring = {
  mint: ofToken("mint(address,uint256)", "to", "amount"),
  transfer: ofToken("transfer(address,uint256)", "to", "amount"),
  pause: ofToken("pause()"),
  unpause: ofToken("unpause()"),
};
const burn = ofToken("burn(uint256)", "amount");
const forcedTransfer = ofToken("forcedTransfer(address,address,uint256)", "from", "to", "amount");

const signatures: Readonly<Record<Standard, Readonly<Partial<Record<CallKind, Signature>>>>> = {
  "role-erc20": {
    ...transferring,
    burn,
    grantRole: ofToken("grantRole(bytes32,address)", role, "to"),
    revokeRole: ofToken("revokeRole(bytes32,address)", role, "to"),
  },
  erc3643: {
    ...transferring,
    agentBurn: ofToken("burn(address,uint256)", "from", "amount"),
    freeze: ofToken("setAddressFrozen(address,bool)", "to", yes),
    unfreeze: ofToken("setAddressFrozen(address,bool)", "to", no),
    registerIdentity: {
      text: "registerIdentity(address,address,uint16)",
      words: ["to", "identity", "country"],
      contract: "registry",
    },
    forcedTransfer,
  },
  erc7943: {
    ...transferring,
    burn,
    freeze: ofToken("setFrozenTokens(address,uint256)", "to", all),
    unfreeze: ofToken("setFrozenTokens(address,uint256)", "to", none),
    forcedTransfer,
  },
  "fiat-token": {
    ...transferring,
    burn,
    freeze: ofToken("blacklist(address)", "to"),
    unfreeze: ofToken("unBlacklist(address)", "to"),
  },
};

/** Undefined where the standard has no such call. */
export function signatureOf(standard: Standard, kind: CallKind): Signature | undefined {
  return signatures[standard][kind];
}
