/** Which approvals bind which requests, across rosters. */
import { expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { unbound } from "../../../src/gate/binding.ts";
import { standingFromGenesis } from "../../../src/gate/change.ts";
import type { Standing } from "../../../src/gate/standing.ts";
import { checkGenesis } from "../../../src/genesis/check.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import { readStatement } from "../../../src/statement/read.ts";
import type { Approval, Submission } from "../../../src/statement/message.ts";
import { hash } from "../../../src/values/json.ts";
import * as name from "../../../src/values/name.ts";
import { approval, goldDeployment, submission } from "../../place/gold.ts";

const deployment = goldDeployment();
const standing = standingFromGenesis(checkGenesis(deployment.file, nativeChecks()));
const said = submission(deployment, { now: 1_800_000_000 });
const request = readStatement(said).message as Submission;
const approved = readStatement(approval(deployment, said, "carla")).message as Approval;
const carla = name.parse("carla");

test("an approval of the same words under the documents in force binds", () => {
  expect(unbound(approved, request, carla, standing)).toBeUndefined();
});

/** A later roster in which somebody has one group more. */
function laterRoster(changed: string): Standing {
  const people = standing.roster.roster.people.map((person) =>
    person.id === name.parse(changed) ? { ...person, groups: [...person.groups, name.parse("auditors")] } : person,
  );
  const roster = { ...standing.roster.roster, version: 2, previous: `sha256:${standing.roster.hash.slice(2)}`, people };
  const earlierRosters = new Map([[standing.roster.hash, standing.roster.roster]]);
  return {
    ...standing,
    earlierRosters,
    roster: { hash: hash(roster), version: 2, roster, index: indexRoster(roster) },
  };
}

test("a new roster voids the approvals of whom it changed, and of nobody else", () => {
  expect(unbound(approved, request, carla, laterRoster("chris"))).toBeUndefined();
  expect(unbound(approved, request, carla, laterRoster("carla"))?.code).toBe("approval.rosterHash");
});
