/** The service's memory: requests with their history, and a mirror of the gate's log. All of it can be rebuilt from the gate and the chain. */
import type { Operation } from "../../intent/operation.ts";
import type { TreeNode } from "../../log/merkle.ts";
import type { Notice } from "../../request/notice.ts";
import type { Request } from "../../request/request.ts";
import type { State } from "../../request/state.ts";
import type { Envelope } from "../../statement/envelope.ts";
import type { Kind } from "../../statement/message.ts";
import type { Address } from "../../values/address.ts";
import type { Amount } from "../../values/amount.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Instant } from "../../values/instant.ts";
import type { Json } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";

/** A line of a request's history. */
export type Happening = { readonly at: Instant; readonly event: string; readonly detail: string };

export type Transition = {
  /** As it is afterwards; its revision is one above the stored one, or 0 for a new request. */
  readonly request: Request;
  /** Absent when a reader would see no change. */
  readonly happening: Happening | undefined;
};

export type MirroredLeaf = {
  readonly index: number;
  /** The canonical JSON, character by character as the gate gave it. */
  readonly leaf: string;
  readonly kind: string;
  /** The request, document or other thing it is about. */
  readonly about: string;
};

export type MirroredStatement = {
  readonly hash: Bytes32;
  readonly leaf: number;
  readonly kind: Kind;
  readonly about: string;
  /** Who the credential belonged to when the gate stored it. */
  readonly member: Name;
  readonly at: Instant;
  readonly envelope: Envelope;
};

export type MirroredDocument = {
  readonly hash: Bytes32;
  readonly kind: "Policy" | "Roster";
  /** Asset of a policy, `roster` for a roster. */
  readonly name: string;
  readonly version: number;
  readonly document: Json;
  readonly state: "proposed" | "active" | "superseded";
  readonly at: Instant;
};

/** The document of a yield: where it stands in the log, and whose holders at which block it names. */
export type MirroredDistribution = {
  readonly hash: Bytes32;
  /** Of the submission that brought it. */
  readonly leaf: number;
  readonly token: Address;
  readonly recordBlock: number;
  readonly recordHash: Bytes32;
};

/** What enough observers saw of a transaction, by the gate's log. */
export type MirroredOutcome = {
  readonly txHash: Bytes32;
  readonly requestId: Bytes32;
  readonly status: "success" | "reverted" | "mismatch" | "closed";
};

/** The requests that stand under a root, in the order of its tree, and the leaf that says so. */
export type MirroredBatch = {
  readonly merkleRoot: Bytes32;
  readonly leaf: number;
  readonly requestIds: readonly Bytes32[];
};

/** Consecutive leaves and what follows from them. */
/**
 * Whatever has not ended in a batch is due at that instant, unless it is sooner. One that somebody works on then is due when they say,
 * in half a minute at most.
 */
export type Wake = { readonly batch: Bytes32; readonly at: Instant };

export type MirroredPage = {
  /** Index of the first leaf, which is the number of leaves mirrored so far. */
  readonly from: number;
  readonly leaves: readonly MirroredLeaf[];
  readonly nodes: readonly TreeNode[];
  readonly statements: readonly MirroredStatement[];
  /** Replace what is stored under the same hash. */
  readonly documents: readonly MirroredDocument[];
  readonly distributions?: readonly MirroredDistribution[];
  readonly outcomes: readonly MirroredOutcome[];
  readonly batches?: readonly MirroredBatch[];
  readonly wakes?: readonly Wake[];
};

/** The newest value of a fact that somebody signed; shown to people, believed by nobody. */
export type Sighting = {
  readonly chainId: number;
  readonly subject: string;
  readonly fact: string;
  readonly value: string;
  readonly blockNumber: number;
  readonly blockTime: Instant;
  readonly observer: Name;
};

export type Attempt = { readonly at: Instant; readonly answer: string | null };

