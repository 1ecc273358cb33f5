/** How much gas each operation of each token standard may carry: never so little that it starves, never a blank cheque. */
import type { Operation } from "../intent/operation.ts";
import type { Standard } from "../intent/standard.ts";
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

/** A distribution is a mint to one holder, by the same call. */
const minting = bounds(80_000, 150_000, 500_000);
const mintingVerified = bounds(270_000, 450_000, 2_000_000);

/**
 * Most gas measured on the demo token (solc 0.8.37, OpenZeppelin 5.7, first holder, empty storage): mint 73,160 · burn 36,031 ·
 * transfer 53,804 · pause 47,070 · unpause 25,169 · grantRole 51,490 · revokeRole 29,570. OpenZeppelin's presets also list who
 * holds each role, and a first grant took more than 100,000. `usual` leaves room for tokens that also keep votes or check identities.
 */
const roleErc20 = {
  mint: minting,
  burn: bounds(45_000, 100_000, 400_000),
  redeem: bounds(45_000, 100_000, 400_000),
  transfer: bounds(60_000, 120_000, 400_000),
  pause: bounds(52_000, 80_000, 200_000),
  unpause: bounds(30_000, 80_000, 200_000),
  grantRole: bounds(60_000, 180_000, 250_000),
  revokeRole: bounds(45_000, 100_000, 250_000),
  distribute: minting,
} as const;

/**
 * On T-REX 4.1.6 with one claim topic and one compliance module: mint 260,431 · transfer 241,135 · forcedTransfer 222,622 ·
 * burn 78,311 · setAddressFrozen 61,415 · pause 42,676 · registerIdentity 79,578 · addClaim 307,700. What a removed claim
 * gives back comes after it was taken. Every topic, issuer and module asks for more.
 */
const erc3643 = {
  mint: mintingVerified,
  burn: bounds(90_000, 200_000, 1_000_000),
  redeem: bounds(90_000, 200_000, 1_000_000),
  transfer: bounds(250_000, 450_000, 2_000_000),
  pause: bounds(52_000, 80_000, 200_000),
  unpause: bounds(30_000, 80_000, 200_000),
  freeze: bounds(70_000, 110_000, 300_000),
  unfreeze: bounds(40_000, 110_000, 300_000),
  registerIdentity: bounds(90_000, 160_000, 500_000),
  forcedTransfer: bounds(230_000, 450_000, 2_000_000),
  addClaim: bounds(330_000, 450_000, 1_000_000),
  removeClaim: bounds(120_000, 200_000, 500_000),
  distribute: mintingVerified,
} as const;

/** On our own contracts of these shapes, which do least; an issuer's own may look up lists of others. */
const frozenByAmount = {
  freeze: bounds(60_000, 110_000, 300_000),
  unfreeze: bounds(40_000, 110_000, 300_000),
} as const;

const moving = {
  mint: roleErc20.mint,
  burn: roleErc20.burn,
  redeem: roleErc20.redeem,
  transfer: roleErc20.transfer,
  pause: roleErc20.pause,
  unpause: roleErc20.unpause,
  distribute: minting,
} as const;

/**
 * On our own contract of Backed's shape: mint 83,408 · burn 49,314 · transfer 68,734 · setPause 29,865 · updateMultiplierValue 82,051.
 * Backed's own works out first what a share is, one step for each day since that was last written down, keeps a list of all raises, and
 * asks a contract of others.
 */
const ofShares = bounds(90_000, 250_000, 1_000_000);
const shared = {
  mint: ofShares,
  burn: ofShares,
  redeem: ofShares,
  transfer: ofShares,
  raiseMultiplier: ofShares,
  pause: roleErc20.pause,
  unpause: roleErc20.unpause,
} as const;

const gas: Readonly<Record<Standard, Readonly<Partial<Record<Operation, GasBounds>>>>> = {
  "role-erc20": roleErc20,
  erc3643,
  erc7943: { ...moving, ...frozenByAmount, forcedTransfer: bounds(80_000, 180_000, 600_000) },
  "fiat-token": { ...moving, ...frozenByAmount },
  "backed-token": shared,
};

/** Undefined where the standard does not offer the operation. */
export function gasBounds(standard: Standard, operation: Operation): GasBounds | undefined {
  return gas[standard][operation];
}

/** A self-transfer of 0 that closes a nonce: the price of any transaction and nothing more (Yellow Paper, appendix G). */
export const fillerGas = amount.fromBigInt(21_000n);
