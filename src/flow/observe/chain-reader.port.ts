/** What an observer reads from its own endpoint, always at one named block. */
import type { Holding } from "../../evidence/entitlement.ts";
import type { SeenFeed } from "../../evidence/feed.ts";
import type { SeenReceipt } from "../../evidence/outcome.ts";
import type { TokenChange } from "../../evidence/token-event.ts";
import type { Standard } from "../../intent/standard.ts";
import type { Address } from "../../values/address.ts";
import type { Amount } from "../../values/amount.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Instant } from "../../values/instant.ts";

/** A token and how to ask it. */
export type WatchedToken = { readonly address: Address; readonly standard: Standard };

export type Block = { readonly number: number; readonly hash: Bytes32; readonly time: Instant };

/** One event of a token that changed its supply, its rulers or its code. */
export type TokenEvent = {
  readonly txHash: Bytes32;
  readonly blockNumber: number;
  readonly what: TokenChange;
  /** Whose allowance to mint was set. */
  readonly minter?: string | undefined;
};

/** Throws a `Fault` with retry safe when the endpoint does not answer in time; reads are by block hash where the endpoint allows it. */
export type ChainReader = {
  readonly head: () => Promise<Block>;
  /** Undefined where the chain has no finalized tag. */
  readonly finalized: () => Promise<Block | undefined>;
  readonly blockAt: (height: number) => Promise<Block | undefined>;
  /** Keccak-256 of the runtime code. */
  readonly codeHash: (contract: Address, block: Block) => Promise<Bytes32>;
  /** What a proxy passes calls on to, kept where the standard keeps it (ERC-1967 for most); zero when there is none. */
  readonly implementation: (contract: Address, block: Block, standard: Standard) => Promise<Address>;
  /** Of a token with a multiplier, with all that it becomes by what is announced: no further transaction is needed for that. */
  readonly totalSupply: (token: WatchedToken, block: Block) => Promise<Amount>;
  readonly paused: (token: WatchedToken, block: Block) => Promise<boolean>;
  /** Of a token with one, as `multiplierText` of evidence/multiplier.ts. */
  readonly multiplier: (token: Address, block: Block) => Promise<string>;
  /** Of a token that has one: the list that it asks who is stopped. */
  readonly sanctions: (token: Address, block: Block) => Promise<Address>;
  readonly decimals: (token: Address, block: Block) => Promise<number>;
  /** Of an ERC-3643 token: the contracts it asks and what they ask for, as `registriesText` of evidence/registries.ts. */
  readonly registries: (token: Address, block: Block) => Promise<string>;
  /** Base units of the holder that do not move; everything that fits in 256 bits for a holder frozen as a whole. */
  readonly frozen: (token: WatchedToken, holder: Address, block: Block) => Promise<Amount>;
  /** Whether the token's own registry or rule takes the holder for eligible. */
  readonly verified: (token: WatchedToken, holder: Address, block: Block) => Promise<boolean>;
  /** The number of the holder's country in the token's registry of identities (ISO 3166-1); 0 for somebody it does not know. */
  readonly country: (token: Address, holder: Address, block: Block) => Promise<number>;
  /** The contract that the token's registry of identities names for the holder; zero for somebody it does not know. */
  readonly identity: (token: Address, holder: Address, block: Block) => Promise<Address>;
  /** What the account may still mint. */
  readonly allowance: (token: Address, minter: Address, block: Block) => Promise<Amount>;
  /**
   * Everybody who holds some of the token at the end of the block, in the order of their addresses: together they hold its whole
   * supply there. May take long.
   */
  readonly holders: (token: Address, block: Block) => Promise<readonly Holding[]>;
  /** Whether somebody holds a role of the token, by its name in the token's profile; a `Fault` for a role that the standard does not know. */
  readonly holdsRole: (token: WatchedToken, role: string, holder: Address, block: Block) => Promise<boolean>;
  /** A feed with the words of Chainlink's AggregatorV3, and the contract that says it; a `Fault` when it does not say them. */
  readonly feed: (contract: Address, block: Block) => Promise<SeenFeed>;
  /** Transactions of the account included up to the block. */
  readonly nonce: (account: Address, block: Block) => Promise<number>;
  /** Of canonical blocks from one to another, both included; a transaction may have several. */
  readonly events: (token: Address, from: number, to: number) => Promise<readonly TokenEvent[]>;
  /** The receipt (signed as `outcomeText` of evidence/outcome.ts), undefined when it is in no canonical block. */
  readonly receipt: (txHash: Bytes32) => Promise<SeenReceipt | undefined>;
  readonly close: () => void;
};
