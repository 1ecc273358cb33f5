/** The operations the house knows; what is not in this table is opaque and denied. */
import { z } from "zod";

/**
 * Which fields of an intent an operation uses; an unused recipient is the zero address, an unused amount is 0. `signature` is that
 * of the call with the names of its arguments left out; `arguments` are those that an intent may choose, in their order (Solidity ABI).
 */
export const operations = {
  mint: {
    signature: "mint(address,uint256)",
    arguments: { to: "address", amount: "uint256" },
    recipient: true,
    amount: true,
  },
  burn: { signature: "burn(uint256)", arguments: { amount: "uint256" }, recipient: false, amount: true },
  redeem: { signature: "burn(uint256)", arguments: { amount: "uint256" }, recipient: false, amount: true },
  transfer: {
    signature: "transfer(address,uint256)",
    arguments: { to: "address", amount: "uint256" },
    recipient: true,
    amount: true,
  },
  pause: { signature: "pause()", arguments: {}, recipient: false, amount: false },
  unpause: { signature: "unpause()", arguments: {}, recipient: false, amount: false },
  grantRole: { signature: "grantRole(bytes32,address)", arguments: { to: "address" }, recipient: true, amount: false },
  revokeRole: {
    signature: "revokeRole(bytes32,address)",
    arguments: { to: "address" },
    recipient: true,
    amount: false,
  },
} as const;

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
]);

export type ArgumentType = "address" | "uint256";

/** Types of the call's arguments by name, in the order of the signature. */
export function argumentTypes(operation: Operation): Readonly<Record<string, ArgumentType | undefined>> {
  return operations[operation].arguments;
}
