/** T-REX as it is, through observers and the gate: what is allowed is mined and is what was approved; what is not is refused before the signature, though the token would have taken it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { chainReader } from "../../../src/adapters/json-rpc/chain-reader.ts";
import { connect } from "../../../src/adapters/json-rpc/connection.ts";
import { setBalance } from "../../../src/adapters/anvil/endpoint.ts";
import { gasBounds } from "../../../src/chain/gas.ts";
import { compare } from "../../../src/chain/outcome.ts";
import { parse as parseTransaction } from "../../../src/chain/transaction.ts";
import type { SeenReceipt } from "../../../src/evidence/outcome.ts";
import type { ChainReader } from "../../../src/flow/observe/chain-reader.port.ts";
import { observe } from "../../../src/flow/observe/observe.ts";
import { genesisFileSchema } from "../../../src/genesis/genesis.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import type { Operation } from "../../../src/intent/operation.ts";
import { offered } from "../../../src/intent/standard.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import type { Decision } from "../../../src/policy/decision.ts";
import type { Policy } from "../../../src/policy/policy.ts";
import { needsOf } from "../../../src/policy/profile.ts";
import { zero, type Address } from "../../../src/values/address.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { parseWith } from "../../../src/values/schema.ts";
import { account, localChain, startChain, type Chain } from "../../place/chain.ts";
import { fees, openPlace, requestIdOf, softBackend, start, type GatePlace } from "../../place/gate.ts";
import { approval, goldDeployment, goldPolicy, idOf, intentOf, submission, units } from "../../place/gold.ts";
import { managedKey, sign } from "../../place/people.ts";
import { deployTrex, type Trex } from "../../place/trex.ts";

const agent = managedKey("hsm-mint").account;
/** Another agent of the token, whose key is none of ours. */
const colleague = account("another agent").address;
const investor = account("an investor").address;
const heir = account("the heir").address;
const stranger = account("a stranger").address;
let chain: Chain;
let trex: Trex;
let reader: ChainReader;
let place: GatePlace;
let policy: Policy;
let identities: Readonly<Record<string, Address>>;
let turn = 0;

