/** The one-use right to sign one digest with one key: only the gate's verdict makes it, and a backend takes nothing else. */
import type { Address } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvariantViolation } from "../values/errors.ts";
import type { Hex } from "../values/hex.ts";
import type { Name } from "../values/name.ts";

type Right = {
  readonly key: Name;
  readonly address: Address;
  /** 65 bytes, 0x04…, as pinned in the roster. */
  readonly publicKey: Hex;
  readonly digest: Bytes32;
  /** The bytes whose Keccak-256 the digest is, for a backend that shows them to a person. */
  readonly unsigned?: Hex;
};

const issued = new WeakSet<SigningPermit>();

/** Nominal: the private field makes an object literal of the same shape unassignable. */
export class SigningPermit {
  readonly #right: Right;

  private constructor(right: Right) {
    this.#right = Object.freeze({ ...right });
    issued.add(this);
  }

  /** Called by gate/verdict's last step only; a tidy test keeps the list of callers. */
  static issue(right: Right): SigningPermit {
    return new SigningPermit(right);
  }

  /** Hands the right out once; a second taker is a bug and stops the signing. */
  take(): Right {
    if (!issued.delete(this)) throw new InvariantViolation("a permit was used twice");
    return this.#right;
  }
}
