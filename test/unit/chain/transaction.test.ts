/** Transactions as bytes, read back by a second library. */
import fc from "fast-check";
import { decodeRlp, encodeRlp, Transaction, Wallet } from "ethers";
import { describe, expect, it } from "vitest";
import {
  parseTransaction,
  recoverTransactionAddress,
  serializeTransaction,
  type TransactionSerializedEIP1559,
} from "viem";
import { attach, digest, encode, parse } from "../../../src/chain/transaction.ts";
import type { Unsigned } from "../../../src/log/entry.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import * as bytes32 from "../../../src/values/bytes32.ts";
import * as chainId from "../../../src/values/chain-id.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import * as hex from "../../../src/values/hex.ts";

const wei = (value: bigint): amount.Amount => amount.fromBigInt(value);
const wallet = new Wallet(keccak256(utf8("a key of this test")));

const anyAmount = fc.oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, (1n << 128n) - 1n));
const anyTransaction: fc.Arbitrary<Unsigned> = fc
  .record({
    chain: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    nonce: fc.nat(),
    to: fc.uint8Array({ minLength: 20, maxLength: 20 }),
    value: anyAmount,
    data: fc.uint8Array({ maxLength: 200 }),
    gas: anyAmount,
    fees: fc.tuple(anyAmount, anyAmount),
  })
  .map(({ chain, nonce, to, value, data, gas, fees: [a, b] }) => ({
    chainId: chainId.parse(chain),
    nonce,
    to: address.parse(hex.fromBytes(to)),
    value: wei(value),
    data: hex.fromBytes(data),
    gasLimit: wei(gas),
    maxFeePerGas: wei(a > b ? a : b),
    maxPriorityFeePerGas: wei(a > b ? b : a),
  }));

const plain: Unsigned = {
  chainId: chainId.parse(31_337),
  nonce: 7,
  to: address.parse("0x1111111111111111111111111111111111111111"),
  value: amount.zero,
  data: "0x8456cb59",
  gasLimit: wei(80_000n),
  maxFeePerGas: wei(2_000_000_000n),
  maxPriorityFeePerGas: wei(1_000_000_000n),
};

function signed(transaction: Unsigned) {
  const { r, s, yParity } = wallet.signingKey.sign(digest(transaction));
  return attach(transaction, { r: bytes32.parse(r), s: bytes32.parse(s), yParity });
}

describe("the bytes of a transaction", () => {
  it("are these, for one written out by hand", () => {
    const fields = [
      "827a69",
      "07",
      "843b9aca00",
      "8477359400",
      "83013880",
      `94${"11".repeat(20)}`,
      "80",
      "848456cb59",
      "c0",
    ];
    const list = fields.join("");
    expect(encode(plain)).toBe(`0x02${(0xc0 + list.length / 2).toString(16)}${list}`);
  });

  it("are those of viem, unsigned and signed", () => {
    fc.assert(
      fc.property(anyTransaction, (transaction) => {
        const { gasLimit, ...rest } = transaction;
        const theirs = { ...rest, gas: gasLimit, type: "eip1559", accessList: [] } as const;
        expect(encode(transaction)).toBe(serializeTransaction(theirs));
        const { raw, signature } = signed(transaction);
        expect(raw).toBe(serializeTransaction(theirs, signature));
      }),
      { numRuns: 60 },
    );
  });

  it("carry a signature from which two libraries recover the signer", async () => {
    const { raw, hash } = signed(plain);
    const recovered = await recoverTransactionAddress({ serializedTransaction: raw as TransactionSerializedEIP1559 });
    expect(recovered).toBe(wallet.address);
    expect(Transaction.from(raw).from).toBe(wallet.address);
    expect(Transaction.from(raw).hash).toBe(hash);
    expect(parseTransaction(raw)).toMatchObject({ nonce: 7, gas: 80_000n, data: "0x8456cb59" });
  });

  it("are read back into the very same transaction", () => {
    fc.assert(
      fc.property(anyTransaction, (transaction) => {
        const whole = signed(transaction);
        expect(parse(whole.raw)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it("that were damaged are refused, or read as a second library reads them", () => {
    fc.assert(
      fc.property(anyTransaction, fc.nat(), fc.nat({ max: 255 }), (transaction, place, byte) => {
        const whole = hex.toBytes(signed(transaction).raw);
        const damaged = hex.fromBytes(whole.with(place % whole.length, byte));
        const read = attempt(() => parse(damaged));
        if (read === undefined) return;
        const theirs = Transaction.from(damaged);
        const { chainId: chain, nonce, to, value, data, gasLimit, maxFeePerGas, maxPriorityFeePerGas } = theirs;
        expect(read.transaction).toEqual({
          chainId: Number(chain),
          nonce,
          to: to?.toLowerCase(),
          value,
          data,
          gasLimit,
          maxFeePerGas,
          maxPriorityFeePerGas,
        });
        const { r, s, yParity } = theirs.signature ?? {};
        expect([read.signature, read.hash]).toEqual([{ r, s, yParity }, theirs.hash]);
      }),
      { numRuns: 200 },
    );
  });
});

/** Undefined only for what is refused in so many words. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}

describe("bytes that are no transaction of ours", () => {
  const { raw } = signed(plain);
  const foreign = (changes: object): hex.Hex => {
    const whole = Transaction.from({ ...plain, type: 2, ...changes });
    whole.signature = wallet.signingKey.sign(whole.unsignedHash);
    return hex.parse(whole.serialized);
  };
  const longer = (bytes: hex.Hex): hex.Hex => {
    const fields = decodeRlp(`0x${bytes.slice(4)}`) as string[];
    return hex.parse(`0x02${encodeRlp(fields.with(1, "0x0007")).slice(2)}`);
  };
  it.each<[string, hex.Hex]>([
    ["an unsigned one", encode(plain)],
    ["one cut off", raw.slice(0, -2) as hex.Hex],
    ["one with a byte too many", `${raw}00`],
    ["one with an access list", foreign({ accessList: [[plain.to, []]] })],
    ["one that creates a contract", foreign({ to: null })],
    ["one of type 1", foreign({ type: 1, gasPrice: 1n, maxFeePerGas: null, maxPriorityFeePerGas: null })],
    ["one with a longer form of the same nonce", longer(raw)],
    ["nothing", "0x"],
    ["noise", "0x02ff"],
  ])("are refused: %s", (_, bytes) => {
    expect(() => parse(bytes)).toThrow(expect.objectContaining({ name: "InvalidValue", code: "chain.transaction" }));
  });

  it("are not quoted in the refusal", () => {
    expect(() => parse(`${raw}00`)).toThrow(
      /^the bytes are not a signed type 2 transaction with an empty access list$/,
    );
  });

  it("are refused when s lies in the upper half", () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const whole = signed(plain);
    const high = bytes32.parse(`0x${(order - BigInt(whole.signature.s)).toString(16).padStart(64, "0")}`);
    expect(() => parse(whole.raw.replace(whole.signature.s.slice(2), high.slice(2)) as hex.Hex)).toThrow(
      "the bytes are not a signed type 2",
    );
  });

  it("are never made from a tip above the fee", () => {
    expect(() => encode({ ...plain, maxPriorityFeePerGas: wei(2_000_000_001n) })).toThrow(
      "the tip is not above the whole fee",
    );
  });
});
