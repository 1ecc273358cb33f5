/** What a check has to work with. */
import type { PKCS11 } from "pkcs11js";
import type { Hex } from "../../../values/hex.ts";
import type { AgentOrders } from "../agent-orders.ts";
import type { Recovery } from "../recovery.ts";
import type { Session } from "../session-pool.ts";
import type { Pair } from "../token-keys.ts";
import type { OpenToken } from "../token-login.ts";
import type { CheckAsk } from "./finding.ts";

export type TrialKey = Pair & { readonly point: Buffer; readonly public: Hex };

/** Each of these opens what it needs, once. */
export type Trial = {
  readonly ask: CheckAsk;
  readonly orders: AgentOrders;
  readonly recovery: Recovery;
  readonly module: () => Promise<PKCS11>;
  readonly token: () => Promise<OpenToken>;
  /** A pair with the strict template that no request will ever be signed with. */
  readonly key: () => Promise<TrialKey>;
  /** Runs `act` in a session of its own, which is closed whatever happens. */
  readonly inSession: <T>(act: (session: Session, token: OpenToken) => Promise<T> | T) => Promise<T>;
  /** Signs with the throw-away key and verifies over an own copy of the digest; throws when it does not verify. */
  readonly signs: (
    session: Session,
    digest: Uint8Array,
  ) => Promise<{ readonly raw: Uint8Array; readonly highS: boolean; readonly yParity: 0 | 1 }>;
  /** The token is no longer open, and the key of a session gone with it. */
  readonly forget: () => void;
};
