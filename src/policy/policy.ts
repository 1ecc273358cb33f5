/** A policy as the decision reads it, amounts in base units, lists as sets, tiers as intervals; and a case before it. */
import type { Intent } from "../intent/intent.ts";
import type { Operation } from "../intent/operation.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Credential } from "../roster/roster.ts";
import type { Address } from "../values/address.ts";
import type { Amount } from "../values/amount.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { ChainId } from "../values/chain-id.ts";
import type { Name } from "../values/name.ts";
import type { Bounds } from "./ceiling.ts";
import type { Facts } from "./facts.ts";
import type { ChangeRule, Quorum } from "./requirement.ts";

export type Policy = {
  readonly asset: Name;
  readonly version: number;
  readonly token: Token;
  readonly lists: ReadonlyMap<Name, PermitList>;
  readonly groups: Groups;
  /** How many observers must agree before what they saw is a fact. */
  readonly observersMin: number;
  /** Pairs of groups that nobody may be in both of. */
  readonly separation: readonly (readonly [Name, Name])[];
  readonly guards: readonly Guard[];
  readonly limits: readonly Limit[];
  /** At most one of them matches any intent. */
  readonly rules: readonly Rule[];
  readonly change: { readonly tighten: ChangeRule; readonly loosen: ChangeRule };
};

export type Token = {
  readonly chain: ChainId;
  readonly address: Address;
  readonly decimals: number;
  /** Keccak-256 of the runtime code. */
  readonly codehash: Bytes32;
  /** Behind a proxy: what its ERC-1967 slot must hold. */
  readonly implementation: Address | undefined;
};

/** Recipients that are permitted, each with its label; a young entry does not count yet. */
export type PermitList = { readonly minAgeSeconds: number; readonly entries: ReadonlyMap<Address, string> };

/** What the policy demands of a group; who is in it stands in the roster. */
export type GroupFloor = {
  readonly min: number;
  /** Kinds whose signature fills a seat of the group; undefined takes every kind. */
  readonly credentials: ReadonlySet<Credential["kind"]> | undefined;
};
export type Groups = ReadonlyMap<Name, GroupFloor>;

export type Guard =
  | {
      readonly kind: "reserves";
      readonly id: Name;
      readonly operations: ReadonlySet<Operation>;
      readonly by: { readonly group: Name; readonly min: number };
      readonly maxAgeSeconds: number;
      readonly ratio: Ratio;
    }
  | {
      readonly kind: "fee";
      readonly id: Name;
      readonly operations: ReadonlySet<Operation>;
      readonly maxFeeWei: Amount;
    };

/** A decimal number without rounding: numerator over a power of ten. */
export type Ratio = { readonly text: string; readonly numerator: bigint; readonly denominator: bigint };

/** The sum of what was allocated in a window that rolls with the gate's time. */
export type Limit = {
  readonly id: Name;
  readonly operations: ReadonlySet<Operation>;
  readonly windowSeconds: number;
  /** What is counted together. */
  readonly per: "asset" | "initiator" | "to" | "account";
  readonly max: Amount;
};

export type Rule = {
  readonly id: Name;
  readonly operations: ReadonlySet<Operation>;
  readonly initiator: Name;
  /** The list that holds the recipient; undefined permits every recipient. */
  readonly to: Name | undefined;
  /** Ascending, without a gap, beginning at 0. */
  readonly tiers: readonly Tier[];
};

export type Tier = {
  /** Smallest amount of the tier, in base units. */
  readonly from: bigint;
  /** The first amount above the tier. */
  readonly below: bigint;
  readonly quorum: Quorum;
  readonly delaySeconds: number;
  /** The managed key that signs. */
  readonly sign: Name;
};

/** One intent before one policy: everything that its clauses are judged on. */
export type Case = {
  readonly policy: Policy;
  readonly roster: RosterIndex;
  readonly bounds: Bounds;
  readonly intent: Intent;
  /** The person or service who signed the submission. */
  readonly initiator: Name;
  readonly facts: Facts;
};
