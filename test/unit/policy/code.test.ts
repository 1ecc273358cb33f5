/** Every code a decision can bear is borne by some decision. */
import { expect, it } from "vitest";
import { registriesText } from "../../../src/evidence/registries.ts";
import * as subject from "../../../src/evidence/subject.ts";
import type { Standard } from "../../../src/intent/standard.ts";
import { policyCodes, type PolicyCode } from "../../../src/policy/code.ts";
import { decide } from "../../../src/policy/decide.ts";
import { canonical } from "../../../src/values/json.ts";
import { feedGuard, feedSubject, saidBy, vaultFeed } from "../../place/feeds.ts";
import { claimKey, furtherFor, goodSights, raise, registries, tokenOf } from "../../place/profiles.ts";
import {
  attested,
  calendar,
  day,
  decideWith,
  document,
  ether,
  gld,
  idOf,
  inputWith,
  key,
  mintRule,
  minute,
  n,
  now,
  observation,
  observed,
  permit,
  reserve,
  rosterWith,
  spend,
  stranger,
  tierWith,
  vote,
  type Bend,
} from "./example.ts";

const pause = { operation: "pause", amount: "0", to: `0x${"00".repeat(20)}` };
const young = { treasury: { minAge: "48h", entries: document.lists!["treasury" as never]!.entries } };
const supply = observation("supply", gld("1000").toString());

const permits = (primaryType: string): unknown => {
  const { chainId, verifyingContract } = permit.domain;
  const when = { operation: "signTypedData", typedData: { domain: { chainId, verifyingContract }, primaryType } };
  return { ...mintRule(), when: { ...when, initiator: { group: "issuers" } } };
};
const about = { when: { operation: "mint" } };
const price = { id: "g", ...about, require: { evidence: "price", maxAge: "5m", sources: 2, deviation: "0.01" } };
const identity = { id: "g", ...about, require: { evidence: "identity" } };
const paper = { id: "g", ...about, require: { evidence: "document" } };
const prices = (...values: string[]): unknown[] =>
  values.map((value, index) => attested({ subject: "GLD/USD", value, source: `source ${index}` }));
const document1 = attested({ subject: "reference:receipt-42", value: idOf("one"), source: "a" });
const document2 = attested({ subject: "reference:receipt-42", value: idOf("two"), source: "b" });

/** A mint of a token that knows its holders, where one thing that was seen is another. */
const ofHolders = (
  [fact, value]: readonly [string, string],
  standard: Standard = "erc3643",
  more: object = {},
): Bend => {
  const changed = { token: tokenOf(standard, document.token), ...more };
  const { policy, intent } = inputWith({ policy: changed });
  const seen = goodSights(policy, intent).map((one) => ({ ...one, ...(one.fact === fact ? { value } : {}) }));
  const rounds = { [tokenSubject]: "0" };
  return { policy: changed, facts: { observed: { ...observed, ...observedOf(seen) }, rounds } };
};
const observedOf = (seen: ReturnType<typeof goodSights>): Record<string, unknown> =>
  Object.fromEntries(
    seen.map((one) => [
      subject.factKey(one.subject, one.fact),
      { ...one, blockNumber: 77, blockTime: now - 5, finalized: false, statements: [] },
    ]),
  );
const roleSeen = (value: string): Record<string, unknown> => {
  const about = subject.role(document.token.address, "MINTER_ROLE", key.account);
  return observedOf([{ subject: about, fact: "held", value }]);
};
const grant = { operation: "grantRole", amount: "0" };
const emptied = registriesText({ ...registries, claims: [] });

const claiming = { operation: "addClaim", amount: "0", ...furtherFor("addClaim") };
const ofClaims = {
  token: tokenOf("erc3643", document.token),
  rules: [mintRule({ operation: "addClaim" })],
  guards: [],
  limits: [],
};
const claimInput = inputWith({ policy: ofClaims, intent: claiming });
const claimSeen = goodSights(claimInput.policy, claimInput.intent).map((one) =>
  one.fact === "identity" ? { ...one, value: stranger } : one,
);

/** A mint that a feed's figure must cover, where one thing of it is another. */
const ofFeed = (fields: Parameters<typeof saidBy>[1], updatedAt = now - 60): Bend => ({
  policy: { feeds: { vault: vaultFeed }, guards: [feedGuard] },
  facts: {
    observed: {
      ...observed,
      ...observedOf([{ subject: feedSubject, fact: "round", value: saidBy(updatedAt, fields) }]),
    },
    rounds: { [feedSubject]: "7" },
  },
});

