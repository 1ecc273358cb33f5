/** A type 2 transaction as bytes: unsigned, its digest, signed, and read back; value and access list as the profile has them, nothing else. */
import { Transaction } from "ethers/transaction";
import type { Unsigned } from "../log/entry.ts";
import * as address from "../values/address.ts";
import * as amount from "../values/amount.ts";
import * as bytes32 from "../values/bytes32.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import * as chainId from "../values/chain-id.ts";
import { keccak256 } from "../values/digest.ts";
import { InvalidValue, invariant } from "../values/errors.ts";
import * as hex from "../values/hex.ts";

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

/** EIP-1559: `0x02 ‖ rlp([chainId, nonce, maxPriorityFee, maxFee, gasLimit, to, value, data, []])`. */
export function encode(transaction: Unsigned): hex.Hex {
  return hex.parse(toEthers(transaction).unsignedSerialized);
}

/** The 32 bytes a key signs. */
export function digest(transaction: Unsigned): Bytes32 {
  return keccak256(hex.toBytes(encode(transaction)));
}

export function attach(transaction: Unsigned, signature: TransactionSignature): Signed {
  const whole = toEthers(transaction);
  whole.signature = { r: signature.r, s: signature.s, yParity: signature.yParity };
  const raw = hex.parse(whole.serialized);
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

/** Every error below quotes the bytes, and a signed transaction has no place in a message: what cannot be read is undefined. */
function read(raw: hex.Hex): Signed | undefined {
  try {
    const whole = Transaction.from(raw);
    const { to, signature, type } = whole;
    if (type !== 2 || to === null || signature === null) return undefined;
    const transaction: Unsigned = {
      chainId: chainId.parse(Number(whole.chainId)),
      nonce: whole.nonce,
      to: address.parse(to),
      value: amount.fromBigInt(whole.value),
      data: hex.parse(whole.data),
      gasLimit: amount.fromBigInt(whole.gasLimit),
      maxFeePerGas: amount.fromBigInt(whole.maxFeePerGas ?? 0n),
      maxPriorityFeePerGas: amount.fromBigInt(whole.maxPriorityFeePerGas ?? 0n),
    };
    const { r, s, yParity } = signature;
    return attach(transaction, { r: bytes32.parse(r), s: bytes32.parse(s), yParity });
  } catch {
    return undefined;
  }
}

function toEthers(transaction: Unsigned): Transaction {
  invariant(transaction.maxPriorityFeePerGas <= transaction.maxFeePerGas, "the tip is not above the whole fee");
  return Transaction.from({ type: 2, accessList: [], ...transaction });
}
