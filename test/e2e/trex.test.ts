/** The life of a T-REX token with real parts: SoftHSM is its agent, the whole service decides, and what T-REX would let pass is not signed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { setBalance } from "../../src/adapters/anvil/endpoint.ts";
import { nobleChecks } from "../../src/adapters/crypto-noble/checks.ts";
import { chainReader } from "../../src/adapters/json-rpc/chain-reader.ts";
import { connect } from "../../src/adapters/json-rpc/connection.ts";
import { verifyBundle } from "../../src/bundle/verify.ts";
import type { ChainReader } from "../../src/flow/observe/chain-reader.port.ts";
import { offered } from "../../src/intent/standard.ts";
import type { Address } from "../../src/values/address.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { account } from "../place/account.ts";
import { localChain } from "../place/chain.ts";
import {
  attest,
  eventually,
  openDeployment,
  postUntilDelivered,
  prepareRequest,
  type Place,
  type RequestAsked,
} from "../place/deployment.ts";
import { claimKey, claimOf } from "../place/profiles.ts";
import { refound } from "../place/refound.ts";
import { deployTrex, type Trex } from "../place/trex.ts";

const gold = (whole: number): bigint => BigInt(whole) * 10n ** 18n;
/** Another agent, whose key is none of ours: an account is never the recipient of what it signs. */
const registrar = account("the registrar").address;
const investor = account("an investor").address;
const heir = account("the heir").address;
const stranger = account("a stranger").address;
let place: Place;
let trex: Trex;
let reader: ChainReader;
let identities: Readonly<Record<string, Address>>;

