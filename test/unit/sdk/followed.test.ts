/** Documents are in force for a client when they follow from its genesis by changes that the quorums of their time signed, and never because a service says so. */
import { describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { standingFromGenesis } from "../../../src/gate/change.ts";
import { checkGenesis } from "../../../src/genesis/check.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { policyChange, rosterChange } from "../../../src/sdk/change.ts";
import { checkFollowed, isLater, type InForce } from "../../../src/sdk/followed.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { goldDeployment, goldPolicy } from "../../place/gold.ts";
import { sign, type PersonId } from "../../place/people.ts";

const checks = nativeChecks();
const { file, deploymentId, policy } = goldDeployment();
const standing = standingFromGenesis(checkGenesis(file, checks));
const first = toWire(policy);
const firstRoster = toWire(standing.roster.roster);

/** The policy after `before`, with another day's limit. */
function policyAfter(before: Json, version: number, max: string): Json {
  const limits = policy.limits?.map((limit) => ({ ...limit, max }));
  return toWire(goldPolicy({ version, previous: documentName(hash(before)), limits }));
}

function rosterAfter(before: Json): Json {
  const people = standing.roster.roster.people.filter(({ id }) => id !== "cyril");
  return toWire({ ...standing.roster.roster, version: 2, previous: documentName(hash(before)), people });
}

type Signed = { readonly documentHash: string; readonly document: Json; readonly signed: readonly object[] };

function changed(next: Json, before: Json, by: readonly PersonId[]): Signed {
  const { message } = policyChange(next, before);
  const signed = by.map((id) => ({ statement: sign(id, deploymentId, "PolicyChange", message), possessions: [] }));
  return { documentHash: hash(next), document: next, signed };
}

function rosterChanged(next: Json, by: readonly PersonId[]): Signed {
  const place = { policies: [first], change: standing.genesis.change };
  const { message } = rosterChange(next, firstRoster, { possessions: [], place });
  const signed = by.map((id) => ({ statement: sign(id, deploymentId, "RosterChange", message), possessions: [] }));
  return { documentHash: hash(next), document: next, signed };
}

function inForce(document: Json, version: number, roster: Json = firstRoster): InForce {
  return {
    policies: [{ asset: parseName("GLD"), hash: hash(document), version, document }],
    roster: { hash: hash(roster), version: roster === firstRoster ? 1 : 2, document: roster },
  };
}

const follow = (shown: InForce, ...changes: readonly Signed[]) => {
  return checkFollowed(shown, toWire(changes) as Json[], { standing, checks });
};

const tighter = policyAfter(first, 2, "4000 GLD");
const looser = policyAfter(first, 2, "9000 GLD");

it("needs nothing where the genesis brings them", () => {
  expect(isLater(inForce(first, 1), standing)).toBe(false);
  expect(isLater(inForce(tighter, 2), standing)).toBe(true);
  expect(isLater(inForce(first, 1, rosterAfter(firstRoster)), standing)).toBe(true);
  follow(inForce(first, 1));
});

describe("documents are followed", () => {
  it("through what one officer may tighten, and two may loosen", () => {
    follow(inForce(tighter, 2), changed(tighter, first, ["otto"]));
    follow(inForce(looser, 2), changed(looser, first, ["otto", "olga"]));
  });

  it("through several changes in whatever order they are shown, past those that came to nothing", () => {
    const third = policyAfter(tighter, 3, "3000 GLD");
    const roster = rosterAfter(firstRoster);
    const comesTo = follow(
      inForce(third, 3, roster),
      changed(third, tighter, ["olga"]),
      changed(looser, first, ["otto"]),
      rosterChanged(roster, ["omar", "olga"]),
      changed(tighter, first, ["otto"]),
    );
    expect([...comesTo.policies.values()].map(({ hash: own }) => own)).toEqual([hash(third)]);
    expect(comesTo.roster.hash).toBe(hash(roster));
    expect([...comesTo.earlierRosters.keys()]).toEqual([hash(firstRoster)]);
  });
});

describe("documents are not believed", () => {
  const good = changed(tighter, first, ["otto"]);
  it.each<[string, InForce, readonly Signed[], RegExp]>([
    ["that nobody is shown to have signed", inForce(tighter, 2), [], /nobody is shown/],
    ["under no signature", inForce(tighter, 2), [{ ...good, signed: [] }], /nobody of the roster/],
    ["by somebody who is no officer", inForce(tighter, 2), [changed(tighter, first, ["carla"])], /too few/],
    ["that loosen by one officer alone", inForce(looser, 2), [changed(looser, first, ["otto"])], /too few/],
    ["that loosen by one officer twice", inForce(looser, 2), [changed(looser, first, ["otto", "otto"])], /too few/],
    [
      "under the signature of another document",
      inForce(looser, 2),
      [{ ...changed(looser, first, []), signed: good.signed }],
      /not the one that was signed/,
    ],
    ["that hash to something else", inForce(tighter, 2), [{ ...good, document: looser }], /does not hash/],
    [
      "whose predecessor is missing",
      inForce(policyAfter(tighter, 3, "3000 GLD"), 3),
      [changed(policyAfter(tighter, 3, "3000 GLD"), tighter, ["otto"])],
      /nobody is shown/,
    ],
    [
      "of a roster that no officer signed",
      inForce(first, 1, rosterAfter(firstRoster)),
      [rosterChanged(rosterAfter(firstRoster), ["carla"])],
      /too few/,
    ],
    ["of a change without its statements", inForce(tighter, 2), [{ ...good, signed: [{}] }], /without the statements/],
  ])("%s", (_, shown, changes, why) => {
    expect(() => {
      follow(shown, ...changes);
    }).toThrow(why);
  });
});
