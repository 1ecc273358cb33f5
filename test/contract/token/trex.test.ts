/** T-REX as it is, through observers and the gate: what is allowed is mined and is what was approved; what is not is refused before the signature, though the token would have taken it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { setBalance } from "../../../src/adapters/anvil/endpoint.ts";
import type { Registries } from "../../../src/evidence/registries.ts";
import { keccak256 } from "../../../src/values/digest.ts";
import { toBytes, type Hex } from "../../../src/values/hex.ts";
import type { Address } from "../../../src/values/address.ts";
import { account } from "../../place/account.ts";
import { startChain, type Chain } from "../../place/chain.ts";
import { start } from "../../place/gate.ts";
import { agent, openTokenDesk, type TokenDesk } from "../../place/token-desk.ts";
import { claimKey, claimOf } from "../../place/profiles.ts";
import { deployTrex, type Trex } from "../../place/trex.ts";

/** Another agent of the token, whose key is none of ours. */
const colleague = account("another agent").address;
const investor = account("an investor").address;
const heir = account("the heir").address;
const stranger = account("a stranger").address;
let chain: Chain;
let trex: Trex;
let desk: TokenDesk;
let identities: Readonly<Record<string, Address>>;
const done: TokenDesk["done"] = (operation, asked) => desk.done(operation, asked);
const refused: TokenDesk["refused"] = (operation, asked, code, ...clauses) =>
  desk.refused(operation, asked, code, ...clauses);

beforeAll(async () => {
  chain = await startChain("instant");
  await chain.rpc("evm_setNextBlockTimestamp", start + 10);
  await setBalance(chain.url, agent, 10n ** 21n);
  await setBalance(chain.url, colleague, 10n ** 21n);
  trex = await deployTrex(chain, [agent, colleague]);
  identities = {
    [investor]: await trex.identify(investor, true),
    [heir]: await trex.identify(heir, true),
    [agent]: await trex.identify(agent, true),
    [stranger]: await trex.identify(stranger, false),
  };
  const code = (await chain.rpc("eth_getCode", identities[investor], "latest")) as Hex;
  desk = await openTokenDesk(
    chain,
    { standard: "erc3643", address: trex.token, decimals: 18 },
    {
      implementation: trex.implementation,
      registries: trex.registries,
      identityCode: keccak256(toBytes(code)),
      claimSigners: [{ issuer: trex.registries.trusted[0]!.issuer, signers: [claimKey.address] }],
      roles: { mint: "agent", registerIdentity: "registrar" },
    },
    { countries: { never: ["RU"] } },
  );
});

afterAll(async () => {
  await desk.close();
  await chain.stop();
});

it("holders are registered with the identity that speaks for them, of the pinned code and no other", async () => {
  await done("unpause");
  for (const holder of [investor, heir])
    await done("registerIdentity", { to: holder, identity: identities[holder], country: 756 });
  const other = { to: stranger, identity: trex.token, country: 756 };
  await refused("registerIdentity", other, "policy.code-changed", "token.identity.codehash");
});

it("a mint to somebody who is not verified is refused, to a verified holder it is mined", async () => {
  await refused("mint", { to: stranger, amount: 5 }, "policy.not-verified", "token.to.verified", "token.to.country");
  await done("mint", { to: investor, amount: 100 });
});

it("nobody from a country that the policy excludes is registered, or gets anything once they moved there", async () => {
  const known = { to: stranger, identity: identities[heir] };
  for (const country of [643, 810])
    await refused("registerIdentity", { ...known, country }, "policy.country", "intent.country");
  for (const country of [643, 0, 810]) {
    await trex.moveAs(colleague, investor, country);
    await trex.callAs(colleague, "mint(address,uint256)", investor, 1n);
    await refused("mint", { to: investor, amount: 5 }, "policy.country", "token.to.country");
  }
  await refused("forcedTransfer", { from: heir, to: investor, amount: 5 }, "policy.country", "token.to.country");
  await trex.moveAs(colleague, investor, 756);
  await done("mint", { to: investor, amount: 5 });
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
    "token.to.country",
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

it("a claim that its issuer signed is put on the identity that the registry names, and only then is anything minted", async () => {
  const newcomer = account("a newcomer").address;
  const [issuer, own] = [trex.registries.trusted[0]!.issuer, await trex.identify(newcomer, false)];
  await trex.letClaim(own, agent);
  const { claim, signature, ...named } = claimOf(own, { issuer });
  const whole = { to: newcomer, ...named, claim, signature };
  await refused("addClaim", whole, "policy.other-identity", "token.to.identity");
  await done("registerIdentity", { to: newcomer, identity: own, country: 756 });
  await refused("mint", { to: newcomer, amount: 5 }, "policy.not-verified", "token.to.verified");

  const forged = claimOf(identities[heir]!, { issuer });
  await refused("addClaim", { ...whole, signature: forged["signature"] }, "policy.claim", "intent.signature");
  await refused(
    "addClaim",
    { ...whole, identity: identities[heir] },
    "policy.claim",
    "intent.signature",
    "token.to.identity",
  );
  await refused("addClaim", { ...whole, ...claimOf(own, { issuer, topic: 2n }) }, "policy.claim", "intent.topic");
  await done("addClaim", whole);
  await done("mint", { to: newcomer, amount: 5 });

  await done("removeClaim", { to: newcomer, ...named });
  await refused("mint", { to: newcomer, amount: 5 }, "policy.not-verified", "token.to.verified");
  await done("addClaim", whole);
  await done("addClaim", whole);
  await done("mint", { to: newcomer, amount: 5 });
});

it("an account that is no agent any more mints nothing, and registers nobody", async () => {
  const known = { to: stranger, identity: identities[heir], country: 756 };
  await trex.appoint(agent, "agent", false);
  await refused("mint", { to: heir, amount: 5 }, "policy.role-missing", "token.account.role");
  await trex.appoint(agent, "registrar", false);
  await refused("registerIdentity", known, "policy.role-missing", "token.account.role");
  for (const role of ["agent", "registrar"] as const) await trex.appoint(agent, role, true);
  await done("mint", { to: heir, amount: 5 });
});

it("a rule more beside identity makes another token of it than people agreed to", async () => {
  const seen = async (): Promise<Registries> =>
    JSON.parse(await desk.reader.registries(trex.token, await desk.reader.head())) as Registries;
  const remove = await trex.addModule();
  expect((await seen()).modules).toHaveLength(1);
  await refused("mint", { to: heir, amount: 5 }, "policy.registries-changed", "token.registries");
  await remove();
  expect((await seen()).modules).toEqual([]);
  await done("mint", { to: heir, amount: 5 });
});

it("once the registry asks for no claim everybody is verified, and nothing of it is signed", async () => {
  await trex.registerAs(colleague, stranger, identities[stranger]!);
  await refused("mint", { to: stranger, amount: 5 }, "policy.not-verified", "token.to.verified");
  await trex.emptyTopics();
  const { reader } = desk;
  expect(await reader.verified({ address: trex.token, standard: "erc3643" }, stranger, await reader.head())).toBe(true);
  await refused("mint", { to: stranger, amount: 5 }, "policy.registries-changed", "token.registries");
});
