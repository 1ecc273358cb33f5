/** A random case that its policy allows: the ground from which others are bent. */
import { hasAmount, hasRecipient } from "./holding.ts";
import { greatest, secondsOf } from "./measure.ts";
import type { PlainCase, PlainFacts, PlainPolicy, PlainRule, PlainTier } from "./plain.ts";
import { otherRule, randomGuard, randomLimit, ruleFor } from "./random-policy.ts";
import { attestorIds, initiatorGroups, keys, randomRoster, services, voterGroups } from "./random-roster.ts";
import type { Failure } from "./failure.ts";
import { randomFeeds, tellFeeds } from "./random-feed.ts";
import { makeSense } from "./random-sense.ts";
import { randomTypedData } from "./random-typed-data.ts";
import { answer } from "./reference.ts";
import { maySit, waysOf, type Seat, type Voter } from "./seats.ts";
import type { Chooser } from "./tape.ts";
import { wallClock } from "./wall-clock.ts";

const daySeconds = 24 * 60 * 60;
export const addresses = ["a", "b", "c", "d", "e"].map((digit) => `0x${digit.repeat(40)}`);
const token = `0x${"1".repeat(40)}`;
const codehash = `0x${"c0de".repeat(16)}`;
const implementation = `0x${"2".repeat(40)}`;
export const mark = `0x${"7".repeat(64)}`;

/** The rule that the case falls under. */
export function mainRule(one: PlainCase): PlainRule {
  return one.policy.rules.find(({ id }) => id === "main")!;
}

/** The tier of it that takes the amount; the last one when none does. */
export function mainTier(one: PlainCase): PlainTier {
  const rule = mainRule(one);
  const { rule: matched, tier } = answer(one);
  return rule.tiers[(matched === rule.id ? tier : null) ?? rule.tiers.length - 1]!;
}

export const typed = "signTypedData";

export function randomBase(choose: Chooser): PlainCase {
  const roster = randomRoster(choose);
  const operation = choose.of([
    "mint",
    "mint",
    "mint",
    "transfer",
    "transfer",
    "burn",
    "redeem",
    "pause",
    "unpause",
    "grantRole",
    "revokeRole",
    typed,
  ]);
  const askers = [...roster.people, ...roster.services].filter(({ groups }) =>
    initiatorGroups.some((group) => groups.includes(group)),
  );
  const initiator = choose.of(askers).id;
  // On the minute at times, where windows begin and end.
  const second = 1_790_000_000 + choose.below(400 * daySeconds);
  const now = choose.chance(60) ? second - (second % 60) : second;
  const decimals = choose.of([18, 2, 0, 6, 77]);
  const key = choose.of(keys);
  const amount = hasAmount(operation) ? randomAmount(choose) : 0n;
  const firstSeen = now - 3 * daySeconds - choose.below(1_000);
  const one: PlainCase = {
    ...{ roster, initiator },
    policy: skeleton(choose, { decimals, now }),
    intent: {
      ...{ operation, asset: "GLD", chainId: 31_337, account: key.account, reference: "receipt-42" },
      to: hasRecipient(operation) ? choose.of(addresses) : `0x${"0".repeat(40)}`,
      amount: String(amount),
      feeCeilingWei: String(choose.of([10n ** 16n, 1n, 123_456_789n])),
      notBefore: now - choose.below(5_000),
      expiresAt: now + choose.between(1, daySeconds),
    },
    bounds: {
      asset: { request: String(greatest), day: String(10n ** 90n) },
      feesPerDayWei: String(10n ** 60n),
      ...{ freshnessSeconds: 120, lifetimeSubmissionSeconds: 7 * daySeconds, chainKnown: true },
      managed: { key: key.id, account: key.account },
    },
    facts: { ...bareFacts(now, firstSeen) },
  };
  if (choose.chance(40)) one.bounds.asset.shareOfSupplyMillionths = String(10n ** 90n);
  if (operation === typed) one.typedData = randomTypedData(choose, addresses, now);
  one.policy.lists = randomLists(one, choose);
  one.policy.feeds = randomFeeds(choose, decimals);
  const main = ruleFor(one, choose, "main");
  const others = Array.from({ length: choose.of([0, 0, 1, 1, 2]) }, (_, nth) =>
    otherRule(one, choose, main, `other-${String(nth)}`),
  );
  one.policy.rules = choose.shuffled([main, ...others]);
  one.policy.guards = Array.from({ length: choose.of([0, 1, 1, 2, 3]) }, (_, nth) =>
    randomGuard(one, choose, `g${String(nth)}`),
  );
  one.policy.limits = Array.from({ length: choose.of([0, 1, 1, 2, 3]) }, (_, nth) =>
    randomLimit(one, choose, `l${String(nth)}`),
  );
  makeSense(one.policy);
  fillFacts(one, choose);
  castVotes(one, choose);
  mend(one, choose);
  return one;
}

