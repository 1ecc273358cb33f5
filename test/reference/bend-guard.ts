/** Bends of guards and of what attestors say. */
import { type Bend, amountOf, needMint, needRecipient, fresh, nobody } from "./bending.ts";
import { fine, greatest, secondsOf } from "./measure.ts";
import type { PlainCase, PlainCondition, PlainEvidence } from "./plain.ts";
import { attest, mark } from "./random-base.ts";
import { conditionKeys, part, randomCondition, type ConditionKey } from "./random-condition.ts";
import { evidenceGuard, leaf, randomCover } from "./random-policy.ts";
import { attestorIds } from "./random-roster.ts";
import type { Chooser } from "./tape.ts";

/** A guard that denies, by a `when` that holds or an `unless` that does not; also when nobody knows. */
function denying(key: ConditionKey | undefined): Bend {
  return (one, choose, over) => {
    const { policy, facts } = one;
    const say = (holds: boolean): PlainCondition | undefined =>
      key === undefined ? randomCondition(one, choose, holds) : part(one, choose, key, holds);
    const whenHolds = choose.chance(50);
    const condition = whenHolds ? say(over) : say(!over);
    if (condition === undefined) return;
    policy.guards = [
      ...(policy.guards ?? []),
      { id: fresh(one), ...(whenHolds ? { when: condition } : { unless: condition }), deny: true },
    ];
    if (key === "time" && policy.calendar !== undefined && choose.chance(40)) {
      policy.calendar.offsets = policy.calendar.offsets.slice(0, 1).map(({ seconds }) => ({ from: 0, seconds }));
      policy.calendar.until = facts.now + choose.of([0, 0, 1]);
    }
  };
}

/** A guard that asks for what nobody says: an hour out of the calendar, or a key that is not managed. */
const unknowing: Bend = (one, choose, over) => {
  const { policy, facts, bounds } = one;
  const key = choose.of(["time", "account"] as const);
  const condition = part(one, choose, key, choose.chance(50));
  if (condition === undefined) return;
  guardBy(one, choose, condition);
  if (!over) return;
  if (key === "account") Reflect.deleteProperty(bounds, "managed");
  if (key === "time" && policy.calendar !== undefined) {
    policy.calendar.offsets = policy.calendar.offsets.slice(0, 1).map(({ seconds }) => ({ from: 0, seconds }));
    policy.calendar.until = facts.now;
  }
};

/** A guard by a list that has had the recipient for just long enough, or not quite, or nobody knows since when. */
const aging: Bend = (one, choose, over) => {
  needRecipient(one, choose);
  const { policy, facts, intent } = one;
  policy.lists!["guests"] = { minAge: "1h", entries: [{ address: intent.to, label: "Guest" }] };
  guardBy(one, choose, choose.chance(70) ? { to: { in: "guests" } } : { args: { to: { in: "guests" } } });
  const since = facts.now - 3_600 + (over ? choose.of([1, 1, 3_600]) : 0);
  if (over && choose.chance(30)) Reflect.deleteProperty(facts.listedSince, `guests ${intent.to}`);
  else facts.listedSince[`guests ${intent.to}`] = since;
};

function guardBy(one: PlainCase, choose: Chooser, condition: PlainCondition): void {
  const guard = { id: fresh(one), [choose.of(["when", "unless"])]: condition };
  const add = { delay: "10d", quorum: leaf(choose, 1) };
  one.policy.guards = [...(one.policy.guards ?? []), choose.chance(70) ? { ...guard, deny: true } : { ...guard, add }];
}

export const denials: Bend[] = [
  ...[unknowing, aging],
  denying(undefined),
  (one, choose, over) => {
    denying(choose.of(conditionKeys))(one, choose, over);
  },
  denying("time"),
];

function withEvidence(evidence: PlainEvidence["evidence"], choose: Chooser, one: PlainCase): PlainEvidence {
  if (evidence === "reserve") needMint(one, choose);
  if (evidence === "identity") needRecipient(one, choose);
  attest(one, choose);
  const guard = evidenceGuard(one, choose, fresh(one), evidence);
  const words = { reserve: "reserves", price: "prices", identity: "identities", document: "documents" } as const;
  if (choose.chance(40)) ripen(one.facts[words[evidence]] ?? [], guard.require!, one);
  one.policy.guards = [...(one.policy.guards ?? []).filter(({ require }) => require?.evidence !== evidence), guard];
  return guard.require!;
}

/** Of the reserves, with a cover. */
function withCover(choose: Chooser, one: PlainCase): PlainEvidence {
  const require = withEvidence("reserve", choose, one);
  require.cover ??= randomCover(choose);
  return require;
}

