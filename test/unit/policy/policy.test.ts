/** The demo policy, compiled: its own examples hold, and the roster of the tests can live by it. */
import { describe, expect, it } from "vitest";
import { hasAmount, hasRecipient } from "../../../src/policy/asked.ts";
import { compile } from "../../../src/policy/compile.ts";
import { parseQuantity } from "../../../src/policy/quantity.ts";
import { checkAgainstRoster, checkWallets } from "../../../src/policy/roster-fit.ts";
import { bankA, decideWith, document, intentWith, rosterIndex, vote, yaml } from "./example.ts";
import { zero } from "../../../src/values/address.ts";

describe("policies/GLD.yaml", () => {
  it("compiles, and its roster can fill it", () => {
    const policy = compile(document);
    expect(checkAgainstRoster(policy, rosterIndex)).toEqual([]);
    expect(checkWallets(policy)).toEqual([]);
    expect(yaml).toContain("apiVersion: countersign/v1");
  });

  it.each((document.tests ?? []).map((test) => [test.name, test] as const))(
    "%s",
    (_, { request, votes, expect: wanted }) => {
      const intent = {
        operation: request.operation,
        amount: hasAmount(request.operation)
          ? parseQuantity(request.amount ?? "1 GLD", { unit: "GLD", decimals: 18 }, "amount").toString()
          : "0",
        to: hasRecipient(request.operation) ? (request.to ?? bankA) : zero,
        ...(request.maxFee === undefined
          ? {}
          : { feeCeilingWei: parseQuantity(request.maxFee, { unit: "ETH", decimals: 18 }, "maxFee").toString() }),
      };
      const { verdict, rule, clauses, nearest } = decideWith({
        intent,
        initiator: request.by,
        facts: { votes: (votes ?? []).map((one) => vote(typeof one === "string" ? one : one.by)) },
      });
      const failing = [
        ...clauses.filter((clause) => !clause.ok).map((clause) => clause.id),
        ...nearest.map(({ clause }) => clause.id),
      ];
      if (wanted.allow !== undefined) expect({ verdict, rule }).toEqual({ verdict: "allowed", rule: wanted.allow });
      else expect(failing).toContain(wanted.pending ?? wanted.deny);
      expect(verdict).toBe(
        wanted.allow === undefined ? (wanted.pending === undefined ? "refused" : "pending") : "allowed",
      );
      expect(intentWith(intent).operation).toBe(request.operation);
    },
  );
});
