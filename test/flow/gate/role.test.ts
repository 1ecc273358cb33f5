/** A role that the policy names: a mint of an account that lost it is refused before any key is asked, on the word of enough observers. */
import { afterEach, beforeEach, expect, test } from "vitest";
import * as subject from "../../../src/evidence/subject.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { goldDeployment, goldPolicy, goldToken, observation } from "../../place/gold.ts";
import type { PersonId } from "../../place/people.ts";

const written = goldPolicy();
const deployment = goldDeployment({
  policy: goldPolicy({ token: { ...written.token, roles: { mint: "MINTER_ROLE" } } }),
});
const minting = subject.role(parseAddress(goldToken), "MINTER_ROLE", deployment.key.account);
let place: GatePlace;

beforeEach(async () => {
  place = openPlace(deployment);
  await bringEvidence(place);
});
afterEach(async () => {
  await place.close();
});

const say = (by: PersonId, value: string, block: number, about = minting): Promise<GateAnswer> =>
  place.admit(
    observation(
      deployment,
      by,
      { subject: about, fact: "held", value },
      { blockNumber: block, blockTime: place.now - 2 },
    ),
  );
const both = async (value: string, block: number): Promise<void> => {
  for (const by of ["obs-1", "obs-2"] as const) await say(by, value, block);
};
const mint = async (): Promise<unknown> => {
  const answer = await place.sign(requestIdOf(await approvedMint(place)));
  return answer.kind === "refused" ? answer.code : answer.kind;
};

test("nothing is minted before enough observers saw the role held, nor after they saw it lost", async () => {
  expect(await mint()).toBe("policy.evidence-missing");
  await say("obs-1", "true", 10);
  expect(await mint()).toBe("policy.evidence-missing");
  await say("obs-2", "true", 10);
  await both("false", 11);
  expect(await mint()).toBe("policy.role-missing");
  expect(place.backend.asked()).toBe(0);
  await both("true", 12);
  expect(await mint()).toBe("signed");
});

test("what observers say of a role that no policy names is not kept", async () => {
  const token = parseAddress(goldToken);
  const pausing = subject.role(token, "PAUSER_ROLE", deployment.key.account);
  const elsewhere = subject.role(deployment.key.account, "MINTER_ROLE", deployment.key.account);
  for (const about of [pausing, elsewhere]) expect((await say("obs-1", "true", 10, about)).kind).not.toBe("admitted");
  expect((await say("obs-1", "maybe", 10)).kind).not.toBe("admitted");
  expect((await say("obs-1", "true", 10)).kind).toBe("admitted");
});
