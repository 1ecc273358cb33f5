/** A witness as whoever carries its words sees it. */

/** `why` is for our own log; C2SP gives a caller the status and, after a conflict, the size. */
export type Answer =
  | { readonly kind: "cosigned"; readonly size: number; readonly lines: string }
  | { readonly kind: "malformed"; readonly why: string }
  | { readonly kind: "unknown-log"; readonly why: string }
  | { readonly kind: "not-signed"; readonly why: string }
  | { readonly kind: "conflict"; readonly size: number; readonly why: string }
  | { readonly kind: "inconsistent"; readonly why: string };

export type Witness = {
  /** `body` as add-checkpoint has it. Throws `Fault` when the memory cannot be written: nothing was cosigned then. */
  readonly add: (body: string) => Promise<Answer>;
  /** The largest checkpoint that we cosigned, with our line. */
  readonly newest: () => string | undefined;
};
