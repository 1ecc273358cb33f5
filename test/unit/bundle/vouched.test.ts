/** Whose observations count in a bundle. */
import { expect, test } from "vitest";
import { agreedOn } from "../../../src/bundle/vouched.ts";
import { readStatement } from "../../../src/statement/read.ts";
import { goldDeployment, sightings } from "../../place/gold.ts";
import { memberOf } from "../../place/people.ts";

const now = 1_800_000_000;
const leaves = sightings(goldDeployment(), { blockTime: now - 2 })
  .filter((said) => said.message["fact"] === "paused")
  .map((said, position) => ({ position, statement: readStatement(said) }));

/** The leaves as signed by the two observers, of whom the second is a service or a person of the same group. */
function agreedWith(service: boolean): unknown {
  const signers = new Map([
    [0, { member: memberOf("obs-1"), service: true }],
    [1, { member: memberOf("obs-2"), service }],
  ]);
  return agreedOn(leaves as never, { signers } as never, { min: 2, now: now as never });
}

test("an observer is a service, as in the gate: a person in the group sees nothing", () => {
  expect(agreedWith(true)).toMatchObject({ fact: "paused", value: "false" });
  expect(agreedWith(false)).toBeUndefined();
});
