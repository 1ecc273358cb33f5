/** A mint that eight custodians approved, each with a wallet: the bundle whose verification the bench times. */
import { secretCredential } from "../../src/adapters/credential/credential-file.ts";
import { publicPart, signStatement } from "../../src/adapters/credential/credential.ts";
import { documentHash } from "../../src/genesis/genesis.ts";
import type { Member } from "../../src/roster/roster.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import type { Json } from "../../src/values/json.ts";
import * as line from "../../src/values/line.ts";
import * as name from "../../src/values/name.ts";
import { toWire } from "../../src/values/wire.ts";
import { bundleOf, take, type MadeBundle } from "./bundle-maker.ts";
import { openPlace, requestIdOf } from "./gate.ts";
import { approval, attestation, goldPolicy, sightings, submission, type Deployment } from "./gold.ts";
import { genesisOf, managedKey, possessionsOf, rosterOf, testSecret, type PersonId } from "./people.ts";

/** The people and services that a mint needs beside its custodians. */
const others: readonly PersonId[] = ["ida", "cora", "otto", "olga", "omar", "obs-1", "obs-2", "vault-auditor"];
const custodians = Array.from({ length: 8 }, (_, index) => name.parse(`custodian-${String(index + 1)}`));

function walletOf(id: name.Name): ReturnType<typeof secretCredential> {
  return secretCredential({ kind: "wallet", id: name.parse(`${id}-1`), privateKey: testSecret(id) });
}

function council(): Deployment {
  const key = managedKey("hsm-mint");
  const quorum = { group: "custodians", min: custodians.length };
  const tiers = [{ upTo: "1000 GLD", quorum, sign: "hsm-mint" }];
  const policy = goldPolicy({
    rules: [
      { id: "mint", when: { operation: "mint", initiator: { group: "issuers" }, to: { in: "treasury" } }, tiers },
    ],
  });
  const everybody = rosterOf([key]);
  const staying = (members: readonly Member[]): Member[] =>
    members.filter(({ id }) => others.some((other) => other === id));
  const joining = custodians.map((id) => ({
    id,
    name: line.parse(id),
    groups: [name.parse("custodians")],
    credentials: [publicPart(walletOf(id))],
  }));
  const roster = {
    ...everybody,
    people: [...staying(everybody.people), ...joining],
    services: staying(everybody.services),
  };
  const genesis = genesisOf({ roster, policies: [policy as unknown as Json & { asset: string }] });
  const deploymentId = documentHash(genesis);
  const possessions = [
    ...possessionsOf(deploymentId, deploymentId, others),
    ...custodians.map((id) => {
      const message = { holder: id, credential: `${id}-1`, documentHash: deploymentId };
      return signStatement(walletOf(id), deploymentId, "Possession", message);
    }),
  ];
  return {
    ...{ deploymentId, policy, key },
    file: toWire({ genesis, policies: [policy], possessions }),
    policyHash: documentHash(policy),
    rosterHash: documentHash(roster),
  };
}

/** The words of somebody else's approval, signed by this custodian. */
function approvedBy(id: name.Name, { kind, message }: Envelope, { deploymentId }: Deployment): Envelope {
  return signStatement(walletOf(id), deploymentId, kind, { ...message, approvalId: testSecret(`approval of ${id}`) });
}

export async function councilBundle(): Promise<MadeBundle> {
  const deployment = council();
  const place = openPlace(deployment);
  try {
    for (const envelope of sightings(deployment, { blockTime: place.now - 2 }))
      // Nobody asks what a token that is no proxy has behind it.
      if (envelope.message["fact"] !== "implementation") await take(place, envelope);
    await take(place, attestation(deployment, place.now));
    const said = submission(deployment, { now: place.now });
    const words = approval(deployment, said, "cora");
    await take(place, said);
    for (const id of custodians) await take(place, approvedBy(id, words, deployment));
    const answer = await place.sign(requestIdOf(said));
    if (answer.kind !== "signed") throw new Error(`not signed: ${JSON.stringify(answer)}`);
    return await bundleOf(place, requestIdOf(said));
  } finally {
    await place.close();
  }
}
