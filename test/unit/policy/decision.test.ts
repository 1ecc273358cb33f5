/** The decision as a document: what the log and every bundle store of it. */
import { expect, it } from "vitest";
import { decisionSchema } from "../../../src/policy/decision.ts";
import { parseStrict, canonical } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { decideWith, stranger, vote } from "./example.ts";

it("survives being written and read, whatever the verdict", () => {
  for (const bend of [{}, { facts: { votes: [vote("chris")] } }, { intent: { to: stranger } }]) {
    const decision = decideWith(bend);
    expect(decisionSchema.parse(parseStrict(canonical(toWire(decision))))).toEqual(decision);
  }
});

it("is refused with a field too many or a verdict of its own", () => {
  const wire = toWire(decideWith()) as Record<string, unknown>;
  expect(decisionSchema.safeParse({ ...wire, root: true }).success).toBe(false);
  expect(decisionSchema.safeParse({ ...wire, verdict: "maybe" }).success).toBe(false);
});

it("is read without candidates too, as earlier decisions were written", () => {
  const wire = toWire(decideWith()) as Record<string, unknown>;
  expect(decisionSchema.parse({ ...wire, missing: [{ group: "custodians", count: 1 }] }).missing).toEqual([
    { group: "custodians", count: 1 },
  ]);
});