/** Times, attestors and expiries that make words stop counting. */
function spoil(
  words: { attestor: string; asOf: number; expiresAt: number }[],
  require: PlainEvidence,
  one: PlainCase,
  choose: Chooser,
): void {
  const { now } = one.facts;
  const maxAge = require.maxAge === undefined ? undefined : secondsOf(require.maxAge);
  const how = choose.below(4);
  for (const word of words) {
    if (how === 0) word.expiresAt = now - choose.of([0, 0, 100]);
    else if (how === 1) word.asOf = now + choose.of([1, 1, 100]);
    else if (how === 2 && maxAge !== undefined) word.asOf = now - maxAge - choose.of([1, 1, 100]);
    else word.attestor = choose.of(["nobody", "ann"]);
  }
}

/** As old as they may be, and good for one second more. */
function ripen(words: readonly { asOf: number; expiresAt: number }[], require: PlainEvidence, one: PlainCase): void {
  for (const word of words) {
    word.asOf = one.facts.now - (require.maxAge === undefined ? 0 : secondsOf(require.maxAge));
    word.expiresAt = one.facts.now + 1;
  }
}

/** Leaves so many attestors whose words count. */
function keepAttestors<T extends { attestor: string }>(words: T[], count: number, choose: Chooser): T[] {
  const kept = choose.shuffled(attestorIds).slice(0, count);
  return words.filter(({ attestor }) => kept.includes(attestor));
}

function minOf(require: PlainEvidence): number {
  return require.by?.min ?? 1;
}

/** Too few who attest reserves, or just enough. */
const attesting: Bend = (one, choose, over) => {
  const require = withEvidence("reserve", choose, one);
  const { facts } = one;
  if (choose.chance(50)) facts.reserves = keepAttestors(facts.reserves, minOf(require) - (over ? 1 : 0), choose);
  else spoil(facts.reserves.slice(0, over ? 3 : 3 - minOf(require)), require, one, choose);
};

/** Prices of the reserves that are missing, old or too far apart, or just near enough. */
const pricing: Bend = (one, choose, over) => {
  const { cover } = withCover(choose, one);
  const { facts, policy } = one;
  cover!.price ??= { par: "1", maxAge: "1h", sources: 1, deviation: "0.01" };
  const subject = `${policy.asset}/${cover!.price.quote ?? "USD"}`;
  const own = facts.prices!.filter((word) => word.subject === subject);
  const how = choose.below(3);
  if (how === 0) choose.of(own).value = over ? choose.of(["61.8626", "0.5"]) : "61.8625";
  else if (how === 1 && over) Reflect.deleteProperty(facts, "prices");
  else if (over) spoil(own, { evidence: "price", ...cover!.price }, one, choose);
};

