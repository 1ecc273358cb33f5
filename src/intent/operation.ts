/** The operations the house knows; what is not in this table is opaque and denied. */
import { z } from "zod";

/**
 * Which fields of an intent an operation uses; an unused recipient is the zero address, an unused amount is 0. `signature` is that
 * of the call with the names of its arguments left out; `arguments` has them in order (Solidity ABI).
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
} as const;

export type Operation = keyof typeof operations;

export const operationSchema = z.enum(["mint", "burn", "redeem", "transfer", "pause", "unpause"]);

export type ArgumentType = "address" | "uint256";

/** Types of the call's arguments by name, in the order of the signature. */
export function argumentTypes(operation: Operation): Readonly<Record<string, ArgumentType | undefined>> {
  return operations[operation].arguments;
}
