/** The world in which everything that can hold holds, for one request under one policy; and every way to bend it. */
import { highestPrice } from "../../evidence/attested.ts";
import { feedText } from "../../evidence/feed.ts";
import * as subject from "../../evidence/subject.ts";
import { intentHash } from "../../intent/intent.ts";
import type { RosterIndex } from "../../roster/membership.ts";
import type { Credential } from "../../roster/roster.ts";
import * as address from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import type { Amount } from "../../values/amount.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import * as bytes32 from "../../values/bytes32.ts";
import { utf8 } from "../../values/digest.ts";
import { fromBytes } from "../../values/hex.ts";
import * as instant from "../../values/instant.ts";
import type { Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import type { Asked } from "../asked.ts";
import type { Bounds } from "../ceiling.ts";
import type { Attested, Facts, Observed, ReserveFact, Usage, VetoFact, Vote } from "../facts.ts";
import type { By, Case, Feed, Policy, Pricing } from "../policy.ts";
import { goodSigner } from "../decide/claim.ts";
import { scaled } from "../decide/feed.ts";
import { listedPlaces } from "../decide/distribution.ts";
import { needsOf, readsMultiplier } from "../profile.ts";

/** What the world is like; what is left out is as good as it can be. */
export type Given = {
  /** By the id of a limit, or `day`, `share`, `fees` of the ceilings: base units, wei, or a number of requests. */
  readonly used?: ReadonlyMap<string, bigint>;
  /** Burns that became final in the window, by the id of a `net` limit. */
  readonly burned?: ReadonlyMap<string, bigint>;
  readonly reserves?: Amount;
  readonly supply?: Amount;
  readonly outstanding?: Amount;
  /** Each from a source of its own. */
  readonly price?: readonly string[] | undefined;
  readonly identity?: string | undefined;
  /** The number of the recipient's, as the registry has it. */
  readonly country?: number;
  readonly paused?: boolean | undefined;
  /** How old every attestation is. */
  readonly ageSeconds?: number;
  /** Facts that nobody vouches for. */
  readonly missing?: ReadonlySet<Missable>;
};

export type Missable =
  | "codehash"
  | "supply"
  | "paused"
  | "reserve"
  | "feed"
  | "price"
  | "identity"
  | "document"
  | "used"
  | "calendar"
  | "listed";

/** A batch that the request stands in. */
export type Together = { readonly count: number; readonly total: Amount };

export type WorldInput = {
  readonly policy: Policy;
  readonly roster: RosterIndex;
  readonly asked: Asked;
  readonly now: Instant;
  /** Since the gate first stored the request; no time at all when left out. */
  readonly waitedSeconds?: number;
  readonly votes?: readonly Vote[];
  /** Of which the votes are, when they are not of the request alone. */
  readonly together?: Together | undefined;
  readonly vetoes?: readonly VetoFact[];
  readonly given?: Given;
};

/** What a decision needs besides the request: the policy (without its calendar when that is missing), bounds that bind nothing, and facts. */
export type World = Pick<Case, "policy" | "bounds" | "facts">;

const last = instant.fromIso("9999-12-31T23:59:59Z");
const yearSeconds = 366 * 86_400;

/** `seconds` after `at`, never outside of what an instant can be. */
export function shifted(at: Instant, seconds: number): Instant {
  return instant.parse(Math.max(0, Math.min(last, at + seconds)));
}

/** The facts under which everything that can hold holds, but for what `given` says. Nobody has voted and no wait is over unless said. */
export function worldOf(input: WorldInput): World {
  const { roster, asked, now, given = {} } = input;
  const missing = given.missing ?? new Set();
  const policy = missing.has("calendar") ? { ...input.policy, calendar: undefined } : input.policy;
  return {
    policy,
    bounds: openBounds(roster, asked),
    facts: {
      now,
      firstSeen: shifted(now, -(input.waitedSeconds ?? 0)),
      ...votesOf(input),
      vetoes: [...(input.vetoes ?? [])],
      usage: missing.has("used") ? {} : usageOf(input),
      ...attestedOf(input, missing),
      observed: observedOf(input, missing),
      ...roundsOf(input),
      outstanding: given.outstanding ?? amount.zero,
      ...distributionOf(input),
      ...signerOf(input),
      listedSince: missing.has("listed") ? {} : listedSince(policy, now),
    },
  };
}

/** A batch is as old as the request in it. */
function votesOf({ now, waitedSeconds = 0, votes = [], together }: WorldInput): Pick<Facts, "votes" | "batches"> {
  if (together === undefined) return { votes: [...votes] };
  const { count, total } = together;
  const firstSeen = shifted(now, -waitedSeconds);
  const batch = { merkleRoot: mark("batch", 0), count, total, largest: total, firstSeen, votes: [...votes] };
  return { votes: [], batches: [batch] };
}

/** What attestors said, but for what is missing. */
function attestedOf(input: WorldInput, missing: ReadonlySet<Missable>): Pick<Facts, "reserves" | keyof Attestations> {
  const { prices, identities, documents } = attestationsOf(input);
  return {
    reserves: missing.has("reserve") ? [] : reservesOf(input),
    prices: missing.has("price") ? [] : prices,
    identities: missing.has("identity") ? [] : identities,
    documents: missing.has("document") ? [] : documents,
  };
}

/** Ceilings that bind nothing, on a chain of the deployment; the account is whose key it is. */
function openBounds(roster: RosterIndex, asked: Asked): Bounds {
  const key = roster.keyByAccount(asked.account);
  return {
    asset: { request: amount.max, day: amount.max, shareOfSupplyMillionths: undefined },
    feesPerDayWei: amount.max,
    freshnessSeconds: 120,
    lifetimeSubmissionSeconds: last,
    chainKnown: true,
    managed: key === undefined ? undefined : { key: key.id, account: key.account },
  };
}

const ceilings = ["day", "share", "fees"] as const;

function usageOf({ policy, now, given = {} }: WorldInput): Record<string, Usage> {
  const entry = (added: bigint, removed: bigint, isCount: boolean): Usage => ({
    added: isCount ? 0n : added,
    removed,
    count: Number(isCount ? added : 0n),
    roomAt: added === 0n ? null : shifted(now, yearSeconds),
  });
  const used = (id: string): bigint => given.used?.get(id) ?? 0n;
  const limits = policy.limits.map(({ id, metric }): [string, Usage] => [
    `limit.${id}`,
    entry(used(id), given.burned?.get(id) ?? 0n, metric === "count"),
  ]);
  return Object.fromEntries([
    ...limits,
    ...ceilings.map((id): [string, Usage] => [`ceiling.${id}`, entry(used(id), 0n, false)]),
  ]);
}

/** Every member of the group, also services, has attested that there is as much as 256 bits hold. */
function reservesOf({ policy, roster, now, given = {} }: WorldInput): ReserveFact[] {
  const attestors = policy.guards.flatMap(({ then }) => (then.kind === "reserves" ? membersOf(roster, then.by) : []));
  return [...new Set(attestors)].map((attestor) => ({
    attestor,
    reserves: given.reserves ?? amount.max,
    supply: given.supply ?? amount.zero,
    supplyBlock: 1,
    asOf: shifted(now, -(given.ageSeconds ?? 0)),
    expiresAt: shifted(now, yearSeconds),
    sequence: 1,
    statement: mark("reserve", 0),
  }));
}

type Attestations = { prices: Attested[]; identities: Attested[]; documents: Attested[] };

function attestationsOf({ policy, roster, asked, now, given = {} }: WorldInput): Attestations {
  const found: Attestations = { prices: [], identities: [], documents: [] };
  const say = (by: By, what: Pick<Attested, "subject" | "value" | "source">, into: Attested[]): void => {
    for (const attestor of membersOf(roster, by)) {
      const known = into.some(
        (one) => one.attestor === attestor && one.subject === what.subject && one.source === what.source,
      );
      if (known) continue;
      const times = { asOf: shifted(now, -(given.ageSeconds ?? 0)), expiresAt: shifted(now, yearSeconds) };
      into.push({ attestor, ...what, ...times, statement: mark("attested", into.length) });
    }
  };
  /** As high as can be where reserves are reckoned by it. */
  const price = ({ by, quote, sources }: Pick<Pricing, "by" | "quote" | "sources">): void => {
    const isWorth = policy.guards.some(({ then }) => then.kind === "reserves" && then.cover?.price?.quote === quote);
    const values = given.price ?? Array.from({ length: sources }, () => (isWorth ? highestPrice : "1"));
    for (const [index, value] of values.entries())
      say(by, { subject: `${policy.asset}/${quote}`, value, source: `source-${index + 1}` }, found.prices);
  };
  for (const { then } of policy.guards) {
    switch (then.kind) {
      case "price":
        price(then);
        break;
      case "reserves":
        if (then.cover?.price !== undefined) price(then.cover.price);
        break;
      case "identity":
        say(
          then.by,
          { subject: `address:${asked.to}`, value: given.identity ?? "verified", source: "source-1" },
          found.identities,
        );
        break;
      case "document":
        say(
          then.by,
          { subject: `reference:${asked.reference}`, value: mark("document", 0), source: "source-1" },
          found.documents,
        );
        break;
      default:
    }
  }
  return found;
}

/** The document says what is asked, of holders whom everybody saw; shares that no holder gets go where the policy lists it. */
function distributionOf({ policy, asked }: WorldInput): Pick<Facts, "distribution"> {
  if (asked.operation !== "distribute") return {};
  const { escrow, treasury } = listedPlaces(policy);
  return {
    distribution: {
      hash: asked.distribution ?? unsignedHash,
      asset: policy.asset,
      chainId: policy.token.chain,
      token: policy.token.address,
      recordBlock: 1,
      recordHash: mark("record", 0),
      pool: asked.amount,
      escrow: escrow ?? address.zero,
      treasury: treasury ?? address.zero,
      holders: mark("holders", 0),
      entitlement: asked.amount,
      statement: mark("submission", 0),
    },
  };
}

function signerOf({ policy, asked }: WorldInput): Pick<Facts, "claimSigner"> {
  const claimSigner = goodSigner(policy, asked);
  return claimSigner === undefined ? {} : { claimSigner };
}

function observedOf(input: WorldInput, missing: ReadonlySet<Missable>): Record<string, Observed> {
  const { policy, asked, now, given = {} } = input;
  const token = subject.token(policy.token.address);
  const account = subject.account(asked.account);
  const seen = (about: string, fact: subject.FactName, value: string): readonly [string, Observed] => [
    subject.factKey(about, fact),
    { subject: about, fact, value, blockNumber: 1, blockTime: now, finalized: true, statements: [] },
  ];
  const { implementation } = policy.token;
  return Object.fromEntries([
    ...(missing.has("codehash") ? [] : [seen(token, "codehash", policy.token.codehash)]),
    ...(implementation === undefined ? [] : [seen(token, "implementation", implementation)]),
    ...(missing.has("supply") ? [] : [seen(token, "supply", (given.supply ?? amount.zero).toString())]),
    ...(missing.has("paused") ? [] : [seen(token, "paused", String(given.paused ?? false))]),
    ...needsOf(policy, asked).map((need) => {
      const value = need.fact === "country" ? given.country?.toString() : undefined;
      return seen(need.subject, need.fact, value ?? need.good);
    }),
    ...(missing.has("feed") ? [] : policy.feeds).map((feed) =>
      seen(subject.feed(feed.address), "round", feedAnswer(input, feed)),
    ),
    ...holdersSeen(input).map(({ subject: about, value }) => seen(about, "holders", value)),
    seen(account, "nonce", "0"),
  ]);
}

/** As much as its bounds let it say, or what reserves there are given. */
function feedAnswer({ policy, now, given = {} }: WorldInput, feed: Feed): string {
  const { codehash: code, implementation = address.zero, aggregator = null, decimals, description } = feed;
  const said = given.reserves === undefined ? undefined : scaled(given.reserves, policy.token.decimals, decimals);
  const figure = said === undefined || said >= feed.below ? feed.below - 1n : said;
  return feedText({
    ...{ code, implementation, aggregator, decimals, description },
    ...{ round: "1", answeredInRound: "1", answer: figure.toString() },
    updatedAt: String(shifted(now, -(given.ageSeconds ?? 0))),
  });
}

function roundsOf({ policy, asked }: WorldInput): Pick<Facts, "rounds"> {
  const feeds = policy.feeds.map(({ address: feed }): [string, bigint] => [subject.feed(feed), 1n]);
  const own = readsMultiplier(policy, asked.operation) ? [[subject.token(policy.token.address), 0n] as const] : [];
  return feeds.length + own.length === 0 ? {} : { rounds: Object.fromEntries([...feeds, ...own]) };
}

function holdersSeen(input: WorldInput): readonly { readonly subject: string; readonly value: string }[] {
  const { distribution } = distributionOf(input);
  if (distribution === undefined) return [];
  return [{ subject: subject.holders(distribution.token, distribution), value: distribution.holders }];
}

/** Every entry for as long as its list wants. */
function listedSince(policy: Policy, now: Instant): Record<string, Instant> {
  return Object.fromEntries(
    [...policy.lists].flatMap(([list, { entries, minAgeSeconds }]) => {
      if (minAgeSeconds === 0) return [];
      const since = shifted(now, -minAgeSeconds);
      return [...entries.keys()].map((address) => [`${list} ${address}`, since]);
    }),
  );
}

function membersOf(roster: RosterIndex, { group }: By): readonly Name[] {
  return roster.members(group).map((member) => member.id);
}

/** Yes of a person with this credential, the `position`-th that the gate stored. */
export function voteOf(person: Name, credential: Credential, position: number, expiresAt: Instant = last): Vote {
  return {
    person,
    credential: credential.id,
    credentialKind: credential.kind,
    approvalId: mark("approval", position),
    statement: mark("vote", position),
    expiresAt,
    position,
  };
}

/** An objection of a person, at this moment. */
export function vetoOf(person: Name, at: Instant): VetoFact {
  return { person, statement: mark("veto", 0), at };
}

/** Thirty-two bytes that nobody signed: a word of what they stand for, and a number. */
function mark(what: string, index: number): Bytes32 {
  const word = fromBytes(utf8(what)).padEnd(50, "0");
  return bytes32.parse(`${word}${index.toString(16).padStart(16, "0")}`);
}

/** What stands where a hash must; nothing here is about which documents were signed. */
export const unsignedHash: Bytes32 = mark("unsigned", 0);

/** Of the operations of the house; typed data is no intent and has no hash. */
export function hashOf(asked: Asked): Bytes32 {
  const { operation } = asked;
  return operation === "signTypedData" ? unsignedHash : intentHash({ ...asked, operation });
}
