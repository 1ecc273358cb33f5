/** The operations the house knows; what is not in this table is opaque and denied. */
import { z } from "zod";

/** Which fields of an intent an operation uses; an unused recipient is the zero address, an unused amount is 0. */
export const operations = {
  mint: { signature: "mint(address,uint256)", recipient: true, amount: true },
  burn: { signature: "burn(uint256)", recipient: false, amount: true },
  redeem: { signature: "burn(uint256)", recipient: false, amount: true },
  transfer: { signature: "transfer(address,uint256)", recipient: true, amount: true },
  pause: { signature: "pause()", recipient: false, amount: false },
  unpause: { signature: "unpause()", recipient: false, amount: false },
} as const;

export type Operation = keyof typeof operations;

export const operationSchema = z.enum(["mint", "burn", "redeem", "transfer", "pause", "unpause"]);
