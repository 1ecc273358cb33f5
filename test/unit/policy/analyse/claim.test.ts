/** Claims as the proof reads them. */
import { describe, expect, it } from "vitest";
import { compileClaims } from "../../../../src/policy/analyse/claim.ts";
import { gld, refusalOf } from "../example.ts";
import { small } from "../small.ts";

describe("a claim", () => {
  it("is read in base units and seconds, with the place where it stands", () => {
    const never = [{ operation: "mint" }, { amount: { gt: "10 GLD" }, withFewerPeopleThan: 4, withoutDelay: "24h" }];
    expect(compileClaims(small({ never }))).toMatchObject([
      { kind: "never", field: "never.0", namesOperation: true, people: undefined, delaySeconds: undefined },
      {
        field: "never.1",
        namesOperation: false,
        people: 4,
        delaySeconds: 86_400,
        when: { amount: { from: gld("10") + 1n } },
      },
    ]);
  });

  it("that something is always allowed loses nobody unless it says so", () => {
    const always = [
      { operation: "mint", within: "1h", withAtMostPeople: 2 },
      { operation: "mint", afterLosing: 1 },
    ];
    expect(compileClaims(small({ always }))).toMatchObject([
      { kind: "always", field: "always.0", withinSeconds: 3_600, people: 2, afterLosing: 0 },
      { field: "always.1", withinSeconds: undefined, afterLosing: 1 },
    ]);
  });

  it("about a list or holidays that there are not is refused with its field", () => {
    const never = [{ operation: "mint", to: { in: "nowhere" } }];
    expect(refusalOf(() => compileClaims(small({ never })))).toMatchObject({
      code: "policy.list",
      field: "never.0.to.in",
    });
    const always = [{ operation: "mint", time: { days: ["mon"] } }];
    expect(refusalOf(() => compileClaims(small({ always })))).toMatchObject({ code: "policy.calendar" });
  });
});
