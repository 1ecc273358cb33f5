/** The documents in force: what the gate decides by at this moment. */
import type { CheckedGenesis } from "../genesis/check.ts";
import type { Policy } from "../policy/policy.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Roster } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Json } from "../values/json.ts";
import type { Name } from "../values/name.ts";

export type StandingPolicy = {
  readonly hash: Bytes32;
  readonly version: number;
  readonly policy: Policy;
  readonly document: Json;
};
export type StandingRoster = {
  readonly hash: Bytes32;
  readonly version: number;
  readonly roster: Roster;
  readonly index: RosterIndex;
};

export type Standing = {
  readonly deploymentId: Bytes32;
  readonly genesis: CheckedGenesis["genesis"];
  readonly roster: StandingRoster;
  /** Earlier rosters by hash: an approval under one still counts for people that did not change since. */
  readonly earlierRosters: ReadonlyMap<Bytes32, Roster>;
  readonly policies: ReadonlyMap<Name, StandingPolicy>;
};
