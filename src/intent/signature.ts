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
  "addClaim",
  "removeClaim",
  "raiseMultiplier",
] as const;

export type CallKind = (typeof callKinds)[number];

/** A field of the call, or a word that is always the same and what it says. */
export type Word =
  | "to"
  | "from"
  | "identity"
  | "amount"
  | "country"
  | "issuer"
  | "topic"
  | "claim"
  | "claimId"
  | "newMultiplier"
  | "oldMultiplier"
  | "activationTime"
  /** 65 bytes take three words, and zeros follow in the last. */
  | { readonly signature: 0 | 1 | 2 }
  | { readonly always: bigint; readonly else: string };

export type Signature = {
  /** With the names of the arguments left out. */
  readonly text: string;
  readonly words: readonly Word[];
  /** What is called: the token, the registry of identities that belongs to it, or the identity contract that the call is about. */
  readonly contract: "token" | "registry" | "identity";
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
const agentBurn = ofToken("burn(address,uint256)", "from", "amount");
const forcedTransfer = ofToken("forcedTransfer(address,address,uint256)", "from", "to", "amount");

const laidOut = (place: bigint): Word => ({ always: place, else: "of bytes in another place" });

/**
 * ONCHAINID (ERC-735). The lengths never differ, so neither does where each part stands: ECDSA's scheme, a signature of 65 bytes, a
 * hash of 32, and no address of any further text, which might tell who somebody is.
 */
const addClaim: Signature = {
  text: "addClaim(uint256,uint256,address,bytes,bytes,string)",
  words: [
    "topic",
    { always: 1n, else: "of another scheme than ECDSA" },
    "issuer",
    laidOut(0xc0n),
    laidOut(0x140n),
    laidOut(0x180n),
    { always: 65n, else: "with a signature of another length" },
    { signature: 0 },
    { signature: 1 },
    { signature: 2 },
    { always: 32n, else: "that holds more or less than a hash" },
    "claim",
    { always: 0n, else: "with an address of further text" },
  ],
  contract: "identity",
};

const signatures: Readonly<Record<Standard, Readonly<Partial<Record<CallKind, Signature>>>>> = {
  "role-erc20": {
    ...transferring,
    burn,
    grantRole: ofToken("grantRole(bytes32,address)", role, "to"),
    revokeRole: ofToken("revokeRole(bytes32,address)", role, "to"),
  },
  erc3643: {
    ...transferring,
    agentBurn,
    freeze: ofToken("setAddressFrozen(address,bool)", "to", yes),
    unfreeze: ofToken("setAddressFrozen(address,bool)", "to", no),
    registerIdentity: {
      text: "registerIdentity(address,address,uint16)",
      words: ["to", "identity", "country"],
      contract: "registry",
    },
    forcedTransfer,
    addClaim,
    removeClaim: { text: "removeClaim(bytes32)", words: ["claimId"], contract: "identity" },
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
  "backed-token": {
    mint: transferring.mint,
    transfer: transferring.transfer,
    agentBurn,
    pause: ofToken("setPause(bool)", yes),
    unpause: ofToken("setPause(bool)", no),
    raiseMultiplier: ofToken(
      "updateMultiplierValue(uint256,uint256,uint256)",
      ...(["newMultiplier", "oldMultiplier", "activationTime"] as const),
    ),
  },
};

/** Undefined where the standard has no such call. */
export function signatureOf(standard: Standard, kind: CallKind): Signature | undefined {
  return signatures[standard][kind];
}
