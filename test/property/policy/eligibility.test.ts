/** Nobody receives, and nobody's tokens are moved, unless everything that was observed of them is as it must be: on every standard, for every operation, whatever is seen or not seen. */
import fc from "fast-check";
import { expect, it } from "vitest";
import * as subject from "../../../src/evidence/subject.ts";
import { furtherNames, operations, type Operation } from "../../../src/intent/operation.ts";
import { offered, standardSchema } from "../../../src/intent/standard.ts";
import { zero } from "../../../src/values/address.ts";
import { addressOf, claimKey, claimOf, goodSights, raise, sanctions, tokenOf } from "../../place/profiles.ts";
import { bankA, document, gld, idOf, inputWith, key, now, outcome, type Bend } from "../../unit/policy/example.ts";
import { runs } from "./random-case.ts";

type Seen = Readonly<Record<string, { readonly value: string }>>;

const token = document.token.address;
const nobody = `0x${"00".repeat(18)}dead`;
const holder = addressOf("a holder");
const identity = addressOf("an identity");
/** A document that gives whoever asks just what they ask for. */
const distributed = {
  ...{
    hash: idOf("yield"),
    asset: "GLD",
    chainId: document.token.chain,
    token,
    recordBlock: 5,
    recordHash: idOf("block"),
  },
  ...{ pool: gld("5").toString(), escrow: bankA, treasury: bankA, holders: idOf("holders") },
  ...{ entitlement: gld("5").toString(), statement: idOf("submission") },
};
const { issuer, claim, signature } = claimOf(identity);
const further = {
  ...{ from: holder, identity, country: 756, destination: undefined, distribution: distributed.hash },
  ...{ issuer, topic: "1", claim, signature },
  ...raise,
};

/** So seldom otherwise that of every operation some are as they should be. */
const mostly = <T>(weight: number, usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight, arbitrary: fc.constant(usual) },
    ...others.map((other) => ({ weight: 1, arbitrary: fc.constant(other) })),
  );

const asking = fc.constantFrom(...standardSchema.options).chain((standard) =>
  fc.record({
    standard: fc.constant(standard),
    operation: fc.constantFrom<Operation>(...offered(standard)),
    countries: fc.constantFrom(undefined, { only: ["CH", "LI"] }, { never: ["RU"] }),
    /** Of a registration: one of ISO 3166-1 now, another one, and one that is no more. */
    country: mostly(4, 756, 643, 810),
    /** Of a claim: whose signature it bears, and what it is about. */
    signer: mostly<string | undefined>(10, claimKey.address, holder, undefined),
    topic: mostly(10, "1", "2"),
    to: fc.oneof(
      { weight: 6, arbitrary: fc.constant<string>(bankA) },
      { weight: 1, arbitrary: fc.constantFrom<string>(token, nobody) },
    ),
    /** Which of the facts is bent, and how; most are as they should be. */
    bent: fc.array(
      fc.record({
        nth: fc.nat(8),
        how: fc.constantFrom("missing", "true", "false", "0", "1", "6", "other", "more", "643", "810"),
      }),
      { maxLength: 2 },
    ),
  }),
);
type Asking = typeof asking extends fc.Arbitrary<infer A> ? A : never;

const lists = Object.fromEntries(
  ["treasury", "escrow"].map((list) => [list, { entries: [{ address: bankA, label: "Bank A omnibus" }] }]),
);

const values: Readonly<Record<string, string>> = {
  other: addressOf("something else"),
  more: (10n ** 30n).toString(),
};

function bendOf({ standard, operation, to, bent, countries, country, signer, topic }: Asking): {
  bend: Bend;
  seen: Seen;
} {
  const uses = operations[operation];
  const more = Object.fromEntries(
    furtherNames(operation).flatMap((name) => [[name, { ...further, country, topic }[name]]]),
  );
  const intent = {
    operation,
    to: uses.recipient ? to : zero,
    amount: uses.amount ? gld("5").toString() : "0",
    ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)),
  };
  const tiers = [{ upTo: "max", quorum: { group: "custodians", min: 2 }, sign: key.id }];
  const policy = {
    token: tokenOf(standard, document.token),
    ...(countries === undefined || standard !== "erc3643" ? {} : { countries }),
    guards: [],
    limits: [],
    rules: [{ id: "anything", when: { operation, initiator: { group: "issuers" } }, tiers }],
  };
  const input = inputWith({ policy, intent });
  const base = [
    { subject: subject.token(token), fact: "codehash" as const, value: document.token.codehash },
    { subject: subject.token(token), fact: "paused" as const, value: "false" },
    ...(operation === "raiseMultiplier"
      ? [{ subject: subject.token(token), fact: "supply" as const, value: gld("1000").toString() }]
      : []),
    ...goodSights(input.policy, input.intent),
  ];
  const sights = new Map(base.map((one) => [subject.factKey(one.subject, one.fact), one] as const));
  const keys = [...sights.keys()];
  for (const { nth, how } of bent) {
    const about = keys[nth % keys.length] ?? "";
    const sight = sights.get(about);
    if (how === "missing") sights.delete(about);
    else if (sight !== undefined) sights.set(about, { ...sight, value: values[how] ?? how });
  }
  const seen = Object.fromEntries(
    [...sights].map(([about, one]) => [
      about,
      { ...one, blockNumber: 77, blockTime: now - 5, finalized: false, statements: [] },
    ]),
  );
  const signed = operation === "addClaim" && signer !== undefined ? { claimSigner: signer } : {};
  const known = { ...signed, rounds: { [subject.token(token)]: "0" } };
  if (operation !== "distribute") return { bend: { policy, intent, facts: { observed: seen, ...known } }, seen };
  const record = subject.holders(token, distributed);
  const sight = { subject: record, fact: "holders", value: distributed.holders };
  const holders = { ...sight, blockNumber: 77, blockTime: now - 5, finalized: false, statements: [] };
  const observed = { ...seen, [subject.factKey(record, "holders")]: holders };
  return { bend: { policy: { ...policy, lists }, intent, facts: { observed, distribution: distributed } }, seen };
}

