/** The client of the API for Node and browsers: it trusts the server with nothing it can check itself. */
import type { Stage } from "../bundle/roles.ts";
import { decisionSchema, type Decision } from "../policy/decision.ts";
import type { Completion } from "../policy/document/completion.ts";
import * as api from "../request/api.ts";
import { assetViewSchema, type AssetView } from "../request/asset.ts";
import type { JudgedPolicy, PolicyReportView } from "../request/judged.ts";
import type { Envelope } from "../statement/envelope.ts";
import type { Kind } from "../statement/message.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Json } from "../values/json.ts";
import type { Name } from "../values/name.ts";
import { jsonSchema } from "../values/schema.ts";
import { postStatement, type Pins, type Posted } from "./delivery.ts";
import { createReader, type Found } from "./reader.ts";
import { createSession } from "./session.ts";
import type { Signer } from "./signer.ts";
import { createTransport, originOf, type Fetch } from "./transport.ts";
import { watchRequest, type Watching } from "./watch.ts";

export type { Posted } from "./delivery.ts";

export type ClientOptions = Pins & {
  /** Scheme, host and port, as `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** What the service calls itself, where it is reached through a proxy of one's own; else as it is reached. */
  readonly origin?: string;
  /** Reads need a session, and a session needs somebody who signs. */
  readonly signer?: Signer;
  readonly fetch?: Fetch;
  /** How long one answer may take. */
  readonly timeoutMs?: number;
};

export type RequestFilter = {
  readonly state?: string;
  readonly asset?: string;
  readonly initiator?: string;
  /** Root of a batch that they stand in. */
  readonly batch?: string;
  /** Hash of a document: the parts of that distribution. */
  readonly distribution?: string;
  readonly after?: string;
  readonly limit?: number;
};

/** Reads throw `InvalidValue` with the server's code for what it refuses, and `Fault` when it does not answer. */
export type Client = {
  readonly post: (statement: Envelope, attachment?: Json) => Promise<Posted>;
  /** Signs a statement and posts it. */
  readonly say: (kind: Kind, message: Readonly<Record<string, unknown>>, attachment?: Json) => Promise<Posted>;
  /** Reads log in by themselves when they must; the token stays inside. */
  readonly login: () => Promise<Omit<api.Session, "token">>;
  readonly requests: (filter?: RequestFilter) => Promise<api.RequestPage>;
  readonly request: (requestId: Bytes32) => Promise<Found<api.RequestView>>;
  readonly decision: (requestId: Bytes32) => Promise<Found<Decision>>;
  /** With `permitted`, also when its signature is not made yet. */
  readonly bundle: (requestId: Bytes32, stage?: Stage) => Promise<Found<Json>>;
  /** Under the policy in force, or under a draft. */
  readonly simulate: (intent: Json, initiator: Name, draft?: Json) => Promise<api.Simulation>;
  /** Of a draft, as JSON or as text in YAML, against what is in force and the log as the service has it. */
  readonly report: (draft: Json) => Promise<PolicyReportView>;
  /** What may stand at the end of a policy that is being written in YAML. */
  readonly completions: (policy: string) => Promise<Completion>;
  readonly policies: () => Promise<readonly JudgedPolicy[]>;
  readonly roster: () => Promise<api.RosterView>;
  readonly changes: () => Promise<readonly Json[]>;
  readonly change: (documentHash: Bytes32) => Promise<Found<Json>>;
  readonly observationsWanted: () => Promise<readonly { chainId: number; subject: string; fact: string }[]>;
  readonly assets: () => Promise<readonly AssetView[]>;
  readonly asset: (asset: Name) => Promise<Found<AssetView>>;
  readonly keys: () => Promise<readonly Json[]>;
  /** Text of a signed note. */
  readonly checkpoint: () => Promise<string>;
  readonly entries: (from: number, limit: number) => Promise<Json>;
  readonly proofs: (query: { index: number; size: number } | { from: number; to: number }) => Promise<Found<Json>>;
  /** Every change of a request that the reader may see, as it happens; ends with the signal or with the server. `opened` is called once it listens. */
  readonly events: (signal: AbortSignal, opened?: () => void) => AsyncIterable<api.Happening>;
  readonly ready: () => Promise<api.Readiness>;
  /** Asks until `until` holds or the request ended; throws `Fault` `client.watch-timeout`. */
  readonly watch: (
    requestId: Bytes32,
    until?: (view: api.RequestView) => boolean,
    watching?: Watching,
  ) => Promise<api.RequestView>;
};

