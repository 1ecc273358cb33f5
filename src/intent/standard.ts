/** The token standards the house knows, and which operations each of them offers; no token has any other. */
import { z } from "zod";
import type { Operation } from "./operation.ts";

/**
 * `role-erc20`: ERC-20 with OpenZeppelin's AccessControl and Pausable. `erc3643`: T-REX, whose identity registry knows every holder.
 * `erc7943`: the universal token for real-world assets on top of `role-erc20`. `fiat-token`: Circle's, with allowances of minters
 * and a blacklist. `backed-token`: Backed's, in which everybody holds shares and a multiplier says how many tokens a share is.
 */
export const standardSchema = z.enum(["role-erc20", "erc3643", "erc7943", "fiat-token", "backed-token"]);

export type Standard = z.output<typeof standardSchema>;

const everywhere = ["mint", "burn", "redeem", "transfer", "pause", "unpause"] as const;
/** Balances of shares are rounded, each by itself: they are not the whole supply, of which parts of a yield would be worked out. */
const counted = [...everywhere, "distribute"] as const;

const offers = {
  "role-erc20": [...counted, "grantRole", "revokeRole"],
  erc3643: [...counted, "freeze", "unfreeze", "registerIdentity", "forcedTransfer", "addClaim", "removeClaim"],
  erc7943: [...counted, "freeze", "unfreeze", "forcedTransfer"],
  "fiat-token": [...counted, "freeze", "unfreeze"],
  "backed-token": [...everywhere, "raiseMultiplier"],
} as const satisfies Readonly<Record<Standard, readonly Operation[]>>;

/** Where no role stands before `burn(uint256)`: any holder burns their own, and nobody else's. */
const publiclyBurned: readonly Standard[] = ["role-erc20", "erc7943"];

export function holdersBurn(standard: Standard): boolean {
  return publiclyBurned.includes(standard);
}

/** Where a multiplier says how many tokens a share is, and what is out grows without a transfer. */
export function hasMultiplier(standard: Standard): boolean {
  return isOffered(standard, "raiseMultiplier");
}

export function offered(standard: Standard): readonly Operation[] {
  return offers[standard];
}

export function isOffered(standard: Standard, operation: string): boolean {
  return offered(standard).some((one) => one === operation);
}