export type OutboxRow = {
  readonly id: number;
  readonly requestId: Bytes32;
  readonly state: State;
  readonly at: Instant;
};

/** How much there is to do, counted without reading what has ended. */
export type Tally = {
  /** States in which there is at least one request, of those that are no end; `oldestAt` is when its oldest began. */
  readonly states: readonly { readonly state: State; readonly count: number; readonly oldestAt: Instant }[];
  /** Nonces that are taken and in no final block, of requests that have not ended. */
  readonly lanes: readonly { readonly chainId: number; readonly account: Address; readonly open: number }[];
  /** Requests that somebody works on at this moment. */
  readonly leased: number;
};

/** A notice and the receivers that it is for, by name. */
export type Addressed = { readonly notice: Notice; readonly receivers: readonly string[] };

export type HeldNotice = {
  readonly id: number;
  readonly notice: Notice;
  /** How often it was tried in vain. */
  readonly tries: number;
};

export type Settled =
  | { readonly kind: "delivered"; readonly at: Instant }
  | { readonly kind: "later"; readonly dueAt: Instant; readonly why: string }
  | { readonly kind: "given-up"; readonly at: Instant; readonly why: string };

/** Of one receiver; `oldestAt` is that of its oldest notice that is still to be delivered. */
export type NoticeTally = {
  readonly receiver: string;
  readonly pending: number;
  readonly oldestAt: Instant | undefined;
  readonly givenUp: number;
};

export type RequestFilter = {
  readonly state?: State;
  readonly asset?: Name;
  readonly initiator?: Name;
  /** Root of a batch that they stand in. */
  readonly batch?: Bytes32;
  /** Parts of one distribution. */
  readonly distribution?: Bytes32;
  /** Only requests that come after this one in the list: older ones. */
  readonly after?: Bytes32;
  readonly limit: number;
};

/** So many requests in one state ask for one operation with one amount each. */
export type OpenAmount = {
  readonly state: State;
  readonly operation: Operation;
  readonly amount: Amount;
  readonly count: number;
};

