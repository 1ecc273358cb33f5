/** A mint of GLD that is allowed, and the ways to bend it. */
import { readFileSync } from "node:fs";
import * as subject from "../../../src/evidence/subject.ts";
import { intentHash, parse as parseIntent, type Intent } from "../../../src/intent/intent.ts";
import { digest as typedDataDigest, parse as parseTypedData } from "../../../src/intent/typed-data.ts";
import type { Bounds } from "../../../src/policy/ceiling.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { decide, type DecideInput } from "../../../src/policy/decide.ts";
import type { Clause, Decision } from "../../../src/policy/decision.ts";
import { readPolicyDocument, type PolicyDocument } from "../../../src/policy/document/document.ts";
import { readPolicyYaml } from "../../../src/policy/document/yaml-document.ts";
import { factsSchema, type Attested, type Facts, type Observed, type Vote } from "../../../src/policy/facts.ts";
import { indexRoster, type RosterIndex } from "../../../src/roster/membership.ts";
import type { Roster } from "../../../src/roster/roster.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import { hash } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import * as name from "../../../src/values/name.ts";
import { managedKey, rosterOf } from "../../place/people.ts";

export const yaml = readFileSync(new URL("../../../policies/GLD.yaml", import.meta.url), "utf8");
const demo = readPolicyYaml(yaml);
/** Without its claims, which tests make for themselves, and without its second leg, of which few have to speak. */
export const document = readPolicyDocument(
  toWire({
    ...demo,
    never: undefined,
    always: undefined,
    redemption: undefined,
    tests: demo.tests?.filter(({ request }) => request.destination === undefined),
  }),
);
export const key = managedKey("hsm-mint");
export const roster: Roster = rosterOf([key, managedKey("hsm-other")]);
export const rosterIndex: RosterIndex = indexRoster(roster);

export const now = 1_800_000_000;
export const minute = 60;
export const day = 86_400;
export const bankA = address.parse(`0x${"aa".repeat(20)}`);
export const stranger = address.parse(`0x${"dead".repeat(10)}`);
export const gld = (text: string): amount.Amount => amount.parseUnits(text, 18);
/** Wei of a decimal number of ether. */
export const ether = (text: string): amount.Amount => amount.parseUnits(text, 18);
export const n = name.parse;
export const idOf = (word: string): Bytes32 => sha256(utf8(word));

/** The document with fields replaced, in its JSON form, read again. */
export function documentWith(fields: Readonly<Record<string, unknown>>): PolicyDocument {
  return readPolicyDocument({ ...document, ...fields });
}

export function intentWith(fields: Readonly<Record<string, unknown>> = {}): Intent {
  return parseIntent({
    operation: "mint",
    asset: "GLD",
    chainId: 31_337,
    account: key.account,
    to: bankA,
    amount: gld("100").toString(),
    reference: "receipt-42",
    feeCeilingWei: ether("0.01").toString(),
    notBefore: now - 600,
    expiresAt: now + 3_600,
    ...fields,
  });
}

/** A vote of somebody of the test roster, with the credential `<id>-1`. */
export function vote(person: string, fields: Partial<Vote> = {}): Vote {
  const credential = n(`${person}-1`);
  const kind = rosterIndex.credential(credential)?.credential.kind ?? "key";
  return {
    person: n(person),
    credential,
    credentialKind: kind,
    approvalId: idOf(`approval ${person}`),
    statement: idOf(`statement ${person}`),
    expiresAt: (now + 3_600) as Vote["expiresAt"],
    ...fields,
  };
}

const tokenSubject = subject.token(document.token.address);

/** An observation of the token, or of the fact by its key. */
export function observation(
  fact: subject.FactName,
  value: string,
  fields: Partial<Observed> = {},
): Record<string, Observed> {
  const seen = {
    subject: tokenSubject,
    fact,
    value,
    blockNumber: 77,
    blockTime: now - 5,
    finalized: false,
    statements: [],
    ...fields,
  };
  return { [subject.factKey(tokenSubject, fact)]: seen as Observed };
}

export const observed = {
  ...observation("codehash", document.token.codehash),
  ...observation("supply", gld("1000").toString()),
  ...observation("paused", "false"),
};

export function reserve(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    attestor: "vault-auditor",
    reserves: gld("10000").toString(),
    supply: gld("1000").toString(),
    supplyBlock: 70,
    asOf: now - 3_600,
    expiresAt: now + day,
    sequence: 3,
    statement: idOf("attestation"),
    ...fields,
  };
}

export function spend(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    requestId: idOf("earlier"),
    asset: "GLD",
    operation: "mint",
    initiator: "ida",
    account: key.account,
    to: bankA,
    amount: gld("100").toString(),
    feeCeilingWei: ether("0.01").toString(),
    at: now - 3_600,
    ...fields,
  };
}

export function factsWith(fields: Readonly<Record<string, unknown>> = {}): Facts {
  const votes = [vote("carla"), vote("chris")];
  const base = {
    now,
    firstSeen: now - 600,
    votes,
    spends: [],
    reserves: [reserve()],
    observed,
    outstanding: "0",
    listedSince: {},
  };
  return factsSchema.parse({ ...base, ...fields });
}

