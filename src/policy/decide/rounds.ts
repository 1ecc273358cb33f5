/** What counts its own changes, so that of two decisions the later one knows no earlier state: feeds, and tokens with a multiplier. */
import * as subject from "../../evidence/subject.ts";
import type { PolicyOperation } from "../document/condition-schema.ts";
import type { Policy } from "../policy.ts";
import { readsMultiplier } from "../profile.ts";
import { feedsFor } from "./feed.ts";

/** Subjects of whose rounds a decision on the operation knows the highest: the feeds that it may read, and the token's own changes. */
export function roundsFor(policy: Pick<Policy, "guards" | "token">, operation: PolicyOperation): readonly string[] {
  const feeds = feedsFor(policy, operation).map(({ address }) => subject.feed(address));
  return readsMultiplier(policy, operation) ? [...feeds, subject.token(policy.token.address)] : feeds;
}