/** Every promise rejects with a `Fault` (`store.unavailable`, retry safe) when the database does not answer. */
export type Store = {
  /**
   * All of it is on disk when it resolves to `committed`: requests, their history, one outbox row for each happening, the page, and the
   * notices; a receiver that was ever to hear of a key is not told of it again.
   * `stale` when a revision or the page's first index is not the expected one: nothing is stored then.
   * A change of signed bytes is an `InvariantViolation`.
   */
  readonly commit: (change: {
    readonly transitions: readonly Transition[];
    readonly page?: MirroredPage;
    readonly notices?: readonly Addressed[];
  }) => Promise<"committed" | "stale">;

  /** The oldest notice that is due for a receiver, taken until `until`; two callers never take the same one. */
  readonly claimNotice: (receiver: string, now: Instant, until: Instant) => Promise<HeldNotice | undefined>;
  readonly settleNotice: (id: number, settled: Settled) => Promise<void>;
  /** Drops what was delivered or given up before an instant. */
  readonly forgetNotices: (before: Instant) => Promise<void>;
  readonly noticeTallies: () => Promise<readonly NoticeTally[]>;

  /** Requests that are due, lower nonces first, taken until `until` or the next commit without a page; two callers never take the same one. */
  readonly claim: (now: Instant, until: Instant, limit: number) => Promise<readonly Request[]>;
  /** Keeps claimed requests until then; those that were given back or committed since stay free. */
  readonly renew: (requestIds: readonly Bytes32[], until: Instant) => Promise<void>;
  /** Gives a claimed request back when its step changed nothing. */
  readonly release: (requestId: Bytes32) => Promise<void>;
  /** Makes the request with the lowest unsent nonce of an account due when it is signed; called when a lower one went out. */
  readonly hasten: (chainId: number, account: Address, now: Instant) => Promise<void>;
  /** Lowest nonce of an account that is allocated and not sent. */
  readonly lowestUnsent: (chainId: number, account: Address) => Promise<number | undefined>;
  /** The request with the next lower open nonce of an account: nothing is known yet of a block that it is in, or its filler is not final. */
  readonly openBefore: (chainId: number, account: Address, nonce: number) => Promise<Request | undefined>;
  /** Ended requests whose nonce is open while a later one of their account is in no block; at most so many. */
  readonly holdingUp: (limit: number) => Promise<readonly Request[]>;
  /** Redemptions whose burn is final and whose second leg is not over; at most so many. */
  readonly owing: (limit: number) => Promise<readonly Request[]>;
  /** Earliest instant at which something is due. */
  readonly nextDue: () => Promise<Instant | undefined>;

  readonly tally: (now: Instant) => Promise<Tally>;

  readonly request: (requestId: Bytes32) => Promise<Request | undefined>;
  /** All requests of an asset that have not ended, in no order; each is in one of the counts. */
  readonly openAmounts: (asset: Name) => Promise<readonly OpenAmount[]>;
  /** Of the requests of an asset whose decision is ahead, the oldest first; `skip` leaves out the first of them. */
  readonly undecided: (
    asset: Name,
    page: { readonly skip: number; readonly limit: number },
  ) => Promise<readonly Request[]>;
  /** The newest in the gate's log first. */
  readonly requests: (filter: RequestFilter) => Promise<readonly Request[]>;
  readonly history: (requestId: Bytes32) => Promise<readonly Happening[]>;

  /** On disk before the bytes leave; answers the attempt's number. */
  readonly recordAttempt: (txHash: Bytes32, at: Instant) => Promise<number>;
  readonly recordAnswer: (attempt: number, answer: string) => Promise<void>;
  readonly attempts: (txHash: Bytes32) => Promise<readonly Attempt[]>;
  /** Signed transactions, fillers too, of requests of which the gate's log tells no outcome; of each account those of the lowest nonces, which are mined first. */
  readonly unsettled: (perLane: number) => Promise<readonly { readonly chainId: number; readonly txHash: Bytes32 }[]>;

  /** Number of leaves mirrored. */
  readonly mirrored: () => Promise<number>;
  readonly leaves: (from: number, limit: number) => Promise<readonly MirroredLeaf[]>;
  /** In the order of the log, as all of these. */
  readonly leavesAbout: (abouts: readonly string[]) => Promise<readonly MirroredLeaf[]>;
  readonly leavesOf: (kind: string) => Promise<readonly MirroredLeaf[]>;
  readonly leavesOfStatements: (hashes: readonly Bytes32[]) => Promise<readonly MirroredLeaf[]>;
  /** Those that are there, in any order. */
  readonly nodes: (wanted: readonly Pick<TreeNode, "level" | "index">[]) => Promise<readonly TreeNode[]>;
  /** In the order of the log; of every subject when `about` is absent, and only so many of the newest with `last`. */
  readonly statements: (kind: Kind, about?: string, last?: number) => Promise<readonly MirroredStatement[]>;
  readonly documents: () => Promise<readonly MirroredDocument[]>;
  /** Roots of the batches that a request stands in, in the order of the log. */
  readonly batchesWith: (requestId: Bytes32) => Promise<readonly Bytes32[]>;
  /** Undefined while no submission brought its document. */
  readonly distribution: (hash: Bytes32) => Promise<MirroredDistribution | undefined>;

  /** Keeps the one of the newest block. */
  readonly putSighting: (sighting: Sighting) => Promise<void>;
  readonly sightings: (subject: string) => Promise<readonly Sighting[]>;

  /** Happenings after a row, oldest first. */
  readonly outbox: (after: number, limit: number) => Promise<readonly OutboxRow[]>;
  readonly lastOutboxRow: () => Promise<number>;

  readonly close: () => Promise<void>;
};
