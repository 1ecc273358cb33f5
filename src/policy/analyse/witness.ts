/** A request that stands for a spot, in words and as data, and the world in which it is decided. */
import { parse as parseTypedData } from "../../intent/typed-data.ts";
import type { RosterIndex } from "../../roster/membership.ts";
import type { Member } from "../../roster/roster.ts";
import * as address from "../../values/address.ts";
import type { Address } from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import type { Amount } from "../../values/amount.ts";
import * as duration from "../../values/duration.ts";
import * as instant from "../../values/instant.ts";
import type { Instant } from "../../values/instant.ts";
import type { Json } from "../../values/json.ts";
import { parseReference } from "../../values/line.ts";
import type { Name } from "../../values/name.ts";
import { hasAmount, hasRecipient, type Asked } from "../asked.ts";
import type { Interval } from "../compile/condition.ts";
import type { DecideInput } from "../decide.ts";
import { destined } from "../decide/destination.ts";
import type { Policy } from "../policy.ts";
import { inAsset, inEther } from "../quantity.ts";
import type { Spot, TypedSpot } from "./spot.ts";
import { votesOf } from "./voting.ts";
import { hashOf, shifted, unsignedHash, worldOf, type Given, type Together } from "../trial/world.ts";

/** A request with the votes and the waiting that go with it, as `policy test` and `policy simulate` write it. */
export type Example = {
  /** In words. */
  readonly text: string;
  readonly request: {
    readonly operation: string;
    readonly by: string;
    readonly account?: string;
    readonly amount?: string;
    readonly to?: string;
    readonly maxFee?: string;
    readonly typedData?: Json;
  };
  readonly at: string;
  readonly votes?: readonly string[];
  readonly batch?: { readonly count: number; readonly total: string };
  readonly waited?: string;
};

/** What stands for the spot, signed by this key; undefined when the account itself is the only recipient. */
export type Witness = {
  readonly asked: Asked;
  readonly initiator: Name;
  readonly at: Instant;
  /** As it would be handed in. */
  readonly typedData?: Json;
};

const reference = parseReference("EXAMPLE-1");
const daySeconds = 86_400;

export function witnessOf(
  spot: Spot,
  key: Name,
  { policy, roster }: { policy: Policy; roster: RosterIndex },
): Witness | undefined {
  const account = roster.key(key)?.account;
  const [initiator] = spot.initiators;
  if (account === undefined || initiator === undefined) return undefined;
  const to = spot.recipients === undefined ? address.zero : spot.recipients.members.find((one) => one !== account);
  if (to === undefined) return undefined;
  const { operation, at } = spot;
  return {
    asked: {
      operation,
      asset: policy.asset,
      chainId: policy.token.chain,
      account,
      to,
      amount: valueIn(spot.amount, 10n ** BigInt(policy.token.decimals)),
      reference,
      feeCeilingWei: valueIn(spot.maxFee, 10n ** 16n),
      notBefore: instant.parse(0),
      expiresAt: shifted(at, daySeconds),
      ...destined(policy, operation, at),
    },
    initiator: initiator.id,
    at,
    ...(spot.typed === undefined ? {} : { typedData: typedDataOf(spot.typed) }),
  };
}

/** A message with the fields that the cell speaks of, and no others. */
function typedDataOf({ domain, primaryType, fields }: TypedSpot): Json {
  const said = [...fields].flatMap(([name, slot]) => {
    switch (slot.kind) {
      case "absent":
        return [];
      case "address":
        return [{ name, type: "address", value: slot.members.members[0] ?? address.zero }];
      case "number":
        return [
          {
            name,
            type: slot.from < 0n ? "int256" : "uint256",
            value: (slot.from < 0n ? -1n : valueIn(slot, 1n)).toString(),
          },
        ];
      case "text":
        return [{ name, ...textOf(slot.value) }];
    }
  });
  return {
    domain: {
      ...(domain.name === undefined ? {} : { name: domain.name }),
      ...(domain.version === undefined ? {} : { version: domain.version }),
      chainId: domain.chainId,
      verifyingContract: domain.verifyingContract,
    },
    types: { [primaryType]: said.map(({ name, type }) => ({ name, type })) },
    primaryType,
    message: Object.fromEntries(said.map(({ name, value }) => [name, value])),
  };
}

