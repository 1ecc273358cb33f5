/** A desk that meets the port's contract over a few people, one request and a log key of its own; and a server around it. */
import { nativeChecks } from "../../src/adapters/crypto-native/checks.ts";
import { publicPart, signStatement } from "../../src/adapters/credential/credential.ts";
import type { Desk, RequestView } from "../../src/http/desk.port.ts";
import { createApi, type ApiOptions } from "../../src/http/api.ts";
import { silent } from "../../src/http/access-log.ts";
import { listen, type Listening, type ListenOptions } from "../../src/http/listen.ts";
import { indexRoster } from "../../src/roster/membership.ts";
import { receiptBytes } from "../../src/gate/receipt.ts";
import type { Receipt } from "../../src/log/entry.ts";
import type { Decision } from "../../src/policy/decision.ts";
import { policyReport } from "../../src/policy/change/report.ts";
import { reading } from "../../src/request/figure.ts";
import { reportView } from "../../src/request/judged.ts";
import { createClient, type Client, type ClientOptions } from "../../src/sdk/client.ts";
import { submissionMessage, submissionWords, type Wish } from "../../src/sdk/submission.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import { readStatement } from "../../src/statement/read.ts";
import { verifyStatement } from "../../src/statement/verify.ts";
import * as bytes32 from "../../src/values/bytes32.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { fromBytes, toBytes } from "../../src/values/hex.ts";
import * as instant from "../../src/values/instant.ts";
import { hash, type Json } from "../../src/values/json.ts";
import * as name from "../../src/values/name.ts";
import { toWire } from "../../src/values/wire.ts";
import { sign as signEd25519, createPrivateKey } from "node:crypto";
import { goldView } from "../place/asset-view.ts";
import { credentialOf, logKey, managedKey, memberOf, rosterOf, testSecret, type PersonId } from "../place/people.ts";

export const deployment = testSecret("deployment of the API's tests");
export const minter = managedKey("hsm-mint");
export const checks = nativeChecks();

/** Somebody of every group; `audrey` is added to the people of every test. */
const auditor = { ...memberOf("omar"), id: name.parse("omar"), groups: ["auditors"].map(name.parse) };
const plain = rosterOf([minter]);
export const roster = { ...plain, people: plain.people.map((person) => (person.id === "omar" ? auditor : person)) };
export const rosterIndex = indexRoster(roster);

export const policy = {
  apiVersion: "countersign/v1",
  kind: "Policy",
  asset: "GLD",
  version: 1,
  previous: null,
  token: {
    chain: 31_337,
    address: "0x1111111111111111111111111111111111111111",
    decimals: 18,
    standard: "role-erc20",
    codehash: testSecret("code"),
  },
  groups: { custodians: { min: 2 }, observers: { min: 2 } },
  rules: [
    {
      id: "mint",
      when: { operation: "mint", initiator: { group: "issuers" } },
      tiers: [{ upTo: "max", quorum: { group: "custodians", min: 2 }, sign: "hsm-mint" }],
    },
  ],
  change: {
    tighten: { quorum: { group: "officers", min: 1 } },
    loosen: { quorum: { group: "officers", min: 2 } },
  },
} satisfies Json;

export const now = instant.fromIso("2026-11-23T10:00:00Z");
export const wish: Wish = {
  operation: "mint",
  asset: "GLD",
  chainId: 31_337,
  account: minter.account,
  to: "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  amount: "1000",
  reference: "RECEIPT-42",
  feeCeiling: "0.02",
  notBefore: now,
  expiresAt: now + 3_600,
};
export const requestId = testSecret("request 1");
export const submission = submissionMessage(wish, { requestId, decimals: 18 });

export const view: RequestView = {
  requestId,
  state: "pending",
  waitsFor: "waits for 2 more of custodians",
  initiator: name.parse("ida"),
  submission,
  words: submissionWords(wish, 18),
  distribution: null,
  votes: [{ person: name.parse("carla"), decision: "approve", reason: "seen", at: now }],
  nonce: null,
  txHash: null,
  blockNumber: null,
  closing: null,
  redemption: null,
  alarm: null,
  createdAt: now,
  updatedAt: now,
  events: [{ at: now, event: "submitted", detail: "" }],
};

export const decision: Decision = {
  verdict: "pending",
  code: "policy.quorum-missing",
  policyHash: hash(policy),
  rosterHash: hash(roster),
  intentHash: submission.intentHash,
  rule: "mint",
  tier: 0,
  key: name.parse("hsm-mint"),
  clauses: [{ id: "mint.quorum", kind: "quorum", ok: false, curable: true, observed: "1", bound: "2" }],
  requires: { group: name.parse("custodians"), min: 2 },
  seats: [{ group: name.parse("custodians"), person: null, credential: null }],
  missing: [{ group: name.parse("custodians"), count: 1 }],
  notBefore: now,
  expiresAt: instant.plus(now, 3_600),
  nearest: [],
};

/** As the gate signs it, by the log key of the tests. */
export function receiptFor(statement: Bytes32, leafIndex: number | null = 7): Receipt {
  const unsigned = { deployment, statementHash: statement, leafIndex, instant: now, epoch: 0 };
  return { ...unsigned, signature: fromBytes(signEd25519(null, receiptBytes(unsigned), logPrivateKey)) };
}

const logPrivateKey = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), toBytes(logKey.privateKey)]),
  format: "der",
  type: "pkcs8",
});

type Heard = Parameters<Desk["watch"]>[0];

export type FakeDesk = Desk & {
  readonly posted: Envelope[];
  readonly tell: Heard;
  readonly listeners: Set<Heard>;
};

