/** What a command touches of the world besides files and the network: where it writes, whom it asks, the time, chance. */
import type { Instant } from "../values/instant.ts";

/** 0 yes, 1 no (a refusal, a failed check), 2 usage or environment. */
export type ExitCode = 0 | 1 | 2;

export type Io = {
  /** One line to standard output; the newline is added. */
  readonly out: (line: string) => void;
  /** One line to standard error; nothing is written there when all is well. */
  readonly err: (line: string) => void;
  /** What the person at the terminal types; nothing when there is no terminal. */
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly now: () => Instant;
  /** So many bytes from the system's random source. */
  readonly random: (bytes: number) => Uint8Array;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As `process.versions.node` has it. */
  readonly nodeVersion: string;
};
