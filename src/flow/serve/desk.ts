/** Everything the service answers: statements to the gate, requests, decisions, documents, the log. */
import type { Stage } from "../../bundle/roles.ts";
import { placesOf, readinessOf } from "../../gate/key-standing.ts";
import type { AssetView } from "../../request/asset.ts";
import type { JudgedPolicy, PolicyReportView } from "../../request/judged.ts";
import { proposalsOf } from "../../request/proposal.ts";
import { isEnd, stateSchema } from "../../request/state.ts";
import type { Decision } from "../../policy/decision.ts";
import type { Envelope } from "../../statement/envelope.ts";
import { readStatement } from "../../statement/read.ts";
import { verifyStatement } from "../../statement/verify.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { Fault } from "../../values/errors.ts";
import type { Json } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";
import { parseWith } from "../../values/schema.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";
import { toWire } from "../../values/wire.ts";
import { alarmsOf, type Alarm } from "./alarms.ts";
import { assetView, type Looking } from "./asset-view.ts";
import type { BundleOf } from "./bundle.ts";
import { changeView, wasProposed } from "./change-view.ts";
import type { Cosigner } from "./cosigner.ts";
import { createDocuments, type Documents } from "./documents.ts";
import { createJudge } from "./judge.ts";
import { createLogView, type LogView } from "./log-view.ts";
import type { Mirror } from "./mirror.ts";
import type { Parts } from "./parts.ts";
import { createPost, type Post } from "./post.ts";
import { createReadings, type Readings } from "./readings.ts";
import { observationsWanted } from "./wanted.ts";
import { signedAbout, viewOf, type View } from "./view.ts";
import type { Heard, Watch } from "./watch.ts";

export type DeskParts = Pick<Parts, "deploymentId" | "store" | "gate" | "faults" | "clock"> & {
  readonly mirror: Mirror;
  readonly cosigner: Cosigner;
  readonly watch: Watch;
  readonly checks: SignatureChecks;
  /** Called when something new may be due. */
  readonly wake: () => void;
  readonly bundle: BundleOf;
};

type Answered<T> = { readonly kind: "found"; readonly value: T } | { readonly kind: "absent" };
type Filter = {
  readonly state?: string;
  readonly asset?: Name;
  readonly initiator?: Name;
  readonly batch?: Bytes32;
  readonly distribution?: Bytes32;
  readonly after?: Bytes32;
  readonly limit: number;
};
type Simulated =
  | { readonly kind: "decided"; readonly decision: Decision }
  | { readonly kind: "refused"; readonly code: string; readonly message: string };
type Document = { readonly hash: Bytes32; readonly version: number; readonly document: Json };

/** The record that the routes are given; `http/desk.port.ts` names it. */
export type ServeDesk = LogView & {
  readonly post: Post;
  readonly requests: (filter: Filter) => Promise<readonly View[]>;
  readonly request: (requestId: Bytes32) => Promise<Answered<View>>;
  readonly decision: (requestId: Bytes32) => Promise<Answered<Decision>>;
  readonly bundle: (requestId: Bytes32, stage?: Stage) => Promise<Answered<Json>>;
  readonly simulate: (intent: Json, initiator: Name, draft?: Json) => Promise<Simulated>;
  readonly report: (draft: Json) => Promise<PolicyReportView>;
  readonly policies: () => Promise<readonly JudgedPolicy[]>;
  readonly roster: () => Promise<Document>;
  readonly changes: () => Promise<readonly Json[]>;
  readonly change: (documentHash: Bytes32) => Promise<Answered<Json>>;
  readonly observationsWanted: () => Promise<
    readonly { readonly chainId: number; readonly subject: string; readonly fact: string }[]
  >;
  /** Requests that somebody has to look at. */
  readonly alarms: () => Promise<readonly Alarm[]>;
  /** What `/metrics` tells, beside what the routes count themselves. */
  readonly figures: Readings;
  readonly assets: () => Promise<readonly AssetView[]>;
  readonly asset: (asset: Name) => Promise<Answered<AssetView>>;
  readonly keys: () => Promise<readonly Json[]>;
  readonly watch: (heard: Heard) => () => void;
  readonly health: () => Promise<{ readonly ready: boolean; readonly why: string; readonly details: Json }>;
  readonly member: (
    credential: Name,
  ) => Promise<Answered<{ readonly member: Name; readonly groups: readonly Name[]; readonly service: boolean }>>;
  readonly verifies: (statement: Envelope) => Promise<boolean>;
  readonly deployment: () => Bytes32;
};

export function createDesk(parts: DeskParts): ServeDesk {
  const documents = createDocuments(parts.store);
  return {
    ...createLogView(parts),
    ...requestDesk(parts, documents),
    ...documentDesk(parts, documents),
    ...worldDesk(parts, documents),
    post: createPost(parts),
    watch: parts.watch.listen,
    deployment: () => parts.deploymentId,
  };
}

function answered<T>(value: T | undefined): Answered<T> {
  return value === undefined ? { kind: "absent" } : { kind: "found", value };
}

type RequestDesk = Pick<ServeDesk, "requests" | "request" | "decision" | "bundle" | "simulate">;

