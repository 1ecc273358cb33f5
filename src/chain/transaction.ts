/** A type 2 transaction as bytes: unsigned, its digest, signed, and read back; value and access list as the profile has them, nothing else. */
import type { Unsigned } from "../log/entry.ts";
import * as address from "../values/address.ts";
import * as amount from "../values/amount.ts";
import * as bytes32 from "../values/bytes32.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import * as chainId from "../values/chain-id.ts";
import { keccak256 } from "../values/digest.ts";
import { InvalidValue, InvariantViolation, invariant } from "../values/errors.ts";
import * as hex from "../values/hex.ts";
import { decodeList, encodeList, isBytes, numberBytes, type Field } from "./rlp.ts";

/** secp256k1, s in the lower half. */
export type TransactionSignature = { readonly r: Bytes32; readonly s: Bytes32; readonly yParity: 0 | 1 };

export type Signed = {
  readonly transaction: Unsigned;
  readonly signature: TransactionSignature;
  /** The whole, as it is broadcast. */
  readonly raw: hex.Hex;
  /** Keccak-256 of `raw`: the transaction's name on the chain. */
  readonly hash: Bytes32;
};

const typeByte = Uint8Array.of(0x02);
/** Half the order of secp256k1: above it lies a second signature of every message. */
const greatestS = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** EIP-1559: `0x02 ‖ rlp([chainId, nonce, maxPriorityFee, maxFee, gasLimit, to, value, data, []])`. */
export function encode(transaction: Unsigned): hex.Hex {
  return typed(fieldsOf(transaction));
}

/** The 32 bytes a key signs. */
export function digest(transaction: Unsigned): Bytes32 {
  return keccak256(hex.toBytes(encode(transaction)));
}

/** Throws `InvalidValue` for a signature in the upper half. */
export function attach(transaction: Unsigned, signature: TransactionSignature): Signed {
  const { r, s, yParity } = signature;
  if (BigInt(s) > greatestS) throw new InvalidValue("chain.transaction", "s of the signature lies in the upper half");
  const raw = typed([
    ...fieldsOf(transaction),
    numberBytes(BigInt(yParity)),
    numberBytes(BigInt(r)),
    numberBytes(BigInt(s)),
  ]);
  return { transaction, signature, raw, hash: keccak256(hex.toBytes(raw)) };
}

/** Inverse of `attach`; refuses every other type, a creation, an access list, a missing signature and any encoding but the shortest. */
export function parse(raw: hex.Hex): Signed {
  const signed = read(raw);
  // Written again and compared: what we do not write (a list, a longer form of a number) we do not read.
  if (signed?.raw === raw) return signed;
  throw new InvalidValue(
    "chain.transaction",
    "the bytes are not a signed type 2 transaction with an empty access list",
  );
}

/** Only what has these fields, each within its bounds: undefined for everything else. */
function read(raw: hex.Hex): Signed | undefined {
  const bytes = hex.toBytes(raw);
  const fields = bytes[0] === typeByte[0] ? decodeList(bytes.subarray(1)) : undefined;
  if (fields?.length !== 12) return undefined;
  const [chain, nonce, tip, fee, gas, to, value, data, , parity, r, s] = fields.map(hexOf);
  try {
    const transaction: Unsigned = {
      chainId: chainId.parse(Number(numberIn(chain))),
      nonce: countIn(nonce),
      to: address.parse(to),
      value: amount.fromBigInt(numberIn(value)),
      data: hex.parse(data),
      gasLimit: amount.fromBigInt(numberIn(gas)),
      maxFeePerGas: amount.fromBigInt(numberIn(fee)),
      maxPriorityFeePerGas: amount.fromBigInt(numberIn(tip)),
    };
    const yParity = numberIn(parity) === 0n ? 0 : 1;
    return attach(transaction, { r: wordIn(r), s: wordIn(s), yParity });
  } catch (error) {
    if (error instanceof InvalidValue || error instanceof InvariantViolation) return undefined;
    throw error;
  }
}

function fieldsOf(transaction: Unsigned): readonly Field[] {
  const { maxPriorityFeePerGas, maxFeePerGas } = transaction;
  invariant(maxPriorityFeePerGas <= maxFeePerGas, "the tip is not above the whole fee");
  return [
    numberBytes(BigInt(transaction.chainId)),
    numberBytes(BigInt(transaction.nonce)),
    numberBytes(maxPriorityFeePerGas),
    numberBytes(maxFeePerGas),
    numberBytes(transaction.gasLimit),
    hex.toBytes(transaction.to),
    numberBytes(transaction.value),
    hex.toBytes(transaction.data),
    [],
  ];
}

function typed(fields: readonly Field[]): hex.Hex {
  return hex.parse(hex.fromBytes(hex.concat(typeByte, encodeList(fields))));
}

function hexOf(field: Field): hex.Hex {
  return isBytes(field) ? hex.fromBytes(field) : "0x";
}

function numberIn(bytes: hex.Hex | undefined): bigint {
  return bytes === undefined || bytes === "0x" ? 0n : BigInt(bytes);
}

function countIn(bytes: hex.Hex | undefined): number {
  const value = numberIn(bytes);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new InvalidValue("chain.transaction", "the nonce does not fit");
  return Number(value);
}

function wordIn(bytes: hex.Hex | undefined): Bytes32 {
  return bytes32.parse(`0x${numberIn(bytes).toString(16).padStart(64, "0")}`);
}
