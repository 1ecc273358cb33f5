/** The numbers of the policy engine: a decision under a big policy, a bundle verified, a limit checked in a long journal, each beside a reference of the same run. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { nativeChecks, recoveryKind } from "../../src/adapters/crypto-native/checks.ts";
import { verifyBundle } from "../../src/bundle/verify.ts";
import { compile } from "../../src/policy/compile/compile.ts";
import { decide, type DecideInput } from "../../src/policy/decide.ts";
import { toBytes } from "../../src/values/hex.ts";
import type { SignatureChecks } from "../../src/values/signature-checks.ts";
import { councilBundle } from "../place/council.ts";
import { testSecret } from "../place/people.ts";
import { bankA, document, documentWith, inputWith } from "../unit/policy/example.ts";
import { measureAnalysis } from "./analysis.ts";
import { atMost, microseconds, milliseconds, under, type Figure } from "./figure.ts";
import { measureLimits } from "./limits.ts";
import { spreadsOf } from "./timing.ts";

const decideAimMs = 0.1;
const bundleAimMs = 5;
/** A first bundle brings documents to read and compile as well; the checks of signatures are what nobody can leave out. */
const mostOverChecks = 5;
/** Twenty times the rules and a hundred times the addresses, of which no more match: a decision writes no word about the others. */
const mostGrowth = 2;

/** Each part is measured for itself, one after the other. */
const parts: readonly (() => Promise<readonly Figure[]> | readonly Figure[])[] = [
  measureBundle,
  measureDecide,
  measureAnalysis,
  measureLimits,
];

export async function measurePolicy(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const part of parts) figures.push(...(await part()));
  return figures;
}

type Size = { readonly rules: number; readonly addresses: number };

/** The example's policy with rules for mints to other lists until there are so many, every list with so many addresses. */
function caseOf({ rules, addresses }: Size): DecideInput {
  const input = inputWith();
  const mint = document.rules[0]!;
  const names = Array.from({ length: rules - document.rules.length }, (_, index) => `list-${String(index + 1)}`);
  let made = 0;
  const addressesOf = (count: number): { address: string; label: string }[] =>
    Array.from({ length: count }, () => {
      made += 1;
      return { address: `0x${made.toString(16).padStart(40, "0")}`, label: `account ${String(made)}` };
    });
  const lists = Object.fromEntries(
    Object.entries(document.lists ?? {}).map(([name, list]) => [
      name,
      { ...list, entries: [...list.entries, ...addressesOf(addresses - list.entries.length)] },
    ]),
  );
  const others = Object.fromEntries(names.map((name) => [name, { entries: addressesOf(addresses) }]));
  const policy = compile(
    documentWith({
      lists: { ...lists, ...others },
      rules: [
        ...document.rules,
        ...names.map((name) => ({ ...mint, id: `to-${name}`, when: { ...mint.when, to: { in: name } } })),
      ],
    }),
  );
  if (policy.rules.length !== rules || input.intent.to !== bankA) throw new Error("not the policy that was meant");
  const one = { ...input, policy };
  if (decide(one).verdict !== "allowed") throw new Error("the example is not allowed");
  return one;
}

function measureDecide(): readonly Figure[] {
  const [small, big] = [caseOf({ rules: 10, addresses: 10 }), caseOf({ rules: 200, addresses: 1_000 })];
  const spreads = spreadsOf({ small: () => decide(small), big: () => decide(big), recover: recovery() });
  const { calls, interrupted } = spreads.big;
  return [
    {
      name: "decide, 200 rules and lists of 1,000 addresses",
      value: `p50 ${microseconds(spreads.big.p50)}, p99 ${microseconds(spreads.big.p99)}`,
      reference: `secp256k1 recovery: p99 ${microseconds(spreads.recover.p99)}; ${String(calls)} calls, ${String(interrupted)} more were interrupted`,
      ...under(spreads.big.p99, decideAimMs, microseconds),
    },
    {
      name: "decide, growth from 10 rules and lists of 10",
      value: `p50 ${microseconds(spreads.big.p50)}`,
      reference: `10 rules and lists of 10: p50 ${microseconds(spreads.small.p50)}`,
      ...atMost(spreads.big.p50 / spreads.small.p50, mostGrowth),
    },
  ];
}

async function measureBundle(): Promise<readonly Figure[]> {
  const { bundle, genesis } = await councilBundle();
  const verify = (checks: SignatureChecks): void => {
    if (verifyBundle(bundle, genesis, checks).kind !== "verified") throw new Error("the bundle does not verify");
  };
  // What is remembered of a genesis belongs to a record of checks: with a new one nothing is.
  const known = nativeChecks();
  const asked = askedBy(verify);
  // A call lasts about as long as a turn on a busy core, so many are interrupted; so much code is compiled after hundreds of them.
  const often = { rounds: 9, callsPerRound: 60, warmUpCalls: 500 };
  const next = spreadsOf(
    {
      whole: () => {
        verify(known);
      },
      checks: asked.next,
    },
    often,
  );
  const first = spreadsOf(
    {
      whole: () => {
        verify(nativeChecks());
      },
      checks: asked.first,
    },
    often,
  );
  const name = `bundle with 8 approvals (${String(bundle.leaves.length)} leaves, ${recoveryKind})`;
  return [
    {
      name,
      value: `p50 ${milliseconds(next.whole.p50)}`,
      reference: `its ${String(asked.nextCount)} signature checks alone: p50 ${milliseconds(next.checks.p50)}; ${String(next.whole.interrupted)} of ${String(next.whole.calls + next.whole.interrupted)} calls were interrupted`,
      ...under(next.whole.p50, bundleAimMs, milliseconds),
    },
    {
      name: `${name}, the first of its deployment`,
      value: `p50 ${milliseconds(first.whole.p50)}`,
      reference: `its ${String(asked.firstCount)} signature checks alone: p50 ${milliseconds(first.checks.p50)}`,
      ...atMost(first.whole.p50 / first.checks.p50, mostOverChecks),
    },
  ];
}

type Asked = {
  readonly first: () => void;
  readonly next: () => void;
  readonly firstCount: number;
  readonly nextCount: number;
};

/** The very signature checks that verifying asks for, without what is around them: of the first bundle, and of one more. */
function askedBy(verify: (checks: SignatureChecks) => void): Asked {
  let list: (() => unknown)[] = [];
  const native = nativeChecks();
  const noted = <A extends Uint8Array[], R>(ask: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      list.push(() => ask(...args));
      return ask(...args);
    };
  };
  const watched: SignatureChecks = {
    recoverSecp256k1: noted(native.recoverSecp256k1),
    verifyEd25519: noted(native.verifyEd25519),
    verifyP256: noted(native.verifyP256),
  };
  const take = (): (() => unknown)[] => {
    list = [];
    verify(watched);
    return list;
  };
  const [first, next] = [take(), take()];
  const all = (checks: readonly (() => unknown)[]) => (): void => {
    for (const check of checks) check();
  };
  return { first: all(first), next: all(next), firstCount: first.length, nextCount: next.length };
}

/** One recovery by the installed library. */
function recovery(): () => unknown {
  const digest = toBytes(testSecret("digest"));
  const made = secp256k1.sign(digest, toBytes(testSecret("signer")), { prehash: false, format: "recovered" });
  const signature = Uint8Array.of(...made.subarray(1), 27 + made[0]!);
  const { recoverSecp256k1 } = nativeChecks();
  if (recoverSecp256k1(digest, signature) === undefined) throw new Error("the signature does not recover");
  return () => recoverSecp256k1(digest, signature);
}
