/** A holder's verification that was taken back: no age and no clock of an attestor makes it good again. */
import { expect, test } from "vitest";
import { bankA, day, document, idOf, now, outcome, type Bend } from "./example.ts";

const guards = [
  ...(document.guards ?? []),
  { id: "holder", when: { operation: "mint" }, require: { evidence: "identity", maxAge: "90d" } },
];

function word(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const times = { asOf: now - 60, expiresAt: now + day };
  const who = { attestor: "vault-auditor", subject: `address:${bankA}`, value: "verified", source: "registry" };
  return { ...who, ...times, statement: idOf(`word ${JSON.stringify(fields)}`), ...fields };
}

const bend = (...identities: readonly Record<string, unknown>[]): Bend => ({
  policy: { guards },
  facts: { identities: identities.map((one) => word(one)) },
});

test("a verified holder is minted to", () => {
  expect(outcome(bend({})).verdict).toBe("allowed");
});

test.each([
  ["older than the guard's own maxAge", { asOf: now - 91 * day }],
  ["of a moment that has not come by the gate's clock", { asOf: now + 30 }],
  ["of this very moment", { asOf: now }],
])("a revocation %s keeps the holder out, whoever else vouches", (_, times) => {
  expect(outcome(bend({}, { source: "sanctions", value: "revoked", ...times }))).toEqual({
    verdict: "pending",
    code: "policy.not-verified",
    failing: ["guard.holder"],
  });
});

test("a revocation that expired is over", () => {
  expect(outcome(bend({}, { source: "sanctions", value: "revoked", expiresAt: now })).verdict).toBe("allowed");
});
