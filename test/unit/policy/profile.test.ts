/** What each operation of each standard needs to have been seen, and that nothing passes without it. */
import { describe, expect, it } from "vitest";
import { multiplierText } from "../../../src/evidence/multiplier.ts";
import * as subject from "../../../src/evidence/subject.ts";
import { operations, type Operation } from "../../../src/intent/operation.ts";
import { isOffered, offered, standardSchema, type Standard } from "../../../src/intent/standard.ts";
import type { Decision } from "../../../src/policy/decision.ts";
import { needsOf, readsMultiplier } from "../../../src/policy/profile.ts";
import { zero } from "../../../src/values/address.ts";
import { zero as zeroAmount } from "../../../src/values/amount.ts";
import { parse as parseMultiplier } from "../../../src/values/multiplier.ts";
import {
  addressOf,
  claimKey,
  furtherFor,
  goodSights,
  identityCode,
  tokenOf,
  type Sight,
} from "../../place/profiles.ts";
import { bankA, decideWith, document, gld, inputWith, key, mintRule, now, observed, type Bend } from "./example.ts";

/** A rule that permits the operation to issuers, as the mint of the example is permitted. */
const ruleFor = (operation: Operation): unknown => {
  const uses = operations[operation];
  const when = { operation, initiator: { group: "issuers" }, ...(uses.recipient ? { to: { in: "treasury" } } : {}) };
  return { ...mintRule(), when };
};

const asking = (operation: Operation): Readonly<Record<string, unknown>> => ({
  operation,
  ...(operations[operation].recipient ? {} : { to: zero }),
  ...(operations[operation].amount ? {} : { amount: "0" }),
  ...furtherFor(operation),
});

function bendOf(
  standard: Standard,
  operation: Operation,
  seen: (sights: readonly Sight[]) => readonly Sight[],
  token: object = tokenOf(standard, document.token),
): Bend {
  const policy = { token, rules: [ruleFor(operation)], guards: [], limits: [] };
  const intent = asking(operation);
  const input = inputWith({ policy, intent });
  const sights = seen(goodSights(input.policy, input.intent)).map((one) => [
    subject.factKey(one.subject, one.fact),
    { ...one, blockNumber: 77, blockTime: now - 5, finalized: false, statements: [] },
  ]);
  const signed = operation === "addClaim" ? { claimSigner: claimKey.address } : {};
  const known = readsMultiplier(input.policy, operation)
    ? { rounds: { [subject.token(input.policy.token.address)]: "0" } }
    : {};
  return { policy, intent, facts: { observed: { ...observed, ...Object.fromEntries(sights) }, ...signed, ...known } };
}

const decided = (standard: Standard, operation: Operation, seen = (all: readonly Sight[]) => all): Decision =>
  decideWith(bendOf(standard, operation, seen));

const cases = standardSchema.options.flatMap((standard) =>
  // A part of a distribution rests on its document besides: property/policy/eligibility.test.ts has it beside the others.
  offered(standard)
    .filter((operation) => operation !== "distribute")
    .map((operation) => [standard, operation] as const),
);

/** By operation, what is needed beside code and pause: written down from the standards once more. */
const needed: Readonly<Record<Exclude<Standard, "role-erc20">, Readonly<Record<string, readonly string[]>>>> = {
  erc3643: {
    mint: ["token.decimals", "token.registries", "token.to.frozen", "token.to.verified"],
    transfer: ["token.account.frozen", "token.decimals", "token.registries", "token.to.frozen", "token.to.verified"],
    burn: ["token.account.frozen", "token.decimals", "token.registries"],
    redeem: ["token.account.frozen", "token.decimals", "token.registries"],
    pause: [],
    unpause: ["token.decimals", "token.registries"],
    freeze: [],
    unfreeze: ["token.decimals", "token.registries"],
    registerIdentity: ["token.decimals", "token.identity.codehash", "token.registries"],
    addClaim: ["token.decimals", "token.identity.codehash", "token.registries", "token.to.identity"],
    removeClaim: ["token.decimals", "token.identity.codehash", "token.registries", "token.to.identity"],
    forcedTransfer: ["token.decimals", "token.registries", "token.to.frozen", "token.to.verified"],
  },
  erc7943: {
    mint: ["token.decimals", "token.to.frozen", "token.to.verified"],
    transfer: ["token.account.frozen", "token.decimals", "token.to.frozen", "token.to.verified"],
    burn: ["token.account.frozen", "token.decimals"],
    redeem: ["token.account.frozen", "token.decimals"],
    pause: [],
    unpause: ["token.decimals"],
    freeze: [],
    unfreeze: ["token.decimals"],
    forcedTransfer: ["token.decimals", "token.to.frozen", "token.to.verified"],
  },
  "fiat-token": {
    mint: ["token.account.allowance", "token.account.frozen", "token.decimals", "token.to.frozen"],
    transfer: ["token.account.frozen", "token.decimals", "token.to.frozen"],
    burn: ["token.account.frozen", "token.decimals"],
    redeem: ["token.account.frozen", "token.decimals"],
    pause: [],
    unpause: ["token.decimals"],
    freeze: [],
    unfreeze: ["token.decimals"],
  },
  "backed-token": {
    mint: ["token.decimals", "token.multiplier", "token.sanctions", "token.to.frozen"],
    transfer: ["token.account.frozen", "token.decimals", "token.sanctions", "token.to.frozen"],
    burn: ["token.account.frozen", "token.decimals", "token.sanctions"],
    redeem: ["token.account.frozen", "token.decimals", "token.sanctions"],
    pause: [],
    unpause: ["token.decimals", "token.sanctions"],
    raiseMultiplier: ["token.decimals", "token.multiplier", "token.multiplier.announced", "token.sanctions"],
  },
};

