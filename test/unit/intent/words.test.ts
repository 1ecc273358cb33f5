/** The words of an intent hold all of it, and differ when it differs. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/intent/intent.ts";
import { amountText, details, sentence } from "../../../src/intent/words.ts";
import { messages } from "../../../src/statement/message.ts";
import { checksum, zero } from "../../../src/values/address.ts";
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
