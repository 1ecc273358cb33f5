/** The named points at which serve may be stopped: before and after everything it does to the world. */
import type { Faults } from "../faults.port.ts";

export const serveFaultPoints = [
  "serve:before-gate-admit",
  "serve:after-gate-admit",
  "serve:before-store-mirror",
  "serve:after-store-mirror",
  "serve:before-ask-gate",
  "serve:after-ask-gate",
  "serve:before-gate-sign",
  "serve:after-gate-sign",
  "serve:before-cosign",
  "serve:after-cosign",
  "serve:before-store-raw",
  "serve:after-store-raw",
  "serve:before-store-event",
  "serve:after-store-event",
  "serve:after-store-attempt",
  "serve:before-broadcast",
  "serve:after-broadcast",
  "serve:before-receipt",
  "serve:after-receipt",
  "serve:before-finality",
  "serve:after-finality",
] as const;

/** Passed only when a request ends with its nonce taken. */
export const fillFaultPoints = ["serve:before-fill", "serve:after-fill"] as const;

/** Passed only when a transaction is stuck. */
export const replaceFaultPoints = ["serve:before-replace", "serve:after-replace"] as const;

export type ServeFaultPoint =
  (typeof serveFaultPoints)[number] | (typeof fillFaultPoints)[number] | (typeof replaceFaultPoints)[number];

/** Passes a fault point; a misspelt one does not compile. */
export async function pass(faults: Faults, point: ServeFaultPoint): Promise<void> {
  await faults.at(point);
}