function textOf(value: string): { readonly type: string; readonly value: string | boolean } {
  return value === "true" || value === "false" ? { type: "bool", value: value === "true" } : { type: "string", value };
}

/** A number of the interval that people find likely: its end, or where an open one begins. */
function valueIn({ from, below }: Interval, likely: bigint): Amount {
  if (below <= amount.max) return amount.fromBigInt(below - 1n);
  return amount.fromBigInt(from <= 1n ? likely : from);
}

/** Who agreed, in this order, and how long the request has waited. */
export type Agreement = {
  readonly voters: readonly Member[];
  readonly waitedSeconds: number;
  /** They agreed to a batch that it stands in. */
  readonly together?: Together;
};

/** The request on the most favourable facts, as it would be decided. */
export function inputBest(
  { asked, initiator, at, typedData }: Witness,
  {
    policy,
    roster,
    voters,
    waitedSeconds,
    together,
  }: Agreement & { readonly policy: Policy; readonly roster: RosterIndex },
): DecideInput {
  const votes = votesOf(voters);
  const world = worldOf({ policy, roster, asked, now: at, waitedSeconds, votes, together, given: bestNets(policy) });
  return {
    ...world,
    roster,
    intent: asked,
    initiator,
    ...(typedData === undefined ? {} : { typedData: parseTypedData(typedData) }),
    policyHash: unsignedHash,
    rosterHash: unsignedHash,
    intentHash: hashOf(asked),
  };
}

/** Of limits on a net, the best is that more was burned than was ever minted. */
function bestNets({ limits }: Policy): Given {
  return { burned: new Map(limits.flatMap(({ id, metric }) => (metric === "net" ? [[id, amount.max]] : []))) };
}

/** `mint 1,000 GLD to 0xAAaa… by ida, with carla and chris, after 30m`. */
export function exampleOf(witness: Witness, policy: Policy, roster: RosterIndex, agreement?: Agreement): Example {
  const { asked, initiator, at } = witness;
  const size = hasAmount(asked.operation) ? ` ${inAsset(asked.amount, policy)}` : "";
  const to = hasRecipient(asked.operation) ? ` to ${named(asked.to, policy)}` : "";
  const agreed = agreement === undefined ? { words: [], parts: {} } : agreedTo(agreement, policy);
  return {
    text: [`${asked.operation}${size}${to} by ${initiator}`, ...agreed.words].join(", "),
    request: requestOf(witness, policy, roster),
    at: instant.toIso(at),
    ...agreed.parts,
  };
}

type Agreed = {
  readonly words: readonly string[];
  readonly parts: Pick<Example, "batch" | "votes" | "waited">;
};

function agreedTo({ voters, waitedSeconds, together }: Agreement, policy: Policy): Agreed {
  const votes = voters.map(({ id }) => id);
  const waited = waitedSeconds === 0 ? undefined : duration.format(waitedSeconds);
  const total = together === undefined ? "" : inAsset(together.total, policy);
  return {
    words: [
      ...(together === undefined ? [] : [`in a batch of ${together.count} requests, ${total} together`]),
      ...(votes.length === 0 ? [] : [`with ${votes.join(" and ")}`]),
      ...(waited === undefined ? [] : [`after ${waited}`]),
    ],
    parts: {
      ...(together === undefined ? {} : { batch: { count: together.count, total: total.replaceAll(",", "") } }),
      ...(votes.length === 0 ? {} : { votes }),
      ...(waited === undefined ? {} : { waited }),
    },
  };
}

function requestOf({ asked, initiator, typedData }: Witness, policy: Policy, roster: RosterIndex): Example["request"] {
  const { operation } = asked;
  const key = roster.keyByAccount(asked.account)?.id;
  return {
    operation,
    by: initiator,
    ...(key === undefined ? {} : { account: key }),
    ...(hasAmount(operation) ? { amount: inAsset(asked.amount, policy).replaceAll(",", "") } : {}),
    ...(hasRecipient(operation) ? { to: address.checksum(asked.to) } : {}),
    ...(typedData === undefined ? { maxFee: inEther(asked.feeCeilingWei).replaceAll(",", "") } : { typedData }),
  };
}

/** The label of a list, or the address. */
export function named(to: Address, { lists }: Policy): string {
  for (const { entries } of lists.values()) {
    const label = entries.get(to);
    if (label !== undefined) return `${label} (${address.checksum(to)})`;
  }
  return address.checksum(to);
}