export function fakeDesk(overrides: Partial<Desk> = {}): FakeDesk {
  const posted: Envelope[] = [];
  const known = new Map<Bytes32, Receipt>();
  const listeners = new Set<Heard>();
  const found = <T>(value: T): Promise<{ kind: "found"; value: T }> => Promise.resolve({ kind: "found", value });
  const absent = Promise.resolve({ kind: "absent" } as const);
  const desk: Desk = {
    post: async (statement) => {
      posted.push(statement);
      const { hash: id } = readStatement(statement);
      const before = known.get(id);
      const receipt = before ?? receiptFor(id);
      known.set(id, receipt);
      return { kind: "receipt", receipt, repeated: before !== undefined };
    },
    requests: async ({ initiator, limit }) =>
      (initiator === undefined || initiator === view.initiator ? [view] : []).slice(0, limit),
    request: (id) => (id === requestId ? found(view) : absent),
    decision: (id) => (id === requestId ? found(decision) : absent),
    bundle: (id) => (id === requestId ? found({ format: "countersign-bundle/v1" }) : absent),
    simulate: async () => ({ kind: "decided", decision }),
    report: async (draft) => {
      const people = { roster: rosterIndex, rosterHash: hash(toWire(roster)) };
      return reportView(policyReport(draft, { current: policy, ...people, logSize: 1, past: [] }), ["in words"]);
    },
    policies: async () => [
      {
        ...{ asset: name.parse("GLD"), hash: hash(policy), version: 1, document: policy },
        ...{ lines: ["everything else is denied"], analysis: { kind: "clean", findings: [] }, tests: [], claims: [] },
      },
    ],
    roster: async () => ({ hash: hash(roster), version: 1, document: toWire(roster) }),
    changes: async () => [{ documentHash: hash(policy) }],
    change: (id) => (id === hash(policy) ? found({ documentHash: id }) : absent),
    observationsWanted: async () => [{ chainId: 31_337, subject: "tx:1", fact: "outcome" }],
    figures: async () => [reading("countersign_request_alarms", 1, { state: "needs-operator" })],
    alarms: async () => [{ requestId, state: "needs-operator", why: "the transaction did something else" }],
    assets: async () => [goldView()],
    asset: (asset) => (asset === "GLD" ? found(goldView()) : absent),
    keys: async () => [{ id: minter.id, account: minter.account }],
    checkpoint: async () => "countersign/log\n1\nAAAA\n\n— log AAAA\n",
    entries: async (from, limit) => ({ size: 1, from, limit, leaves: [] }),
    proofs: (query) => ("index" in query && query.index >= query.size ? absent : found({ ...query, proof: [] })),
    watch: (heard) => {
      listeners.add(heard);
      return () => void listeners.delete(heard);
    },
    health: async () => ({ ready: true, why: "ready", details: { size: 1 } }),
    member: (credential) => {
      const holder = rosterIndex.credential(credential);
      if (holder === undefined) return absent;
      return found({ member: holder.member.id, groups: holder.member.groups, service: holder.service });
    },
    verifies: async (envelope) => {
      const statement = readStatement(envelope);
      const holder = rosterIndex.credential(statement.credential);
      if (holder === undefined) return false;
      const { credential } = holder;
      return verifyStatement({ deploymentId: deployment, statement, credential, checks }).kind === "valid";
    },
    deployment: () => deployment,
  };
  const tell: Heard = (event) => {
    for (const heard of listeners) heard(event);
  };
  return { ...desk, ...overrides, posted, tell, listeners };
}

export type Running = Listening & { readonly desk: FakeDesk };

export async function start(
  desk: FakeDesk = fakeDesk(),
  options: Partial<ApiOptions> = {},
  listening: Partial<ListenOptions> = {},
): Promise<Running> {
  const app = createApi(desk, { clock: { now: () => now }, log: silent, ...options });
  return { ...(await listen(app, { port: 0, ...listening })), desk };
}

export function signed(
  id: PersonId,
  kind: Parameters<typeof signStatement>[2],
  message: Readonly<Record<string, unknown>>,
): Envelope {
  return signStatement(credentialOf(id), deployment, kind, message);
}

export function signerOf(id: PersonId): NonNullable<ClientOptions["signer"]> {
  return { credential: credentialOf(id).id, sign: async (kind, message) => signed(id, kind, message) };
}

const logPart = publicPart(logKey);
if (logPart.kind !== "key") throw new Error("the log key is an Ed25519 key");
export const pins = { logPublicKey: logPart.publicKey, deploymentId: deployment, checks };

export function clientOf(url: string, id?: PersonId, overrides: Partial<ClientOptions> = {}): Client {
  return createClient({ baseUrl: url, ...pins, ...(id === undefined ? {} : { signer: signerOf(id) }), ...overrides });
}

/** The token of somebody's session, by the two steps. */
export async function tokenOf(url: string, id: PersonId): Promise<string> {
  const challenge = await post(url, "/v1/sessions", { credential: `${id}-1` });
  const begun = await post(url, "/v1/sessions", {
    statement: signed(id, "Session", (await challenge.json()) as Record<string, unknown>),
  });
  return ((await begun.json()) as { token: string }).token;
}

export function post(
  url: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

export function submitted(overrides: Readonly<Record<string, unknown>> = {}): Envelope {
  return signed("ida", "Submission", { ...submission, ...overrides });
}

/** A body whose statement says something else than was signed; for what must be refused before anybody looks at signatures. */
export function forged(overrides: Readonly<Record<string, unknown>>): Json {
  const statement = submitted();
  return { statement: { ...statement, message: { ...statement.message, ...(overrides as Record<string, string>) } } };
}

export const someId = bytes32.parse(`0x${"5".repeat(64)}`);