export const bounds: Bounds = {
  asset: { request: gld("100000"), day: gld("1000000"), shareOfSupplyMillionths: undefined },
  feesPerDayWei: ether("1"),
  freshnessSeconds: 120,
  lifetimeSubmissionSeconds: 7 * day,
  chainKnown: true,
  managed: { key: key.id, account: key.account },
};

export type Bend = {
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly intent?: Readonly<Record<string, unknown>>;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly bounds?: Partial<Bounds>;
  readonly ceilings?: Partial<Bounds["asset"]>;
  readonly initiator?: string;
  readonly roster?: RosterIndex;
  /** What is asked is to sign it. */
  readonly typedData?: unknown;
};

/** 2027-01-15, a Friday, at 09:00 in Zurich; the calendar knows that winter and the summer after. */
export const calendar = {
  until: now + 300 * day,
  offsets: [
    { from: now - 100 * day, seconds: 3_600 },
    { from: now + 72 * day, seconds: 7_200 },
  ],
};

/** A token's permission to spend, as a wallet would be asked to sign it. */
export const permit = {
  domain: { name: "Gold", version: "1", chainId: 31_337, verifyingContract: document.token.address },
  types: {
    Permit: [
      { name: "owner", type: "address" },
      { name: "spender", type: "address" },
      { name: "value", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
  },
  primaryType: "Permit",
  message: { owner: key.account, spender: bankA, value: gld("100").toString(), deadline: now + 600 },
};

/** What an attestor says now; by default that bank A is who it says. */
export function attested(fields: Partial<Record<keyof Attested, unknown>> = {}): Record<string, unknown> {
  return {
    attestor: "vault-auditor",
    subject: subject.identity(bankA),
    value: "verified",
    source: "registry",
    asOf: now - 60,
    expiresAt: now + day,
    statement: idOf("attested"),
    ...fields,
  };
}

/** The policy's rule of mints under another condition, and tiers. */
export function mintRule(
  when: Readonly<Record<string, unknown>> = {},
  fields: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const mint = document.rules[0]!;
  return { ...mint, when: { ...mint.when, ...when }, ...fields };
}

/** Its only tier, bent, up to any amount. */
export function tierWith(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { tiers: [{ upTo: "max", quorum: { group: "custodians", min: 2 }, sign: key.id, ...fields }] };
}

function askedBy(bend: Bend): Pick<DecideInput, "intent" | "intentHash" | "typedData"> {
  const intent = intentWith(bend.intent);
  if (bend.typedData === undefined) return { intent, intentHash: intentHash(intent) };
  const typedData = parseTypedData(bend.typedData);
  const asked = { ...intent, operation: "signTypedData", to: address.zero, amount: amount.zero } as const;
  return { intent: asked, intentHash: typedDataDigest(typedData), typedData };
}

/** The allowed mint, bent. */
export function inputWith(bend: Bend = {}): DecideInput {
  const read = documentWith(bend.policy ?? {});
  const { intent, intentHash, typedData } = askedBy(bend);
  return {
    policy: compile(read),
    policyHash: hash(read),
    rosterHash: hash(roster),
    roster: bend.roster ?? rosterIndex,
    bounds: { ...bounds, asset: { ...bounds.asset, ...bend.ceilings }, ...bend.bounds },
    intent,
    intentHash,
    ...(typedData === undefined ? {} : { typedData }),
    initiator: n(bend.initiator ?? "ida"),
    facts: factsWith(bend.facts),
  };
}

export function decideWith(bend: Bend = {}): Decision {
  return decide(inputWith(bend));
}

/** Verdict, code, and the ids of the clauses that fail. */
export function outcome(bend: Bend = {}): {
  verdict: Decision["verdict"];
  code: string;
  failing: string[];
} {
  const { verdict, code, clauses } = decideWith(bend);
  return { verdict, code, failing: clauses.filter((clause) => !clause.ok).map((clause) => clause.id) };
}

export function clause(decision: Decision, id: string): Clause {
  const found = decision.clauses.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no clause ${id} among ${decision.clauses.map((one) => one.id).join(", ")}`);
  return found;
}

/** A roster in which somebody's fields are others; an unchanged roster needs no change of anybody. */
export function rosterWith(changes: Readonly<Record<string, Partial<Roster["people"][number]>>>): RosterIndex {
  const change = (member: Roster["people"][number]): Roster["people"][number] => ({ ...member, ...changes[member.id] });
  return indexRoster({ ...roster, people: roster.people.map(change), services: roster.services.map(change) });
}

/** Code and field of what a function refuses. */
export function refusalOf(act: () => unknown): { code: string; field: string; message: string } {
  try {
    act();
  } catch (error) {
    const { code, field, message } = error as { code: string; field: string; message: string };
    return { code, field, message };
  }
  throw new Error("nothing was refused");
}
