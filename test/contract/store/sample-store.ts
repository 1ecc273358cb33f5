/** Requests and pages as stores are given them. */
import type { MirroredPage, Transition } from "../../../src/flow/serve/store.port.ts";
import type { EventKind } from "../../../src/request/event.ts";
import { apply, type Request } from "../../../src/request/request.ts";
import { events, fresh, hashOf, noon } from "../../unit/request/sample.ts";

/** A transition by one event; `happening` as the flows write it. */
export function step(request: Request, kind: EventKind, change: object = {}): Transition {
  const applied = apply(request, { ...events[kind], ...change }, noon);
  if (applied.kind === "ignored") throw new Error(`${kind} is ignored`);
  return { request: applied.request, happening: { at: noon, event: kind, detail: applied.request.waitsFor } };
}

export const begun = (words: string, leaf = 1): Transition => ({
  request: { ...fresh(words), leaf },
  happening: { at: noon, event: "submitted", detail: "…" },
});

export const pageOf = (from: number, words: readonly string[], change: Partial<MirroredPage> = {}): MirroredPage => ({
  from,
  leaves: words.map((leaf, i) => ({ index: from + i, leaf, kind: "statement", about: `about ${leaf}` })),
  nodes: words.map((leaf, i) => ({ level: 0, index: from + i, hash: hashOf(leaf) })),
  statements: [],
  documents: [],
  outcomes: [],
  ...change,
});
