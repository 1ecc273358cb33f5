/** How much gas each operation of the role-minted ERC-20 profile may carry: never so little that it starves, never a blank cheque. */
import type { Operation } from "../intent/operation.ts";
import * as amount from "../values/amount.ts";
import type { Amount } from "../values/amount.ts";

export type GasBounds = {
  /** Above the most that the operation was measured to take. */
  readonly floor: Amount;
  /** What the service proposes: an estimate is not trusted, because a call that swallows its inner failure estimates too low. */
  readonly usual: Amount;
  readonly cap: Amount;
};

function bounds(floor: number, usual: number, cap: number): GasBounds {
  const gas = (value: number): Amount => amount.fromBigInt(BigInt(value));
  return { floor: gas(floor), usual: gas(usual), cap: gas(cap) };
}

/**
 * Most gas measured on the demo token (solc 0.8.37, OpenZeppelin 5.7, first holder, empty storage): mint 73,160 · burn 36,031 ·
 * transfer 53,804 · pause 47,070 · unpause 25,169 · grantRole 51,490 · revokeRole 29,570. `usual` leaves room for tokens that also keep votes or check identities.
 */
export const gasBounds = {
  mint: bounds(80_000, 150_000, 500_000),
  burn: bounds(45_000, 100_000, 400_000),
  redeem: bounds(45_000, 100_000, 400_000),
  transfer: bounds(60_000, 120_000, 400_000),
  pause: bounds(52_000, 80_000, 200_000),
  unpause: bounds(30_000, 80_000, 200_000),
  grantRole: bounds(60_000, 100_000, 250_000),
  revokeRole: bounds(45_000, 100_000, 250_000),
} as const satisfies Readonly<Record<Operation, GasBounds>>;

/** A self-transfer of 0 that closes a nonce: the price of any transaction and nothing more (Yellow Paper, appendix G). */
export const fillerGas = amount.fromBigInt(21_000n);