const part = { operation: "distribute", distribution: idOf("yield") };
const distribution = {
  hash: idOf("yield"),
  asset: "GLD",
  chainId: document.token.chain,
  token: document.token.address,
  recordBlock: 5,
  recordHash: idOf("block"),
  pool: gld("1000").toString(),
  escrow: stranger,
  treasury: document.lists!["treasury" as never]!.entries[0]!.address,
  holders: idOf("holders"),
  entitlement: gld("100").toString(),
  statement: idOf("submission"),
};

const tokenSubject = subject.token(document.token.address);
/** A raise on a token with shares, where one thing of it, or of what was seen, is another. */
const ofRaise = (change: Readonly<Record<string, unknown>>, shares: object = {}, highest = "3"): Bend => {
  const policy = {
    token: tokenOf("backed-token", document.token),
    rules: [{ ...mintRule(), when: { operation: "raiseMultiplier", initiator: { group: "issuers" } } }],
    guards: [],
    limits: [],
  };
  const intent = { operation: "raiseMultiplier", to: pause.to, ...raise, ...change };
  const good = goodSights(inputWith({ policy, intent: { ...intent, ...raise } }).policy, {
    ...inputWith().intent,
    operation: "mint",
  });
  const value = canonical({ announced: null, current: raise.oldMultiplier, nonce: "3", ...shares });
  const seen = good.map((one) => (one.fact === "multiplier" ? { ...one, value } : one));
  return {
    policy,
    intent,
    facts: { observed: { ...observed, ...observedOf(seen) }, rounds: { [tokenSubject]: highest } },
  };
};
/** The supply of an earlier block than the multiplier. */
const apart = ({ facts = {}, ...bend }: Bend): Bend => {
  const about = subject.factKey(tokenSubject, "supply");
  const { [about]: supply, ...rest } = facts["observed"] as Record<string, object>;
  return { ...bend, facts: { ...facts, observed: { ...rest, [about]: { ...supply, blockNumber: 76 } } } };
};
const raises = {
  "policy.multiplier-changed": ofRaise({}, { current: "1000000000000000001" }),
  "policy.multiplier-announced": ofRaise(
    {},
    { announced: { activationTime: "1893456000", multiplier: "1004200000000000000" } },
  ),
  "policy.multiplier-rise": ofRaise({ newMultiplier: "1010000000000000001" }),
  "policy.multiplier-amount": ofRaise({ amount: gld("4").toString() }),
  "policy.multiplier-back": ofRaise({}, {}, "4"),
  "policy.multiplier-apart": apart(ofRaise({})),
  "policy.activation-time": ofRaise({ activationTime: now - 3_601 }),
};

