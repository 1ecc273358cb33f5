/** Batches for tests: a policy that takes them, requests that stand in one, and words about all of them at once. */
import { batchOf, weigh, type BatchDocument } from "../../src/gate/batch.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import type { Submission } from "../../src/statement/message.ts";
import { readStatement } from "../../src/statement/read.ts";
import type { PolicyDocument } from "../../src/policy/document/document.ts";
import { toWire } from "../../src/values/wire.ts";
import { goldPolicy, idOf, submission, units, type Deployment } from "./gold.ts";
import { sign, type PersonId } from "./people.ts";

const two = { group: "custodians", min: 2 };

/** Two custodians for up to 1,000 GLD, compliance besides for up to 5,000; ten requests and 3,000 GLD at once. */
export function batchPolicy(
  batch: Readonly<Record<string, unknown>> | null = { max: 10, total: "3000 GLD" },
  overrides: Readonly<Record<string, unknown>> = {},
): PolicyDocument {
  const { rules } = goldPolicy();
  const tiers = [
    { upTo: "1000 GLD", quorum: two, sign: "hsm-mint" },
    { upTo: "5000 GLD", quorum: { all: [two, { group: "compliance", min: 1 }] }, sign: "hsm-mint" },
  ];
  return goldPolicy({
    rules: rules.map((rule) => (rule.id === "mint" ? { ...rule, tiers, ...(batch && { batch }) } : rule)),
    ...overrides,
  });
}

/** Mints of so many GLD each, by references of their own. */
export function legsOf(
  deployment: Deployment,
  now: number,
  amounts: readonly number[],
  intent: Readonly<Record<string, unknown>> = {},
): readonly Envelope[] {
  return amounts.map((whole, index) =>
    submission(deployment, { now, intent: { amount: units(whole), reference: `LEG-${index + 1}`, ...intent } }),
  );
}

export function submissionIn(envelope: Envelope): Submission {
  const statement = readStatement(envelope);
  if (statement.kind !== "Submission") throw new Error("no submission");
  return statement.message;
}

/** What is brought beside the word. */
export function documentOf(legs: readonly Envelope[]): BatchDocument {
  return batchOf(legs.map(submissionIn));
}

/** One word about all of them; any field may be overridden before signing. */
export function batchApproval(
  deployment: Deployment,
  legs: readonly Envelope[],
  by: PersonId,
  overrides: Readonly<Record<string, unknown>> = {},
): Envelope {
  const requests = legs.map(submissionIn);
  const weight = weigh(requests, deployment.policy.token.decimals);
  return sign(by, deployment.deploymentId, "BatchApproval", {
    decision: "approve",
    ...(toWire(weight) as Record<string, string | number>),
    policyHash: deployment.policyHash,
    rosterHash: deployment.rosterHash,
    expiresAt: Math.min(...requests.map(({ expiresAt }) => expiresAt)),
    batchId: idOf(`${by} ${weight.merkleRoot} ${JSON.stringify(overrides)}`),
    ...overrides,
  });
}
