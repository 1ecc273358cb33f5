/** Who may object to which operation. */
import { expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { vetoRights } from "../../../../src/policy/decide/veto-right.ts";
import { everyConstruct } from "../../../place/construct.ts";
import { goldPolicy } from "../../../place/gold.ts";

const policy = compile(goldPolicy(everyConstruct()));
const said = (...args: Parameters<typeof vetoRights>) =>
  vetoRights(...args).map(({ group, min }) => `${String(min)} of ${group}`);

it("is whom a tier, a guard or a full limit on the operation names", () => {
  expect(said(policy, "mint")).toEqual(["2 of officers", "2 of officers", "1 of compliance"]);
  // A limit without an operation is on all that have an amount.
  expect(said(policy, "redeem")).toEqual(["1 of compliance"]);
  expect(said({ ...policy, limits: [] }, "redeem")).toEqual([]);
  expect(said(policy, "pause")).toEqual([]);
  expect(said({ ...policy, guards: [], limits: [] })).toEqual(["2 of officers"]);
});
