/** The table of moves: from a state, by an event, to a state; what is not in it does not happen. */
import type { Event, EventKind } from "./event.ts";
import type { State } from "./state.ts";

/** What the gate or a person can say of a request before its transaction is signed. */
const endings = {
  rejected: "rejected",
  vetoed: "vetoed",
  expired: "expired",
  cancelled: "cancelled",
} as const;

/** The log may be read after the gate answered, or before it was asked; so every later step follows from every earlier one. */
const unsigned = { ...endings, permitted: "signing", signed: "signed" } as const;
/** What enough observers saw, by the gate's log: of a transaction that is signed, wherever our own endpoint thinks it is. */
const settled = {
  finalized: "final",
  reverted: "reverted",
  mismatched: "needs-operator",
  annulled: "cancelled",
} as const;
const unallocated = {
  ...unsigned,
  held: "pending",
  cleared: "ready",
  refused: "refused",
  allocated: "allocated",
} as const;

/** Mined is reversible, because a chain may drop a block; an end has no moves. */
export const moves = {
  submitted: { ...unallocated, postponed: "submitted", woken: "submitted" },
  pending: { ...unallocated, postponed: "pending", woken: "pending" },
  ready: { ...unallocated, postponed: "ready", woken: "ready" },
  allocated: { ...unsigned, postponed: "allocated", woken: "allocated" },
  signing: { ...unsigned, postponed: "signing", woken: "signing" },
  signed: {
    ...settled,
    broadcast: "broadcast",
    contested: "signed",
    overruled: "signed",
    replaced: "signed",
    mined: "mined",
    escalated: "needs-operator",
    postponed: "signed",
    woken: "signed",
  },
  broadcast: {
    ...settled,
    dropped: "signed",
    contested: "broadcast",
    overruled: "signed",
    replaced: "signed",
    mined: "mined",
    escalated: "needs-operator",
    postponed: "broadcast",
    woken: "broadcast",
  },
  mined: {
    ...settled,
    mined: "mined",
    contested: "mined",
    overruled: "mined",
    replaced: "mined",
    orphaned: "broadcast",
    escalated: "needs-operator",
    postponed: "mined",
    woken: "mined",
  },
  "needs-operator": {
    ...settled,
    broadcast: "broadcast",
    mined: "mined",
    contested: "needs-operator",
    overruled: "signed",
    replaced: "signed",
    postponed: "needs-operator",
    woken: "needs-operator",
  },
  final: {},
  reverted: {},
  refused: {},
  rejected: {},
  vetoed: {},
  expired: {},
  cancelled: {},
} as const satisfies Readonly<Record<State, Readonly<Partial<Record<EventKind, State>>>>>;

const table: Readonly<Record<State, Readonly<Partial<Record<EventKind, State>>>>> = moves;

/** The state after, or undefined when this event does not happen in this state. */
export function next(state: State, event: Pick<Event, "kind">): State | undefined {
  return table[state][event.kind];
}
