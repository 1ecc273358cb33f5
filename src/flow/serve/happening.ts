/** An event applied to a request, as the transition that the store writes. */
import { close, isClosing, type ClosingEvent } from "../../request/closing.ts";
import type { Event } from "../../request/event.ts";
import { isReleasing, release, type ReleasingEvent } from "../../request/releasing.ts";
import { apply, type Applied, type Request } from "../../request/request.ts";
import type { Instant } from "../../values/instant.ts";
import type { Transition } from "./store.port.ts";

/** What moves a request, and what goes on beside its state. */
export type Happens = Event | ClosingEvent | ReleasingEvent;

function appliedBy(request: Request, event: Happens, at: Instant): Applied {
  if (isClosing(event)) return close(request, event, at);
  return isReleasing(event) ? release(request, event, at) : apply(request, event, at);
}

/** Undefined when the event does not happen in the request's state. */
export function transitionBy(request: Request, event: Happens, at: Instant): Transition | undefined {
  const applied = appliedBy(request, event, at);
  if (applied.kind === "ignored") return undefined;
  const { closing, redemption, waitsFor } = applied.request;
  const aside = isClosing(event) ? closing : isReleasing(event) ? redemption : null;
  const detail = aside?.why ?? waitsFor;
  const happening = applied.noted ? { at, event: event.kind, detail } : undefined;
  return { request: applied.request, happening };
}
