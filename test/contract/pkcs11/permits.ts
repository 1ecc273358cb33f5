/** Permits for tests of the backend, and an independent look at what came back. */
import { createPublicKey, randomBytes, type KeyObject } from "node:crypto";
import { recoverAddress } from "ethers/transaction";
import { recoverPublicKey } from "@noble/secp256k1";
import { createRequire } from "node:module";
import type { BackendAnswer } from "../../../src/flow/gate/backend.port.ts";
import { SigningPermit } from "../../../src/gate/permit.ts";
import type { CreatedKey } from "../../../src/adapters/pkcs11/key-ceremony.ts";
import * as Bytes32 from "../../../src/values/bytes32.ts";
import { fromBytes, toBytes, type Hex } from "../../../src/values/hex.ts";
import { parse as parseName } from "../../../src/values/name.ts";

export const randomDigest = (): Bytes32.Bytes32 => Bytes32.parse(`0x${randomBytes(32).toString("hex")}`);

export function permit(
  name: string,
  key: Pick<CreatedKey, "address" | "publicKey">,
  digest: Bytes32.Bytes32 = randomDigest(),
): SigningPermit {
  return SigningPermit.issue({ key: parseName(name), address: key.address, publicKey: key.publicKey, digest });
}

type Signature = Extract<BackendAnswer, { kind: "signed" }>["signature"];

const native = createRequire(import.meta.url)("secp256k1/bindings.js") as {
  ecdsaRecover: (signature: Uint8Array, recid: number, message: Uint8Array, compressed: boolean) => Uint8Array;
};

/** The public key as libsecp256k1, as noble, and the address as ethers find it. */
export function recovered(
  { r, s, yParity }: Signature,
  digest: Bytes32.Bytes32,
): { native: Hex; noble: () => Hex; ethers: () => string } {
  const compact = Buffer.concat([toBytes(r), toBytes(s)]);
  return {
    native: fromBytes(native.ecdsaRecover(compact, yParity, toBytes(digest), false)),
    noble: () =>
      fromBytes(
        recoverPublicKey(Buffer.concat([Uint8Array.of(yParity), compact]), toBytes(digest), {
          prehash: false,
          isCompressed: false,
        }),
      ),
    ethers: () => recoverAddress(digest, { r, s, yParity }).toLowerCase(),
  };
}

/** The key as OpenSSL wants it: SubjectPublicKeyInfo (RFC 5480) around the 65 bytes. */
export function opensslKey(publicKey: Hex): KeyObject {
  const head = Buffer.from("3056301006072a8648ce3d020106052b8104000a034200", "hex");
  return createPublicKey({ key: Buffer.concat([head, toBytes(publicKey)]), format: "der", type: "spki" });
}
