/** Addresses from which nothing comes back receive nothing, listed or not. */
import { describe, expect, it } from "vitest";
import { clause, decideWith, document, outcome, type Bend } from "../example.ts";

const token = document.token.address;
const listing = (address: string): NonNullable<Bend["policy"]> => ({
  lists: { treasury: { entries: [{ address, label: "Bank A omnibus" }] } },
  limits: [],
});
const to = (address: string): ReturnType<typeof outcome> =>
  outcome({ policy: listing(address), intent: { to: address } });
const number = (last: string): string => `0x${last.padStart(40, "0")}`;

describe("a mint", () => {
  it.each([
    ["to the token itself", token],
    ["to 0x…dead", number("dead")],
    ["to a precompiled contract", number("1")],
    ["to the last address that is nobody's", number("ffff")],
  ])("%s is refused for good, though a list has it", (_, address) => {
    expect(to(address)).toEqual({
      verdict: "refused",
      code: "policy.recipient-excluded",
      failing: ["intent.recipient"],
    });
  });

  it("to the first address that may be somebody's is one like any other", () => {
    expect(to(number("10000"))).toMatchObject({ verdict: "allowed" });
  });

  it("says why, and nothing where there is nothing to say", () => {
    const said = decideWith({ policy: listing(token), intent: { to: token } });
    expect(clause(said, "intent.recipient")).toMatchObject({
      observed: `${token} is the token itself`,
      bound: "somebody who can give it away again",
    });
    expect(decideWith().clauses.map(({ id }) => id)).not.toContain("intent.recipient");
  });

  it("and what gives nobody anything asks nothing of it", () => {
    const grant = { operation: "grantRole", to: token, amount: "0" };
    expect(outcome({ intent: grant }).failing).not.toContain("intent.recipient");
  });
});
