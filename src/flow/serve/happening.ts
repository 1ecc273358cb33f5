/** An event applied to a request, as the transition that the store writes. */
import type { Event } from "../../request/event.ts";
import { apply, type Request } from "../../request/request.ts";
import type { Instant } from "../../values/instant.ts";
import type { Transition } from "./store.port.ts";

/** Undefined when the event does not happen in the request's state. */
export function transitionBy(request: Request, event: Event, at: Instant): Transition | undefined {
  const applied = apply(request, event, at);
  if (applied.kind === "ignored") return undefined;
  const happening = applied.noted ? { at, event: event.kind, detail: applied.request.waitsFor } : undefined;
  return { request: applied.request, happening };
}