describe("an operation", () => {
  it.each(cases)(
    "of a token of %s is allowed when everything it needs was seen and holds: %s",
    (standard, operation) => {
      expect(decided(standard, operation)).toMatchObject({ verdict: "allowed", code: "policy.allowed" });
    },
  );

  it.each(cases)("of a token of %s needs what is written here: %s", (standard, operation) => {
    const { policy, intent } = inputWith(bendOf(standard, operation, (all) => all));
    const ids = needsOf(policy, intent).map(({ id }) => id);
    expect([...ids].sort()).toEqual(standard === "role-erc20" ? [] : needed[standard][operation]);
  });

  it.each(cases)(
    "of a token of %s waits for each thing that nobody saw, and for a fresh sight: %s",
    (standard, operation) => {
      const { policy, intent } = inputWith(bendOf(standard, operation, (all) => all));
      for (const need of needsOf(policy, intent)) {
        const without = decided(standard, operation, (all) => all.filter((one) => !isOf(one, need)));
        expect(without, need.id).toMatchObject({ verdict: "pending", code: "policy.evidence-missing" });
        const { facts, ...bend } = bendOf(standard, operation, (all) => all);
        const seen = facts?.["observed"] as Record<string, { blockTime: number }>;
        const at = subject.factKey(need.subject, need.fact);
        const old = { ...seen, [at]: { ...seen[at]!, blockTime: now - 121 } };
        expect(decideWith({ ...bend, facts: { ...facts, observed: old } }), need.id).toMatchObject({
          code: "policy.freshness",
        });
      }
    },
  );

  it.each(cases)("of a token of %s is not allowed when one thing is otherwise: %s", (standard, operation) => {
    const { policy, intent } = inputWith(bendOf(standard, operation, (all) => all));
    const otherwise: Readonly<Partial<Record<subject.FactName, string>>> = {
      decimals: "6",
      registries: "{}",
      frozen: "1",
      verified: "false",
      allowance: (gld("100") - 1n).toString(),
      codehash: `0x${"00".repeat(32)}`,
      identity: zero,
      sanctions: zero,
    };
    const shares = { current: parseMultiplier("1"), nonce: zeroAmount, announced: null };
    const announced = { multiplier: parseMultiplier("1.1"), activationTime: parseMultiplier("1") };
    const others: Readonly<Record<string, string>> = {
      "token.multiplier": multiplierText({ ...shares, current: parseMultiplier("1.000000000000000001") }),
      "token.multiplier.announced": multiplierText({ ...shares, announced }),
    };
    // To whatever else brings tokens into the world any multiplier is one.
    const needs = needsOf(policy, intent).filter(({ id }) => operation !== "mint" || id !== "token.multiplier");
    for (const need of needs) {
      const value = others[need.id] ?? otherwise[need.fact]!;
      const seen = decided(standard, operation, (all) => all.map((one) => (isOf(one, need) ? { ...one, value } : one)));
      expect(seen, need.id).toMatchObject({ verdict: need.curable ? "pending" : "refused", code: need.code });
      expect(seen.clauses.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual([need.id]);
    }
  });
});

describe("a role that the policy names", () => {
  const named: Readonly<Record<Standard, string>> = {
    "role-erc20": "MINTER_ROLE",
    erc3643: "agent",
    erc7943: "MINTER_ROLE",
    "fiat-token": "minter",
    "backed-token": "minter",
  };
  const withRole = (standard: Standard, operation: Operation, seen: (sights: readonly Sight[]) => readonly Sight[]) => {
    const token = { ...tokenOf(standard, document.token), roles: { [operation]: named[standard] } };
    return decideWith(bendOf(standard, operation, seen, token));
  };
  const held = ({ fact }: Sight): boolean => fact === "held";

  it.each(cases)("is asked of the account, by a token of %s, before a %s", (standard, operation) => {
    expect(withRole(standard, operation, (all) => all)).toMatchObject({ verdict: "allowed" });
    const unseen = withRole(standard, operation, (all) => all.filter((one) => !held(one)));
    expect(unseen).toMatchObject({ verdict: "pending", code: "policy.evidence-missing" });
    const lost = withRole(standard, operation, (all) =>
      all.map((one) => (held(one) ? { ...one, value: "false" } : one)),
    );
    expect(lost).toMatchObject({ verdict: "pending", code: "policy.role-missing" });
    const [clause, ...more] = lost.clauses.filter(({ ok }) => !ok);
    expect([clause?.id, clause?.bound, more]).toEqual([
      "token.account.role",
      `${key.account} holds the role ${named[standard]}`,
      [],
    ]);
  });

  it("for mints is asked before a distribution too, unless that has one of its own", () => {
    const asked = { operation: "distribute", account: key.account, to: bankA, amount: zeroAmount } as const;
    const bounds = (roles: object): readonly string[] => {
      const { policy } = inputWith({ policy: { token: { ...tokenOf("role-erc20", document.token), roles } } });
      return needsOf(policy, { ...asked, identity: undefined }).map(({ bound }) => bound);
    };
    expect(bounds({ mint: "MINTER_ROLE" })).toEqual([`${key.account} holds the role MINTER_ROLE`]);
    expect(bounds({ mint: "MINTER_ROLE", distribute: "PAUSER_ROLE" })).toEqual([
      `${key.account} holds the role PAUSER_ROLE`,
    ]);
  });

  it("for another operation is asked of nobody", () => {
    const token = { ...tokenOf("role-erc20", document.token), roles: { pause: "PAUSER_ROLE" } };
    expect(decideWith(bendOf("role-erc20", "mint", (all) => all, token))).toMatchObject({ verdict: "allowed" });
  });

  it.each([
    ["role-erc20", { mint: "agent" }],
    ["role-erc20", { mint: "" }],
    ["erc3643", { mint: "MINTER_ROLE" }],
    ["fiat-token", { mint: "owner" }],
    ["fiat-token", { grantRole: "minter" }],
    ["role-erc20", { upgrade: "DEFAULT_ADMIN_ROLE" }],
  ] as const)("is one that the standard has, for an operation that it offers: %s %o", (standard, roles) => {
    const token = { ...tokenOf(standard, document.token), roles };
    expect(() => inputWith({ policy: { token, guards: [], limits: [] } })).toThrow(/roles/);
  });
});

const isOf = (one: Sight, need: { readonly subject: string; readonly fact: string }): boolean =>
  one.subject === need.subject && one.fact === need.fact;

describe("what is needed", () => {
  it("is of the recipient, of the account, and of the identity that is registered", () => {
    const of = (operation: Operation, standard: Standard): readonly string[] => {
      const { policy, intent } = inputWith(bendOf(standard, operation, (all) => all));
      return [...new Set(needsOf(policy, intent).map((need) => need.subject))].sort();
    };
    const token = document.token.address;
    expect(of("transfer", "erc3643")).toEqual(
      [subject.holder(token, bankA), subject.holder(token, key.account), subject.token(token)].sort(),
    );
    expect(of("registerIdentity", "erc3643")).toEqual([subject.contract(addressOf("identity")), subject.token(token)]);
  });

  it("of an identity is the code that the policy pins", () => {
    const { policy, intent } = inputWith(bendOf("erc3643", "registerIdentity", (all) => all));
    expect(needsOf(policy, intent).find(({ id }) => id === "token.identity.codehash")?.good).toBe(identityCode);
  });

  it("is nothing for a standard that does not know holders, and what is not offered is refused before", () => {
    for (const operation of offered("role-erc20")) expect(isOffered("role-erc20", operation)).toBe(true);
    const token = tokenOf("fiat-token", document.token);
    const refused = decideWith({ policy: { token, rules: [ruleFor("mint")] }, intent: asking("forcedTransfer") });
    expect(refused).toMatchObject({ verdict: "refused", code: "policy.not-offered" });
    expect(refused.clauses.find(({ id }) => id === "token.operation")).toMatchObject({
      ok: false,
      observed: "forcedTransfer",
    });
  });
});
