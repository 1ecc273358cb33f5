/** What a person or a test may set on the emulated device before and while it runs. */
import type { Person } from "./review.ts";

export type Settings = {
  /** Which app is open; `BOLOS` is the dashboard. */
  app: string;
  version: readonly [number, number, number];
  locked: boolean;
  blindSigning: boolean;
  /** "Transaction hash: always display". */
  alwaysHash: boolean;
  smartAccounts: boolean;
  /** Delegates that may be authorized, lower case; zero revokes and always may. */
  delegates: readonly string[];
  /** What the app says to a command while another one, or none, is open. */
  otherAppWord: number;
  person: Person;
  /** Bends an answer that carries a signature: what a broken or a swapped device would send. */
  bend: (answer: Buffer) => Buffer;
};

export type Told = Partial<Settings> & { readonly words?: string; readonly password?: string };
