/** Who may use which route: one table, which a test walks with every role. */
import type { Name } from "../values/name.ts";

/** Whoever asks, as their session says; `groups` are those of the roster in force at this moment. */
export type Reader = {
  readonly member: Name;
  readonly groups: readonly Name[];
  readonly credential: Name;
};

/** Groups that see every request. */
const overseers = ["custodians", "compliance", "officers", "auditors"] as const;
/** Issuers see their own requests. */
const requesters = ["issuers", ...overseers] as const;

/** `anyone` needs no session: the authority is the signature, or there is nothing to hide. `session` is every member of the roster. */
export const access = {
  "POST /v1/sessions": "anyone",
  "POST /v1/statements": "anyone",
  "GET /v1/requests": requesters,
  "GET /v1/requests/{requestId}": requesters,
  "GET /v1/requests/{requestId}/decision": requesters,
  "GET /v1/requests/{requestId}/bundle": requesters,
  "POST /v1/simulations": requesters,
  /** Of those who may have a draft tried as a whole. */
  "POST /v1/policies/completions": overseers,
  "GET /v1/policies": "session",
  "GET /v1/roster": "session",
  /** Whoever reads a policy or the roster follows it from the genesis. */
  "GET /v1/changes": "session",
  "GET /v1/changes/{documentHash}": "session",
  "GET /v1/observations/wanted": ["observers", "officers", "auditors"],
  "GET /v1/assets": "session",
  "GET /v1/assets/{asset}": "session",
  "GET /v1/keys": "session",
  /** Hashes only, for witnesses and auditors. */
  "GET /v1/log/checkpoint": "anyone",
  "GET /v1/log/proofs": "anyone",
  /** Everything anybody said. */
  "GET /v1/log/entries": overseers,
  "GET /v1/events": requesters,
  "GET /healthz": "anyone",
  "GET /readyz": "anyone",
  "GET /metrics": "anyone",
  "GET /openapi.json": "anyone",
  "GET /docs": "anyone",
} as const satisfies Readonly<Record<string, "anyone" | "session" | readonly string[]>>;

export type RouteId = keyof typeof access;

/** Whether a session is needed at all. */
export function isOpen(id: RouteId): boolean {
  return access[id] === "anyone";
}

export function mayUse(id: RouteId, reader: Reader): boolean {
  const who: "anyone" | "session" | readonly string[] = access[id];
  if (typeof who === "string") return true;
  return reader.groups.some((group) => who.some((one) => one === group));
}

/** An issuer who is in no overseeing group reads what they made themselves, and nothing of others. */
export function seesOnlyOwn(reader: Reader): boolean {
  return !reader.groups.some((group) => overseers.some((one) => one === group));
}
