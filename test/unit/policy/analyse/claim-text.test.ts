/** Claims in words: what is said never to be, and what always can. */
import { expect, it } from "vitest";
import { compileClaims } from "../../../../src/policy/analyse/claim.ts";
import { claimText } from "../../../../src/policy/analyse/claim-text.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { documentWith } from "../example.ts";

const said = (claims: Readonly<Record<string, unknown>>): readonly string[] => {
  const document = documentWith(claims);
  return compileClaims(document).map((claim) => claimText(claim, compile(document)));
};

it("says what may never lack what", () => {
  const mint = { operation: "mint", amount: { gt: "1000 GLD" } };
  expect(
    said({
      never: [
        { ...mint, withFewerPeopleThan: 3 },
        { ...mint, without: { group: "compliance", min: 1 }, withoutDelay: "24h" },
        { operation: "transfer", to: { in: "treasury" } },
        { operation: "unpause" },
      ],
      always: [],
    }),
  ).toEqual([
    "never a mint of more than 1,000 GLD with fewer than 3 people",
    "never a mint of more than 1,000 GLD without 1 of compliance or in less than 1 day",
    "never a transfer to somebody on list treasury",
    "never an unpause",
  ]);
});

it("says what can always come to be allowed, by how few, how soon, and whoever is gone", () => {
  const pause = { operation: "pause", initiator: { group: "officers" } };
  expect(
    said({
      never: [],
      always: [
        { ...pause, withAtMostPeople: 1, within: "0s", afterLosing: 1 },
        { ...pause, withAtMostPeople: 2, within: "1h", afterLosing: 2 },
        pause,
      ],
    }),
  ).toEqual([
    "always: every pause asked for by somebody of officers can come to be allowed, by at most 1 person, at once, whoever is gone",
    "always: every pause asked for by somebody of officers can come to be allowed, by at most 2 people, within 1 hour, whichever 2 people are gone",
    "always: every pause asked for by somebody of officers can come to be allowed",
  ]);
});
