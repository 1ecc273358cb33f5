/** How tokens of each standard are asked what observers say of them: one call or one slot at a time, at one block. */
import { announcedStep, multiplierText, type SeenMultiplier } from "../../evidence/multiplier.ts";
import { registriesText } from "../../evidence/registries.ts";
import type { Block, ChainReader, WatchedToken } from "../../flow/observe/chain-reader.port.ts";
import { hasMultiplier, type Standard } from "../../intent/standard.ts";
import * as address from "../../values/address.ts";
import type { Address } from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import type { Amount } from "../../values/amount.ts";
import { keccak256, utf8 } from "../../values/digest.ts";
import { Fault } from "../../values/errors.ts";
import type { Hex } from "../../values/hex.ts";
import { growth } from "../../values/multiplier.ts";

/** Reads that name their block by its hash; the answers are bytes. */
export type Reads = {
  readonly call: (to: Address, data: string, block: Block) => Promise<Hex>;
  readonly slot: (contract: Address, slot: string, block: Block) => Promise<Hex>;
};

type ProfileReader = Pick<
  ChainReader,
  | "implementation"
  | "totalSupply"
  | "paused"
  | "multiplier"
  | "sanctions"
  | "decimals"
  | "registries"
  | "frozen"
  | "verified"
  | "country"
  | "identity"
  | "allowance"
  | "holdsRole"
>;

/** ERC-1967: keccak256("eip1967.proxy.implementation") − 1. */
const erc1967 = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc";
/** ERC-1967 too: keccak256("eip1967.proxy.beacon") − 1. A beacon says the code of many proxies, and changes it by an event of its own. */
const beacon = "0xa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6cb3582b35133d50";
/** Older than ERC-1967, and still what Circle's proxy uses. */
const zeppelinos = keccak256(utf8("org.zeppelinos.proxy.implementation"));
/** Holds the authority that T-REX's proxies ask for their implementation; the number stands in their code, and no name hashes to it. */
const erc3643 = "0x821f3e4d3d679f19eacc940c87acf846ea6eae24a63058ea750304437a62aafc";

const implementationSlot: Readonly<Record<Standard, string>> = {
  "role-erc20": erc1967,
  erc7943: erc1967,
  "fiat-token": zeppelinos,
  "backed-token": erc1967,
  erc3643,
};

/** What an authority calls the implementation of each part. */
const implementations = {
  token: "getTokenImplementation()",
  identity: "getIRImplementation()",
  storage: "getIRSImplementation()",
  topics: "getCTRImplementation()",
  issuers: "getTIRImplementation()",
  compliance: "getMCImplementation()",
} as const;

type Part = keyof typeof implementations;

/** Calls by their signatures, each answer read as what it must be. */
export type Asking = {
  /** So many words, and nothing after them. */
  readonly row: (to: Address, signature: string, block: Block, count: number) => Promise<bigint[]>;
  readonly one: (to: Address, signature: string, block: Block, ...given: readonly bigint[]) => Promise<bigint>;
  readonly address: (to: Address, signature: string, block: Block) => Promise<Address>;
  readonly truth: (to: Address, signature: string, block: Block, holder?: Address) => Promise<boolean>;
  readonly list: (to: Address, signature: string, block: Block, ...given: readonly bigint[]) => Promise<bigint[]>;
  /** What the authority that a proxy names says of its part; nobody where there is no authority. */
  readonly behind: (contract: Address, block: Block, part: Part) => Promise<Address>;
};

