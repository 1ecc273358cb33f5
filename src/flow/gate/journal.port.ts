/** The gate's memory: one SQLite file behind one exclusive lock, `synchronous=FULL`; every call but `durable` is synchronous so that nothing interleaves with a transaction. */
import type { Entry, Unsigned } from "../../log/entry.ts";
import type { BatchApproval, Kind } from "../../statement/message.ts";
import type { Envelope } from "../../statement/envelope.ts";
import type { Operation } from "../../intent/operation.ts";
import type { Sum } from "../../policy/decide/measure.ts";
import type { Counted } from "../../policy/decide/usage.ts";
import type { Address } from "../../values/address.ts";
import type { Amount } from "../../values/amount.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Hex } from "../../values/hex.ts";
import type { Instant } from "../../values/instant.ts";
import type { Json } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";

export type StoredStatement = {
  readonly hash: Bytes32;
  readonly kind: Kind;
  /** What it is about: requestId, document hash, freezeId, hash of freezes, asset, or what is attested and from which source, with a space between. */
  readonly about: string;
  readonly member: Name;
  /** When the gate first stored it. */
  readonly at: Instant;
  readonly leaf: number;
  readonly envelope: Envelope;
  readonly attachment: Json | undefined;
};

/** An observation has a leaf only once a decision used it. */
export type StoredObservation = {
  readonly hash: Bytes32;
  readonly chainId: number;
  readonly subject: string;
  readonly fact: string;
  readonly observer: Name;
  readonly blockNumber: number;
  readonly at: Instant;
  readonly leaf: number | undefined;
  readonly envelope: Envelope;
};

export type StoredDocument = {
  readonly hash: Bytes32;
  readonly kind: "Policy" | "Roster";
  /** Asset of a policy, `roster` for a roster. */
  readonly name: string;
  readonly version: number;
  readonly document: Json;
  readonly state: "proposed" | "active" | "superseded" | "vetoed";
  /** When the quorum of its change was first complete, and when it came into force. */
  readonly completeAt: Instant | undefined;
  readonly activeAt: Instant | undefined;
};

export type StoredFreeze = {
  readonly freezeId: Bytes32;
  readonly scope: "deployment" | "asset" | "key";
  readonly target: string;
  readonly reason: string;
  readonly by: Name;
  readonly at: Instant;
  readonly lifted: boolean;
};

export type Allocation = {
  readonly requestId: Bytes32;
  readonly chainId: number;
  readonly account: Address;
  readonly nonce: number;
  readonly key: Name;
  readonly asset: Name;
  readonly operation: Operation;
  readonly reference: string;
  readonly initiator: Name;
  readonly to: Address;
  readonly amount: Amount;
  readonly feeCeilingWei: Amount;
  readonly at: Instant;
  readonly leaf: number;
  /** `open` until enough observers saw a final receipt; `closed` when that was of a filler, so that nothing of the request took effect. */
  readonly outcome: "open" | "success" | "reverted" | "mismatch" | "closed";
  readonly outcomeBlock: number | undefined;
  /** Of which distribution it is the recipient's part. */
  readonly distribution?: Bytes32 | undefined;
};

/** The document of a yield, kept with the submission that brought it. */
export type StoredDistribution = {
  readonly hash: Bytes32;
  readonly asset: Name;
  readonly chainId: number;
  readonly recordBlock: number;
  /** The one that it says it follows. */
  readonly previous: Bytes32 | undefined;
  /** The submission whose attachment it is. */
  readonly statement: Bytes32;
};

export type StoredPermit = {
  readonly digest: Bytes32;
  readonly requestId: Bytes32;
  readonly ordinal: number;
  readonly transaction: Unsigned;
  /** It closes the nonce instead of doing what the request asks. */
  readonly filler: boolean;
  /** Whether a token was ever asked to sign it. */
  readonly asked: boolean;
  /** Whether a signature may exist: there is one, or a token was asked and was not certain that it gave none. */
  readonly doubt: boolean;
  /** What a person at a device said when they would not sign it. */
  readonly declined: string | undefined;
  readonly signed: { readonly raw: Hex; readonly txHash: Bytes32 } | undefined;
};

/** A journal that was rebuilt from so many leaves under this root. */
export type StoredRestoration = { readonly size: number; readonly root: Bytes32; readonly resumed: boolean };

/** A gate that took over: its epoch, and the log key that speaks for the log from then on. */
export type StoredPromotion = { readonly epoch: number; readonly logKey: Bytes32 };

