/** A place where keys live: a PKCS#11 token or a Ledger. It signs permits and nothing else. */
import type { SigningPermit } from "../../gate/permit.ts";
import type { Work } from "../../gate/wire.ts";
import type { Bytes32 } from "../../values/bytes32.ts";

export type BackendAnswer =
  /** r and s in 1..n-1, low-S, recovered by the backend to the permit's key over its own copy of the digest. */
  | {
      readonly kind: "signed";
      readonly signature: { readonly r: Bytes32; readonly s: Bytes32; readonly yParity: 0 | 1 };
    }
  /** Nothing was asked of the token; ask again. */
  | { readonly kind: "busy"; readonly why: string }
  /** A person at the device would not sign it: no signature comes of this asking, for certain. */
  | { readonly kind: "declined"; readonly why: string }
  /**
   * The token may or may not have signed; no signature left it, and none will: whatever had the digest has ended, or is not heard any
   * more. The same digest may be asked again with a new permit, here or at another place that holds the key.
   */
  | { readonly kind: "unavailable"; readonly why: string };

export type Backend = {
  /** Takes the permit (once); its answer, or its rejection, is the last that is heard of it. A signature that does not recover is a `Fault` with retry never, never an answer. */
  readonly sign: (permit: SigningPermit) => Promise<BackendAnswer>;
  /** Whoever waits for a person is answered `unavailable` at once; asked before the gate closes. */
  readonly release?: () => void;
  readonly health: () => BackendHealth;
  /** Ends the agent; no call is answered after it. */
  readonly close: () => Promise<void>;
};

export type BackendHealth = {
  readonly ready: boolean;
  readonly why: string;
  /** The agent's process, when there is one. */
  readonly pid: number | undefined;
  readonly recovery: "native" | "noble";
  /** Of a token: how busy it is, and what it did so far. */
  readonly work?: Work;
};
