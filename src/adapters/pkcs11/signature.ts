/** From a token's raw answer to a signature that may leave: in range, low-S, recovered over our own copy of the digest. */
import type { BackendAnswer } from "../../flow/gate/backend.port.ts";
import { parse } from "../../values/bytes32.ts";
import { Fault } from "../../values/errors.ts";
import { equalBytes, fromBytes } from "../../values/hex.ts";
import type { Recovery } from "./recovery.ts";

export type Signature = Extract<BackendAnswer, { kind: "signed" }>["signature"];

/** The order of secp256k1 (SEC 2). */
const order = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n;

export type Settled = {
  readonly signature: Signature;
  /** The token's own s was above half the order. */ readonly highS: boolean;
};

/**
 * `raw` is `r | s`, `digest` the caller's own copy (a module may have changed the buffer it was handed), `publicKey` the 65 pinned bytes.
 * Recovery by trial is the verification: one pass proves key, digest and parity. Throws a Fault, never answers, when it fails.
 */
export function settle(
  raw: Uint8Array,
  digest: Uint8Array,
  publicKey: Uint8Array,
  recover: Recovery["recover"],
): Settled {
  if (raw.length !== 64) throw wrong(`has ${raw.length} bytes`);
  const r = number(raw.subarray(0, 32));
  const s = number(raw.subarray(32));
  if (r === 0n || r >= order || s === 0n || s >= order) throw wrong("is out of range");
  const highS = s > order / 2n;
  const low = Uint8Array.from(raw);
  if (highS) low.set(Buffer.from((order - s).toString(16).padStart(64, "0"), "hex"), 32);
  const yParity = ([0, 1] as const).find((parity) => {
    const recovered = recover(low, parity, digest);
    return recovered !== undefined && equalBytes(recovered, publicKey);
  });
  if (yParity === undefined) throw wrong("is not the pinned key's over this digest");
  return {
    signature: { r: parse(fromBytes(low.subarray(0, 32))), s: parse(fromBytes(low.subarray(32))), yParity },
    highS,
  };
}

function number(bytes: Uint8Array): bigint {
  return BigInt(fromBytes(bytes));
}

function wrong(why: string): Fault {
  return new Fault("pkcs11.wrong-signature", `the token's signature ${why}`, "never");
}