beforeAll(async () => {
  chain = await startChain("instant");
  await chain.rpc("evm_setNextBlockTimestamp", start + 10);
  await setBalance(chain.url, agent, 10n ** 21n);
  await setBalance(chain.url, colleague, 10n ** 21n);
  trex = await deployTrex(chain, [agent, colleague]);
  reader = chainReader(connect({ url: chain.url, chainId: localChain }));
  identities = {
    [investor]: await trex.identify(investor, true),
    [heir]: await trex.identify(heir, true),
    [agent]: await trex.identify(agent, true),
    [stranger]: await trex.identify(stranger, false),
  };
  const head = await reader.head();
  const written = goldPolicy({
    token: {
      ...{ chain: localChain, address: trex.token, decimals: 18, standard: "erc3643" },
      ...{ codehash: await reader.codeHash(trex.token, head), implementation: trex.implementation },
      ...{ registries: trex.registries, identityCode: await reader.codeHash(identities[investor]!, head) },
    },
    guards: [],
    limits: [],
    rules: offered("erc3643").map((operation) => ({
      id: operation,
      when: { operation, initiator: { group: "issuers" } },
      tiers: [{ upTo: "max", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
    })),
  });
  policy = compile(written);
  place = openPlace(goldDeployment({ policy: written }), softBackend());
});

afterAll(async () => {
  reader.close();
  await place.close();
  await chain.stop();
});

type Asked = { readonly to?: Address; readonly amount?: number } & Readonly<Record<string, unknown>>;
type Answered = { readonly answer: GateAnswer; readonly intent: ReturnType<typeof intentOf> };

/** Somebody asks, somebody approves, two observers look for themselves, and the gate is asked to sign. */
async function ask(operation: Operation, { to = zero, amount = 0, ...further }: Asked = {}): Promise<Answered> {
  turn += 1;
  place.now = (await reader.head()).time + 2;
  const asked = {
    now: place.now,
    requestId: idOf(`trex ${turn}`),
    intent: {
      operation,
      to,
      amount: units(amount),
      reference: `T-${turn}`,
      feeCeilingWei: String(2n * 10n ** 16n),
      ...further,
    },
  };
  const intent = intentOf(place.deployment, asked);
  const statement = submission(place.deployment, asked);
  expect(await place.admit(statement)).toMatchObject({ kind: "admitted" });
  expect(await place.admit(approval(place.deployment, statement, "carla"))).toMatchObject({ kind: "admitted" });
  await look(needsOf(policy, intent).map(({ subject }) => subject));
  const gasLimit = gasBounds("erc3643", operation)!.usual;
  const answer = await place.gate.answer({
    verb: "sign",
    requestId: requestIdOf(statement),
    fees: { ...fees, gasLimit, maxFeePerGas: fees.maxFeePerGas },
  });
  return { answer, intent };
}

async function look(wanted: readonly string[]): Promise<void> {
  const [watched] = parseWith(genesisFileSchema, place.deployment.file, "test").genesis.chains;
  await chain.mine(watched!.observeEvery);
  place.now = (await reader.head()).time + 2;
  const tokens = [{ address: trex.token, standard: "erc3643" as const }];
  const watch = { chain: watched!, lifetime: "10m", tokens, accounts: [agent], wanted };
  const sightings = await observe(reader, watch);
  for (const by of ["obs-1", "obs-2"] as const)
    for (const sighting of sightings)
      expect(await place.admit(sign(by, place.deployment.deploymentId, "ChainObservation", sighting))).toMatchObject({
        kind: "admitted",
      });
}

/** Signed, sent, mined, and what was approved. */
async function done(operation: Operation, asked: Asked = {}): Promise<void> {
  const { answer, intent } = await ask(operation, asked);
  if (answer.kind !== "signed") throw new Error(`${operation}: ${JSON.stringify(answer)}`);
  await chain.rpc("eth_sendRawTransaction", answer.raw);
  const { transaction, hash } = parseTransaction(answer.raw);
  const receipt = await minedReceipt(hash);
  expect(transaction.to).toBe(operation === "registerIdentity" ? trex.registries.identity.address : trex.token);
  expect(compare(receipt!, intent, transaction.to), operation).toEqual({ kind: "as-approved" });
}

/** Mining is a task of its own in anvil: the answer to the sender may come first. */
async function minedReceipt(hash: Bytes32): Promise<SeenReceipt | undefined> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const receipt = await reader.receipt(hash);
    if (receipt !== undefined) return receipt;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return undefined;
}

/** Not signed, and the key was never asked. */
async function refused(operation: Operation, asked: Asked, code: string, clause: string): Promise<void> {
  const before = place.backend.asked();
  const { answer } = await ask(operation, asked);
  const { decision } = answer as { decision?: Decision };
  expect(answer.kind).not.toBe("signed");
  expect([decision?.code, decision?.clauses.filter(({ ok }) => !ok).map(({ id }) => id)]).toEqual([code, [clause]]);
  expect(place.backend.asked()).toBe(before);
}

it("holders are registered with the identity that speaks for them, of the pinned code and no other", async () => {
  await done("unpause");
  for (const holder of [investor, heir])
    await done("registerIdentity", { to: holder, identity: identities[holder], country: 756 });
  const other = { to: stranger, identity: trex.token, country: 756 };
  await refused("registerIdentity", other, "policy.code-changed", "token.identity.codehash");
});

it("a mint to somebody who is not verified is refused, to a verified holder it is mined", async () => {
  await refused("mint", { to: stranger, amount: 5 }, "policy.not-verified", "token.to.verified");
  await done("mint", { to: investor, amount: 100 });
});

it("a mint to a frozen holder is refused, though the token takes it", async () => {
  await done("freeze", { to: investor });
  await trex.callAs(colleague, "mint(address,uint256)", investor, 1n);
  await refused("mint", { to: investor, amount: 5 }, "policy.frozen", "token.to.frozen");
  await done("unfreeze", { to: investor });
  await trex.callAs(colleague, "freezePartialTokens(address,uint256)", investor, 1n);
  await refused("mint", { to: investor, amount: 5 }, "policy.frozen", "token.to.frozen");
  await trex.callAs(colleague, "unfreezePartialTokens(address,uint256)", investor, 1n);
});

it("a mint while the token is paused is refused, though the token takes it", async () => {
  await done("pause");
  await trex.callAs(colleague, "mint(address,uint256)", investor, 1n);
  await refused("mint", { to: investor, amount: 5 }, "policy.paused", "token.paused");
  await done("unpause");
});

it("tokens are taken by force from one holder and given to another, who must be verified", async () => {
  await refused(
    "forcedTransfer",
    { from: investor, to: stranger, amount: 40 },
    "policy.not-verified",
    "token.to.verified",
  );
  await done("freeze", { to: investor });
  await done("forcedTransfer", { from: investor, to: heir, amount: 40 });
});

it("what the account holds is transferred, redeemed and burned, unless some of it is frozen", async () => {
  // The account becomes a holder by another hand: an intent's account is never its own recipient.
  await trex.registerAs(colleague, agent, identities[agent]!);
  await trex.callAs(colleague, "mint(address,uint256)", agent, 50n * 10n ** 18n);
  await done("transfer", { to: heir, amount: 10 });
  await done("burn", { amount: 5 });
  await done("redeem", { amount: 5 });
  await trex.callAs(colleague, "freezePartialTokens(address,uint256)", agent, 1n);
  await refused("burn", { amount: 5 }, "policy.frozen", "token.account.frozen");
});

it("once the registry asks for no claim everybody is verified, and nothing of it is signed", async () => {
  await trex.registerAs(colleague, stranger, identities[stranger]!);
  await refused("mint", { to: stranger, amount: 5 }, "policy.not-verified", "token.to.verified");
  await trex.emptyTopics();
  expect(await reader.verified({ address: trex.token, standard: "erc3643" }, stranger, await reader.head())).toBe(true);
  await refused("mint", { to: stranger, amount: 5 }, "policy.registries-changed", "token.registries");
});
