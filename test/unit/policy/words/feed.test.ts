/** A feed in words: every part of it, so that two that differ never read alike. */
import { expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { settingChanges } from "../../../../src/policy/analyse/settings.ts";
import type { Policy } from "../../../../src/policy/policy.ts";
import { explainPolicy } from "../../../../src/policy/words/explain-policy.ts";
import { feedText } from "../../../../src/policy/words/feed.ts";
import { checksum } from "../../../../src/values/address.ts";
import { feedGuard, vaultFeed } from "../../../place/feeds.ts";
import { addressOf } from "../../../place/profiles.ts";
import { documentWith, rosterIndex } from "../example.ts";

const policyOf = (fields: object = {}, require: object = {}): Policy =>
  compile(
    documentWith({
      feeds: { vault: { ...vaultFeed, ...fields } },
      guards: [{ ...feedGuard, require: { ...feedGuard.require, ...require } }],
    }),
  );

it("says what is read, where, and which figure counts", () => {
  const { address, codehash, description } = vaultFeed;
  expect(feedText(policyOf().feeds[0]!)).toBe(
    `"${description}" at ${checksum(address)} with code ${codehash}, 8 decimals; a figure above 1 and below 1,000,000, at most 25h old`,
  );
  const [lines, bare] = [explainPolicy(policyOf()), explainPolicy(policyOf({}, { cover: undefined }))];
  expect(lines.filter((line) => line.startsWith("feed vault: "))).toHaveLength(1);
  expect(lines.find((line) => line.startsWith("guard backed"))).toBe(
    "guard backed: every mint must leave the supply within 1.00 × the reserves that at least 1 of attestors in the last day attested, or of fewer where feed vault says so",
  );
  expect(bare.find((line) => line.startsWith("guard backed"))).toBe(
    "guard backed: every mint needs an attestation of the reserves, signed by at least 1 of attestors in the last day, and a sound figure of feed vault",
  );
});

it.each([
  { address: addressOf("another feed") },
  { codehash: `0x${"00".repeat(32)}` },
  { implementation: addressOf("an implementation") },
  { aggregator: addressOf("an aggregator") },
  { decimals: 9 },
  { description: "SLV" },
  { grace: "2h" },
  { min: "2" },
  { max: "2" + "0".repeat(6) },
])("differs where the feed does, and so does what a change says: %j", (fields) => {
  const [one, other] = [policyOf(), policyOf(fields)];
  expect(feedText(one.feeds[0]!)).not.toBe(feedText(other.feeds[0]!));
  expect(settingChanges(one, other, rosterIndex)).toMatchObject([{ field: "feeds.vault", effect: "incomparable" }]);
});

it("tells of one that comes and of one that goes", () => {
  const none = compile(documentWith({ guards: [] }));
  const one = compile(documentWith({ guards: [], feeds: { vault: vaultFeed } }));
  expect(settingChanges(none, one, rosterIndex)).toMatchObject([{ field: "feeds.vault", from: "not named" }]);
  expect(settingChanges(one, none, rosterIndex)).toMatchObject([{ field: "feeds.vault", to: "not named" }]);
});
