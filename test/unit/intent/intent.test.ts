/** An intent uses the fields of its operation, and its hash is what another EIP-712 encoder computes. */
import fc from "fast-check";
import { encodeAbiParameters, keccak256, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { intentHash, intentSchema, intentTypes, parse, type Intent } from "../../../src/intent/intent.ts";
import { details } from "../../../src/intent/words.ts";
import { zero } from "../../../src/values/address.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import { toWire } from "../../../src/values/wire.ts";
import { intents, mint, wires } from "./intents.ts";

const refusal = (input: unknown): InvalidValue => {
  try {
    parse(input);
  } catch (error) {
    if (error instanceof InvalidValue) return error;
    throw error;
  }
  throw new Error("it was read");
};

/** EIP-712 `hashStruct` by hand over viem's ABI encoder: an encoder that shares nothing with ours. */
function hashStructByViem(intent: Intent): string {
  const values: Record<string, unknown> = { ...intent, details: details(intent) };
  const type = `Intent(${intentTypes.Intent.map((field) => `${field.type} ${field.name}`).join(",")})`;
  const words = intentTypes.Intent.map(({ name, type: kind }) =>
    kind === "string"
      ? { type: "bytes32", value: keccak256(toHex(values[name] as string)) }
      : {
          type: kind === "address" ? "address" : "uint256",
          value: kind === "address" ? values[name] : BigInt(values[name] as number),
        },
  );
  const all = [{ type: "bytes32", value: keccak256(toHex(type)) }, ...words];
  return keccak256(
    encodeAbiParameters(
      all.map((word) => ({ type: word.type })),
      all.map((word) => word.value) as never,
    ),
  );
}

describe("an intent", () => {
  it("is written as it was read", () => {
    fc.assert(
      fc.property(wires, (wire) => {
        expect(toWire(parse(wire))).toEqual(wire);
      }),
    );
  });

  it("has exactly its fields", () => {
    for (const field of Object.keys(mint)) {
      const without = Object.fromEntries(Object.entries(mint).filter(([name]) => name !== field));
      expect(refusal(without).field).toBe(field);
    }
    expect(refusal({ ...mint, gas: "1" }).code).toBe("intent.malformed");
    for (const none of [null, undefined, 1, "mint", []]) expect(refusal(none).code).toBe("intent.malformed");
  });

  it("says whom it is for exactly when its operation has a recipient", () => {
    for (const operation of ["mint", "transfer"])
      expect(refusal({ ...mint, operation, to: zero })).toMatchObject({ code: "intent.to", field: "to" });
    for (const operation of ["burn", "redeem"]) {
      expect(refusal({ ...mint, operation })).toMatchObject({ code: "intent.to" });
      expect(parse({ ...mint, operation, to: zero }).operation).toBe(operation);
    }
  });

  it("says how much exactly when its operation has an amount", () => {
    for (const operation of ["mint", "transfer"])
      expect(refusal({ ...mint, operation, amount: "0" })).toMatchObject({ code: "intent.amount", field: "amount" });
    for (const operation of ["pause", "unpause"]) {
      expect(refusal({ ...mint, operation, to: zero })).toMatchObject({ code: "intent.amount" });
      expect(parse({ ...mint, operation, to: zero, amount: "0" }).operation).toBe(operation);
    }
  });

  it("is not for its own account, and begins before it expires", () => {
    expect(refusal({ ...mint, to: mint.account }).code).toBe("intent.to");
    for (const expiresAt of [mint.notBefore, mint.notBefore - 1])
      expect(refusal({ ...mint, expiresAt })).toMatchObject({ code: "intent.expiresAt", field: "expiresAt" });
    expect(parse({ ...mint, expiresAt: mint.notBefore + 1 }).expiresAt).toBe(mint.notBefore + 1);
  });

  it.each(["", "0x10", "1e3", "+1", " 1", "1.5", "true"])("has no amount of `%s`", (amount) => {
    expect(refusal({ ...mint, amount })).toMatchObject({ code: "value.amount", field: "amount" });
  });

  it("has no amount of true", () => {
    expect(refusal({ ...mint, amount: true })).toMatchObject({ field: "amount" });
    expect(intentSchema.safeParse({ ...mint, amount: 1 }).success).toBe(false);
  });
});

describe("the hash of an intent", () => {
  it("is the EIP-712 hashStruct, as viem's encoder gives it", () => {
    fc.assert(
      fc.property(intents, (intent) => {
        expect(intentHash(intent)).toBe(hashStructByViem(intent));
      }),
    );
  });

  it("changes with every field", () => {
    const changes: Record<string, unknown> = {
      operation: "transfer",
      asset: "SLV",
      chainId: 1,
      account: `0x${"3".repeat(40)}`,
      to: `0x${"4".repeat(40)}`,
      amount: "1",
      reference: "RCPT-43",
      feeCeilingWei: "1",
      notBefore: mint.notBefore + 1,
      expiresAt: mint.expiresAt + 1,
    };
    expect(Object.keys(changes).sort()).toEqual(Object.keys(mint).sort());
    const hashes = Object.entries(changes).map(([field, value]) => intentHash(parse({ ...mint, [field]: value })));
    expect(new Set([...hashes, intentHash(parse(mint))]).size).toBe(hashes.length + 1);
  });

  it("stays what it was when first published", () => {
    expect(intentHash(parse(mint))).toBe("0xa06766914726b5dc11d6f67002a2da0b132722c86a427c511ad41ab91f801ab5");
  });
});
