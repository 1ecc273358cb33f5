/** Small policies to plant holes in, and the decision of an example that an analysis or a proof gave. */
import * as address from "../../../src/values/address.ts";
import * as duration from "../../../src/values/duration.ts";
import * as instant from "../../../src/values/instant.ts";
import { parse as parseTypedData } from "../../../src/intent/typed-data.ts";
import { parseReference } from "../../../src/values/line.ts";
import { hasAmount } from "../../../src/policy/asked.ts";
import { policyOperationSchema } from "../../../src/policy/document/condition-schema.ts";
import type { Policy } from "../../../src/policy/policy.ts";
import { decide, type DecideInput } from "../../../src/policy/decide.ts";
import type { Decision } from "../../../src/policy/decision.ts";
import { readPolicyDocument, type PolicyDocument } from "../../../src/policy/document/document.ts";
import { parseQuantity } from "../../../src/policy/quantity.ts";
import type { Example } from "../../../src/policy/analyse/witness.ts";
import { hashOf, shifted, unsignedHash, voteOf, worldOf } from "../../../src/policy/trial/world.ts";
import type { RosterIndex } from "../../../src/roster/membership.ts";
import { document, n } from "./example.ts";

export const bank = (letter: string): string => `0x${letter.repeat(40)}`;
export const custodians = (min: number): object => ({ group: "custodians", min });
export const compliance = { group: "compliance", min: 1 };
export const officers = (min: number): object => ({ group: "officers", min });

export const all = (...parts: readonly object[]): object => ({ all: parts });
export const lists = (treasury: string, other: string): object => ({
  treasury: { entries: [{ address: bank(treasury), label: "Bank A" }] },
  other: { entries: [{ address: bank(other), label: "Bank B" }] },
});
/** What a limit adds up. */
export const sum = { metric: "sum", window: "rolling 24h", per: "asset" };

/** A tier of a rule. */
export const upTo = (text: string, quorum: object, more: object = {}): object => ({
  upTo: text,
  quorum,
  sign: "hsm-mint",
  ...more,
});

export const two = upTo("100 GLD", custodians(2));

/** A rule that lets issuers mint to the treasury. */
export const mintRule = (
  when: object = {},
  tiers: readonly object[] = [upTo("100 GLD", custodians(2))],
  id = "mint",
): object => ({
  id,
  when: { operation: "mint", initiator: { group: "issuers" }, to: { in: "treasury" }, ...when },
  tiers,
});

/** One rule and nothing else, with any field replaced. */
export function small(fields: Readonly<Record<string, unknown>> = {}): PolicyDocument {
  return readPolicyDocument({
    ...document,
    guards: [],
    limits: [],
    tests: [],
    lists: { treasury: { entries: [{ address: bank("a"), label: "Bank A" }] } },
    groups: { observers: { min: 2 } },
    separation: [],
    rules: [mintRule()],
    change: { tighten: { quorum: officers(1) }, loosen: { quorum: officers(2) } },
    ...fields,
  });
}

const permitUntil = (deadline: object): object => ({
  operation: "signTypedData",
  typedData: {
    domain: { verifyingContract: document.token.address, chainId: document.token.chain },
    primaryType: "Permit",
    fields: { deadline },
  },
});

/** Compares one field with the clock and with a fixed value, about which no analysis can decide. */
export const undecidable = {
  rules: [
    {
      id: "permit",
      when: { ...permitUntil({ within: "1h" }), initiator: { group: "issuers" } },
      tiers: [upTo("max", custodians(1))],
    },
  ],
  guards: [{ id: "late", when: permitUntil({ gt: "2000000000" }), deny: true }],
  limits: [],
};

/** Local time of Zurich for 2026 and 2027. */
export const zurich = {
  timezone: "Europe/Zurich",
  calendar: {
    until: instant.fromIso("2027-12-31T23:00:00Z"),
    offsets: [
      { from: instant.fromIso("2025-12-31T23:00:00Z"), seconds: 3_600 },
      { from: instant.fromIso("2026-03-29T01:00:00Z"), seconds: 7_200 },
      { from: instant.fromIso("2026-10-25T01:00:00Z"), seconds: 3_600 },
      { from: instant.fromIso("2027-03-28T01:00:00Z"), seconds: 7_200 },
      { from: instant.fromIso("2027-10-31T01:00:00Z"), seconds: 3_600 },
    ],
  },
};

/** The example as a request, decided on favourable facts by its votes, or by everybody when it names none. */
export function inputOf(example: Example, policy: Policy, roster: RosterIndex): DecideInput {
  const { request, votes, waited } = example;
  const operation = policyOperationSchema.parse(request.operation);
  const account = roster.key(n(request.account ?? ""))?.account;
  if (account === undefined) throw new Error(`no key ${request.account ?? ""}`);
  const now = instant.fromIso(example.at);
  const ether = { unit: "ETH", decimals: 18 };
  const asked = {
    operation,
    asset: policy.asset,
    chainId: policy.token.chain,
    account,
    to: request.to === undefined ? address.zero : address.parse(request.to),
    amount: hasAmount(operation)
      ? parseQuantity(request.amount ?? "", { unit: policy.asset, decimals: policy.token.decimals }, "")
      : parseQuantity("0 ETH", ether, ""),
    reference: parseReference("EXAMPLE-1"),
    feeCeilingWei: parseQuantity(request.maxFee ?? "0 ETH", ether, ""),
    notBefore: instant.parse(0),
    expiresAt: shifted(now, 86_400),
  };
  const people = votes ?? roster.roster.people.map(({ id }) => id);
  const cast = people
    .flatMap((id) => (roster.member(n(id))?.credentials ?? []).map((credential) => ({ id: n(id), credential })))
    .map(({ id, credential }, index) => voteOf(id, credential, index + 1));
  const waitedSeconds = votes === undefined ? now : duration.parse(waited ?? "0s");
  const world = worldOf({ policy, roster, asked, now, votes: cast, waitedSeconds });
  const hashes = { policyHash: unsignedHash, rosterHash: unsignedHash, intentHash: hashOf(asked) };
  return {
    ...world,
    roster,
    intent: asked,
    initiator: n(request.by),
    ...hashes,
    ...(request.typedData === undefined ? {} : { typedData: parseTypedData(request.typedData) }),
  };
}

export function decideExample(example: Example, policy: Policy, roster: RosterIndex): Decision {
  return decide(inputOf(example, policy, roster));
}
