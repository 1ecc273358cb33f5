/** Arguments without a field of their own: said in words, read back, and asked for exactly where the operation has them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { furtherIn, furtherOf, lacking } from "../../../src/intent/further-argument.ts";
import { furtherNames } from "../../../src/intent/operation.ts";
import { details } from "../../../src/intent/words.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import { parse } from "../../../src/intent/intent.ts";
import { zero } from "../../../src/values/address.ts";
import { intents, mint } from "./intents.ts";

const seizure = { ...mint, operation: "forcedTransfer", from: `0x${"3".repeat(40)}` };
const registration = {
  ...mint,
  operation: "registerIdentity",
  amount: "0",
  identity: `0x${"4".repeat(40)}`,
  country: 756,
};
const said = (wire: unknown): { operation: "redeem"; details: string } => ({
  operation: "redeem",
  details: details(parse(wire)),
});
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof InvalidValue ? error.code : String(error);
  }
  return "nothing";
};

describe("further arguments", () => {
  it("are read back from the line of details as they were said", () => {
    fc.assert(
      fc.property(intents, (intent) => {
        const read = furtherIn({ operation: intent.operation, details: details(intent) });
        expect(read).toEqual(furtherOf(intent));
        const named = [...furtherNames(intent.operation), ...(intent.destination === undefined ? [] : ["destination"])];
        expect(Object.keys(read).sort()).toEqual(named.sort());
      }),
    );
  });

  it("stand in front of the reference, where the person who signs reads them", () => {
    expect(details(parse(seizure))).toMatch(/^from 0x3333333333333333333333333333333333333333; reference RCPT-42; /);
    expect(details(parse(registration))).toMatch(
      /^identity 0x4444444444444444444444444444444444444444; country 756; reference RCPT-42; /,
    );
  });

  it.each([
    ["nothing", ""],
    ["another order", "country 756; identity 0x4444444444444444444444444444444444444444; reference R"],
    ["a part", "identity 0x4444444444444444444444444444444444444444; reference R"],
  ])("are none in %s", (_, said) => {
    expect(furtherIn({ operation: "registerIdentity", details: said })).toEqual({});
  });

  it("may be left out where the operation can do without, and are refused everywhere else", () => {
    const redemption = { ...mint, operation: "redeem", to: zero };
    expect(furtherIn(said(redemption))).toEqual({});
    expect(furtherIn(said({ ...redemption, destination: "vault-zrh" }))).toEqual({ destination: "vault-zrh" });
    expect(details(parse({ ...redemption, destination: "vault-zrh" }))).toMatch(
      /^destination vault-zrh; reference RCPT-42; /,
    );
    expect(codeOf(() => parse({ ...mint, destination: "vault-zrh" }))).toBe("intent.destination");
    expect(codeOf(() => parse({ ...redemption, destination: "a vault" }))).toBe("value.name");
    expect(codeOf(() => parse({ ...redemption, from: seizure.from }))).toBe("intent.from");
  });

  it("that are no address and no country are none", () => {
    expect(furtherIn({ operation: "registerIdentity", details: "identity 0x44; country 1000; reference R" })).toEqual(
      {},
    );
  });

  it("are refused where they are missing, empty, or of no use", () => {
    expect(codeOf(() => parse({ ...mint, operation: "forcedTransfer" }))).toBe("intent.from");
    expect(codeOf(() => parse({ ...seizure, from: zero }))).toBe("intent.from");
    expect(codeOf(() => parse({ ...seizure, from: seizure.to }))).toBe("intent.from");
    expect(codeOf(() => parse({ ...registration, country: 0 }))).toBe("intent.malformed");
    expect(codeOf(() => parse({ ...mint, from: seizure.from }))).toBe("intent.from");
    expect(codeOf(() => parse({ ...seizure, country: 756 }))).toBe("intent.country");
    expect(lacking(parse(seizure))).toBeUndefined();
    expect(lacking(parse(mint))).toBeUndefined();
  });
});
