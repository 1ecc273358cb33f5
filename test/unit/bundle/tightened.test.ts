/** A roster that one officer tightened: whether it was one, depends on the policies of all assets, so a bundle brings their changes. */
import { expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { bundleOf, take } from "../../place/bundle-maker.ts";
import { bringEvidence, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { approval, goldPolicy, idOf, submission, type Deployment } from "../../place/gold.ts";
import { genesisFile, managedKey, rosterOf, sign, type PersonId } from "../../place/people.ts";

const key = managedKey("hsm-mint");
const policy = goldPolicy({ groups: { custodians: { min: 2 }, observers: { min: 2 } } });
const officers = (min: number): object => ({ quorum: { group: "officers", min } });
/** Of another asset, where custodians may veto a change: whoever is one does not leave at once. */
const silver = (fields: Readonly<Record<string, unknown>> = {}): Json =>
  toWire(
    goldPolicy({
      asset: "SLV",
      token: { ...policy.token, address: `0x${"22".repeat(20)}` },
      guards: [],
      limits: [],
      rules: [
        {
          id: "burn",
          when: { operation: "burn", initiator: { group: "issuers" } },
          tiers: [{ upTo: "1 SLV", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
        },
      ],
      change: { tighten: officers(1), loosen: { ...officers(2), delay: "1h", veto: { group: "custodians", min: 1 } } },
      ...fields,
    }),
  );

function twoAssets(): Deployment {
  const roster = rosterOf([key]);
  const policies = [toWire(policy), silver()] as (Json & { asset: string })[];
  const made = genesisFile({ roster, policies });
  const hashes = { policyHash: hash(policy), rosterHash: hash(roster) };
  return { file: toWire(made.file), deploymentId: made.deploymentId, policy, key, ...hashes };
}

type Change = { readonly kind: "PolicyChange" | "RosterChange"; readonly claimed: string; readonly previous: string };

async function change(
  place: GatePlace,
  by: PersonId,
  document: Json,
  { kind, claimed, previous }: Change,
): Promise<void> {
  const message = { documentHash: hash(document), version: 2, previous, class: claimed, reportHash: idOf("report") };
  await take(place, sign(by, place.deployment.deploymentId, kind, message), { document });
}

it("is one for a verifier too, who sees that the other asset's policy had changed before", async () => {
  const place = openPlace(twoAssets());
  try {
    const loose = { loosen: { ...officers(2), delay: "1h" }, tighten: officers(1) };
    const previous = hash(silver());
    const next = silver({ version: 2, previous: documentName(previous), change: loose });
    for (const by of ["otto", "olga"] as const)
      await change(place, by, next, { kind: "PolicyChange", claimed: "loosen", previous });
    place.now += 3_601;
    const { rosterHash } = place.deployment;
    const roster = rosterOf([key]);
    const people = roster.people.filter(({ id }) => id !== "carla");
    const fewer = toWire({ ...roster, version: 2, previous: documentName(rosterHash), people });
    await change(place, "otto", fewer, { kind: "RosterChange", claimed: "tighten", previous: rosterHash });
    await bringEvidence(place);
    const now = { ...place.deployment, rosterHash: hash(fewer) };
    const said = submission(now, { now: place.now });
    for (const envelope of [said, approval(now, said, "chris"), approval(now, said, "cyril")])
      await take(place, envelope);
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");

    const { bundle, genesis } = await bundleOf(place, requestIdOf(said));
    expect(verifyBundle(bundle, genesis, nativeChecks())).toMatchObject({ kind: "verified" });
    const entries = bundle.leaves.map(({ entry }) => entry as { kind: string; statement?: { kind: string } });
    expect(entries.filter(({ statement }) => statement?.kind === "PolicyChange")).toHaveLength(2);
    expect(entries.filter(({ kind }) => kind === "activation")).toHaveLength(2);
  } finally {
    await place.close();
  }
});
