/** Arbitrary intents for property tests, and one that is easy to read. */
import fc from "fast-check";
import { parse, type Intent } from "../../../src/intent/intent.ts";
import { furtherArgumentNames } from "../../../src/intent/further-argument.ts";
import {
  furtherNames,
  operations,
  optionalNames,
  type FurtherName,
  type Operation,
} from "../../../src/intent/operation.ts";
import { zero } from "../../../src/values/address.ts";

const address = fc
  .stringMatching(/^[0-9a-f]{40}$/)
  .map((digits) => `0x${digits}`)
  .filter((text) => text !== zero);
const uint256 = fc.bigInt(1n, 2n ** 256n - 1n).map(String);

function withoutFurther<T extends object>(wire: T): Omit<T, FurtherName> {
  const further: readonly string[] = furtherArgumentNames;
  return Object.fromEntries(Object.entries(wire).filter(([name]) => !further.includes(name))) as Omit<T, FurtherName>;
}

/** JSON of an intent that `parse` accepts. */
export const wires = fc
  .record({
    operation: fc.constantFrom(...(Object.keys(operations) as Operation[])),
    asset: fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/),
    chainId: fc.integer({ min: 1 }),
    account: address,
    to: address,
    amount: uint256,
    reference: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/),
    feeCeilingWei: uint256,
    notBefore: fc.integer({ min: 0, max: 4_000_000_000 }),
    lifetime: fc.integer({ min: 1, max: 1_000_000 }),
    from: address,
    identity: address,
    country: fc.integer({ min: 1, max: 999 }),
    distribution: fc.stringMatching(/^[0-9a-f]{64}$/).map((digits) => `0x${digits}`),
    issuer: address,
    topic: uint256,
    claim: fc.stringMatching(/^[0-9a-f]{64}$/).map((digits) => `0x${digits}`),
    signature: fc.stringMatching(/^[0-9a-f]{130}$/).map((digits) => `0x${digits}`),
    oldMultiplier: fc.bigInt(1n, 2n ** 255n - 1n),
    step: fc.bigInt(1n, 2n ** 255n),
    activationTime: fc.integer({ min: 0, max: 4_000_000_000 }),
    destination: fc.option(fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,63}$/), { nil: undefined }),
  })
  .filter((wire) => wire.account !== wire.to && wire.from !== wire.to)
  .map(({ step, oldMultiplier, ...wire }) => ({
    ...wire,
    oldMultiplier: oldMultiplier.toString(),
    newMultiplier: (oldMultiplier + step).toString(),
  }))
  .map(({ lifetime, destination, ...wire }) => ({
    ...withoutFurther(wire),
    expiresAt: wire.notBefore + lifetime,
    to: operations[wire.operation].recipient ? wire.to : zero,
    amount: operations[wire.operation].amount ? wire.amount : "0",
    ...Object.fromEntries(
      Object.entries(wire).filter(([name]) => furtherNames(wire.operation).some((one) => one === name)),
    ),
    ...(destination !== undefined && optionalNames(wire.operation).includes("destination") ? { destination } : {}),
  }));

export const intents: fc.Arbitrary<Intent> = wires.map(parse);

export const mint = {
  operation: "mint",
  asset: "GLD",
  chainId: 31_337,
  account: `0x${"1".repeat(40)}`,
  to: `0x${"2".repeat(40)}`,
  amount: "1000500000000000000000",
  reference: "RCPT-42",
  feeCeilingWei: "50000000000000000",
  notBefore: 1_793_000_000,
  expiresAt: 1_793_086_400,
} as const;
