/** A proof of possession is for one credential, one holder and one document. */
import { expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { held, newCredentials } from "../../../src/genesis/change.ts";
import { documentHash } from "../../../src/genesis/genesis.ts";
import { checkPossessions } from "../../../src/genesis/possession.ts";
import { managedKey, rosterOf, sign, testSecret } from "../../place/people.ts";

const deploymentId = testSecret("a deployment");
const next = rosterOf([managedKey("hsm-mint")]);
const old = { ...next, people: next.people.filter((member) => member.id !== "chris" && member.id !== "carla") };
const rosterHash = documentHash(next);
const need = { deploymentId, documentHash: rosterHash, needed: newCredentials(old, next), checks: nativeChecks() };
const proof = (id: "chris" | "carla" | "ida", bound = rosterHash) =>
  sign(id, deploymentId, "Possession", { holder: id, credential: `${id}-1`, documentHash: bound });

it("asks those whom a new roster adds, and nobody else", () => {
  expect(need.needed.map((one) => one.holder)).toEqual(["carla", "chris"]);
  expect(() => {
    checkPossessions([proof("chris"), proof("carla")], need);
  }).not.toThrow();
  expect(() => {
    checkPossessions([proof("chris"), proof("carla"), proof("ida")], need);
  }).toThrow(expect.objectContaining({ code: "genesis.foreign-possession" }));
  expect(() => {
    checkPossessions([proof("chris")], need);
  }).toThrow(expect.objectContaining({ code: "genesis.missing-possession" }));
});

it("takes no proof that was given for another roster", () => {
  expect(() => {
    checkPossessions([proof("chris", documentHash(old)), proof("carla")], need);
  }).toThrow(expect.objectContaining({ code: "genesis.foreign-possession", field: "possessions.0" }));
});

it("asks nothing when nothing is needed", () => {
  expect(() => {
    checkPossessions([], { ...need, needed: [] });
  }).not.toThrow();
  expect(held(old).length).toBeGreaterThan(0);
});
