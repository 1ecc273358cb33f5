/** An event applied to a request, as the transition that the store writes. */
import { close, isClosing, type ClosingEvent } from "../../request/closing.ts";
import type { Event } from "../../request/event.ts";
import { apply, type Request } from "../../request/request.ts";
import type { Instant } from "../../values/instant.ts";
import type { Transition } from "./store.port.ts";

/** Undefined when the event does not happen in the request's state. */
export function transitionBy(request: Request, event: Event | ClosingEvent, at: Instant): Transition | undefined {
  const applied = isClosing(event) ? close(request, event, at) : apply(request, event, at);
  if (applied.kind === "ignored") return undefined;
  const { closing, waitsFor } = applied.request;
  const detail = isClosing(event) ? (closing?.why ?? waitsFor) : waitsFor;
  const happening = applied.noted ? { at, event: event.kind, detail } : undefined;
  return { request: applied.request, happening };
}
