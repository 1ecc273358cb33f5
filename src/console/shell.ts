/** What every page is handed, and what those get besides that need to know who reads. */
import type { Verdict } from "../bundle/verify.ts";
import type { Client } from "../sdk/client.ts";
import type { Deployment } from "../sdk/deployment.ts";
import type { Credential } from "../roster/roster.ts";
import type { Instant } from "../values/instant.ts";
import type { Name } from "../values/name.ts";
import type { Ground } from "./ground.ts";
import type { Sent } from "./kept.ts";

/** Judges the text of a file under the hash that the visitor trusts. Throws for a hash that is none. */
export type Judge = (bundle: string, genesisHash: string) => Verdict;

export type Shell = {
  readonly ground: Ground;
  readonly judge: Judge;
  /** The deployment of a genesis file in the visitor's own hands. Throws `InvalidValue` for a file that does not hold. */
  readonly open: (genesis: string) => Deployment;
};

/** Somebody who signed in. Their session only reads: what they say, they sign each time. */
export type Visitor = {
  readonly shell: Shell;
  readonly deployment: Deployment;
  readonly client: Client;
  readonly credential: Credential;
  readonly member: Name;
  readonly groups: readonly Name[];
  readonly expiresAt: Instant;
  /** Keeps what is not delivered above every page; a later word on the same statement replaces the one before. */
  readonly keep: (sent: Sent) => void;
};

/** Somebody who signed in, before the app hands them to a page. */
export type Entered = Omit<Visitor, "keep">;