/** A redemption whose burn enough observers saw in a final block, and which names where to release what backs it. */
export type StoredRedemption = {
  readonly requestId: Bytes32;
  readonly burn: Bytes32;
  readonly asset: Name;
  readonly amount: Amount;
  /** The leaf of its release. */
  readonly release: number | undefined;
  /** As of when enough said that it was delivered. */
  readonly deliveredAsOf: Instant | undefined;
  /** Taken back before it was released: nothing ever is. */
  readonly reversed: boolean;
};

/** A batch whose legs the gate has all admitted: what they come to together, and who asked for any of them. */
export type StoredBatch = Pick<
  BatchApproval,
  "operation" | "asset" | "chainId" | "count" | "total" | "largest" | "merkleRoot"
> & {
  /** Who brought it. */
  readonly by: Name;
  /** When the gate first stored it. */
  readonly at: Instant;
  readonly initiators: readonly Name[];
  readonly leaf: number;
};

export type Journal = {
  /**
   * Everything inside is written when it returns, or nothing is when it throws, and everybody reads it from then on; disk errors leave by
   * `Fault` with retry safe. A nested call joins the outer transaction. What is written, in a transaction or by itself, is on disk once
   * `durable` resolved and not before: a journal may commit together what comes together.
   */
  readonly transaction: <T>(work: () => T) => T;
  /**
   * Resolves when all that was written or could be read up to now is on disk. Rejects when it was lost: all of it that was not on disk, of
   * everybody, is taken back then. INVARIANT: no answer leaves and no token is called before it resolved.
   */
  readonly durable: () => Promise<void>;
  /** How often something was taken back after it could be read; whatever was worked out of it before is worth nothing. */
  readonly losses: () => number;

  /** The last instant anything was stored at; 0 for an empty journal. `advance` never lowers it. */
  readonly lastInstant: () => Instant;
  readonly advance: (to: Instant) => void;
  readonly epoch: () => number;

  /** Appends a leaf with its Merkle nodes and returns its index. */
  readonly append: (entry: Entry) => number;
  readonly size: () => number;
  /** Leaves from an index on, at most `limit`, bytes verbatim. */
  readonly leaves: (from: number, limit: number) => readonly { readonly index: number; readonly bytes: Uint8Array }[];
  readonly node: (level: number, index: number) => Bytes32;

  /** Inserts; a second insert of one hash is an `InvariantViolation`. */
  readonly putStatement: (statement: StoredStatement) => void;
  readonly statement: (hash: Bytes32) => StoredStatement | undefined;
  /** In the order of storing. */
  readonly statementsAbout: (kind: Kind, about: string) => readonly StoredStatement[];
  /** The last one stored of each member, by member; each found by one step of an index, however many came before. */
  readonly latestStatements: (kind: Kind, about: string) => readonly StoredStatement[];
  readonly latestStatement: (kind: Kind, about: string, member: Name) => StoredStatement | undefined;
  /**
   * The last two stored of each member and each `about` that begins with the subject and a space; by about and member, the later
   * first. Each found by steps of an index, however many came before.
   */
  readonly lastWords: (kind: Kind, subject: string) => readonly StoredStatement[];
  /** What an attestor said of an asset's reserves under a sequence; the first, when it was said again in the same words. */
  readonly attestation: (asset: Name, attestor: Name, sequence: number) => StoredStatement | undefined;

  /**
   * Keeps the newest three blocks of an (observer, chain, subject, fact), and every one that has a leaf; others go, at the latest some
   * insertions after they expired. False when three newer blocks are known already: nothing is stored then.
   */
  readonly putObservation: (observation: Omit<StoredObservation, "leaf">) => boolean;
  readonly observation: (hash: Bytes32) => StoredObservation | undefined;
  readonly observations: (chainId: number, subject: string, fact: string) => readonly StoredObservation[];
  readonly setObservationLeaf: (hash: Bytes32, leaf: number) => void;
  /** Newest block time among the observations of a chain by each observer. */
  readonly newestBlockTimes: (chainId: number) => readonly { readonly observer: Name; readonly blockTime: Instant }[];
  /** Height of the newest block at which a fact was used; -1 when it never was. `raiseUsedBlock` never lowers it. */
  readonly usedBlock: (chainId: number, subject: string, fact: string) => number;
  readonly raiseUsedBlock: (chainId: number, subject: string, fact: string, blockNumber: number) => void;
  /** Number of the highest round of a feed, or of the last change of a multiplier, that enough observers agreed on; 0 while none is. `raiseRound` never lowers it. */
  readonly highestRound: (chainId: number, subject: string) => bigint;
  readonly raiseRound: (chainId: number, subject: string, round: bigint) => void;

  readonly putDocument: (document: StoredDocument) => void;
  readonly updateDocument: (
    hash: Bytes32,
    change: Partial<Pick<StoredDocument, "state" | "completeAt" | "activeAt">>,
  ) => void;
  readonly document: (hash: Bytes32) => StoredDocument | undefined;
  readonly activeDocument: (kind: "Policy" | "Roster", name: string) => StoredDocument | undefined;
  /** All versions in order of version. */
  readonly documentHistory: (kind: "Policy" | "Roster", name: string) => readonly StoredDocument[];
  readonly proposedDocuments: () => readonly StoredDocument[];
  /** Every document that ever came into force, in the order in which they did; those of the genesis first. */
  readonly activatedDocuments: () => readonly StoredDocument[];

  readonly putFreeze: (freeze: StoredFreeze) => void;
  readonly freezes: () => readonly StoredFreeze[];
  readonly liftFreeze: (freezeId: Bytes32) => void;

  /**
   * `taken` names the constraint that forbids it: nothing is stored then. `part` is one that was allocated already, `record` that the
   * last distribution of the asset of which something was is not the one before this; what ended without effect is not in the way.
   */
  readonly putAllocation: (
    allocation: Allocation,
  ) =>
    | { readonly kind: "stored" }
    | { readonly kind: "taken"; readonly by: "request" | "nonce" | "reference" | "raise" | "part" | "record" };
  readonly allocation: (requestId: Bytes32) => Allocation | undefined;
  /** Highest nonce ever allocated on a lane, undefined for a fresh one. */
  readonly highestNonce: (chainId: number, account: Address) => number | undefined;
  readonly openAllocations: () => readonly Allocation[];
  /** Lowest nonce of a lane that is open and for which no token can have signed; found among what is open alone. */
  readonly lowestUnsigned: (chainId: number, account: Address) => number | undefined;
  /** Ends an open allocation, once. A revert or a filler gives its amount back, dated at its allocation; the success of what removes tokens counts from `at`. */
  readonly settleAllocation: (
    requestId: Bytes32,
    ending: {
      readonly outcome: "success" | "reverted" | "mismatch" | "closed";
      readonly outcomeBlock: number;
      readonly at: Instant;
    },
  ) => void;
  /**
   * Sum and number of what was allocated after an instant, without the amounts of what was reverted; fees stay in. Each allocation is
   * counted by `putAllocation`, in its transaction. However many rows there are, an answer costs a few steps of an index for each
   * operation: nothing is allocated at an instant before the last one.
   */
  readonly allocatedAfter: (counted: Counted, since: number) => Sum;
  /** The same of what burned or redeemed tokens, by when its success was noted. */
  readonly removedAfter: (counted: Counted, since: number) => Sum;
  /**
   * Sum of an asset's mints, distributions and raises that are not in the supply observed at a height: those that are open, but for one request's own, and those
   * that took effect above it on that chain, as approved or not. Only a revert minted nothing. Without a height, the open ones.
   */
  readonly mintsUnseen: (
    asset: Name,
    asked: { readonly chainId: number; readonly above: number | undefined; readonly except: Bytes32 | undefined },
  ) => bigint;
  /**
   * Whether a freeze of the holder, a pause or a raise of the multiplier of the asset was allocated that a block cannot show yet: it is
   * open, or took effect above that block of the chain. The last two have no holder: the zero address. One on the lane of `before` that comes no earlier does not count.
   */
  readonly isStoppedAfter: (
    asset: Name,
    asked: {
      readonly chainId: number;
      readonly operation: "freeze" | "pause" | "raiseMultiplier";
      readonly holder: Address;
      readonly block: number;
      readonly before: Pick<Allocation, "chainId" | "account" | "nonce"> | undefined;
    },
  ) => boolean;

  /** Once for each hash. */
  readonly putDistribution: (distribution: StoredDistribution) => void;
  readonly distribution: (hash: Bytes32) => StoredDistribution | undefined;
  /** The requests that brought the distributions of an asset by this member of which nothing is paid. */
  readonly unpaidDistributions: (asset: Name, member: Name) => readonly Bytes32[];
  /** That a request is for the recipient's part of a distribution. */
  readonly putPart: (part: {
    readonly requestId: Bytes32;
    readonly distribution: Bytes32;
    readonly recipient: Address;
  }) => void;
  /** Every request that was ever admitted for this part. */
  readonly partRequests: (distribution: Bytes32, recipient: Address) => readonly Bytes32[];

  /** Burns and redemptions of an asset that are allocated, with nothing final seen of them. */
  readonly burnsUnderWay: (asset: Name) => readonly Pick<Allocation, "requestId" | "amount">[];
  /** INVARIANT: one burn for one redemption, for ever, and the other way round. */
  readonly putBurn: (burned: Pick<StoredRedemption, "requestId" | "burn" | "asset" | "amount">) => void;
  readonly redemption: (requestId: Bytes32) => StoredRedemption | undefined;
  /** INVARIANT: once, and never what was reversed. */
  readonly putRelease: (requestId: Bytes32, leaf: number) => void;
  /** Once, of what was released. */
  readonly putDelivered: (requestId: Bytes32, asOf: Instant) => void;
  /** Once, of what was not released. */
  readonly reverseRedemption: (requestId: Bytes32) => void;
  /** What is owed of an asset to those who redeemed it: burned, not reversed, and not delivered as of `counted` or before. */
  readonly owed: (asset: Name, counted: Instant) => readonly Amount[];

  /** INVARIANT: once for a root, with every request whose leaf stands under it. */
  readonly putBatch: (batch: StoredBatch, requestIds: readonly Bytes32[]) => void;
  readonly batch: (merkleRoot: Bytes32) => StoredBatch | undefined;
  /** In which a request stands, in the order of their leaves; found by steps of an index. */
  readonly batchesWith: (requestId: Bytes32) => readonly StoredBatch[];

  /** INVARIANT: once for a request, for ever: the statements by which its quorum cancelled what may be signed. */
  readonly putCancelled: (requestId: Bytes32, statements: readonly Bytes32[]) => void;
  /** In the order given; none of a request that its quorum did not cancel. */
  readonly cancelledBy: (requestId: Bytes32) => readonly Bytes32[];

  /** False when the approval id was spent before, by any request. */
  readonly spendApproval: (approvalId: Bytes32, requestId: Bytes32) => boolean;
  readonly approvalSpentBy: (approvalId: Bytes32) => Bytes32 | undefined;

  /** INVARIANT: once a request has a filler, none of its own permits is put or asked for any more. */
  readonly putPermit: (
    permit: Pick<StoredPermit, "digest" | "requestId" | "ordinal" | "transaction" | "filler">,
  ) => void;
  /** In their order, fillers among them. */
  readonly permits: (requestId: Bytes32) => readonly StoredPermit[];
  readonly permitByTxHash: (txHash: Bytes32) => StoredPermit | undefined;
  /** Before a token is called: from here on it may have signed. */
  readonly markAsked: (digest: Bytes32) => void;
  /** Takes the doubt back, when the one asking that made it gave no signature for certain. */
  readonly markUnsigned: (digest: Bytes32) => void;
  /** Keeps the first word; the doubt is another matter. */
  readonly markDeclined: (digest: Bytes32, why: string) => void;
  readonly storeSignature: (digest: Bytes32, signed: { readonly raw: Hex; readonly txHash: Bytes32 }) => void;

  /** Index of the leaf that says so of a permit; appended with it, as every permit. */
  readonly permitLeaf: (digest: Bytes32) => number | undefined;
  /** The largest checkpoint that enough witnesses cosigned; `putWitnessed` never takes a smaller one. */
  readonly witnessed: () => { readonly size: number; readonly checkpoint: string } | undefined;
  readonly putWitnessed: (testimony: { readonly size: number; readonly checkpoint: string }) => void;
  /** A checkpoint of our log key that is not of this journal; the last one shown. */
  readonly strangeCheckpoint: () => string | undefined;
  readonly putStrangeCheckpoint: (checkpoint: string) => void;

  /** The last one; nothing is signed until it is resumed. */
  readonly restoration: () => StoredRestoration | undefined;
  readonly putRestoration: (restored: Pick<StoredRestoration, "size" | "root">) => void;
  /** Of the last one, for good. */
  readonly resume: () => void;
  /** The gates that took over, in their order; none where the first one is in office. */
  readonly promotions: () => readonly StoredPromotion[];
  /** INVARIANT: the epoch that follows, and a log key that none had before. Every leaf from here on is of that epoch. */
  readonly promote: (promoted: StoredPromotion) => void;

  /** The journal of verdicts: what was refused, when and why. */
  readonly recordRefusal: (refusal: {
    readonly verb: "admit" | "sign";
    readonly about: string;
    readonly code: string;
    readonly why: string;
    readonly at: Instant;
  }) => void;
  readonly refusals: (
    about: string,
  ) => readonly { readonly verb: string; readonly code: string; readonly why: string; readonly at: Instant }[];

  readonly close: () => void;
};
