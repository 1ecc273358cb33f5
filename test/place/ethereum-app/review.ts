/** What stands on the emulated screen, and what the person before it may do. */

export type Review = {
  readonly kind: "address" | "transaction" | "message" | "typed-data" | "authorization";
  /** Title and text, screen by screen. */
  readonly screens: readonly (readonly [title: string, text: string])[];
  /** The 32 bytes that an approval signs; an address has none. */
  readonly digest?: string;
};

/** `ignore` leaves the review on the screen until `press` is called; `unplug` pulls the cable. */
export type Deed = "approve" | "reject" | "ignore" | "unplug";

export type Person = (review: Review) => Deed;

export const approving: Person = () => "approve";

/** Thrown to whoever reads from a device that is no longer there. */
export class Gone extends Error {
  constructor() {
    super("could not read from HID device");
  }
}
