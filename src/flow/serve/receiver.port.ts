/** Somebody outside who is told of things: a webhook or a mailbox. */
import type { Notice, Topic } from "../../request/notice.ts";

export type Delivered =
  /** The receiver took it: it is not sent again. */
  | { readonly kind: "delivered" }
  /** It is tried again later, with the same key; `why` is one line without what the receiver said. */
  | { readonly kind: "failed"; readonly why: string };

export type Receiver = {
  /** As the configuration calls it; deliveries are kept under this name. */
  readonly name: string;
  readonly topics: ReadonlySet<Topic>;
  /** Bounded in time; never rejects for what the receiver does. */
  readonly deliver: (notice: Notice) => Promise<Delivered>;
};
