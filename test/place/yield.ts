/** A yield of the gold token: a policy that permits it, its document, and the parts of it as requests. */
import { apportion, distributionJson, readDistribution, type Apportioned } from "../../src/evidence/distribution.ts";
import type { PolicyDocument } from "../../src/policy/document/document.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import * as subject from "../../src/evidence/subject.ts";
import type { Json } from "../../src/values/json.ts";
import {
  chainId,
  goldPolicy,
  goldToken,
  idOf,
  observation,
  submission,
  treasury,
  units,
  type Deployment,
  type Seen,
} from "./gold.ts";

export const escrow = `0x${"ee".repeat(20)}`;
export const holderOf = (index: number): string => `0xc${(index + 1).toString(16).padStart(39, "0")}`;

/** Distributions beside mints, under the same reserves and limits. */
export function yieldPolicy(overrides: Readonly<Record<string, unknown>> = {}): PolicyDocument {
  const plain = goldPolicy();
  const issued = { operation: { in: ["mint", "distribute"] } };
  const [cover, ...guards] = plain.guards!;
  return goldPolicy({
    lists: {
      treasury: { entries: [{ address: treasury, label: "Bank A omnibus" }] },
      escrow: { entries: [{ address: escrow, label: "Escrow agent" }] },
    },
    guards: [{ ...cover!, when: issued }, ...guards],
    limits: plain.limits!.map((limit) => ({ ...limit, when: issued })),
    rules: [
      ...plain.rules,
      {
        id: "yield",
        when: { operation: "distribute", initiator: { group: "issuers" } },
        batch: { max: 10_000, total: "1000 GLD" },
        tiers: [{ upTo: "1000 GLD", quorum: { group: "custodians", min: 2 }, sign: "hsm-mint" }],
      },
    ],
    ...overrides,
  });
}

/** So many holders of 1, 2, 3 … GLD, the second of whom may not have their share. */
export function yieldOf(holders = 5, overrides: Readonly<Record<string, unknown>> = {}): Apportioned {
  const document = {
    kind: "Distribution",
    asset: "GLD",
    chainId,
    token: goldToken,
    recordBlock: 5,
    recordHash: idOf("block 5"),
    previous: null,
    pool: units(10),
    escrow,
    treasury,
    ineligible: [holderOf(1)],
    holders: Array.from({ length: holders }, (_, index) => ({ address: holderOf(index), balance: units(index + 1) })),
    ...overrides,
  };
  return apportion(readDistribution(document));
}

export const documentOf = ({ document }: Apportioned): Json => distributionJson(document);

/** The request for what one of the recipients gets; what it says may be overridden. */
export function partOf(deployment: Deployment, { now, of, index, by, intent = {} }: PartAsked): Envelope {
  const { to, amount } = of.entitlements[index]!;
  return submission(deployment, {
    now,
    ...(by === undefined ? {} : { by }),
    intent: {
      operation: "distribute",
      to,
      amount: amount.toString(),
      reference: `YIELD-1/${String(index)}`,
      distribution: of.hash,
      ...intent,
    },
  });
}

export type PartAsked = {
  readonly now: number;
  readonly of: Apportioned;
  readonly index: number;
  /** The issuer when left out. */
  readonly by?: Parameters<typeof submission>[1]["by"];
  readonly intent?: Readonly<Record<string, unknown>>;
};

/** What observers see of its holders. */
export function recordSight({ document, holders }: Apportioned): {
  readonly subject: string;
  readonly fact: "holders";
  readonly value: string;
} {
  return { subject: subject.holders(document.token, document), fact: "holders", value: holders };
}

/** Both observers say who held the token at the record block. */
export function recordSeen(
  deployment: Deployment,
  of: Apportioned,
  seen: Seen,
  value: string = of.holders,
): Envelope[] {
  const sight = { ...recordSight(of), value };
  return (["obs-1", "obs-2"] as const).map((by) => observation(deployment, by, sight, seen));
}
