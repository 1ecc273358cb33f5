/** Attestations follow one another by sequence and never look further back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reserveFact, succeed } from "../../../src/evidence/reserve.ts";
import { reserveSchema } from "../../../src/policy/facts.ts";
import { readStatement } from "../../../src/statement/read.ts";
import type { ReserveAttestation } from "../../../src/statement/message.ts";
import { parse as amount } from "../../../src/values/amount.ts";
import { parse as instant } from "../../../src/values/instant.ts";
import * as name from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { signedBy, vectorOf } from "../statement/vectors.ts";

const statement = readStatement(signedBy(vectorOf("ReserveAttestation"), "key").envelope);
if (statement.kind !== "ReserveAttestation") throw new Error("the vector is an attestation");
const first: ReserveAttestation = statement.message;
const after = (change: Partial<ReserveAttestation>): ReserveAttestation => ({ ...first, ...change });

describe("an attestation after another", () => {
  it("is the first when there is none", () => {
    expect(succeed(undefined, first)).toEqual({ kind: "first" });
  });

  it("is newer with a higher sequence that looks no further back", () => {
    expect(succeed(first, after({ sequence: first.sequence + 1 }))).toEqual({ kind: "newer" });
    expect(
      succeed(first, after({ sequence: first.sequence + 9, asOf: instant(first.asOf + 1), reserves: amount("1") })),
    ).toEqual({ kind: "newer" });
  });

  it("is stale with a lower sequence, or with a higher one that looks further back", () => {
    expect(succeed(first, after({ sequence: first.sequence - 1 }))).toEqual({ kind: "stale" });
    expect(succeed(first, after({ sequence: first.sequence + 1, asOf: instant(first.asOf - 1) }))).toEqual({
      kind: "stale",
    });
  });

  it("is the same when every word is", () => {
    expect(succeed(first, after({}))).toEqual({ kind: "same" });
  });

  it("is a conflict when any word differs under one sequence", () => {
    for (const field of Object.keys(first).filter((one) => one !== "sequence") as (keyof ReserveAttestation)[]) {
      const value = first[field];
      const other = typeof value === "bigint" ? value + 1n : typeof value === "number" ? value + 1 : `${value}0`;
      expect(succeed(first, after({ [field]: other })), field).toEqual({ kind: "conflict" });
    }
  });

  it("never goes back: what is newer than the newest is newer than all before", () => {
    const step = fc.record({ sequence: fc.nat(20), asOf: fc.nat(20).map((at) => instant(at)) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let latest: ReserveAttestation | undefined;
        const taken: ReserveAttestation[] = [];
        for (const one of steps) {
          const next = after(one);
          const { kind } = succeed(latest, next);
          if (kind !== "first" && kind !== "newer") continue;
          latest = next;
          taken.push(next);
        }
        for (const [index, one] of taken.entries()) {
          const before = taken[index - 1];
          if (before !== undefined) expect(one.sequence > before.sequence && one.asOf >= before.asOf).toBe(true);
        }
      }),
    );
  });
});

it("gives the fact of a decision", () => {
  const fact = reserveFact(statement, name.parse("vault-auditor"));
  expect(fact).toMatchObject({ attestor: "vault-auditor", statement: statement.hash, sequence: 12 });
  expect(reserveSchema.parse(toWire(fact))).toEqual(fact);
});