function randomAmount(choose: Chooser): bigint {
  const small = BigInt(choose.between(1, 9_999));
  const factor = choose.of([1n, 100n, 10n ** 18n, 10n ** 12n]);
  const edges = [1n, 2n ** 63n, 2n ** 64n, 2n ** 64n + 1n, 2n ** 128n, greatest];
  return choose.chance(85) ? small * factor : choose.of(edges);
}

function skeleton(choose: Chooser, { decimals, now }: { decimals: number; now: number }): PlainPolicy {
  const policy: PlainPolicy = {
    ...{ apiVersion: "countersign/v1", kind: "Policy", asset: "GLD", version: 1, previous: null },
    token: { chain: 31_337, address: token, decimals, standard: "role-erc20", codehash },
    groups: { observers: { min: 2 } },
    rules: [],
    change: {
      tighten: { quorum: { group: "officers", min: 1 } },
      loosen: { quorum: { group: "officers", min: 2 }, delay: "1h" },
    },
  };
  if (choose.chance(30)) policy.token.implementation = implementation;
  for (const group of [...voterGroups, ...initiatorGroups, "attestors"]) {
    if (!choose.chance(70)) continue;
    const accepted = choose.some(["wallet", "key", "passkey"]);
    const credentials = choose.chance(30) && accepted.length > 0 ? { credentials: accepted } : {};
    policy.groups[group] = { min: 1, ...credentials };
  }
  if (choose.chance(75)) {
    // Zones of quarter hours, of days beyond the date line, and one that changes about now.
    const seconds = choose.of([3_600, 20_700, -12_600, 50_400, -43_200, 0, 31_500]);
    const change = { from: now - choose.of([1, 0, -1, 3_600, -3_600, 86_400 * 40]), seconds: seconds + 3_600 };
    policy.timezone = "Asia/Kathmandu";
    policy.calendar = {
      until: now + choose.of([400 * daySeconds, 90 * daySeconds, 1]),
      offsets: [{ from: 0, seconds }, ...(choose.chance(50) ? [change] : [])],
    };
    const first = policy.calendar.offsets[0]!;
    if (choose.chance(15)) first.from = Math.min(now, change.from - 1) - choose.of([60, 40_000, 3_000_000]);
    policy.calendar.until = Math.max(policy.calendar.until, (policy.calendar.offsets.at(-1)?.from ?? 0) + 1);
    const today = wallClock(policy.calendar, now)?.date ?? "2027-01-01";
    policy.holidays = { feast: choose.chance(50) ? [today, "2026-12-25"] : ["2026-12-25"], fair: ["2027-05-01"] };
  }
  return policy;
}

function randomLists({ intent }: PlainCase, choose: Chooser): NonNullable<PlainPolicy["lists"]> {
  const others = addresses.filter((address) => address !== intent.to);
  const entry = (address: string): { address: string; label: string } => ({
    address,
    label: `Bank ${address.slice(2, 3)}`,
  });
  const own = hasRecipient(intent.operation) ? [intent.to] : [];
  const list = (inside: readonly string[]): NonNullable<PlainPolicy["lists"]>[string] => ({
    ...(choose.chance(30) ? { minAge: choose.of(["1h", "2d"]) } : {}),
    entries: choose.shuffled(inside).map(entry),
  });
  return {
    treasury: list([...own, ...choose.some(others)]),
    blocked: list(choose.some(others)),
    partners: list(choose.some(addresses)),
  };
}

/** Nothing known but the time. */
function bareFacts(now: number, firstSeen: number): PlainFacts {
  return { ...{ now, firstSeen, votes: [], reserves: [], observed: {}, outstanding: "0", listedSince: {} } };
}