export function profileReader(reads: Reads): ProfileReader {
  const ask = askingBy(reads);
  return {
    implementation: async (contract, block, standard) => {
      if (standard === "erc3643") return await ask.behind(contract, block, "token");
      const read = async (slot: string): Promise<Address> =>
        addressIn(BigInt(await reads.slot(contract, slot, block)), "the implementation slot");
      const own = await read(implementationSlot[standard]);
      if (own !== address.zero) return own;
      const said = await read(beacon);
      return said === address.zero ? said : await ask.address(said, "implementation()", block);
    },
    totalSupply: async (token, block) => await supplyOf(ask, token, block),
    paused: async ({ address: token, standard }, block) =>
      await ask.truth(token, standard === "backed-token" ? "isPaused()" : "paused()", block),
    multiplier: async (token, block) => multiplierText(await multiplierOf(ask, token, block)),
    sanctions: async (token, block) => await ask.address(token, "sanctionsList()", block),
    decimals: async (token, block) => {
      const value = await ask.one(token, "decimals()", block);
      if (value > 99n) throw malformed("decimals()", "is no number of decimals");
      return Number(value);
    },
    registries: (token, block) => registriesOf(ask, token, block),
    frozen: async ({ address: token, standard }, holder, block) => {
      if (standard === "role-erc20") return amount.zero;
      if (standard === "backed-token") {
        const list = await ask.address(token, "sanctionsList()", block);
        return (await ask.truth(list, "isSanctioned(address)", block, holder)) ? amount.max : amount.zero;
      }
      const isWhole = wholeFreezes[standard];
      if (isWhole !== undefined && (await ask.truth(token, isWhole, block, holder))) return amount.max;
      if (standard === "fiat-token") return amount.zero;
      return amount.fromBigInt(await ask.one(token, "getFrozenTokens(address)", block, BigInt(holder)));
    },
    verified: async ({ address: token, standard }, holder, block) => {
      if (standard === "erc7943") return await ask.truth(token, "canReceive(address)", block, holder);
      const registry = await ask.address(token, "identityRegistry()", block);
      return await ask.truth(registry, "isVerified(address)", block, holder);
    },
    country: async (token, holder, block) => {
      const registry = await ask.address(token, "identityRegistry()", block);
      const value = await ask.one(registry, "investorCountry(address)", block, BigInt(holder));
      if (value > 65_535n) throw malformed("investorCountry(address)", "is no number of a country");
      return Number(value);
    },
    identity: async (token, holder, block) => {
      const registry = await ask.address(token, "identityRegistry()", block);
      return addressIn(await ask.one(registry, "identity(address)", block, BigInt(holder)), "identity(address)");
    },
    allowance: async (token, minter, block) =>
      amount.fromBigInt(await ask.one(token, "minterAllowance(address)", block, BigInt(minter))),
    holdsRole: (token, role, holder, block) => roleOf(ask, token, { role, holder, block }),
  };
}

/** How a token says that everything of a holder is stopped, where it has a word for that. */
const wholeFreezes = {
  erc3643: "isFrozen(address)",
  "fiat-token": "isBlacklisted(address)",
  erc7943: undefined,
} as const;

type RoleAsked = { readonly role: string; readonly holder: Address; readonly block: Block };

async function roleOf(
  ask: Asking,
  { address: token, standard }: WatchedToken,
  { role, holder, block }: RoleAsked,
): Promise<boolean> {
  if (standard === "erc3643") {
    if (role !== "agent" && role !== "registrar") throw unknownRole(standard, role);
    const of = role === "agent" ? token : await ask.address(token, "identityRegistry()", block);
    return await ask.truth(of, "isAgent(address)", block, holder);
  }
  if (standard === "fiat-token") {
    if (role === "minter") return await ask.truth(token, "isMinter(address)", block, holder);
    if (role !== "pauser" && role !== "blacklister") throw unknownRole(standard, role);
    return (await ask.address(token, `${role}()`, block)) === holder;
  }
  if (standard === "backed-token") {
    if (!backedRoles.includes(role)) throw unknownRole(standard, role);
    return (await ask.address(token, `${role}()`, block)) === holder;
  }
  const number = role === "DEFAULT_ADMIN_ROLE" ? 0n : BigInt(keccak256(utf8(role)));
  return (await ask.one(token, "hasRole(bytes32,address)", block, number, BigInt(holder))) === 1n;
}

const backedRoles: readonly string[] = ["minter", "burner", "pauser", "multiplierUpdater"];

/** A contract may say a supply beyond what 256 bits hold of what is announced: that is no supply. */
async function supplyOf(ask: Asking, { address: token, standard }: WatchedToken, block: Block): Promise<Amount> {
  const supply = await ask.one(token, "totalSupply()", block);
  if (!hasMultiplier(standard)) return amount.fromBigInt(supply);
  const coming = growth(supply, announcedStep(await multiplierOf(ask, token, block)));
  if (supply + coming > amount.max) throw malformed("totalSupply()", "becomes more than there can be");
  return amount.fromBigInt(supply + coming);
}

/** Backed keeps what was announced after its time too; until then nothing but another announcement changes what a share is. */
async function multiplierOf(ask: Asking, token: Address, block: Block): Promise<SeenMultiplier> {
  const [[current, , nonce], next, at] = await Promise.all([
    ask.row(token, "getCurrentMultiplier()", block, 3),
    ask.one(token, "newMultiplier()", block),
    ask.one(token, "newMultiplierActivationTime()", block),
  ]);
  if (current === undefined || nonce === undefined || current === 0n)
    throw malformed("getCurrentMultiplier()", "is no multiplier");
  const announced = { multiplier: amount.fromBigInt(next), activationTime: amount.fromBigInt(at) };
  return {
    current: amount.fromBigInt(current),
    nonce: amount.fromBigInt(nonce),
    announced: at > BigInt(block.time) ? announced : null,
  };
}