beforeAll(async () => {
  place = await openDeployment(async (folder, demo, url) => {
    for (const one of [registrar, investor]) await setBalance(url, one, 10n ** 20n);
    trex = await deployTrex({ url }, [demo.account, registrar]);
    identities = { [investor]: await trex.identify(investor, true), [heir]: await trex.identify(heir, true) };
    const connection = connect({ url, chainId: localChain });
    reader = chainReader(connection);
    const head = await reader.head();
    const token = {
      chain: localChain,
      address: trex.token,
      decimals: 18,
      standard: "erc3643",
      codehash: await reader.codeHash(trex.token, head),
      implementation: trex.implementation,
      registries: trex.registries,
      identityCode: await reader.codeHash(identities[investor]!, head),
      claimSigners: [{ issuer: trex.registries.trusted[0]!.issuer, signers: [claimKey.address] }],
      roles: { mint: "agent", burn: "agent", forcedTransfer: "agent", freeze: "agent", registerIdentity: "registrar" },
    };
    const rules = offered("erc3643").map((operation) => ({
      id: operation,
      when: { operation, initiator: { group: "issuers" } },
      tiers: [{ upTo: "max", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
    }));
    const unsaid = { redemption: undefined, never: undefined, always: undefined, tests: undefined };
    await refound(folder, {
      policy: (policy) => ({ ...policy, ...unsaid, token, rules, countries: { only: ["CH", "LI"] } }),
      genesis: (genesis) => genesis,
    });
  });
  await Promise.all([place.start("gate"), place.start("witness"), place.start("serve")]);
  await Promise.all([place.start("observer-1"), place.start("observer-2"), attest(place, "10000", trex.token)]);
});
afterAll(async () => {
  reader.close();
  await place.close();
});

/** What is asked for first, and waits to the end for somebody to know its recipient. */
let unverified: Bytes32;

let turn = 0;
async function ask(asked: Omit<RequestAsked, "reference">): Promise<Bytes32> {
  turn += 1;
  const { requestId, statements } = await prepareRequest(place, {
    approvers: ["carla"],
    ...asked,
    reference: `T-${String(turn)}`,
  });
  for (const statement of statements) await postUntilDelivered(place, statement);
  return requestId;
}

/** In a block, with the event that was approved. */
async function mined(requestId: Bytes32): Promise<void> {
  const { client } = place.person("ida");
  const view = await client.watch(requestId, ({ state }) => ["mined", "final"].includes(state), { timeoutMs: 60_000 });
  expect(["mined", "final"]).toContain(view.state);
}

const done = async (asked: Omit<RequestAsked, "reference">): Promise<void> => mined(await ask(asked));

/** Waits on exactly this clause, in words; no nonce was taken for it and no token asked. */
async function waits(requestId: Bytes32, code: string, words: string): Promise<void> {
  const { client } = place.person("ida");
  await eventually(`the request says ${words}`, async () => {
    const [request, decision] = await Promise.all([client.request(requestId), client.decision(requestId)]);
    if (request.kind === "absent" || decision.kind === "absent") return false;
    expect(request.value).toMatchObject({ nonce: null, txHash: null });
    return decision.value.code === code && request.value.state === "pending" && request.value.waitsFor.includes(words);
  });
}

test("claims are issued, holders registered, and only to them is anything minted, seized or burned", async () => {
  const register = (holder: Address): Promise<void> =>
    done({ operation: "registerIdentity", to: holder, further: { identity: identities[holder]!, country: 756 } });
  await Promise.all([done({ operation: "unpause" }), register(investor), register(heir)]);
  const foreign = { identity: identities[heir]!, country: 643 };
  const { client: asking } = place.person("ida");
  const elsewhere = await ask({ operation: "registerIdentity", to: stranger, further: foreign });
  const refused = await asking.watch(elsewhere, ({ state }) => state === "refused", { timeoutMs: 60_000 });
  expect([refused.state, refused.nonce]).toEqual(["refused", null]);

  unverified = await ask({ amount: "5", to: stranger });
  await done({ amount: "100", to: investor });
  await waits(unverified, "policy.not-verified", `${stranger} is verified`);

  await trex.moveAs(registrar, heir, 643);
  const abroad = await ask({ amount: "1", to: heir });
  await waits(abroad, "policy.country", "country is RU (643)");
  await trex.moveAs(registrar, heir, 438);
  await mined(abroad);

  await done({ operation: "freeze", to: investor });
  const frozen = await ask({ amount: "7", to: investor });
  await Promise.all([
    waits(frozen, "policy.frozen", `nothing of ${investor} is frozen`),
    done({ operation: "forcedTransfer", amount: "40", to: heir, further: { from: investor } }),
  ]);
  await done({ operation: "pause" });
  const paused = await ask({ amount: "3", to: heir });
  await waits(paused, "policy.paused", "paused is true");
  expect(await supply()).toBe(gold(101));

  // Each goes out as soon as what held it up is gone: nothing else did.
  await Promise.all([done({ operation: "unpause" }), done({ operation: "unfreeze", to: investor })]);
  await Promise.all([mined(frozen), mined(paused)]);

  // What is redeemed is handed to the account, which somebody else registered, and burned by it as an agent.
  await trex.registerAs(registrar, place.demo.account, await trex.identify(place.demo.account, true));
  await trex.callAs(investor, "transfer(address,uint256)", place.demo.account, gold(20));
  const burn = await ask({ operation: "burn", amount: "20" });
  await mined(burn);
  expect(await supply()).toBe(gold(91));
  await waits(unverified, "policy.not-verified", `${stranger} is verified`);

  await proved(burn);
});

test("a holder becomes known by a claim that compliance signed and we brought, and what waited for it goes out", async () => {
  const own = await trex.identify(stranger, false);
  await trex.letClaim(own, place.demo.account);
  await done({ operation: "registerIdentity", to: stranger, further: { identity: own, country: 756 } });
  const { issuer } = trex.registries.trusted[0]!;
  const claim = await ask({ operation: "addClaim", to: stranger, further: claimOf(own, { issuer }) });
  await Promise.all([mined(claim), mined(unverified)]);
  expect(await supply()).toBe(gold(96));
  await proved(claim);
});

/** An auditor has the whole of it, how it ended too, and it holds. */
async function proved(requestId: Bytes32): Promise<void> {
  const { client, deploymentId } = place.person("audrey");
  await eventually("the bundle shows how it ended", async () =>
    JSON.stringify(await client.bundle(requestId)).includes('"outcome"'),
  );
  const bundle = await client.bundle(requestId);
  const verdict = verifyBundle(bundle.kind === "found" ? bundle.value : null, deploymentId, nobleChecks);
  expect(verdict).toMatchObject({ kind: "verified" });
}

async function supply(): Promise<bigint> {
  return await reader.totalSupply({ address: trex.token, standard: "erc3643" }, await reader.head());
}
