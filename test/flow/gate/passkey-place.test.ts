/** A passkey of a site that serves pages opens sessions, and the gate takes no statement of it; one of one's own console signs. */
import { afterEach, expect, it } from "vitest";
import { genesisFile, managedKey, rosterOf } from "../../place/people.ts";
import { openPlace, type GatePlace } from "../../place/gate.ts";
import { approval, goldDeployment, goldPolicy, submission, type Deployment } from "../../place/gold.ts";
import { makePasskey, signerOf, type TestPasskey } from "../../place/passkey.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";

const site = makePasskey("carla-site", "https://custody.example");
const phone = makePasskey("carla-phone", "http://localhost:8490");
let place: GatePlace | undefined;

afterEach(async () => {
  await place?.close();
});

/** Carla has both beside her wallet, proved as every credential is. */
async function deploymentOfBoth(): Promise<Deployment> {
  const key = managedKey("hsm-mint");
  const policy = goldPolicy();
  const plain = rosterOf([key]);
  const people = plain.people.map((person) =>
    person.id === "carla"
      ? { ...person, credentials: [...person.credentials, site.credential, phone.credential] }
      : person,
  );
  const roster = { ...plain, people };
  const policies = [policy as unknown as Json & { asset: string }];
  const { file, deploymentId } = genesisFile({ roster, policies });
  const proofs = [site, phone].map((one) =>
    signerOf(one, deploymentId).sign("Possession", {
      ...{ holder: "carla", credential: one.credential.id, documentHash: deploymentId },
    }),
  );
  const possessions = [...file.possessions, ...(await Promise.all(proofs))];
  return {
    ...goldDeployment({ policy, key }),
    ...{ file: toWire({ ...file, possessions }), deploymentId, rosterHash: hash(roster) },
  };
}

it("approves with the one and not with the other, and freezes with neither but the first", async () => {
  const deployment = await deploymentOfBoth();
  place = openPlace(deployment);
  const said = submission(deployment, { now: place.now });
  expect((await place.admit(said)).kind).toBe("admitted");
  const { message } = approval(deployment, said, "carla");
  const freeze = { scope: "asset", target: "GLD", reason: "a lie", freezeId: hash("freeze") };
  const signed = (passkey: TestPasskey, kind: "Approval" | "Freeze", what: object) =>
    signerOf(passkey, deployment.deploymentId).sign(kind, what as typeof message);
  for (const [kind, what] of [
    ["Approval", message],
    ["Freeze", freeze],
  ] as const) {
    expect(await place.admit(await signed(site, kind, what))).toMatchObject({
      kind: "problem",
      code: "statement.passkey-place",
    });
    expect((await place.admit(await signed(phone, kind, what))).kind).toBe("admitted");
  }
});
