/** The operations the house knows; what is not in this table is opaque and denied. */
import { z } from "zod";

/**
 * Which fields of an intent an operation uses; an unused recipient is the zero address, an unused amount is 0. `arguments` are
 * those that a policy can ask about, in their order. `further` are those that stand in the line of details alone, where people
 * read them. Which call it is, the token's standard says (calls.ts).
 */
export const operations = {
  mint: { arguments: { to: "address", amount: "uint256" }, recipient: true, amount: true, further: [] },
  burn: { arguments: { amount: "uint256" }, recipient: false, amount: true, further: [] },
  redeem: { arguments: { amount: "uint256" }, recipient: false, amount: true, further: [] },
  transfer: { arguments: { to: "address", amount: "uint256" }, recipient: true, amount: true, further: [] },
  pause: { arguments: {}, recipient: false, amount: false, further: [] },
  unpause: { arguments: {}, recipient: false, amount: false, further: [] },
  grantRole: { arguments: { to: "address" }, recipient: true, amount: false, further: [] },
  revokeRole: { arguments: { to: "address" }, recipient: true, amount: false, further: [] },
  /** `to` is the holder, here and in the next two. */
  freeze: { arguments: { to: "address" }, recipient: true, amount: false, further: [] },
  unfreeze: { arguments: { to: "address" }, recipient: true, amount: false, further: [] },
  registerIdentity: {
    arguments: { to: "address" },
    recipient: true,
    amount: false,
    further: ["identity", "country"],
  },
  forcedTransfer: { arguments: { to: "address", amount: "uint256" }, recipient: true, amount: true, further: ["from"] },
  /** One holder's part of a yield, in the asset itself. */
  distribute: {
    arguments: { to: "address", amount: "uint256" },
    recipient: true,
    amount: true,
    further: ["distribution"],
  },
  /** Of the holder's identity contract: what an issuer of claims says of them, under that issuer's own signature. */
  addClaim: {
    arguments: { to: "address" },
    recipient: true,
    amount: false,
    further: ["identity", "issuer", "topic", "claim", "signature"],
  },
  removeClaim: {
    arguments: { to: "address" },
    recipient: true,
    amount: false,
    further: ["identity", "issuer", "topic"],
  },
  /** A yield for everybody who holds some. The call has no amount: people agree to the most that it adds to what is out. */
  raiseMultiplier: {
    arguments: { amount: "uint256" },
    recipient: false,
    amount: true,
    further: ["newMultiplier", "oldMultiplier", "activationTime"],
  },
} as const satisfies Readonly<Record<string, Uses>>;

type Uses = {
  readonly arguments: Readonly<Record<string, ArgumentType>>;
  readonly recipient: boolean;
  readonly amount: boolean;
  readonly further: readonly FurtherName[];
};

/**
 * Arguments without a field of their own in a submission: whose tokens are moved; the contract that speaks for a holder; ISO 3166-1
 * numeric; where what backs the redeemed tokens is released to, by its name in the policy; the hash of the document that says who
 * gets which part of a yield; of a claim the contract of its issuer, its topic, the hash that it holds, and the issuer's signature;
 * what a multiplier becomes, what it is before, and from when on.
 */
export type FurtherName =
  | ("from" | "identity" | "country" | "destination" | "distribution" | "issuer" | "topic" | "claim" | "signature")
  | ("newMultiplier" | "oldMultiplier" | "activationTime");

/**
 * The one role that is granted and revoked here, by its name in the contract; the role's own number is the Keccak-256 of the name
 * (OpenZeppelin AccessControl). Whoever may grant it may be told apart from whoever administers the token by this alone: a call that
 * grants any other role is opaque.
 */
export const mintingRole = "MINTER_ROLE";

export type Operation = keyof typeof operations;

export const operationSchema = z.enum([
  "mint",
  "burn",
  "redeem",
  "transfer",
  "pause",
  "unpause",
  "grantRole",
  "revokeRole",
  "freeze",
  "unfreeze",
  "registerIdentity",
  "forcedTransfer",
  "distribute",
  "addClaim",
  "removeClaim",
  "raiseMultiplier",
]);

/** Operations that bring tokens into the world: whatever is asked of one for the sake of the supply is asked of all. */
export const issuing: readonly Operation[] = ["mint", "distribute", "raiseMultiplier"];

export function isIssuing(operation: string): boolean {
  return issuing.some((one) => one === operation);
}

export type ArgumentType = "address" | "uint256";

/** Types of the call's arguments that a policy can ask about, by name. */
export function argumentTypes(operation: Operation): Readonly<Record<string, ArgumentType | undefined>> {
  return operations[operation].arguments;
}

export function furtherNames(operation: Operation): readonly FurtherName[] {
  return operations[operation].further;
}

/** Those that an operation may have or leave out. A redemption without a destination ends with its burn. */
export function optionalNames(operation: Operation): readonly FurtherName[] {
  return operation === "redeem" ? ["destination"] : [];
}
