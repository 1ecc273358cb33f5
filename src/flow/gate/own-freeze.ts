/** Freezes that the gate puts on by itself: nobody asked, so the log says why. */
import type { Envelope } from "../../statement/envelope.ts";
import type { Instant } from "../../values/instant.ts";
import { hash } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";
import type { Core } from "./core.ts";

export type OwnFreeze = {
  readonly scope: "asset" | "key";
  readonly target: Name;
  readonly reason: string;
  /** Whose word or which key made it necessary. */
  readonly by: Name;
  readonly now: Instant;
  readonly statement?: Envelope;
};

/** Holds at once and is lifted like any other freeze; a second one for the same reason changes nothing. */
export function freezeByItself(core: Core, { scope, target, reason, by, now, statement }: OwnFreeze): void {
  const { journal } = core;
  const known = journal
    .freezes()
    .some((freeze) => !freeze.lifted && freeze.scope === scope && freeze.target === target && freeze.reason === reason);
  if (known) return;
  journal.transaction(() => {
    const freezeId = hash({ scope, target, reason, now, leaf: journal.size() });
    const evidence = statement === undefined ? {} : { statement };
    const stamp = { epoch: journal.epoch(), instant: now };
    journal.append({ kind: "freeze", ...stamp, freezeId, scope, target, reason, by, ...evidence });
    journal.putFreeze({ freezeId, scope, target, reason, by, at: now, lifted: false });
    journal.advance(now);
  });
}
