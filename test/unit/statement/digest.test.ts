/** The digest of every kind is what ethers and viem compute, and moves with every field. */
import { TypedDataEncoder } from "ethers/hash";
import { recoverAddress } from "ethers/transaction";
import { hashTypedData, recoverTypedDataAddress } from "viem";
import { describe, expect, it } from "vitest";
import { digest, domain, typesOf } from "../../../src/statement/digest.ts";
import { messages, type Kind } from "../../../src/statement/message.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import { vectors } from "./vectors.ts";

describe.each(vectors)("the vector of $kind", ({ kind, type, deploymentId, message, digest: expected, signed }) => {
  const typed = { domain: domain(deploymentId), types: typesOf(kind), primaryType: kind, message } as never;
  const [wallet] = signed;
  if (wallet?.credential.kind !== "wallet" || wallet.proof.kind !== "wallet")
    throw new Error("the first signature is a wallet's");
  const { address } = wallet.credential;
  const { signature } = wallet.proof;

  it("has the digest that our code, ethers and viem compute", () => {
    expect(digest(deploymentId, kind, message)).toBe(expected);
    expect(TypedDataEncoder.hash(domain(deploymentId), typesOf(kind), message)).toBe(expected);
    expect(hashTypedData(typed)).toBe(expected);
  });

  it("has the type string it was made with", () => {
    expect(TypedDataEncoder.from(typesOf(kind)).encodeType(kind)).toBe(type);
  });

  it("is signed by the wallet according to ethers and viem", async () => {
    expect(recoverAddress(expected, signature).toLowerCase()).toBe(address);
    expect((await recoverTypedDataAddress({ ...(typed as object), signature } as never)).toLowerCase()).toBe(address);
  });

  it("has another digest when any field changes", () => {
    for (const [field, value] of Object.entries(message)) {
      const bytes = typeof value === "string" && value.startsWith("0x");
      const other =
        typeof value === "boolean"
          ? !value
          : typeof value === "number"
            ? value + 1
            : bytes
              ? changed(value)
              : `${value}1`;
      expect(digest(deploymentId, kind, { ...message, [field]: other }), field).not.toBe(expected);
    }
  });

  it("has another digest in another deployment", () => {
    expect(digest(sha256(utf8("another")), kind, message)).not.toBe(expected);
  });
});

function changed(hex: string): string {
  return hex.slice(0, -1) + (hex.endsWith("1") ? "2" : "1");
}

it("has a vector of every kind", () => {
  expect(vectors.map((vector) => vector.kind).sort()).toEqual((Object.keys(messages) as Kind[]).sort());
});

it("has no chain and no contract in its domain, so that any wallet signs on any network", () => {
  const salt = sha256(utf8("a genesis"));
  expect(domain(salt)).toEqual({ name: "Countersign", version: "1", salt });
});
