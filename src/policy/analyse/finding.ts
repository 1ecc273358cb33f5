/** What an analysis found: where it stands, how bad it is, and a request that shows it. */
import type { Example } from "./witness.ts";

export type Severity = "error" | "warning" | "note";

/** Stable; each is part of the public surface. */
export const findingCodes = [
  "policy.overlap",
  "policy.rule-dead",
  "policy.tier-unreachable",
  "policy.tier-cut",
  "policy.guard-idle",
  "policy.guard-always",
  "policy.limit-idle",
  "policy.gap",
  "policy.list-unused",
  "policy.quorum-unfillable",
  "policy.liveness",
  "policy.sole-initiator",
  "policy.change-deadlock",
  "policy.key-unknown",
  "policy.group-empty",
  "policy.group-floor",
  "policy.separation",
  "policy.no-wallet",
  "policy.batch-unseen",
  "policy.batch-unlimited",
] as const;

export type PolicyFinding = {
  readonly code: (typeof findingCodes)[number];
  readonly severity: Severity;
  /** Path in the document. */
  readonly field: string;
  readonly message: string;
  readonly example?: Example;
};

const order: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/** The worst first, then as they stand in the document. */
export function sorted(findings: readonly PolicyFinding[]): readonly PolicyFinding[] {
  return [...findings].sort(
    (a, b) =>
      order[a.severity] - order[b.severity] ||
      a.field.localeCompare(b.field, "en", { numeric: true }) ||
      a.code.localeCompare(b.code, "en"),
  );
}

/** `error rules.0.tiers.1: …; for example: mint 1 GLD …`. */
export function findingLine({ severity, field, message, example }: PolicyFinding): string {
  return `${severity} ${field}: ${message}${example === undefined ? "" : `; for example: ${example.text}`}`;
}