function unknownRole(standard: Standard, role: string): Fault {
  return new Fault("chain.unknown-role", `tokens of the standard ${standard} have no role \`${role}\``, "never");
}

async function registriesOf(ask: Asking, token: Address, block: Block): Promise<string> {
  const registry = await ask.address(token, "identityRegistry()", block);
  const [compliance, storage, topics, issuers] = await Promise.all([
    ask.address(token, "compliance()", block),
    ask.address(registry, "identityStorage()", block),
    ask.address(registry, "topicsRegistry()", block),
    ask.address(registry, "issuersRegistry()", block),
  ]);
  const part = async (contract: Address, name: Part): Promise<{ address: Address; implementation: Address }> => ({
    address: contract,
    implementation: await ask.behind(contract, block, name),
  });
  const texts = async (to: Address, signature: string, ...given: readonly bigint[]): Promise<string[]> =>
    sorted((await ask.list(to, signature, block, ...given)).map(String));
  const trusted = (await ask.list(issuers, "getTrustedIssuers()", block)).map((word) =>
    addressIn(word, "getTrustedIssuers()"),
  );
  return registriesText({
    identity: await part(registry, "identity"),
    storage: await part(storage, "storage"),
    topics: await part(topics, "topics"),
    issuers: await part(issuers, "issuers"),
    compliance: await part(compliance, "compliance"),
    modules: sorted((await ask.list(compliance, "getModules()", block)).map((word) => addressIn(word, "getModules()"))),
    claims: await texts(topics, "getClaimTopics()"),
    trusted: await Promise.all(
      sorted(trusted).map(async (issuer) => ({
        issuer,
        topics: await texts(issuers, "getTrustedIssuerClaimTopics(address)", BigInt(issuer)),
      })),
    ),
  });
}

export function askingBy({ call, slot }: Reads): Asking {
  const words = async (to: Address, signature: string, block: Block, given: readonly bigint[]): Promise<bigint[]> => {
    const data = keccak256(utf8(signature)).slice(0, 10) + given.map((one) => wordText(one)).join("");
    return wordsIn(await call(to, data, block), signature);
  };
  const one = async (to: Address, signature: string, block: Block, ...given: readonly bigint[]): Promise<bigint> => {
    const [word, ...rest] = await words(to, signature, block, given);
    if (word === undefined || rest.length > 0) throw malformed(signature, "is not one word");
    return word;
  };
  const addressOf = async (to: Address, signature: string, block: Block): Promise<Address> =>
    addressIn(await one(to, signature, block), signature);
  return {
    row: async (to, signature, block, count) => {
      const found = await words(to, signature, block, []);
      if (found.length !== count) throw malformed(signature, `is not ${count} words`);
      return found;
    },
    one,
    address: addressOf,
    truth: async (to, signature, block, holder) => {
      const word = await one(to, signature, block, ...(holder === undefined ? [] : [BigInt(holder)]));
      if (word > 1n) throw malformed(signature, "is neither yes nor no");
      return word === 1n;
    },
    list: async (to, signature, block, ...given) => {
      const [offset, length, ...items] = await words(to, signature, block, given);
      if (offset !== 32n || length !== BigInt(items.length)) throw malformed(signature, "is not a list");
      return items;
    },
    behind: async (contract, block, part) => {
      const authority = addressIn(BigInt(await slot(contract, erc3643, block)), "the authority's slot");
      return authority === address.zero ? address.zero : await addressOf(authority, implementations[part], block);
    },
  };
}

function wordText(value: bigint): string {
  return value.toString(16).padStart(64, "0");
}

/** At most as many as an answer may hold; what is no whole number of words is no answer. */
function wordsIn(bytes: Hex, what: string): bigint[] {
  const digits = bytes.slice(2);
  if (digits.length % 64 !== 0 || digits.length > 64 * 1_000) throw malformed(what, "is not made of words");
  return Array.from({ length: digits.length / 64 }, (_, index) =>
    BigInt(`0x${digits.slice(index * 64, index * 64 + 64)}`),
  );
}

function addressIn(word: bigint, what: string): Address {
  if (word >> 160n !== 0n) throw malformed(what, "does not hold an address");
  return address.parse(`0x${word.toString(16).padStart(40, "0")}`);
}

/** In the order of their texts, each once, as a set is spelled. */
function sorted<T extends string>(texts: readonly T[]): T[] {
  return [...new Set(texts)].sort();
}

export function malformed(what: string, why: string): Fault {
  return new Fault("chain.malformed-answer", `the answer to \`${what}\` ${why}`, "never");
}