export const evidences: Bend[] = [
  ...[attesting, attesting, pricing, pricing],
  ...[true, false].map((): Bend => (one, choose, over) => {
    const require = withCover(choose, one);
    const { facts, policy } = one;
    const { warn, price } = require.cover!;
    const isWarned = warn !== undefined && choose.chance(50);
    const ratio = isWarned ? warn.ratio : require.cover!.ratio;
    if (isWarned) warn.add = { delay: "10d", quorum: leaf(choose, 1) };
    const [worth, par] = price === undefined ? [1n, 1n] : [fine("61.25"), fine(price.par)];
    const supply = BigInt(choose.between(0, 10_000));
    const observed = (facts.observed[`token:${policy.token.address} supply`] ??= { value: "0", blockTime: facts.now });
    if (over && choose.chance(15)) {
      if (choose.chance(50)) Reflect.deleteProperty(facts.observed, `token:${policy.token.address} supply`);
      else observed.value = choose.of(["many", "-1", "0x10", ""]);
      return;
    }
    const attested = choose.of([0n, supply, supply + 3n]);
    observed.value = String(supply);
    facts.outstanding = String(choose.of([0n, 17n]));
    const needed = (attested > supply ? attested : supply) + BigInt(facts.outstanding) + amountOf(one);
    const scale = 10n ** 18n;
    const [whole = "", fraction = ""] = ratio.split(".");
    const parts = BigInt(whole + fraction.padEnd(18, "0"));
    const least = (needed * scale * par + parts * worth - 1n) / (parts * worth);
    if (least > greatest || least === 0n) return;
    const reserves = over ? least - choose.of([1n, 1n, least / 2n + 1n]) : least;
    const low = choose.below(3);
    facts.reserves.forEach((word, index) => {
      word.reserves = String(index === low ? (reserves < 0n ? 0n : reserves) : greatest);
      word.supply = String(index === low ? attested : 0n);
    });
    // An earlier word of the same attestor counts for nothing.
    const [word] = facts.reserves;
    if (word !== undefined && choose.chance(30))
      facts.reserves.push({ ...word, sequence: word.sequence - 1 < 0 ? word.sequence : word.sequence - 1 });
  }),
  (one, choose, over) => {
    const { cover } = withCover(choose, one);
    const { facts, policy, intent } = one;
    // Of three sources the middle one, of two the lower, of one its lowest word.
    cover!.price = { par: "1", maxAge: "1h", sources: 1, deviation: "1" };
    cover!.ratio = "1";
    Reflect.deleteProperty(cover!, "warn");
    const own = facts.prices!.filter((word) => word.subject === `${policy.asset}/USD`);
    const names = choose.of([
      ["a", "b", "c"],
      ["a", "a", "b"],
      ["a", "a", "a"],
    ]);
    const values = choose.shuffled(["2", "3", "4"]);
    own.forEach((word, nth) => Object.assign(word, { value: values[nth], source: names[nth] }));
    const lowest = [...new Set(names)].map((name) =>
      Math.min(...own.filter(({ source }) => source === name).map(({ value }) => Number(value))),
    );
    lowest.sort();
    const middle = BigInt(lowest[Math.ceil(lowest.length / 2) - 1]!);
    const supply = 1_000n;
    const needed = supply + BigInt(facts.outstanding) + BigInt(intent.amount);
    const observed = (facts.observed[`token:${policy.token.address} supply`] ??= { value: "0", blockTime: facts.now });
    observed.value = String(supply);
    const reserves = String((needed + middle - 1n) / middle - (over ? 1n : 0n));
    for (const word of facts.reserves) Object.assign(word, { reserves, supply: "0" });
  },
  (one, choose, over) => {
    const require = withEvidence("price", choose, one);
    const { facts, policy } = one;
    const subject = `${policy.asset}/${require.quote ?? "USD"}`;
    const own = facts.prices!.filter((word) => word.subject === subject);
    const how = choose.below(4);
    if (how === 0)
      facts.prices = keepAttestors(facts.prices!, Math.max(minOf(require), require.sources!) - (over ? 1 : 0), choose);
    else if (how === 1) spoil(own.slice(0, over ? 3 : 1), require, one, choose);
    else if (how === 2 && over) for (const word of own) word.source = "one";
    else if (over) Reflect.deleteProperty(facts, "prices");
    if (over && how === 2 && require.sources === 1)
      for (const word of own) word.value = choose.of(["0", "0.00", "-1", "n/a"]);
  },
  (one, choose, over) => {
    const require = withEvidence("price", choose, one);
    const { facts, policy } = one;
    require.deviation = choose.of(["0.01", "0.5", "0.1"]);
    const own = facts.prices!.filter((word) => word.subject === `${policy.asset}/${require.quote ?? "USD"}`);
    for (const word of own) word.value = "100";
    const most = { "0.01": "101", "0.5": "150", "0.1": "110" }[require.deviation]!;
    choose.of(own).value = over
      ? choose.of([`${most}.000000000000000001`, `${most}.1`, "10000"])
      : choose.of([most, `${most}.000`]);
  },
  (one, choose, over) => {
    const require = withEvidence("identity", choose, one);
    const { facts } = one;
    const how = choose.below(4);
    if (how === 0) facts.identities = keepAttestors(facts.identities!, minOf(require) - (over ? 1 : 0), choose);
    else if (how === 1) spoil(facts.identities!.slice(0, over ? 3 : 3 - minOf(require)), require, one, choose);
    else if (how === 2 && over) choose.of(facts.identities!).value = choose.of(["revoked", "Verified", ""]);
    else if (over) for (const word of facts.identities!) word.subject = `address:${nobody}`;
  },
  (one, choose, over) => {
    const require = withEvidence("document", choose, one);
    const { facts } = one;
    const how = choose.below(4);
    if (how === 0) facts.documents = keepAttestors(facts.documents!, minOf(require) - (over ? 1 : 0), choose);
    else if (how === 1) spoil(facts.documents!.slice(0, over ? 3 : 3 - minOf(require)), require, one, choose);
    else if (how === 2 && over)
      choose.of(facts.documents!).value = choose.of([`0x${"6".repeat(64)}`, "a receipt", mark.slice(0, -1)]);
    else if (over) for (const word of facts.documents!) word.subject = "reference:receipt-43";
  },
];
