/** Where an observer takes its work from and brings its word to: the service's public API. */
import type { Message } from "../../statement/message.ts";
import type { Watch } from "./observe.ts";

export type Delivery = {
  /** What to look at now; throws a `Fault` with retry safe when the service does not answer. */
  readonly watch: () => Promise<readonly Watch[]>;
  /** Signs and posts one observation; `refused` says why the gate did not take it. */
  readonly deliver: (
    observation: Message<"ChainObservation">,
  ) => Promise<
    { readonly kind: "delivered" } | { readonly kind: "refused"; readonly code: string; readonly why: string }
  >;
};
