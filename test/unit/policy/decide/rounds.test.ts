/** What a decision must know the last state of: feeds that it may read, and what a share of the token is. */
import { expect, it } from "vitest";
import * as subject from "../../../../src/evidence/subject.ts";
import { roundsFor } from "../../../../src/policy/decide/rounds.ts";
import { feedGuard, feedSubject, vaultFeed } from "../../../place/feeds.ts";
import { tokenOf } from "../../../place/profiles.ts";
import { document, inputWith, mintRule } from "../example.ts";

const shares = {
  token: tokenOf("backed-token", document.token),
  rules: ["mint", "raiseMultiplier", "transfer"].map((operation) => ({
    ...mintRule(),
    id: operation.toLowerCase(),
    when: { operation, initiator: { group: "issuers" } },
  })),
  guards: [],
  limits: [],
};

it("is nothing where no guard reads a feed and the token has no multiplier", () => {
  expect(roundsFor(inputWith().policy, "mint")).toEqual([]);
});

it("is a token with a multiplier for whatever brings tokens into the world", () => {
  const { policy } = inputWith({ policy: shares });
  const about = subject.token(document.token.address);
  expect(["mint", "raiseMultiplier", "transfer"].map((one) => roundsFor(policy, one as "mint"))).toEqual([
    [about],
    [about],
    [],
  ]);
});

it("is every feed that a guard of the operation reads", () => {
  const { policy } = inputWith({ policy: { feeds: { vault: vaultFeed }, guards: [feedGuard] } });
  expect([roundsFor(policy, "mint"), roundsFor(policy, "pause")]).toEqual([[feedSubject], []]);
});