function requestDesk({ store, gate, bundle, clock }: DeskParts, documents: Documents): RequestDesk {
  /** Words need the decimals of the asset; a request exists only under some policy of it. */
  const viewer = async (): Promise<(request: Parameters<typeof viewOf>[1]) => Promise<View>> => {
    const { policies } = await documents.inForce();
    const decimals = new Map(policies.map(({ policy }) => [policy.asset, policy.token.decimals]));
    const now = clock.now();
    return (request) => viewOf(store, request, { decimals: decimals.get(request.submission.asset) ?? 0, now });
  };
  return {
    requests: async ({ state, ...filter }) => {
      const wanted = state === undefined ? {} : { state: parseWith(stateSchema, state, "requests.state") };
      const found = await store.requests({ ...filter, ...wanted });
      const view = await viewer();
      return await Promise.all(found.map(view));
    },
    request: async (requestId) => {
      const request = await store.request(requestId);
      if (request === undefined) return { kind: "absent" };
      const view = await (await viewer())(request);
      return answered({ ...view, ...(await signedAbout(store, requestId)) });
    },
    decision: async (requestId) => {
      const request = await store.request(requestId);
      if (request === undefined) return { kind: "absent" };
      if (request.nonce !== null || isEnd(request.state)) return answered(request.decision ?? undefined);
      const answer = await gate.sign({ verb: "sign", dryRun: true, requestId });
      return answered("decision" in answer ? answer.decision : (request.decision ?? undefined));
    },
    bundle: async (requestId, stage) => answered(await bundle(requestId, stage)),
    simulate: async (intent, initiator, draft) => {
      const policy = draft === undefined ? {} : { policy: draft };
      const answer = await gate.sign({ verb: "sign", dryRun: true, intent, initiator, ...policy });
      switch (answer.kind) {
        case "decided":
          return answer;
        case "refused":
          return { kind: "refused", code: answer.code, message: answer.why };
        case "problem":
          return { kind: "refused", code: answer.code, message: answer.message };
        default:
          throw new Fault("gate.unexpected", `the gate answered \`${answer.kind}\` to a dry run`, "never");
      }
    },
  };
}

type DocumentDesk = Pick<ServeDesk, "policies" | "report" | "roster" | "changes" | "change" | "member" | "verifies">;

function documentDesk({ store, deploymentId, checks }: DeskParts, documents: Documents): DocumentDesk {
  const holder = async (
    credential: Name,
  ): Promise<ReturnType<Awaited<ReturnType<Documents["inForce"]>>["roster"]["index"]["credential"]>> =>
    (await documents.inForce()).roster.index.credential(credential);
  return {
    ...createJudge({ store, checks, documents }),
    roster: async () => {
      const { hash, version, document } = (await documents.inForce()).roster.mirrored;
      return { hash, version, document };
    },
    /** What the genesis brought is no change. */
    changes: async () => {
      const all = await documents.all();
      const proposed = await Promise.all(all.map((one) => wasProposed(store, one)));
      return await Promise.all(all.filter((_, index) => proposed[index] === true).map((one) => changeView(store, one)));
    },
    change: async (hash) => {
      const found = (await documents.all()).find((document) => document.hash === hash);
      const shown = found !== undefined && (await wasProposed(store, found));
      return answered(shown ? await changeView(store, found) : undefined);
    },
    member: async (credential) => {
      const found = await holder(credential);
      if (found === undefined) return { kind: "absent" };
      return answered({ member: found.member.id, groups: found.member.groups, service: found.service });
    },
    verifies: async (envelope) => {
      const statement = readStatement(envelope);
      const found = await holder(statement.credential);
      if (found === undefined) return false;
      return verifyStatement({ deploymentId, statement, credential: found.credential, checks }).kind === "valid";
    },
  };
}

type WorldDesk = Pick<ServeDesk, "observationsWanted" | "alarms" | "figures" | "assets" | "asset" | "keys" | "health">;

function worldDesk({ store, gate, clock, mirror, cosigner }: DeskParts, documents: Documents): WorldDesk {
  /** What the store has is shown even when the gate does not answer. */
  const told = async (): Promise<Looking["told"]> => {
    try {
      return await gate.health();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return null;
    }
  };
  return {
    observationsWanted: () => observationsWanted(store, documents, clock.now()),
    alarms: () => alarmsOf(store, clock.now()),
    figures: createReadings({ store, gate, clock, cosigner, mirror }, () => performance.now()),
    assets: async () => {
      const [{ policies, roster }, said] = await Promise.all([documents.inForce(), told()]);
      const looking = { roster: roster.index, told: said, now: clock.now() };
      return await Promise.all(policies.map((one) => assetView(store, one, looking)));
    },
    asset: async (asset) => {
      const { policies, roster } = await documents.inForce();
      const found = policies.find(({ policy }) => policy.asset === asset);
      if (found === undefined) return { kind: "absent" };
      return answered(await assetView(store, found, { roster: roster.index, told: await told(), now: clock.now() }));
    },
    keys: async () => {
      const { backends } = await gate.health();
      return (await documents.inForce()).roster.index.roster.keys.map((key) => {
        return toWire({ ...key, ...placesOf(backends, key.id) });
      });
    },
    health: async () => {
      try {
        const { size, frozen, backends, ...rest } = await gate.health();
        const mirrored = await store.mirrored();
        const doubt = mirror.doubt();
        const { ready, why } = doubt === undefined ? readinessOf(backends) : { ready: false, why: doubt };
        const alarms = await alarmsOf(store, clock.now());
        const log = doubt ?? "as it was mirrored";
        const unmatched = proposalsOf(frozen);
        return { ready, why, details: toWire({ ...rest, size, mirrored, log, frozen, unmatched, backends, alarms }) };
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return { ready: false, why: `${error.message} (${error.code})`, details: {} };
      }
    },
  };
}
