/** One intent before one policy: everything that its clauses are judged on. */
import type { Intent } from "../intent/intent.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Name } from "../values/name.ts";
import type { Bounds } from "./ceiling.ts";
import type { Facts } from "./facts.ts";
import type { Policy } from "./policy.ts";

export type Case = {
  readonly policy: Policy;
  readonly roster: RosterIndex;
  readonly bounds: Bounds;
  readonly intent: Intent;
  /** The person or service who signed the submission. */
  readonly initiator: Name;
  readonly facts: Facts;
};
