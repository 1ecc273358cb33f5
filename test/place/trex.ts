/** A whole T-REX token on a local chain, from the bytecode in its package: registries, a claim issuer, identities and their claims. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { AbiCoder, Interface } from "ethers/abi";
import { SigningKey } from "ethers/crypto";
import { hashMessage } from "ethers/hash";
import { sendAs, setBalance } from "../../src/adapters/anvil/endpoint.ts";
import type { Registries } from "../../src/evidence/registries.ts";
import { parse as parseAddress, type Address } from "../../src/values/address.ts";
import { keccak256 } from "../../src/values/digest.ts";
import { parse as parseHex, toBytes } from "../../src/values/hex.ts";
import { account } from "./account.ts";
import { type Chain } from "./chain.ts";

const require = createRequire(import.meta.url);
type Artifact = { readonly abi: never; readonly bytecode: string };

/** By the place in the package; the artifact bears the name of its file. */
function artifactOf(path: string): Artifact {
  const name = path.split("/").at(-1)!;
  const [base, folder] = path.startsWith("id/")
    ? ["@onchain-id/solidity", path.slice(3)]
    : ["@tokenysolutions/t-rex", path];
  return JSON.parse(
    readFileSync(require.resolve(`${base}/artifacts/contracts/${folder}.sol/${name}.json`), "utf8"),
  ) as Artifact;
}

const owner = account("the owner of the T-REX suite");
const claimKey = account("the key of the claim issuer");
const topic = 1n;

export type Trex = {
  readonly token: Address;
  readonly implementation: Address;
  readonly registries: Registries;
  /** An identity contract with a claim, or without one, and nothing registered yet. */
  readonly identify: (holder: Address, claimed: boolean) => Promise<Address>;
  /** Empties the list of claims that holders need. */
  readonly emptyTopics: () => Promise<void>;
  /** Has the compliance contract ask one module more, until what it answers is called. */
  readonly addModule: () => Promise<() => Promise<void>>;
  /** Makes somebody an agent of the token, or of its registry, or takes that away. */
  readonly appoint: (who: Address, role: "agent" | "registrar", held: boolean) => Promise<void>;
  /** Lets somebody put claims on an identity contract. */
  readonly letClaim: (contract: Address, who: Address) => Promise<void>;
  /** Registers a holder, past everything of ours. */
  readonly registerAs: (from: Address, holder: Address, identity: Address) => Promise<void>;
  /** Has the registry say that a holder is from another country, past everything of ours. */
  readonly moveAs: (from: Address, holder: Address, country: number) => Promise<void>;
  /** Calls the token as somebody whose key nobody needs to hold. */
  readonly callAs: (from: Address, signature: string, ...args: readonly unknown[]) => Promise<void>;
};

