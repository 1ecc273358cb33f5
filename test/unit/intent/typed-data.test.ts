/** Typed data is read strictly and hashed as wallets hash it; the house's own statements are nobody's typed data. */
import { hashTypedData } from "viem";
import { describe, expect, it } from "vitest";
import { digest, parse } from "../../../src/intent/typed-data.ts";
import { InvalidValue } from "../../../src/values/errors.ts";

const token = `0x${"11".repeat(20)}`;
const spender = `0x${"aa".repeat(20)}`;
export const permit = {
  domain: { name: "Gold", version: "1", chainId: 1, verifyingContract: token },
  types: {
    Permit: [
      { name: "owner", type: "address" },
      { name: "spender", type: "address" },
      { name: "value", type: "uint256" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
  },
  primaryType: "Permit",
  message: { owner: token, spender, value: (2n ** 255n).toString(), nonce: 0, deadline: 1_800_000_000 },
};
const refused = (fields: Readonly<Record<string, unknown>>): { code: string; field: string } => {
  try {
    parse({ ...permit, ...fields });
  } catch (error) {
    if (error instanceof InvalidValue) return { code: error.code, field: error.field ?? "" };
    throw error;
  }
  throw new Error("nothing was refused");
};
const domain = (fields: Readonly<Record<string, unknown>>): unknown => ({ domain: { ...permit.domain, ...fields } });
const message = (fields: Readonly<Record<string, unknown>>): unknown => ({ message: { ...permit.message, ...fields } });

describe("typed data", () => {
  it("has numbers as bigints and addresses in lower case", () => {
    expect(parse(permit).message).toEqual({
      owner: token,
      spender,
      value: 2n ** 255n,
      nonce: 0n,
      deadline: 1_800_000_000n,
    });
  });

  it("has the digest that another library gives it", () => {
    expect(digest(parse(permit))).toBe(hashTypedData(permit as unknown as Parameters<typeof hashTypedData>[0]));
    const nested = {
      domain: { chainId: 10, verifyingContract: token, salt: `0x${"07".repeat(32)}` },
      types: {
        Order: [
          { name: "legs", type: "Leg[]" },
          { name: "limits", type: "int64[2]" },
          { name: "note", type: "string" },
          { name: "live", type: "bool" },
          { name: "data", type: "bytes" },
          { name: "root", type: "bytes32" },
        ],
        Leg: [{ name: "to", type: "address" }],
      },
      primaryType: "Order",
      message: {
        legs: [{ to: spender }, { to: token }],
        limits: ["-5", "7"],
        note: "grüezi",
        live: true,
        data: "0x0102",
        root: `0x${"09".repeat(32)}`,
      },
    };
    expect(digest(parse(nested))).toBe(hashTypedData(nested as unknown as Parameters<typeof hashTypedData>[0]));
  });

  it("takes a declared domain that is the domain, and no other", () => {
    const fields = [
      { name: "name", type: "string" },
      { name: "version", type: "string" },
      { name: "chainId", type: "uint256" },
      { name: "verifyingContract", type: "address" },
    ];
    expect(digest(parse({ ...permit, types: { ...permit.types, EIP712Domain: fields } }))).toBe(digest(parse(permit)));
    expect(refused({ types: { ...permit.types, EIP712Domain: fields.slice(1) } })).toEqual({
      code: "intent.typed-data",
      field: "types.EIP712Domain",
    });
  });

  it.each(["Countersign", "countersign", " COUNTERSIGN"])("of the house's own domain is refused: %s", (name) => {
    expect(refused(domain({ name }) as never).code).toMatch(/^intent\.typed-data-domain$|^value\.line/);
  });

  it.each<[string, unknown, string]>([
    ["a domain without a contract", domain({ verifyingContract: undefined }), "domain.verifyingContract"],
    ["a domain of no chain", domain({ chainId: undefined }), "domain.chainId"],
    ["a word the domain does not have", domain({ extra: 1 }), "domain"],
    ["a missing field", message({ nonce: undefined }), "message.nonce"],
    ["a field nobody declared", message({ hidden: 1 }), "message"],
    ["a number beyond its type", message({ value: (2n ** 256n).toString() }), "message.value"],
    ["a number below its type", message({ value: "-1" }), "message.value"],
    ["a number that is not exact", message({ nonce: 2 ** 53 }), "message.nonce"],
    ["a number in another form", message({ nonce: "0x1" }), "message.nonce"],
    ["no address", message({ spender: "0x12" }), "message.spender"],
    ["a primary type that is not there", { primaryType: "Order" }, "types"],
    ["a type without use", { types: { ...permit.types, Idle: [] } }, "types.Idle"],
    ["a type without width", { types: { Permit: [{ name: "owner", type: "uint" }] } }, "types"],
    ["a type by the name of an atom", { types: { ...permit.types, address: [] } }, "types.address"],
    ["a type that holds itself", { types: { Permit: [{ name: "owner", type: "Permit[]" }] } }, "types.Permit"],
    [
      "a field twice",
      {
        types: {
          Permit: [
            { name: "a", type: "bool" },
            { name: "a", type: "bool" },
          ],
        },
      },
      "types.Permit",
    ],
  ])("with %s is refused by its field", (_, fields, field) => {
    expect(refused(fields as Record<string, unknown>).field).toBe(field);
  });
});