/** Everything as it must be: observed, attested with plenty, little used, long listed. */
export function fillFacts(one: PlainCase, choose: Chooser): void {
  const { facts, policy, intent } = one;
  const { now } = facts;
  const seen = (fact: string, value: string): void => {
    facts.observed[`token:${policy.token.address} ${fact}`] = { value, blockTime: now - choose.between(-3, 60) };
  };
  seen("codehash", policy.token.codehash);
  if (policy.token.implementation !== undefined) seen("implementation", policy.token.implementation);
  seen("paused", "false");
  seen("supply", String(choose.of([1_000n, 0n, 10n ** 24n])));
  if (choose.chance(30)) facts.observed[`account:${intent.account} nonce`] = { value: "7", blockTime: now };
  for (const [name, { entries }] of Object.entries(policy.lists ?? {}))
    for (const { address } of entries) facts.listedSince[`${name} ${address}`] = now - 10 * daySeconds;
  attest(one, choose);
  fillUsage(one, choose);
}

/** What every attestor says, each a few seconds old. */
export function attest({ facts, policy, intent }: PlainCase, choose: Chooser): void {
  const time = (): { asOf: number; expiresAt: number } => ({
    asOf: facts.now - choose.below(30),
    expiresAt: facts.now + choose.between(1, 1_000),
  });
  facts.reserves = attestorIds.map((attestor) => ({
    ...{ attestor, reserves: String(greatest), supply: "0", sequence: choose.below(5), ...time() },
  }));
  const word = (attestor: string, subject: string, value: string, source: string): PlainFacts["documents"] => [
    { attestor, subject, value, source, ...time() },
  ];
  facts.prices = attestorIds.flatMap((attestor, nth) =>
    ["USD", "EUR"].flatMap((quote) => word(attestor, `${policy.asset}/${quote}`, "61.25", `source-${String(nth)}`)!),
  );
  facts.identities = attestorIds.flatMap((attestor) => word(attestor, `address:${intent.to}`, "verified", "registry")!);
  facts.documents = attestorIds.flatMap((attestor) => word(attestor, `reference:${intent.reference}`, mark, "vault")!);
  tellFeeds({ facts, policy }, choose);
}

/** As the gate counts now: by clause, or (as decisions of the first release knew it) spend by spend. */
function fillUsage(one: PlainCase, choose: Chooser): void {
  const { facts, policy, intent } = one;
  const none = { added: "0", removed: "0", count: 0, roomAt: null };
  if (choose.chance(80)) {
    facts.usage = { "ceiling.day": { ...none }, "ceiling.share": { ...none }, "ceiling.fees": { ...none } };
    for (const { id } of policy.limits ?? []) {
      const removed = String(choose.of([0n, 5n]));
      facts.usage[`limit.${id}`] = { ...none, removed, added: choose.of(["0", removed]) };
    }
    return;
  }
  policy.limits = (policy.limits ?? []).filter(({ metric }) => metric === "sum");
  for (const limit of policy.limits) limit.window = choose.of(["rolling 1h", "rolling 24h", "rolling 7d"]);
  const elsewhere = {
    asset: "SLV",
    operation: "mint",
    initiator: one.initiator,
    account: keys[0]!.account,
    to: addresses[0]!,
  };
  const operation = intent.operation === typed ? "pause" : intent.operation;
  const own = { ...elsewhere, asset: "GLD", operation, to: intent.to, account: intent.account };
  const long = facts.now - 8 * daySeconds;
  facts.spends = choose.some([
    { ...elsewhere, amount: String(greatest), feeCeilingWei: "1", at: facts.now - 60 },
    { ...own, amount: String(greatest), feeCeilingWei: "1", at: long },
  ]);
}

