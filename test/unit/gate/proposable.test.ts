/** A policy that does not do what it says of itself cannot be proposed. */
import { describe, expect, it } from "vitest";
import { checkProposable } from "../../../src/gate/proposable.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import { hash } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { everyConstruct } from "../../place/construct.ts";
import { goldPolicy, treasury } from "../../place/gold.ts";
import { managedKey, rosterOf } from "../../place/people.ts";

const roster = rosterOf([managedKey("hsm-mint")]);
const people = { index: indexRoster(roster), hash: hash(roster) };

function refusalOf(
  fields: Readonly<Record<string, unknown>>,
  options = {},
): { code: string; field: string; message: string } | undefined {
  const document = goldPolicy(fields);
  try {
    checkProposable({ policy: compile(document), document: toWire(document) }, people, options);
    return undefined;
  } catch (error) {
    return error as { code: string; field: string; message: string };
  }
}

const test = {
  name: "two custodians are enough",
  request: { operation: "mint", by: "ida", amount: "1 GLD", to: treasury },
  votes: ["carla", "chris"],
  expect: { allow: "mint" },
};

describe("a policy", () => {
  it("is proposed when its tests pass and its claims are proved", () => {
    expect(refusalOf({})).toBeUndefined();
    expect(refusalOf({ tests: [test], never: [{ operation: "mint", to: { notIn: "treasury" } }] })).toBeUndefined();
    expect(refusalOf(everyConstruct())).toBeUndefined();
  });

  it("is refused with the test that fails, and what came instead", () => {
    const broken = { ...test, name: "one is enough", votes: ["carla"] };
    expect(refusalOf({ tests: [test, broken] })).toMatchObject({
      code: "change.tests-fail",
      field: "attachment.document.tests.1",
      message: "test `one is enough` expects `allowed by mint`, and what comes is `pending: mint.quorum`",
    });
  });

  it("is refused with the claim that is false, and a request that shows it", () => {
    const never = [{ operation: "unpause" }, { operation: "mint", amount: { gt: "100 GLD" }, withFewerPeopleThan: 4 }];
    const refusal = refusalOf({ never });
    expect(refusal).toMatchObject({ code: "change.claim-false", field: "attachment.document.never.1" });
    expect(refusal?.message).toMatch(/for example: .*GLD/);
    const pauses = { operation: "pause", initiator: { group: "officers" } };
    expect(refusalOf({ always: [{ ...pauses, withAtMostPeople: 2 }] })).toBeUndefined();
    const mints = {
      operation: "mint",
      initiator: { group: "issuers" },
      amount: { lte: "10 GLD" },
      withAtMostPeople: 1,
    };
    expect(refusalOf({ always: [mints] })?.code).toBe("change.claim-false");
  });

  it("is refused when a claim cannot be decided, but for a claim that is false first", () => {
    const never = [{ operation: "mint", to: { notIn: "treasury" } }];
    expect(refusalOf({ never }, { budget: 0 })).toMatchObject({
      code: "change.cannot-decide",
      field: "attachment.document.never.0",
    });
  });
});
