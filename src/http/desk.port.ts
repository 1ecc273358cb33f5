/** What the HTTP routes need of the service; `flow/serve` provides it. Every function throws `InvalidValue` for bad input and `Fault` when the gate or the store does not answer. */
import type { Stage } from "../bundle/roles.ts";
import type { Receipt } from "../log/entry.ts";
import type { Decision } from "../policy/decision.ts";
import type { AssetView } from "../request/asset.ts";
import type { Reading } from "../request/figure.ts";
import type { JudgedPolicy, PolicyReportView } from "../request/judged.ts";
import type { Envelope } from "../statement/envelope.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Instant } from "../values/instant.ts";
import type { Json } from "../values/json.ts";
import type { Name } from "../values/name.ts";

/** A request as everyone who may read it sees it; amounts are decimal text. */
export type RequestView = {
  readonly requestId: Bytes32;
  readonly state: string;
  /** One sentence: what it waits for, or how it ended. */
  readonly waitsFor: string;
  readonly initiator: Name;
  readonly submission: Json;
  readonly words: string;
  /** Of which distribution it is a part. */
  readonly distribution: Bytes32 | null;
  readonly votes: readonly {
    readonly person: Name;
    readonly decision: string;
    readonly reason: string;
    readonly at: Instant;
  }[];
  readonly nonce: number | null;
  readonly txHash: Bytes32 | null;
  readonly blockNumber: number | null;
  readonly closing: { readonly why: string; readonly txHash: Bytes32 | null; readonly closed: boolean } | null;
  /** The second leg of a redemption, once its burn is final; null for all else. */
  readonly redemption: Json;
  readonly alarm: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly events: readonly { readonly at: Instant; readonly event: string; readonly detail: string }[];
  /** Of one request alone: the submission, the approvals and the vetoes as they were signed. */
  readonly signed?: readonly Envelope[];
};

export type Answered<T> = { readonly kind: "found"; readonly value: T } | { readonly kind: "absent" };

export type Desk = {
  /** Hands any signed statement to the gate. `conflict` is a requestId with another intent. */
  readonly post: (
    statement: Envelope,
    attachment: Json | undefined,
  ) => Promise<
    | { readonly kind: "receipt"; readonly receipt: Receipt; readonly repeated: boolean }
    | { readonly kind: "conflict"; readonly message: string }
    | { readonly kind: "refused"; readonly code: string; readonly message: string; readonly field: string }
  >;
  readonly requests: (filter: {
    readonly state?: string;
    readonly asset?: Name;
    readonly initiator?: Name;
    readonly batch?: Bytes32;
    readonly distribution?: Bytes32;
    readonly after?: Bytes32;
    readonly limit: number;
  }) => Promise<readonly RequestView[]>;
  readonly request: (requestId: Bytes32) => Promise<Answered<RequestView>>;
  readonly decision: (requestId: Bytes32) => Promise<Answered<Decision>>;
  /** Absent before the transaction was signed; with `permitted`, before the gate permitted to sign it. */
  readonly bundle: (requestId: Bytes32, stage?: Stage) => Promise<Answered<Json>>;
  /** Zero writes; under the policy in force, or under a draft that was read and compiled. */
  readonly simulate: (
    intent: Json,
    initiator: Name,
    draft?: Json,
  ) => Promise<
    | { readonly kind: "decided"; readonly decision: Decision }
    | { readonly kind: "refused"; readonly code: string; readonly message: string }
  >;
  /** The report of a draft against what is in force and the mirrored log. */
  readonly report: (draft: Json) => Promise<PolicyReportView>;
  readonly policies: () => Promise<readonly JudgedPolicy[]>;
  readonly roster: () => Promise<{ readonly hash: Bytes32; readonly version: number; readonly document: Json }>;
  readonly changes: () => Promise<readonly Json[]>;
  readonly change: (documentHash: Bytes32) => Promise<Answered<Json>>;
  /** What observers are asked to look at besides their standing subjects. */
  readonly observationsWanted: () => Promise<
    readonly { readonly chainId: number; readonly subject: string; readonly fact: string }[]
  >;
  /** Requests that somebody has to look at. */
  readonly alarms: () => Promise<
    readonly { readonly requestId: Bytes32; readonly state: string; readonly why: string }[]
  >;
  /** Readings of every figure whose source answers; however many ask, the sources are asked once every two seconds. */
  readonly figures: () => Promise<readonly Reading[]>;
  readonly assets: () => Promise<readonly AssetView[]>;
  readonly asset: (asset: Name) => Promise<Answered<AssetView>>;
  readonly keys: () => Promise<readonly Json[]>;
  readonly checkpoint: () => Promise<string>;
  readonly entries: (from: number, limit: number) => Promise<Json>;
  readonly proofs: (
    query: { readonly index: number; readonly size: number } | { readonly from: number; readonly to: number },
  ) => Promise<Answered<Json>>;
  /** Calls back on every change of a request after `since`; returns the way to stop. */
  readonly watch: (
    heard: (event: { readonly id: number; readonly requestId: Bytes32; readonly state: string }) => void,
  ) => () => void;
  readonly health: () => Promise<{ readonly ready: boolean; readonly why: string; readonly details: Json }>;
  /** Who a credential belongs to in the current roster, with its groups; absent for a stranger. */
  readonly member: (
    credential: Name,
  ) => Promise<Answered<{ readonly member: Name; readonly groups: readonly Name[]; readonly service: boolean }>>;
  /** Whether the envelope (a `Session` statement) is validly signed by its credential. */
  readonly verifies: (statement: Envelope) => Promise<boolean>;
  readonly deployment: () => Bytes32;
};
