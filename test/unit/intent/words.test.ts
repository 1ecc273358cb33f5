/** The words of an intent hold all of it, and differ when it differs. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { furtherIn, furtherOf } from "../../../src/intent/further-argument.ts";
import { parse } from "../../../src/intent/intent.ts";
import { amountText, details, sentence } from "../../../src/intent/words.ts";
import { messages } from "../../../src/statement/message.ts";
import { checksum, zero } from "../../../src/values/address.ts";
import { raise } from "../../place/profiles.ts";
import { intents, mint } from "./intents.ts";

const intent = parse(mint);

describe("an intent in words", () => {
  it("is one sentence that holds everything", () => {
    expect(sentence(intent, 18)).toBe(
      "mint 1,000.5 GLD to 0x2222222222222222222222222222222222222222 on chain 31337, signed by 0x1111111111111111111111111111111111111111, fees at most 0.05 ETH; reference RCPT-42; not before 2026-10-26T07:33:20Z; expires 2026-10-27T07:33:20Z",
    );
  });

  it.each([
    ["burn", { to: zero }, "burn 1,000.5 GLD held by 0x1111111111111111111111111111111111111111"],
    ["redeem", { to: zero }, "redeem 1,000.5 GLD: burn what 0x1111111111111111111111111111111111111111 holds"],
    [
      "transfer",
      {},
      "transfer 1,000.5 GLD from 0x1111111111111111111111111111111111111111 to 0x2222222222222222222222222222222222222222",
    ],
    ["pause", { to: zero, amount: "0" }, "pause GLD"],
    ["unpause", { to: zero, amount: "0" }, "unpause GLD"],
    ["grantRole", { amount: "0" }, "let 0x2222222222222222222222222222222222222222 mint GLD"],
    ["revokeRole", { amount: "0" }, "let 0x2222222222222222222222222222222222222222 no longer mint GLD"],
  ])("says what a %s does", (operation, change, begins) => {
    expect(sentence(parse({ ...mint, operation, ...change }), 18).startsWith(`${begins} on chain`)).toBe(true);
  });

  it("names the role that is granted, which has no field of its own", () => {
    const granted = parse({ ...mint, operation: "grantRole", amount: "0" });
    expect(details(granted)).toBe(`role MINTER_ROLE; ${details(intent)}`);
    expect(sentence(granted, 18)).toContain("role MINTER_ROLE; reference RCPT-42");
  });

  it("says what a raise comes to for everybody who holds some", () => {
    const raised = parse({ ...mint, operation: "raiseMultiplier", to: zero, amount: "42000000000000000000", ...raise });
    expect(sentence(raised, 18)).toBe(
      `raise the multiplier of GLD from 1 to 1.0042 (+0.42 %) as of 2030-01-01T00:00:00Z, which is the same as issuing at most 42 GLD to everybody who holds it on chain 31337, signed by 0x1111111111111111111111111111111111111111, fees at most 0.05 ETH; newMultiplier 1.0042; oldMultiplier 1; activationTime 2030-01-01T00:00:00Z; ${details(intent)}`,
    );
    expect(furtherIn({ operation: "raiseMultiplier", details: details(raised) })).toEqual(furtherOf(raised));
  });

  it.each([
    ["newMultiplier", { newMultiplier: raise.oldMultiplier }],
    ["newMultiplier", { newMultiplier: "999999999999999999" }],
    ["newMultiplier", { oldMultiplier: "0" }],
    ["activationTime", { activationTime: undefined }],
    ["amount", { amount: "0" }],
  ])("are of no raise without a step up, a time and an amount: %s %o", (field, change) => {
    const wire = { ...mint, operation: "raiseMultiplier", to: zero, ...raise, ...change };
    expect(() => parse(wire)).toThrow(expect.objectContaining({ code: `intent.${field}` }));
  });

  it("has a text for the amount, or says that there is none", () => {
    expect(amountText(intent, 18)).toBe("1,000.5 GLD");
    expect(amountText(intent, 2)).toBe("10,005,000,000,000,000,000 GLD");
    expect(amountText(parse({ ...mint, operation: "pause", to: zero, amount: "0" }), 18)).toBe("no amount");
  });

  it("is different for different intents", () => {
    fc.assert(
      fc.property(intents, intents, fc.integer({ min: 0, max: 30 }), (a, b, decimals) => {
        fc.pre(JSON.stringify(a, text) !== JSON.stringify(b, text));
        expect(sentence(a, decimals)).not.toBe(sentence(b, decimals));
      }),
    );
  });

  it("fits the fields of a statement, and names the account with its checksum", () => {
    const [, words] = messages.Approval.details;
    fc.assert(
      fc.property(intents, fc.integer({ min: 0, max: 77 }), (one, decimals) => {
        expect(words.safeParse(details(one)).success).toBe(true);
        expect(words.safeParse(amountText(one, decimals)).success).toBe(true);
        expect(sentence(one, decimals)).toContain(checksum(one.account));
      }),
    );
  });
});

function text(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
