/** Random cases near and far from what their policies allow, in plain JSON and as the engine takes them. */
import fc from "fast-check";
import type { DecideInput } from "../../src/policy/decide.ts";
import { readPolicyDocument, type PolicyDocument } from "../../src/policy/document/document.ts";
import { factsSchema } from "../../src/policy/facts.ts";
import { parse as parseTypedData } from "../../src/intent/typed-data.ts";
import { indexRoster } from "../../src/roster/membership.ts";
import { rosterSchema } from "../../src/roster/roster.ts";
import {
  addressSchema,
  amountSchema,
  bytes32Schema,
  chainIdSchema,
  instantSchema,
  nameSchema,
} from "../../src/values/schema.ts";
import { compile } from "../../src/policy/compile/compile.ts";
import { InvalidValue } from "../../src/values/errors.ts";
import type { PlainCase } from "./plain.ts";
import { mark, randomBase } from "./random-base.ts";
import { bends } from "./random-bend.ts";
import { makeSense } from "./random-sense.ts";
import { chooser, tape } from "./tape.ts";

/** A case as it is written, its document read; the policy is compiled by whoever judges it. */
export type WrittenCase = {
  readonly plain: PlainCase;
  readonly document: PolicyDocument;
  readonly rest: Omit<DecideInput, "policy">;
  /** Whether the policy that was first thought of is none. */
  readonly simplified: boolean;
};

function randomPlain(numbers: Uint32Array): PlainCase {
  const choose = chooser(numbers);
  const one = randomBase(choose);
  const count = choose.of([0, 1, 1, 1, 1, 1, 1, 2, 2, 3]);
  for (let nth = 0; nth < count; nth += 1) choose.of(bends)(one, choose, choose.chance(80));
  makeSense(one.policy);
  return one;
}

const mark32 = bytes32Schema.parse(mark);

/** The case as the engine takes it: amounts as BigInt, everything branded. */
function written({ plain, document, simplified }: Compilable): WrittenCase {
  const { intent, bounds, facts } = plain;
  const roster = indexRoster(rosterSchema.parse(plain.roster));
  const stamp = { statement: mark };
  const share = bounds.asset.shareOfSupplyMillionths;
  return {
    plain,
    ...{ document, simplified },
    rest: {
      ...{ policyHash: mark32, rosterHash: mark32, intentHash: mark32 },
      roster,
      initiator: nameSchema.parse(plain.initiator),
      ...(plain.typedData === undefined ? {} : { typedData: parseTypedData(plain.typedData) }),
      intent: {
        operation: intent.operation as DecideInput["intent"]["operation"],
        asset: nameSchema.parse(intent.asset),
        chainId: chainIdSchema.parse(intent.chainId),
        account: addressSchema.parse(intent.account),
        to: addressSchema.parse(intent.to),
        amount: amountSchema.parse(intent.amount),
        reference: intent.reference as DecideInput["intent"]["reference"],
        feeCeilingWei: amountSchema.parse(intent.feeCeilingWei),
        notBefore: instantSchema.parse(intent.notBefore),
        expiresAt: instantSchema.parse(intent.expiresAt),
      },
      bounds: {
        asset: {
          request: BigInt(bounds.asset.request) as DecideInput["bounds"]["asset"]["request"],
          day: BigInt(bounds.asset.day) as DecideInput["bounds"]["asset"]["day"],
          shareOfSupplyMillionths: share === undefined ? undefined : BigInt(share),
        },
        feesPerDayWei: BigInt(bounds.feesPerDayWei) as DecideInput["bounds"]["feesPerDayWei"],
        freshnessSeconds: bounds.freshnessSeconds,
        lifetimeSubmissionSeconds: bounds.lifetimeSubmissionSeconds,
        chainKnown: bounds.chainKnown,
        managed:
          bounds.managed === undefined
            ? undefined
            : { key: nameSchema.parse(bounds.managed.key), account: addressSchema.parse(bounds.managed.account) },
      },
      facts: factsSchema.parse({
        ...facts,
        votes: facts.votes.map((vote) => ({ ...vote, ...stamp, approvalId: mark })),
        ...(facts.vetoes === undefined ? {} : { vetoes: facts.vetoes.map((veto) => ({ ...veto, ...stamp })) }),
        ...(facts.spends === undefined ? {} : { spends: facts.spends.map((spend) => ({ ...spend, requestId: mark })) }),
        ...(facts.usage === undefined
          ? {}
          : { usage: entriesOf(facts.usage, (usage) => ({ ...usage, roomAt: null })) }),
        reserves: facts.reserves.map((word) => ({ ...word, ...stamp, supplyBlock: 1 })),
        ...attested("prices", plain),
        ...attested("identities", plain),
        ...attested("documents", plain),
        observed: entriesOf(facts.observed, (seen, key) => ({
          ...{ ...seen, subject: key.split(" ")[0], fact: key.split(" ")[1] },
          ...{ blockNumber: 7, finalized: true, statements: [] },
        })),
      }),
    },
  };
}

function attested(which: "prices" | "identities" | "documents", { facts }: PlainCase): object {
  const words = facts[which];
  return words === undefined ? {} : { [which]: words.map((word) => ({ ...word, statement: mark })) };
}

function entriesOf<T>(record: Record<string, T>, change: (value: T, key: string) => object): Record<string, object> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}

type Compilable = Pick<WrittenCase, "plain" | "document" | "simplified">;

/** Rules that overlap, or conditions that the operation has no argument for, are no policy: a simpler one is tried instead. */
function compilable(plain: PlainCase): Compilable {
  const { policy } = plain;
  const main = policy.rules.filter(({ id }) => id === "main");
  const plainer = [
    plain,
    { ...plain, policy: { ...policy, rules: main } },
    { ...plain, policy: { ...policy, rules: main, guards: [], limits: [] } },
  ];
  for (const one of plainer) {
    try {
      const document = readPolicyDocument(one.policy);
      compile(document);
      return { plain: one, document, simplified: one !== plain };
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
    }
  }
  throw new Error(`no policy: ${JSON.stringify(policy)}`);
}

/** Cases that compile, by their tapes. */
export const writtenCases: fc.Arbitrary<WrittenCase> = tape.map((numbers) => written(compilable(randomPlain(numbers))));