/** Everybody votes, with everything they have, in an order in which the seats can be taken. */
export function castVotes(one: PlainCase, choose: Chooser): void {
  const { roster, facts, initiator } = one;
  facts.votes = [];
  const places = goodPlaces(one);
  for (const { id, credentials } of [...roster.people, ...roster.services]) {
    const isOutsider = id === initiator || services.includes(id);
    if (isOutsider && !choose.chance(40)) continue;
    const place = places.get(id);
    const stage = place === undefined ? choose.below(40) : place * 10 + choose.below(10);
    for (const { id: credential, kind } of choose.shuffled(credentials)) {
      const position = Math.max(0, stage - choose.of([0, 5, 10]));
      facts.votes.push({
        ...{ person: id, credential, credentialKind: kind },
        ...{ expiresAt: facts.now + choose.between(1, 5_000), position },
      });
    }
    const last = facts.votes.at(-1)!;
    if (last.person === id) last.position = stage;
  }
  facts.votes = choose.shuffled(facts.votes);
}

/** Who sits in which stage when everybody who may votes; empty when the seats cannot all be taken. */
function goodPlaces(one: PlainCase): Map<string, number> {
  const { requires } = answer(one);
  if (requires === null) return new Map();
  const crowd: Voter[] = one.roster.people
    .filter(({ id }) => id !== one.initiator)
    .map(({ id, credentials }) => ({ id, position: 0, kinds: credentials.map(({ kind }) => kind) }));
  for (const { loose, chains } of waysOf(requires)) {
    const seats = [
      ...loose.map((seat) => ({ seat, stage: undefined })),
      ...chains.flatMap((stages) => stages.flatMap((stage, index) => stage.map((seat) => ({ seat, stage: index })))),
    ];
    const found = place(one, seats, crowd);
    if (found !== undefined) return found;
  }
  return new Map();
}

type Placed = { readonly seat: Seat; readonly stage: number | undefined };

function place(one: PlainCase, seats: readonly Placed[], left: readonly Voter[]): Map<string, number> | undefined {
  const [first, ...rest] = seats;
  if (first === undefined) return new Map();
  for (const voter of left) {
    if (!maySit(voter, first.seat, one.policy, one.roster)) continue;
    const others = place(
      one,
      rest,
      left.filter((some) => some !== voter),
    );
    if (others === undefined) continue;
    return first.stage === undefined ? others : others.set(voter.id, first.stage);
  }
  return undefined;
}

/** Takes out of the policy what its own roster or facts cannot meet. */
export function mend(one: PlainCase, choose: Chooser): void {
  for (let round = 0; round < 4; round += 1) {
    const { failing } = answer(one);
    if (failing.length === 0) return;
    for (const failure of failing) ease(one, choose, failure);
    castVotes(one, choose);
  }
}

function ease(one: PlainCase, choose: Chooser, { id, cause }: Failure): void {
  const { policy, facts, roster, initiator } = one;
  const [kind = "", name = ""] = id.split(".");
  if (kind === "guard") policy.guards = (policy.guards ?? []).filter((guard) => guard.id !== name);
  if (kind === "limit") policy.limits = (policy.limits ?? []).filter((limit) => limit.id !== name);
  if (kind === "group") policy.groups[name]!.min = 1;
  if (cause === "added quorum") {
    for (const guard of policy.guards ?? []) if (guard.add?.quorum !== undefined) guard.add = { delay: "1s" };
    for (const limit of policy.limits ?? []) if (limit.over !== "deny") limit.over = { add: { delay: "1s" } };
  } else if (cause.endsWith("quorum")) {
    const voter = choose.of(roster.people.filter((person) => person.id !== initiator && sits(person.groups)));
    const group = voter.groups.find((some) => voterGroups.includes(some))!;
    if (policy.groups[group] !== undefined) policy.groups[group] = { min: 1 };
    mainTier(one).quorum = { group, min: 1 };
  }
  if (cause.startsWith("distinct")) {
    Reflect.deleteProperty(mainTier(one), "distinct");
    for (const guard of policy.guards ?? []) if (guard.add?.distinct !== undefined) guard.add = { delay: "1s" };
    for (const limit of policy.limits ?? []) if (limit.over !== "deny") limit.over = { add: { delay: "1s" } };
  }
  if (cause === "list age")
    facts.listedSince[`${mainRule(one).when.to?.in ?? ""} ${one.intent.to}`] = facts.now - secondsOf("3d");
  if (id === "ceiling.share") Reflect.deleteProperty(one.bounds.asset, "shareOfSupplyMillionths");
}

function sits(groups: readonly string[]): boolean {
  return groups.some((group) => voterGroups.includes(group));
}