/** Only what is bent or good is ever seen: Switzerland, Russia, and what is no country. */
function isLetIn(countries: Asking["countries"], number: string | undefined): boolean {
  if (countries === undefined) return true;
  return "only" in countries ? number === "756" : number !== "643" && ["756", "20"].includes(number ?? "");
}

/** What the standards say of it, written down once more. */
function isEligible({ standard, operation, to, countries, country, signer, topic }: Asking, seen: Seen): boolean {
  const about = (where: string, fact: subject.FactName): string | undefined =>
    seen[subject.factKey(where, fact)]?.value;
  const ofToken = (fact: subject.FactName): string | undefined => about(subject.token(document.token.address), fact);
  const of = (who: string, fact: subject.FactName): string | undefined =>
    about(subject.holder(document.token.address, who as typeof bankA), fact);
  const knows = standard !== "role-erc20";
  const stops = operation === "pause" || operation === "freeze";
  const lacks = [
    ofToken("codehash") !== document.token.codehash,
    standard === "erc3643" && ofToken("implementation") !== addressOf("token implementation"),
    operations[operation].amount && ofToken("paused") !== "false",
    knows && !stops && ofToken("decimals") !== "18",
    standard === "erc3643" && !stops && !(ofToken("registries") ?? "").startsWith('{"claims":["1"]'),
    standard === "backed-token" && !stops && ofToken("sanctions") !== sanctions,
  ];
  if (["mint", "distribute", "transfer", "forcedTransfer"].includes(operation))
    lacks.push(
      to === token || to === nobody,
      knows && of(to, "frozen") !== "0",
      (standard === "erc3643" || standard === "erc7943") && of(to, "verified") !== "true",
      standard === "erc3643" && !isLetIn(countries, of(to, "country")),
    );
  if (["burn", "redeem", "transfer"].includes(operation)) lacks.push(knows && of(key.account, "frozen") !== "0");
  if (standard === "fiat-token" && (operation === "mint" || operation === "distribute")) {
    const allowance = of(key.account, "allowance") ?? "";
    lacks.push(of(key.account, "frozen") !== "0", !/^[0-9]+$/.test(allowance) || BigInt(allowance) < gld("5"));
  }
  if (standard === "backed-token" && (operation === "mint" || operation === "raiseMultiplier"))
    lacks.push(ofToken("multiplier") !== '{"announced":null,"current":"1000000000000000000","nonce":"0"}');
  // By 0.42 %: of a whole thousand less than five.
  if (operation === "raiseMultiplier")
    lacks.push(!["0", "1", "6", "643", "810", gld("1000").toString()].includes(ofToken("supply") ?? ""));
  if (["registerIdentity", "addClaim", "removeClaim"].includes(operation))
    lacks.push(about(subject.contract(identity), "codehash") !== `0x${"1d".repeat(32)}`);
  if (["addClaim", "removeClaim"].includes(operation)) lacks.push(of(to, "identity") !== identity, topic !== "1");
  if (operation === "addClaim") lacks.push(signer !== claimKey.address);
  if (operation === "registerIdentity")
    lacks.push(
      about(subject.contract(identity), "codehash") !== `0x${"1d".repeat(32)}`,
      !isLetIn(countries, String(country)),
    );
  return !lacks.includes(true);
}

it("on every standard, for every operation", () => {
  const met = new Map<string, Set<boolean>>();
  fc.assert(
    fc.property(asking, (one) => {
      const { bend, seen } = bendOf(one);
      const eligible = isEligible(one, seen);
      expect(outcome(bend).verdict === "allowed").toBe(eligible);
      const what = `${one.standard} ${one.operation}`;
      met.set(what, (met.get(what) ?? new Set()).add(eligible));
    }),
    runs(2_500),
  );
  const all = standardSchema.options.flatMap((standard) => offered(standard).map((one) => `${standard} ${one}`));
  expect(all.filter((what) => met.get(what)?.size !== 2)).toEqual([]);
});
