/** A feed of reserves as a policy pins it, the guard that reads it, and what observers say of it. */
import { feedText, type SeenFeed } from "../../src/evidence/feed.ts";
import * as subject from "../../src/evidence/subject.ts";
import { zero, type Address } from "../../src/values/address.ts";
import * as bytes32 from "../../src/values/bytes32.ts";
import * as line from "../../src/values/line.ts";
import { addressOf } from "./profiles.ts";

export const feedAddress: Address = addressOf("a feed");
export const feedCode = bytes32.parse(`0x${"fe".repeat(32)}`);
export const description = line.parse("GLD / troy ounces in the vault");

/** Of eight decimals, at least once a day with an hour of grace, between one ounce and a million. */
export const vaultFeed = {
  chain: 31_337,
  address: feedAddress,
  codehash: feedCode,
  decimals: 8,
  description,
  heartbeat: "24h",
  grace: "1h",
  min: "1",
  max: "1000000",
} as const;

/** The least that attestors and the feed say must cover what is out. */
export const feedGuard = {
  id: "backed",
  when: { operation: "mint" },
  require: {
    evidence: "reserve",
    by: { group: "attestors", min: 1 },
    maxAge: "24h",
    cover: { ratio: "1.00" },
    feeds: ["vault"],
  },
} as const;

export const ounces = (whole: number): string => String(BigInt(whole) * 10n ** 8n);

/** As the policy wants it, in round 7, unless told otherwise. */
export function saidBy(updatedAt: number, fields: Partial<SeenFeed> = {}): string {
  return feedText({
    code: feedCode,
    implementation: zero,
    aggregator: null,
    decimals: 8,
    description,
    round: "7",
    answer: ounces(5_000),
    updatedAt: String(updatedAt),
    answeredInRound: fields.round ?? "7",
    ...fields,
  });
}

export const feedSubject = subject.feed(feedAddress);
