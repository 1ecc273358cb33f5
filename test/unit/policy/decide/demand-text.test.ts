/** Demands in words. */
import { expect, it } from "vitest";
import { additionText, floorTexts, lackText, quorumText, vetoText } from "../../../../src/policy/decide/demand-text.ts";
import { n } from "../example.ts";

const custodians = { group: n("custodians"), min: 2 };
const compliance = { group: n("compliance"), min: 1 };

it("an order is told with `then`, kinds with `by`", () => {
  expect(quorumText({ ordered: [compliance, { ...custodians, credentials: ["wallet", "key"] }] })).toBe(
    "1 of compliance, then 2 of custodians by wallet or key",
  );
  expect(quorumText({ all: [{ ordered: [compliance, custodians] }, compliance] })).toBe(
    "(1 of compliance, then 2 of custodians) and 1 of compliance",
  );
});

it("an addition says all of itself, and nothing that is not there", () => {
  const all = {
    quorum: custodians,
    delaySeconds: 7_200,
    distinct: { people: 3, units: 2 },
    veto: compliance,
  };
  expect(additionText(all)).toBe(
    "2 of custodians, 3 different people, people of 2 different units, a wait of 2h, unless 1 of compliance object",
  );
  expect(additionText({ ...all, quorum: undefined, distinct: { people: 0, units: 0 }, veto: undefined })).toBe(
    "a wait of 2h",
  );
  expect(floorTexts({ people: 0, units: 0 })).toEqual([]);
  expect(vetoText(compliance)).toBe("unless 1 of compliance object");
});

it("a lack names who is left", () => {
  expect(lackText({ group: n("custodians"), count: 2, candidates: [n("carla"), n("chris")] })).toBe(
    "2 of custodians: carla or chris",
  );
});
