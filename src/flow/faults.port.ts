/** Named points at which a test may stop the process; production wiring passes a record that does nothing. */

export type Faults = { readonly at: (point: string) => void | Promise<void> };