/** `agents` may do everything that agents of token and registry may; the owner of the suite is somebody else. */
export async function deployTrex({ url }: Pick<Chain, "url">, agents: readonly Address[]): Promise<Trex> {
  await setBalance(url, owner.address, 10n ** 21n);
  const deploy = async (path: string, ...args: readonly unknown[]): Promise<Address> => {
    const { abi, bytecode } = artifactOf(path);
    const data = bytecode + new Interface(abi).encodeDeploy(args).slice(2);
    const { contractAddress } = await sendAs(url, owner.address, { data: parseHex(data.toLowerCase()) });
    return parseAddress(contractAddress!.toLowerCase());
  };
  const send = async (from: Address, to: Address, signature: string, args: readonly unknown[]): Promise<void> => {
    const data = new Interface([`function ${signature}`]).encodeFunctionData(signature.split("(")[0]!, args);
    await sendAs(url, from, { to, data: parseHex(data.toLowerCase()) });
  };
  const own = (to: Address, signature: string, ...args: readonly unknown[]): Promise<void> =>
    send(owner.address, to, signature, args);

  const kinds = {
    token: await deploy("token/Token"),
    topics: await deploy("registry/implementation/ClaimTopicsRegistry"),
    identity: await deploy("registry/implementation/IdentityRegistry"),
    storage: await deploy("registry/implementation/IdentityRegistryStorage"),
    issuers: await deploy("registry/implementation/TrustedIssuersRegistry"),
    compliance: await deploy("compliance/modular/ModularCompliance"),
  };
  const none = `0x${"00".repeat(20)}`;
  const authority = await deploy("proxy/authority/TREXImplementationAuthority", true, none, none);
  await own(
    authority,
    "addAndUseTREXVersion((uint8,uint8,uint8),(address,address,address,address,address,address))",
    [4, 1, 6],
    [kinds.token, kinds.topics, kinds.identity, kinds.storage, kinds.issuers, kinds.compliance],
  );
  const topics = await deploy("proxy/ClaimTopicsRegistryProxy", authority);
  const issuers = await deploy("proxy/TrustedIssuersRegistryProxy", authority);
  const storage = await deploy("proxy/IdentityRegistryStorageProxy", authority);
  const compliance = await deploy("proxy/ModularComplianceProxy", authority);
  const identity = await deploy("proxy/IdentityRegistryProxy", authority, issuers, topics, storage);
  const token = await deploy("proxy/TokenProxy", authority, identity, compliance, "T-REX Gold", "GLD", 18, none);
  await own(storage, "bindIdentityRegistry(address)", identity);
  for (const agent of agents) for (const part of [token, identity]) await own(part, "addAgent(address)", agent);

  const issuer = await deploy("id/ClaimIssuer", claimKey.address);
  await own(topics, "addClaimTopic(uint256)", topic);
  await own(issuers, "addTrustedIssuer(address,uint256[])", issuer, [topic]);
  const logic = await deploy("id/Identity", owner.address, true);
  const identityAuthority = await deploy("id/proxy/ImplementationAuthority", logic);

  const part = (address: Address, implementation: Address): Registries["identity"] => ({ address, implementation });
  return {
    token,
    implementation: kinds.token,
    registries: {
      identity: part(identity, kinds.identity),
      storage: part(storage, kinds.storage),
      topics: part(topics, kinds.topics),
      issuers: part(issuers, kinds.issuers),
      compliance: part(compliance, kinds.compliance),
      modules: [],
      claims: [topic.toString()],
      trusted: [{ issuer, topics: [topic.toString()] }],
    },
    identify: async (holder, claimed) => {
      const contract = await deploy("id/proxy/IdentityProxy", identityAuthority, owner.address);
      if (!claimed) return contract;
      const data = "0x01";
      const said = AbiCoder.defaultAbiCoder().encode(["address", "uint256", "bytes"], [contract, topic, data]);
      const digest = hashMessage(toBytes(keccak256(toBytes(parseHex(said)))));
      const { serialized } = new SigningKey(claimKey.privateKey).sign(digest);
      const add = "addClaim(uint256,uint256,address,bytes,bytes,string)";
      await own(contract, add, topic, 1, issuer, serialized, data, `about ${holder}`);
      return contract;
    },
    addModule: async () => {
      const module = await deploy("compliance/modular/modules/SupplyLimitModule");
      await own(compliance, "addModule(address)", module);
      return () => own(compliance, "removeModule(address)", module);
    },
    appoint: (who, role, held) =>
      own(role === "agent" ? token : identity, held ? "addAgent(address)" : "removeAgent(address)", who),
    letClaim: (contract, who) => {
      const key = keccak256(toBytes(parseHex(AbiCoder.defaultAbiCoder().encode(["address"], [who]))));
      return own(contract, "addKey(bytes32,uint256,uint256)", key, 3, 1);
    },
    emptyTopics: () => own(topics, "removeClaimTopic(uint256)", topic),
    registerAs: (from, holder, contract) =>
      send(from, identity, "registerIdentity(address,address,uint16)", [holder, contract, 756]),
    moveAs: (from, holder, country) => send(from, identity, "updateCountry(address,uint16)", [holder, country]),
    callAs: (from, signature, ...args) => send(from, token, signature, args),
  };
}
