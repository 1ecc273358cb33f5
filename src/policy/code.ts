/** The closed list of what a decision can say in one word. */

/** Stable: each is part of the public surface, and the first failing clause names the decision. */
export const policyCodes = [
  "policy.allowed",
  "policy.wrong-asset",
  "policy.wrong-chain",
  "policy.chain-unknown",
  "policy.no-rule",
  "policy.ambiguous",
  "policy.initiator-not-in-group",
  "policy.recipient-not-listed",
  "policy.recipient-too-new",
  "policy.over-top-tier",
  "policy.wrong-key",
  "policy.separation",
  "policy.group-floor",
  "policy.quorum-missing",
  "policy.expired",
  "policy.not-yet",
  "policy.lifetime",
  "policy.delay",
  "policy.fee-ceiling",
  "policy.reserves-short",
  "policy.attestation-stale",
  "policy.evidence-missing",
  "policy.limit-exceeded",
  "policy.ceiling-request",
  "policy.ceiling-day",
  "policy.ceiling-share",
  "policy.ceiling-fees",
  "policy.code-changed",
  "policy.paused",
  "policy.freshness",
] as const;

export type PolicyCode = (typeof policyCodes)[number];
