/** What the judges of the kinds are given, and what they answer. */
import type { Kind } from "../../statement/message.ts";
import type { StatementOf } from "../../statement/read.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Instant } from "../../values/instant.ts";
import type { Json } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";

/** A verified statement and who said it. */
export type Case<K extends Kind> = {
  readonly statement: { [one in K]: StatementOf<one> }[K];
  readonly author: Name;
  /** A service attests and observes; it has no other voice. */
  readonly service: boolean;
  readonly attachment: Json | undefined;
  readonly now: Instant;
};

/** What a kind's judge found; everything it wants done happens in the transaction that writes the leaf. */
export type Admission =
  | {
      readonly kind: "store";
      readonly about: string;
      /** What has a leaf of its own before the statement's. */
      readonly before?: () => void;
      readonly then?: () => void;
      /** Its attachment stands in a leaf already, and is not written again. */
      readonly bare?: boolean;
    }
  /** Kept without a leaf until a decision uses it. */
  | { readonly kind: "keep"; readonly put: () => void; readonly then?: () => void }
  /** Said before, in other words of the same meaning: the first one's receipt answers. */
  | { readonly kind: "known"; readonly hash: Bytes32 };
