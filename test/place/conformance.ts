/** Twelve ways in which an operation on a token can be wrong, each tried on a gate of its own in which the operation as it should be is signed. */
import { gasBounds } from "../../src/chain/gas.ts";
import * as subject from "../../src/evidence/subject.ts";
import type { GateAnswer } from "../../src/gate/wire.ts";
import { callOf, encode } from "../../src/intent/calldata.ts";
import { operations, type Operation } from "../../src/intent/operation.ts";
import { offered, type Standard } from "../../src/intent/standard.ts";
import { compile } from "../../src/policy/compile/compile.ts";
import { needsOf } from "../../src/policy/profile.ts";
import { RpcRefusal } from "../../src/sdk/rpc/refusal.ts";
import { operationOf } from "../../src/sdk/rpc/transaction.ts";
import { zero } from "../../src/values/address.ts";
import { parse as parseHex } from "../../src/values/hex.ts";
import { fees, openPlace, requestIdOf } from "./gate.ts";
import {
  approval,
  attestation,
  goldDeployment,
  goldPolicy,
  idOf,
  identified,
  intentOf,
  observation,
  submission,
  treasury,
  units,
} from "./gold.ts";
import type { Apportioned } from "../../src/evidence/distribution.ts";
import { announced, rawOf, seenFinal } from "./outcome.ts";
import { sign, type PersonId } from "./people.ts";
import { documentOf, escrow, recordSight, yieldOf } from "./yield.ts";
import { addressOf, furtherFor, goodSights, tokenOf, type Sight } from "./profiles.ts";

export const mutations = [
  "wrong recipient",
  "swapped arguments",
  "extra bytes",
  "other selector",
  "other chain",
  "paused",
  "frozen",
  "unverified",
  "over the cap",
  "replay",
  "stale",
  "reorg",
] as const;
export type Mutation = (typeof mutations)[number];

/** What stopped it; `nothing` when it was signed, `no such thing` when the operation has nothing that could be wrong so. */
export type Verdict = string;

export type Conformance = {
  readonly standard: Standard;
  readonly operation: Operation;
  /** `signed` once, and the same bytes when asked again. Comes before the mutations: one of them plays it again. */
  readonly asItShouldBe: () => Promise<Verdict>;
  /** Each at most once; time goes on in the last two. */
  readonly mutated: (mutation: Mutation) => Promise<Verdict>;
  readonly close: () => Promise<void>;
};

export const offers = (["role-erc20", "erc3643", "erc7943", "fiat-token", "backed-token"] as const).flatMap(
  (standard) => offered(standard).map((operation) => ({ standard, operation })),
);

/** Who gets tokens by it. */
const receiving: readonly string[] = ["mint", "distribute", "transfer", "forcedTransfer"];
const observers: readonly PersonId[] = ["obs-1", "obs-2"];
const stranger = addressOf("somebody who is on no list");

/** What brings tokens into the world is guarded alike. */
function receivingAlike(standard: Standard): readonly (readonly string[])[] {
  const offers = receiving.filter((operation) => offered(standard).some((one) => one === operation));
  const issuing: readonly string[] = offers.filter((operation) => operation === "mint" || operation === "distribute");
  return [issuing, ...offers.filter((operation) => !issuing.includes(operation)).map((operation) => [operation])];
}

/** A token without a registry of its own is told by attestors who its holders are. */
function policyOf(standard: Standard): ReturnType<typeof goldPolicy> {
  const whom = { evidence: "identity", by: { group: "verifiers", min: 1 } };
  const registryless = standard === "role-erc20" || standard === "fiat-token" || standard === "backed-token";
  return goldPolicy({
    token: tokenOf(standard, goldPolicy().token),
    limits: [],
    lists: {
      treasury: { entries: [{ address: treasury, label: "Bank A omnibus" }] },
      escrow: { entries: [{ address: escrow, label: "Escrow agent" }] },
    },
    guards: registryless
      ? receivingAlike(standard).map((alike) => ({
          id: `holder-${alike[0]?.toLowerCase() ?? ""}`,
          when: { operation: { in: alike } },
          require: whom,
        }))
      : [],
    rules: offered(standard).map((operation) => ({
      id: operation.toLowerCase(),
      when: {
        operation,
        initiator: { group: "issuers" },
        ...(operations[operation].recipient ? { to: { in: "treasury" } } : {}),
      },
      tiers: [
        {
          upTo: operations[operation].amount ? "1000 GLD" : "max",
          quorum: { group: "custodians", min: 1 },
          sign: "hsm-mint",
        },
      ],
    })),
  });
}

