/** The documents in force: what the gate decides by at this moment. */
import type { CheckedGenesis } from "../genesis/check.ts";
import type { Policy } from "../policy/policy.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Roster } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Hex } from "../values/hex.ts";
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

/** A gate of the deployment's succession, and the log key that speaks for it. */
export type Epoch = { readonly epoch: number; readonly logKey: Hex };

export type Standing = {
  readonly deploymentId: Bytes32;
  /** The first gate, and every one that was promoted as far as is known here; the last is the one in office. */
  readonly epochs: readonly [Epoch, ...Epoch[]];
  readonly genesis: CheckedGenesis["genesis"];
  readonly roster: StandingRoster;
  /** Earlier rosters by hash: an approval under one still counts for people that did not change since. */
  readonly earlierRosters: ReadonlyMap<Bytes32, Roster>;
  readonly policies: ReadonlyMap<Name, StandingPolicy>;
};

/** Of the gate in office. */
export function logKeyOf({ epochs }: Pick<Standing, "epochs">): Hex {
  return (epochs.at(-1) ?? epochs[0]).logKey;
}