/** Throws `InvalidValue` when `baseUrl` is no plain http or https address. */
export function createClient(options: ClientOptions): Client {
  const transport = createTransport(options.baseUrl, options.fetch ?? fetch, options.timeoutMs ?? 30_000);
  const session = createSession(transport, originOf(options.origin ?? options.baseUrl), options.signer);
  const reader = createReader(transport, session);
  const { one, maybe } = reader;
  const post = (statement: Envelope, attachment?: Json): Promise<Posted> =>
    postStatement(transport, options, statement, attachment);
  const request = (requestId: Bytes32): Promise<Found<api.RequestView>> =>
    maybe(`/v1/requests/${requestId}`, api.requestViewSchema);
  return {
    post,
    say: async (kind, message, attachment) => post(await signerOf(options).sign(kind, message), attachment),
    login: async () => {
      const { member, groups, expiresAt } = await session.begin();
      return { member, groups, expiresAt };
    },
    requests: (filter = {}) => one(`/v1/requests${queryOf(filter)}`, api.requestPageSchema),
    request,
    decision: (requestId) => maybe(`/v1/requests/${requestId}/decision`, decisionSchema),
    bundle: (requestId, stage = "signed") => {
      const unsigned = stage === "permitted" ? { unsigned: "true" } : {};
      return maybe(`/v1/requests/${requestId}/bundle${queryOf(unsigned)}`, jsonSchema);
    },
    simulate: (intent, initiator, draft) => {
      const policy = draft === undefined ? {} : { policy: draft };
      return reader.ask("/v1/simulations", { intent, initiator, ...policy }, api.decidedSchema);
    },
    report: async (policy) => (await reader.ask("/v1/simulations", { policy }, api.reportedSchema)).report,
    completions: (policy) => reader.ask("/v1/policies/completions", { policy }, api.completionSchema),
    policies: async () => (await one("/v1/policies", api.policiesSchema)).policies,
    roster: () => one("/v1/roster", api.rosterViewSchema),
    changes: async () => (await one("/v1/changes", api.changesSchema)).changes,
    change: (documentHash) => maybe(`/v1/changes/${documentHash}`, jsonSchema),
    observationsWanted: async () => (await one("/v1/observations/wanted", api.wantedSchema)).wanted,
    assets: async () => (await one("/v1/assets", api.assetsSchema)).assets,
    asset: (asset) => maybe(`/v1/assets/${asset}`, assetViewSchema),
    keys: async () => (await one("/v1/keys", api.keysSchema)).keys,
    checkpoint: () => reader.text("/v1/log/checkpoint"),
    entries: (from, limit) => one(`/v1/log/entries${queryOf({ from, limit })}`, jsonSchema),
    proofs: (query) => maybe(`/v1/log/proofs${queryOf(query)}`, jsonSchema),
    events: (signal, opened) => reader.events("/v1/events", signal, opened),
    ready: () => reader.openly("/readyz", api.readinessSchema),
    watch: (requestId, until = () => false, watching = {}) => watchRequest(request, requestId, until, watching),
  };
}

function signerOf({ signer }: ClientOptions): Signer {
  if (signer === undefined) throw new InvalidValue("client.no-signer", "to say something, a credential is needed");
  return signer;
}

function queryOf(fields: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(Object.fromEntries(given)).toString()}`;
}
