/** The wall clock of the process, in whole seconds; the gate never lets its own time run below the journal's last instant. */
import type { Instant } from "../values/instant.ts";

export type Clock = { readonly now: () => Instant };
