/** What a policy wants of a feed, in words: every part of it, so that no two feeds read alike. */
import * as address from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import * as duration from "../../values/duration.ts";
import type { Feed } from "../policy.ts";

export function feedText(feed: Feed): string {
  const { codehash, implementation, aggregator, decimals, description, maxAgeSeconds, above, below } = feed;
  const behind = implementation === undefined ? "" : `, that forwards to ${address.checksum(implementation)}`;
  const by = aggregator === undefined ? "" : `, with aggregator ${address.checksum(aggregator)}`;
  const contract = `"${description}" at ${address.checksum(feed.address)} with code ${codehash}${behind}${by}`;
  const between = `above ${amount.format(above, decimals)} and below ${amount.format(below, decimals)}`;
  return `${contract}, ${decimals} decimals; a figure ${between}, at most ${duration.format(maxAgeSeconds)} old`;
}
