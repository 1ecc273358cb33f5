/** Whoever holds a person's credential: a file on the caller's machine, a wallet, a device. */
import type { Envelope } from "../statement/envelope.ts";
import type { Kind } from "../statement/message.ts";
import type { Name } from "../values/name.ts";

export type Signer = {
  readonly credential: Name;
  /** Shows the words to whoever signs, where it can; the envelope comes back in its normal spelling. */
  readonly sign: (kind: Kind, message: Readonly<Record<string, unknown>>) => Promise<Envelope>;
};