export async function openConformance(standard: Standard, operation: Operation): Promise<Conformance> {
  const document = policyOf(standard);
  const policy = compile(document);
  const deployment = goldDeployment({ policy: document });
  const place = openPlace(deployment);
  const uses = operations[operation];
  let turn = 0;
  let block = 10;
  /** Of the request that was made last: each part of a distribution is asked for once, so each request has a document of its own. */
  let yielded: Apportioned | undefined;

  const intentFields = (change: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
    operation,
    ...(uses.recipient ? {} : { to: zero }),
    ...(uses.amount ? {} : { amount: "0" }),
    ...furtherFor(operation),
    reference: `C-${String(turn)}`,
    ...change,
  });
  const asked = (change?: Readonly<Record<string, unknown>>) => {
    turn += 1;
    const fields: Readonly<Record<string, unknown>> = intentFields(change);
    yielded = fields["operation"] === "distribute" ? yieldFor(fields["amount"]) : undefined;
    const further = yielded === undefined ? {} : { distribution: yielded.hash };
    return { now: place.now, requestId: idOf(`request ${String(turn)}`), intent: { ...fields, ...further } };
  };
  /** All of it for the treasury, whatever the request says. */
  const yieldFor = (pool: unknown): Apportioned =>
    yieldOf(1, {
      token: policy.token.address,
      recordBlock: turn,
      pool: typeof pool === "string" ? pool : units(100),
      ineligible: [],
      holders: [{ address: treasury, balance: "1" }],
    });
  const good = intentOf(deployment, asked());
  const needs = needsOf(policy, good);

  /** Both observers see the same, or each their own block. */
  const see = async (sights: readonly Sight[], blockOf: (by: PersonId) => string = () => "block"): Promise<void> => {
    block += 1;
    for (const sight of sights)
      for (const by of observers) {
        const blockHash = idOf(`${blockOf(by)} ${String(block)}`);
        const at = { blockNumber: block, blockTime: place.now - 2, overrides: { blockHash } };
        await place.admit(observation(deployment, by, sight, at));
      }
  };
  const token = subject.token(policy.token.address);
  const asTheyShouldBe: readonly Sight[] = [
    { subject: token, fact: "codehash", value: policy.token.codehash },
    { subject: token, fact: "supply", value: "0" },
    { subject: token, fact: "paused", value: "false" },
    { subject: subject.account(deployment.key.account), fact: "nonce", value: "0" },
    ...goodSights(policy, good),
  ];

  /** Submitted, approved and asked for, as far as the gate lets it come. */
  const verdictOf = async (
    said: ReturnType<typeof submission>,
    gasLimit = gasBounds(standard, operation)!.usual,
  ): Promise<{ readonly verdict: Verdict; readonly answer?: GateAnswer }> => {
    const of = yielded;
    for (const statement of [said, approval(deployment, said, "carla")]) {
      const brings = statement === said && of !== undefined;
      const admitted = await (brings ? place.admit(statement, documentOf(of)) : place.admit(statement));
      if (admitted.kind !== "admitted") return { verdict: "code" in admitted ? admitted.code : admitted.kind };
    }
    if (of !== undefined) await see([recordSight(of)]);
    const wish = { verb: "sign", requestId: requestIdOf(said), fees: { ...fees, gasLimit } } as const;
    const answer = await place.gate.answer(wish);
    if (of !== undefined && answer.kind === "refused") await takeBack(said);
    return { verdict: answer.kind === "refused" ? answer.code : answer.kind, answer };
  };
  /** Few documents of one person may be open at a time. */
  const takeBack = async ({ message }: ReturnType<typeof submission>): Promise<void> => {
    const { requestId, intentHash } = message;
    await place.admit(sign("ida", deployment.deploymentId, "Cancellation", { requestId, intentHash, reason: "tried" }));
  };
  const tried = async (change?: Readonly<Record<string, unknown>>): Promise<Verdict> =>
    (await verdictOf(submission(deployment, asked(change)))).verdict;

  /** With one thing seen otherwise, and put right again. */
  const seenAs = async (sight: Sight | undefined, value: string): Promise<Verdict> => {
    if (sight === undefined) return "no such thing";
    const isIt = ({ subject: about, fact }: Sight): boolean => about === sight.subject && fact === sight.fact;
    await see([...asTheyShouldBe.filter((one) => !isIt(one)), { ...sight, value }]);
    const verdict = await tried();
    await see([...asTheyShouldBe.filter((one) => !isIt(one)), sight]);
    return verdict;
  };
  const needed = (...facts: readonly subject.FactName[]): Sight | undefined => {
    const need = needs.find(({ fact }) => facts.includes(fact));
    return need === undefined ? undefined : { subject: need.subject, fact: need.fact, value: need.good };
  };

  /** The one door for calldata that we did not write: a tool's transaction, which becomes a request if it is anything. */
  const called = async (data: string): Promise<Verdict> => {
    const transaction = { from: deployment.key.account, to: policy.token.address, data: parseHex(data) };
    try {
      const { to, amount, ...further } = operationOf(transaction, policy);
      const meant = { ...further, to, amount: amount.toString() };
      return JSON.stringify(meant) === JSON.stringify(calledAsMeant()) ? "nothing" : await tried(meant);
    } catch (error) {
      if (error instanceof RpcRefusal) return `${String(error.data?.["code"])}: ${error.message}`;
      throw error;
    }
  };
  const data = encode(callOf(good, standard)!, standard);
  const calledAsMeant = (): object => {
    const { to, amount, ...further } = operationOf(
      { from: deployment.key.account, to: policy.token.address, data },
      policy,
    );
    return { ...further, to, amount: amount.toString() };
  };
  const words = data.slice(10).match(/.{64}/g) ?? [];
  const [first = "", second = "", ...rest] = words;

  /** While a raise is under way no other one is signed, for whatever else is wrong with it; afterwards the world is as it was. */
  const isFinal = async (answer: GateAnswer): Promise<void> => {
    const { address } = policy.token;
    await seenFinal(place, rawOf(answer).hash, address, [announced(address, intentFields())]);
    block = 20;
    await see(goodSights(policy, good));
  };

  const ways: Readonly<Record<Mutation, () => Promise<Verdict>>> = {
    "wrong recipient": async () => {
      if (uses.recipient) {
        await see(goodSights(policy, intentOf(deployment, asked({ to: stranger }))));
        return await tried({ to: stranger });
      }
      const { message } = submission(deployment, asked());
      return (await verdictOf(sign("ida", deployment.deploymentId, "Submission", { ...message, to: treasury })))
        .verdict;
    },
    "swapped arguments": async () =>
      words.length < 2 ? "no such thing" : await called(data.slice(0, 10) + second + first + rest.join("")),
    "extra bytes": () => called(data + "0".repeat(64)),
    // increaseAllowance(address,uint256), which moves tokens by somebody else's hand.
    "other selector": () => called(`0x39509351${data.slice(10)}`),
    "other chain": () => tried({ chainId: 1 }),
    paused: () =>
      uses.amount
        ? seenAs({ subject: token, fact: "paused", value: "false" }, "true")
        : Promise.resolve("no such thing"),
    frozen: () => seenAs(needed("frozen"), "1"),
    stale: async () => {
      place.now += 121;
      return await tried();
    },
    "over the cap": async () => {
      if (uses.amount) return await tried({ amount: units(1_001) });
      const { cap } = gasBounds(standard, operation)!;
      return (await verdictOf(submission(deployment, asked()), (cap + 1n) as typeof cap)).verdict;
    },
    unverified: async () => {
      const sight = needed("verified", "codehash");
      if (sight !== undefined) return await seenAs(sight, sight.fact === "verified" ? "false" : idOf("other code"));
      if (!receiving.includes(operation)) return "no such thing";
      place.now += 10;
      await place.admit(identified(deployment, place.now, { value: "revoked" }));
      const verdict = await tried();
      place.now += 10;
      await place.admit(identified(deployment, place.now));
      return verdict;
    },
    replay: () => tried({ reference: "ONCE" }),
    /** The blocks in which things were seen are gone, and each observer is on another branch. */
    reorg: async () => {
      place.now += 700;
      await see(asTheyShouldBe, (by) => `branch of ${by}`);
      return await tried();
    },
  };

  await see(asTheyShouldBe);
  await place.admit(attestation(deployment, place.now));
  await place.admit(identified(deployment, place.now));
  return {
    standard,
    operation,
    asItShouldBe: async () => {
      const said = submission(deployment, asked({ reference: "ONCE" }));
      const [{ verdict, answer }, again] = [await verdictOf(said), await verdictOf(said)];
      if (operation === "raiseMultiplier" && answer !== undefined) await isFinal(answer);
      const same = JSON.stringify(again.answer) === JSON.stringify(answer) && place.backend.asked() === 1;
      return same ? verdict : "signed twice";
    },
    mutated: async (mutation) => {
      const before = place.backend.asked();
      const verdict = await ways[mutation]();
      return place.backend.asked() === before ? verdict : "a key was asked";
    },
    close: () => place.close(),
  };
}
