/** Two assets of one vault: a lot stands behind one of them at most, and stays there until whoever listed it says otherwise. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { lotsAttachment, type SaidLot } from "../../../src/sdk/attestation.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { openPlace, type GatePlace } from "../../place/gate.ts";
import { attestation, goldDeployment, goldPolicy, goldToken, units } from "../../place/gold.ts";
import { genesisFile, managedKey, rosterOf } from "../../place/people.ts";

const report = `0x${"5e".repeat(32)}`;
const silverToken = `0x${"12".repeat(20)}`;
const cover = { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "24h", cover: { ratio: "1.00" } };
const guards = [{ id: "covered", when: { operation: "mint" }, require: { ...cover, lots: true } }];

const gold = goldPolicy({ guards });
const silver = goldPolicy(
  JSON.parse(
    JSON.stringify({ ...gold, token: { ...gold.token, address: silverToken } }).replaceAll("GLD", "SLV"),
  ) as Record<string, unknown>,
);

let place: GatePlace;
let sequence = 0;
beforeEach(() => {
  const key = managedKey("hsm-mint");
  const roster = rosterOf([key]);
  const made = genesisFile({ roster, policies: [gold, silver] as unknown as (Json & { asset: string })[] });
  place = openPlace({
    ...goldDeployment({ policy: gold }),
    ...{ file: toWire(made.file), deploymentId: made.deploymentId, rosterHash: hash(roster), key },
  });
  sequence = 0;
});
afterEach(() => place.close());

const bar = (id: string): SaidLot => ({ id, quantity: "400" });

async function attest(asset: "GLD" | "SLV", lots: readonly SaidLot[], fields: object = {}): Promise<string> {
  sequence += 1;
  const { attachment, reportHash } = lotsAttachment({ report, lots }, 18);
  const token = asset === "GLD" ? goldToken : silverToken;
  const said = { asset, token, sequence, reserves: units(400 * lots.length), reportHash, ...fields };
  return codeOf(await place.admit(attestation(place.deployment, place.now, said), attachment));
}

const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

test("a lot that stands behind one token is refused behind another, whoever lists more beside it", async () => {
  expect(await attest("GLD", [bar("AU-1"), bar("AU-2")])).toBe("admitted");
  expect(await attest("SLV", [bar("AG-1"), bar("AU-2")])).toBe("attestation.lot-taken");
  expect(await attest("SLV", [bar("AG-1")])).toBe("admitted");
  expect(await attest("GLD", [bar("AU-1"), bar("AU-2"), bar("AG-1")])).toBe("attestation.lot-taken");
});

test("it stays when the word about it expires, and is free when the attestor lists it no more", async () => {
  expect(await attest("GLD", [bar("AU-1"), bar("AU-2")], { expiresAt: place.now + 10 })).toBe("admitted");
  place.now += 100;
  expect(await attest("SLV", [bar("AU-2")])).toBe("attestation.lot-taken");
  expect(await attest("GLD", [bar("AU-1")])).toBe("admitted");
  expect(await attest("SLV", [bar("AU-2")])).toBe("admitted");
});

test("reserves without their lots are refused where the policy wants them, and so are lots that are not what is attested", async () => {
  expect(codeOf(await place.admit(attestation(place.deployment, place.now)))).toBe("attestation.lots");
  expect(await attest("GLD", [bar("AU-1")], { reserves: units(401) })).toBe("attestation.lots");
  expect(await attest("GLD", [bar("AU-1")], { reportHash: report })).toBe("attestation.lots");
  expect(await attest("GLD", [bar("AU-1")])).toBe("admitted");
});
