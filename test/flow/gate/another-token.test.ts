/** An asset that is put onto another token: what was attested of the old one says nothing of the new one, and nothing open is left behind. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Decision } from "../../../src/policy/decision.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { hash } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { approval, goldDeployment, goldPolicy, idOf, observation, sightings, submission } from "../../place/gold.ts";
import { sign as signAs } from "../../place/people.ts";

const other = `0x${"22".repeat(20)}`;
let place: GatePlace;

beforeEach(async () => {
  place = openPlace(goldDeployment());
  await bringEvidence(place);
});
afterEach(async () => {
  await place.close();
});

/** What two officers loosen, and the answers to both. */
async function change(token: Readonly<Record<string, unknown>>): Promise<{ hash: string; answers: string[] }> {
  const { deployment } = place;
  const previous = `sha256:${deployment.policyHash.slice(2)}`;
  const next = goldPolicy({ version: 2, previous, token: { ...goldPolicy().token, ...token } });
  const [documentHash, document] = [hash(toWire(next)), toWire(next)];
  const message = { documentHash, version: 2, previous: deployment.policyHash, class: "loosen", reportHash: idOf("r") };
  const answers: string[] = [];
  for (const by of ["otto", "olga"] as const) {
    const one = await place.admit(signAs(by, deployment.deploymentId, "PolicyChange", message), { document });
    answers.push("code" in one ? one.code : one.kind);
  }
  return { hash: documentHash, answers };
}

const lacks = (answer: GateAnswer): readonly string[] =>
  (answer as { decision?: Decision }).decision?.clauses.filter(({ ok }) => !ok).map(({ id }) => id) ?? [];

test("reserves that were attested for the token before back nothing on the next one", async () => {
  const { hash: policyHash, answers } = await change({ address: other });
  expect(answers).toEqual(["admitted", "admitted"]);
  place.now += 3_600;
  const blockTime = place.now - 2;
  for (const one of sightings(place.deployment, { blockNumber: 20, blockTime })) {
    await place.admit(one);
    const { subject, fact, value } = one.message as { subject: string; fact: string; value: string };
    const seen = { subject: subject.startsWith("token:") ? `token:${other}` : subject, fact, value };
    for (const by of ["obs-1", "obs-2"] as const)
      await place.admit(observation(place.deployment, by, seen, { blockNumber: 20, blockTime }));
  }
  const said = submission(place.deployment, { now: place.now });
  await place.admit(said);
  for (const by of ["carla", "chris"] as const) await place.admit(approval(place.deployment, said, by, { policyHash }));
  const answer = await place.sign(requestIdOf(said));
  expect(lacks(answer)).toEqual(["guard.reserves-cover.evidence", "guard.reserves-cover"]);
});

test("the decimals of an asset stay: what was asked for is counted in them", async () => {
  expect((await change({ decimals: 6 })).answers).toEqual(["change.decimals", "change.decimals"]);
});

test("nothing moves to another token while something of the asset is open on this one", async () => {
  expect((await place.sign(requestIdOf(await approvedMint(place)))).kind).toBe("signed");
  expect((await change({ address: other })).answers).toEqual(["change.token-open", "change.token-open"]);
  expect((await change({ codehash: `0x${"ee".repeat(32)}` })).answers).toEqual(["admitted", "admitted"]);
});
