/** In which order a reader meets requests: what waits for them first, and of that what ends first. */
import type { RequestView } from "../request/api.ts";
import { isEnd, stateSchema } from "../request/state.ts";
import type { Json } from "../values/json.ts";

export const turns = ["yours", "alarm", "others", "under-way", "ended"] as const;
export type Turn = (typeof turns)[number];

export type Reader = { readonly member: string; readonly groups: readonly string[] };

type Waiting = Pick<RequestView, "state" | "waitsFor" | "initiator" | "votes" | "alarm" | "submission" | "updatedAt">;

/** Only an order: whether somebody's word is needed, the decision says on the page of the request. */
export function turnOf(view: Waiting, reader: Reader): Turn {
  const state = stateSchema.safeParse(view.state).data;
  if (state !== undefined && isEnd(state)) return view.alarm === null ? "ended" : "alarm";
  if (view.alarm !== null) return "alarm";
  if (state !== "submitted" && state !== "pending") return "under-way";
  return isWanted(view, reader) ? "yours" : "others";
}

function isWanted({ waitsFor, initiator, votes }: Waiting, { member, groups }: Reader): boolean {
  if (initiator === member || votes.some(({ person }) => person === member)) return false;
  const wanted = [...waitsFor.matchAll(/ more of ([A-Za-z][A-Za-z0-9-]*)/g)].map(([, group]) => group);
  return wanted.some((group) => group !== undefined && groups.includes(group));
}

export type Turned<T> = { readonly view: T; readonly turn: Turn };

export function byUrgency<T extends Waiting>(views: readonly T[], reader: Reader): readonly Turned<T>[] {
  return views
    .map((view) => ({ view, turn: turnOf(view, reader), at: endOf(view) }))
    .sort((one, other) => turns.indexOf(one.turn) - turns.indexOf(other.turn) || order(one, other));
}

function order(one: Turned<Waiting> & { at: number }, other: Turned<Waiting> & { at: number }): number {
  return one.turn === "ended" ? other.view.updatedAt - one.view.updatedAt : one.at - other.at;
}

/** When it expires, as its submission says; what says nothing comes last. */
function endOf({ submission }: Waiting): number {
  const at = fieldOf(submission, "expiresAt");
  return typeof at === "number" ? at : Number.MAX_SAFE_INTEGER;
}

function fieldOf(json: Json, name: string): Json | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  return Object.entries(json).find(([key]) => key === name)?.[1];
}
