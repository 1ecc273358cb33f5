/** A policy as the decision reads it, amounts in base units, lists as sets, tiers as intervals; and a case before it. */
import type { Registries } from "../evidence/registries.ts";
import type { Standard } from "../intent/standard.ts";
import type { TypedData } from "../intent/typed-data.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Credential } from "../roster/roster.ts";
import type { Address } from "../values/address.ts";
import type { Amount } from "../values/amount.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { ChainId } from "../values/chain-id.ts";
import type { Country } from "../values/country.ts";
import type { Line } from "../values/line.ts";
import type { Name } from "../values/name.ts";
import type { Asked } from "./asked.ts";
import type { Calendar } from "./compile/calendar.ts";
import type { Bounds } from "./ceiling.ts";
import type { Condition } from "./compile/condition.ts";
import type { Facts } from "./facts.ts";
import type { ChangeRule, Quorum, Veto } from "./document/requirement.ts";

export type Policy = {
  readonly asset: Name;
  readonly version: number;
  readonly token: Token;
  /** That its guards may read. */
  readonly feeds: readonly Feed[];
  /** Local time, as it was known when the policy was written; undefined knows none. */
  readonly calendar: Calendar | undefined;
  readonly lists: ReadonlyMap<Name, PermitList>;
  /** Undefined asks nobody where they are from. */
  readonly countries: Countries | undefined;
  /** Undefined where a redemption ends with its burn. */
  readonly redemption: Redemption | undefined;
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

/** A token profile: one contract, the standard it follows, and everything around it that its safety rests on. */
export type Token = {
  readonly chain: ChainId;
  readonly address: Address;
  readonly decimals: number;
  /** Keccak-256 of the runtime code. */
  readonly codehash: Bytes32;
  /** Behind a proxy: the contract it must pass calls on to, found as the standard keeps it. */
  readonly implementation: Address | undefined;
  /** Which operations there are, what they look like, and what must hold before one of them is signed. */
  readonly standard: Standard;
  /** Of a token that asks registries who may hold it. */
  readonly registries: Registries | undefined;
  /** Keccak-256 of the runtime code that a holder's identity contract must have. */
  readonly identityCode: Bytes32 | undefined;
  /** Whose signature makes a claim of each issuer; undefined where no claim is made here. */
  readonly claimSigners: ReadonlyMap<Address, ReadonlySet<Address>> | undefined;
  /** Of a token that asks a list who is stopped: the contract that keeps it. */
  readonly sanctions: Address | undefined;
  /** Of a token whose shares have a multiplier: how it may be raised. */
  readonly multiplier: MultiplierBounds | undefined;
  /** By operation, the role that the account must be seen to hold; undefined asks about none. */
  readonly roles: Readonly<Partial<Record<string, string>>> | undefined;
};

export type MultiplierBounds = {
  /** The most that one raise may add, as a share of what the multiplier was. */
  readonly rise: Ratio;
  /** How far ahead it may be announced, and how long after its time it may still be signed. */
  readonly aheadSeconds: number;
  readonly lateSeconds: number;
};

/** A contract on the token's chain that says a figure, and what it must be like for its figure to count. */
export type Feed = {
  readonly id: Name;
  readonly address: Address;
  /** Keccak-256 of the runtime code. */
  readonly codehash: Bytes32;
  /** Behind a proxy of ERC-1967; undefined allows none. */
  readonly implementation: Address | undefined;
  /** What a proxy of feeds must pass calls on to; undefined leaves that to whoever keeps the feed. */
  readonly aggregator: Address | undefined;
  readonly decimals: number;
  readonly description: Line;
  /** How old a figure may be: its heartbeat, and grace. */
  readonly maxAgeSeconds: number;
  /** In the feed's own units; a figure at a bound may be stuck there, so it lies between them. */
  readonly above: Amount;
  readonly below: Amount;
};

/** Recipients that are permitted, each with its label; a young entry does not count yet. */
export type PermitList = { readonly minAgeSeconds: number; readonly entries: ReadonlyMap<Address, string> };

/** Of whoever gets tokens and of whoever is registered: one of these, or any country but these. */
export type Countries = { readonly kind: "only" | "never"; readonly listed: ReadonlySet<Country> };

/** The second leg of redemptions. */
export type Redemption = {
  /** With the label of each. */
  readonly destinations: ReadonlyMap<Name, string>;
  /** Who says that what was released came there. */
  readonly deliveredBy: By;
  readonly withinSeconds: number;
};

/** What the policy demands of a group; who is in it stands in the roster. */
export type GroupFloor = {
  readonly min: number;
  /** Kinds whose signature fills a seat of the group; undefined takes every kind. */
  readonly credentials: ReadonlySet<Credential["kind"]> | undefined;
};
export type Groups = ReadonlyMap<Name, GroupFloor>;

/** Applies when `when` holds and `unless` does not; a fact that is missing never keeps it from applying. */
export type Guard = {
  readonly id: Name;
  readonly when: Condition;
  readonly unless: Condition | undefined;
  readonly then: GuardEffect;
};

export type GuardEffect =
  | { readonly kind: "deny" }
  | { readonly kind: "add"; readonly addition: Addition }
  | {
      readonly kind: "reserves";
      readonly by: By;
      readonly maxAgeSeconds: number;
      /** Undefined asks only that they attested lately. */
      readonly cover: Cover | undefined;
      /** Whether each attestation must list its lots; the gate refuses one that does not. */
      readonly lots: boolean;
      /** Each must count, and the least of all that is said is what there is. */
      readonly feeds: readonly Feed[];
    }
  | {
      readonly kind: "price";
      readonly by: By;
      /** What the price is in, such as `USD`. */
      readonly quote: Name;
      readonly maxAgeSeconds: number;
      /** Distinct sources that must agree. */
      readonly sources: number;
      /** The most that the highest may be above the lowest, as a share of the lowest. */
      readonly deviation: Ratio;
    }
  | { readonly kind: "identity" | "document"; readonly by: By; readonly maxAgeSeconds: number | undefined };

/** How far attested reserves reach. */
export type Cover = {
  /** How much may be out for each unit of reserves. */
  readonly ratio: Ratio;
  /** Of a lower ratio, what is demanded beyond it. */
  readonly warn: { readonly ratio: Ratio; readonly addition: Addition } | undefined;
  /** What a unit of reserves is worth; undefined takes it for one of the asset. */
  readonly price: Pricing | undefined;
};

/** The middle of fresh prices that agree, over `par`, which is what one unit of the asset promises. */
export type Pricing = Omit<Extract<GuardEffect, { kind: "price" }>, "kind"> & { readonly par: Ratio };

/** Members of a group, and how many of them at least. */
export type By = { readonly group: Name; readonly min: number };

/** A decimal number without rounding: numerator over a power of ten. */
export type Ratio = { readonly text: string; readonly numerator: bigint; readonly denominator: bigint };

/** Demanded beside the tier's own; nothing is 0 or undefined. */
export type Addition = {
  readonly quorum: Quorum | undefined;
  readonly delaySeconds: number;
  readonly distinct: Distinct;
  readonly veto: Veto | undefined;
};

/** At least so many different people, and different units, among those who voted; 0 asks nothing. */
export type Distinct = { readonly people: number; readonly units: number };

export type Window =
  | { readonly kind: "rolling"; readonly seconds: number }
  /** From local midnight of the first day of it. */
  | { readonly kind: "calendar"; readonly unit: "day" | "week" | "month" | "year" };

/** How much may be allocated within a window. */
export type Limit = {
  readonly id: Name;
  readonly when: Condition;
  readonly metric: "sum" | "count" | "net";
  readonly window: Window;
  /** What is counted together. */
  readonly per: "asset" | "initiator" | "to" | "account";
  /** Base units, or a number of requests. */
  readonly max: bigint;
  /** Beyond it: denied, or more is demanded. */
  readonly over: "deny" | Addition;
};

export type Rule = {
  readonly id: Name;
  readonly when: Condition & { readonly initiator: Name };
  /** Everybody is told when it is used. */
  readonly loud: boolean;
  /** Ascending, without a gap, beginning at 0. */
  readonly tiers: readonly Tier[];
  /** What may be agreed to at once with a BatchApproval; undefined counts none. */
  readonly batch: Batch | undefined;
};

/** The most that one word may cover: so many requests, and so much together in base units. */
export type Batch = { readonly max: number; readonly total: bigint };

export type Tier = {
  /** Smallest amount of the tier, in base units. */
  readonly from: bigint;
  /** The first amount above the tier. */
  readonly below: bigint;
  readonly quorum: Quorum;
  readonly distinct: Distinct;
  readonly delaySeconds: number;
  readonly veto: Veto | undefined;
  /** The managed key that signs. */
  readonly sign: Name;
};

/** One intent before one policy: everything that its clauses are judged on. */
export type Case = {
  readonly policy: Policy;
  readonly roster: RosterIndex;
  readonly bounds: Bounds;
  readonly intent: Asked;
  /** What a request to sign typed data is about. */
  readonly typedData?: TypedData | undefined;
  /** The person or service who signed the submission. */
  readonly initiator: Name;
  readonly facts: Facts;
};