const bends: Readonly<Record<Exclude<PolicyCode, "policy.ambiguous">, Bend>> = {
  "policy.allowed": {},
  "policy.wrong-asset": { intent: { asset: "SLV" } },
  "policy.wrong-chain": { intent: { chainId: 5 } },
  "policy.chain-unknown": { bounds: { chainKnown: false } },
  "policy.no-rule": { policy: { rules: document.rules.slice(0, 1) }, intent: pause },
  "policy.initiator-not-in-group": { initiator: "otto" },
  "policy.recipient-not-listed": { intent: { to: stranger } },
  "policy.recipient-excluded": { policy: { rules: [mintRule({ to: { notIn: "treasury" } })] } },
  "policy.wrong-account": { policy: { rules: [mintRule({ account: "hsm-other" })] } },
  "policy.amount-outside": { policy: { rules: [mintRule({ amount: { gt: "100 GLD" } })] } },
  "policy.fee-outside": { policy: { rules: [mintRule({ maxFee: { lt: "0.01 ETH" } })] } },
  "policy.argument": { policy: { rules: [mintRule({ args: { amount: { lte: "99 GLD" } } })] } },
  "policy.typed-data": { policy: { rules: [permits("Order")] }, typedData: permit },
  "policy.outside-hours": { policy: { calendar, rules: [mintRule({ time: { days: ["sat"] } })] } },
  "policy.recipient-too-new": { policy: { lists: young } },
  "policy.over-top-tier": { intent: { amount: gld("5001").toString() } },
  "policy.wrong-key": { bounds: { managed: undefined } },
  "policy.separation": { roster: rosterWith({ ivan: { groups: [n("issuers"), n("custodians")] } }) },
  "policy.group-floor": { roster: rosterWith({ cyril: { groups: [] } }) },
  "policy.quorum-missing": { facts: { votes: [vote("chris")] } },
  "policy.too-few-people": { policy: { rules: [mintRule({}, tierWith({ distinct: { people: 3 } }))] } },
  "policy.too-few-units": { policy: { rules: [mintRule({}, tierWith({ distinct: { units: 1 } }))] } },
  "policy.vetoed": {
    policy: { rules: [mintRule({}, tierWith({ delay: "1m", veto: { group: "officers", min: 1 } }))] },
    facts: { vetoes: [{ person: "olga", statement: idOf("no"), at: now }] },
  },
  "policy.expired": { intent: { expiresAt: now } },
  "policy.not-yet": { intent: { notBefore: now + 1 } },
  "policy.lifetime": { intent: { expiresAt: now + 8 * day } },
  "policy.delay": {
    intent: { amount: gld("1001").toString() },
    facts: { firstSeen: now - 29 * minute, votes: [vote("carla"), vote("chris"), vote("cora")] },
  },
  "policy.fee-ceiling": { intent: { feeCeilingWei: ether("0.06").toString() } },
  "policy.guarded": { policy: { guards: [{ id: "g", when: { operation: "mint" }, deny: true }] } },
  "policy.price-spread": { policy: { guards: [price] }, facts: { prices: prices("10.00", "10.11") } },
  "policy.not-verified": { policy: { guards: [identity] }, facts: { identities: [attested({ value: "revoked" })] } },
  "policy.documents-differ": { policy: { guards: [paper] }, facts: { documents: [document1, document2] } },
  "policy.reserves-short": { facts: { reserves: [reserve({ reserves: gld("1099").toString() })] } },
  "policy.attestation-stale": { facts: { reserves: [reserve({ asOf: now - day - 1 })] } },
  "policy.evidence-missing": { facts: { observed: supply } },
  "policy.limit-exceeded": { facts: { spends: [spend({ amount: gld("4901").toString() })] } },
  "policy.ceiling-request": { ceilings: { request: gld("99") } },
  "policy.ceiling-day": { ceilings: { day: gld("150") }, facts: { spends: [spend({ operation: "transfer" })] } },
  "policy.ceiling-share": { ceilings: { shareOfSupplyMillionths: 99_999n } },
  "policy.ceiling-fees": { bounds: { feesPerDayWei: ether("0.015") }, facts: { spends: [spend()] } },
  "policy.code-changed": { facts: { observed: { ...observed, ...observation("codehash", `0x${"00".repeat(32)}`) } } },
  "policy.paused": { facts: { observed: { ...observed, ...observation("paused", "true") } } },
  "policy.not-offered": {
    policy: { token: tokenOf("fiat-token", document.token), rules: [mintRule()] },
    intent: grant,
  },
  "policy.decimals": ofHolders(["decimals", "17"]),
  "policy.registries-changed": ofHolders(["registries", emptied]),
  "policy.sanctions-changed": ofHolders(["sanctions", stranger], "backed-token"),
  "policy.frozen": ofHolders(["frozen", "1"]),
  "policy.allowance-short": ofHolders(["allowance", "1"], "fiat-token"),
  "policy.role-missing": {
    policy: { token: { ...document.token, roles: { mint: "MINTER_ROLE" } } },
    facts: { observed: { ...observed, ...roleSeen("false") } },
  },
  "policy.country": ofHolders(["country", "643"], "erc3643", { countries: { only: ["CH"] } }),
  "policy.claim": { policy: { token: tokenOf("erc3643", document.token) }, intent: claiming },
  "policy.other-identity": {
    policy: ofClaims,
    intent: claiming,
    facts: { claimSigner: claimKey.address, observed: { ...observed, ...observedOf(claimSeen) } },
  },
  "policy.destination": { intent: { operation: "redeem", to: pause.to, destination: "vault-zrh" } },
  "policy.distribution": { intent: part, facts: { distribution: { ...distribution, hash: idOf("other") } } },
  "policy.entitlement": { intent: part, facts: { distribution: { ...distribution, entitlement: "1" } } },
  "policy.feed-changed": ofFeed({ decimals: 18 }),
  "policy.feed-unsound": ofFeed({ answer: "0" }),
  "policy.feed-back": ofFeed({ round: "6" }),
  "policy.feed-stale": ofFeed({}, now - 2 * day),
  ...raises,
  "policy.freshness": { facts: { now: now + 116 } },
};

it.each(Object.entries(bends))("%s is what a decision says", (code, bend) => {
  expect(decideWith(bend).code).toBe(code);
});

it("policy.ambiguous is what a decision says of two rules, which no compiled policy has", () => {
  const input = inputWith();
  const [mint] = input.policy.rules;
  const policy = { ...input.policy, rules: [mint!, { ...mint!, id: n("mint-2") }] };
  expect(decide({ ...input, policy })).toMatchObject({ verdict: "refused", code: "policy.ambiguous", rule: null });
});

it("the list of codes is closed: no other, each once", () => {
  expect([...policyCodes].sort()).toEqual([...Object.keys(bends), "policy.ambiguous"].sort());
});
