/** The figures that the service tells of itself: one table of names, by Prometheus' conventions, from which the page, the instruments and the tests are made. */

export type FigureKind = "gauge" | "counter";

type Figure = { readonly kind: FigureKind; readonly labels: readonly string[]; readonly help: string };

/**
 * Read from the store, the gate and the witnesses whenever somebody asks. Nothing here tells an amount, a reference or a recipient: a
 * limit is a share of itself, and labels come from the roster, the policies and the configuration, so that their number is bounded.
 */
export const figures = {
  countersign_build_info: { kind: "gauge", labels: ["version"], help: "1, with the version of the service" },
  countersign_store_up: { kind: "gauge", labels: [], help: "Whether the store answers" },
  countersign_gate_up: { kind: "gauge", labels: [], help: "Whether the gate answers" },
  countersign_gate_clock_offset_seconds: {
    kind: "gauge",
    labels: [],
    help: "How far the gate's time is ahead of the service's",
  },
  countersign_freezes: { kind: "gauge", labels: ["scope"], help: "Freezes that hold" },
  countersign_unmatched_transactions: {
    kind: "gauge",
    labels: ["asset"],
    help: "Transactions that changed the token and that the gate did not sign, whose freeze holds",
  },
  countersign_requests: { kind: "gauge", labels: ["state"], help: "Requests that have not ended" },
  countersign_request_oldest_seconds: {
    kind: "gauge",
    labels: ["state"],
    help: "Age of the oldest request in a state; 0 where there is none",
  },
  countersign_request_alarms: {
    kind: "gauge",
    labels: ["state"],
    help: "Requests that somebody has to look at: expired with their transaction signed, holding up a lane, released and not called delivered in time, or for an operator",
  },
  countersign_request_events_total: {
    kind: "counter",
    labels: ["event"],
    help: "What happened to requests, as this replica wrote it down",
  },
  countersign_queue_age_seconds: {
    kind: "gauge",
    labels: [],
    help: "How long the duty that waits longest has been due; 0 when none is",
  },
  countersign_queue_leases: { kind: "gauge", labels: [], help: "Requests that a replica works on at this moment" },
  countersign_approvals_pending: {
    kind: "gauge",
    labels: ["group"],
    help: "Seats that pending requests wait for, the newest five hundred requests",
  },
  countersign_notices_pending: {
    kind: "gauge",
    labels: ["receiver"],
    help: "Notices that a receiver has not taken yet",
  },
  countersign_notice_oldest_seconds: { kind: "gauge", labels: ["receiver"], help: "Age of the oldest of them" },
  countersign_notices_given_up: {
    kind: "gauge",
    labels: ["receiver"],
    help: "Notices of the last thirty days that a receiver did not take within a day",
  },
  countersign_lane_open: {
    kind: "gauge",
    labels: ["chain", "account"],
    help: "Nonces that are taken and in no final block",
  },
  countersign_limit_used_ratio: {
    kind: "gauge",
    labels: ["clause", "of"],
    help: "Share of a limit or ceiling that is used, of an asset or of a key's fees",
  },
  countersign_observers_agreeing: {
    kind: "gauge",
    labels: ["asset"],
    help: "Observers behind the newest supply that enough agree on; 0 when too few do",
  },
  countersign_observers_required: { kind: "gauge", labels: ["asset"], help: "Observers that the policy asks for" },
  countersign_observer_age_seconds: {
    kind: "gauge",
    labels: ["chain", "observer"],
    help: "Age of the newest block that an observer told of",
  },
  countersign_log_leaves: { kind: "gauge", labels: [], help: "Leaves of the gate's log" },
  countersign_log_mirrored_leaves: { kind: "gauge", labels: [], help: "Leaves of them in the store" },
  countersign_log_witnessed_leaves: {
    kind: "gauge",
    labels: [],
    help: "Leaves of them that enough witnesses cosigned",
  },
  countersign_log_doubted: {
    kind: "gauge",
    labels: [],
    help: "Whether the gate shows another or a shorter log than this replica mirrored: it asks for no signature then",
  },
  countersign_witness_required: { kind: "gauge", labels: [], help: "Witnesses that the genesis asks for" },
  countersign_witness_leaves: {
    kind: "gauge",
    labels: ["witness"],
    help: "Leaves that a witness cosigned last, for this replica",
  },
  countersign_witness_age_seconds: {
    kind: "gauge",
    labels: ["witness"],
    help: "How long ago a witness last cosigned for this replica; not a number before it did",
  },
  countersign_token_ready: { kind: "gauge", labels: ["token"], help: "Whether a token or device can sign" },
  countersign_token_resting: {
    kind: "gauge",
    labels: ["token"],
    help: "Whether the breaker is open: it failed a moment ago, and another one is asked",
  },
  countersign_token_sessions: { kind: "gauge", labels: ["token"], help: "Sessions that the gate may use" },
  countersign_token_busy_sessions: {
    kind: "gauge",
    labels: ["token"],
    help: "Signatures that it makes at this moment",
  },
  countersign_token_queued: { kind: "gauge", labels: ["token"], help: "Signatures that wait for a session" },
  countersign_token_signatures_total: {
    kind: "counter",
    labels: ["token"],
    help: "Signatures since the gate started",
  },
  countersign_token_signature_seconds_total: {
    kind: "counter",
    labels: ["token"],
    help: "Time that these took, from the question to the answer",
  },
  countersign_token_restarts_total: { kind: "counter", labels: ["token"], help: "Restarts of its agent" },
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureName = keyof typeof figures;

/** Absolute, counters too. A figure whose source does not answer has no reading, or one that is not a number. */
export type Reading = {
  readonly name: FigureName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** `reading("countersign_requests", 3, { state: "pending" })`. */
export function reading(name: FigureName, value: number, labels: Reading["labels"] = {}): Reading {
  return { name, labels, value };
}
