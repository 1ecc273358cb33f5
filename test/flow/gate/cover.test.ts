/** Reserves that are reckoned by a price and warn before they end, through the gate: nobody's word but the attestors' makes them worth anything. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { approvedMint, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { approval, attestation, goldDeployment, goldPolicy, sightings, units } from "../../place/gold.ts";
import { sign } from "../../place/people.ts";

const by = { group: "attestors", min: 1 };
const price = { par: "2.00", maxAge: "1h", sources: 2, deviation: "0.05" };
const warn = { ratio: "0.5", add: { quorum: { group: "compliance", min: 1 } } };
const cover = { ratio: "1.00", warn, price };
const guards = [
  { id: "backed", when: { operation: "mint" }, require: { evidence: "reserve", by, maxAge: "24h", cover } },
];

let place: GatePlace;
beforeEach(async () => {
  place = openPlace(goldDeployment({ policy: goldPolicy({ guards }) }));
  for (const seen of sightings(place.deployment, { blockNumber: 10, blockTime: place.now - 2 }))
    await place.admit(seen);
  await place.admit(attestation(place.deployment, place.now, { reserves: units(1_000) }));
});
afterEach(() => place.close());

const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

async function say(source: string, value: string): Promise<void> {
  const times = { asOf: place.now - 10, expiresAt: place.now + 600 };
  const said = { subject: "GLD/USD", value, source, ...times };
  expect(
    codeOf(await place.admit(sign("vault-auditor", place.deployment.deploymentId, "PriceAttestation", said))),
  ).toBe("admitted");
}

/** A thousand units at half their par allow five hundred, and warn from two hundred and fifty on. */
async function halved(): Promise<void> {
  await say("lbma", "1.02");
  await say("comex", "1.00");
}

const asked = (reference: string, whole: number): Promise<Envelope> =>
  approvedMint(place, { intent: { reference, amount: units(whole) } });

test("without prices reserves are worth nothing, and with them what they say", async () => {
  const mint = await asked("A", 250);
  // What is unknown may be thin, so the warning asks for its person as well.
  expect(codeOf(await place.sign(requestIdOf(mint)))).toBe("policy.quorum-missing");
  await place.admit(approval(place.deployment, mint, "cora"));
  expect(codeOf(await place.sign(requestIdOf(mint)))).toBe("policy.evidence-missing");
  await halved();
  expect(codeOf(await place.sign(requestIdOf(mint)))).toBe("signed");
});

test("beyond the warning one more person is asked, and beyond the end nobody helps", async () => {
  await halved();
  expect(codeOf(await place.sign(requestIdOf(await asked("A", 250))))).toBe("signed");
  const thin = await asked("B", 250);
  expect(codeOf(await place.sign(requestIdOf(thin)))).toBe("policy.quorum-missing");
  expect(codeOf(await place.admit(approval(place.deployment, thin, "cora")))).toBe("admitted");
  expect(codeOf(await place.sign(requestIdOf(thin)))).toBe("signed");
  const short = await asked("C", 1);
  await place.admit(approval(place.deployment, short, "cora"));
  expect(codeOf(await place.sign(requestIdOf(short)))).toBe("policy.reserves-short");
});
