/** The public key as tokens give it: a point in a DER octet string, or bare, and its curve as a named one. */
import { InvalidValue } from "../../values/errors.ts";
import { fromBytes, type Hex } from "../../values/hex.ts";

/** DER of the object identifier 1.3.132.0.10, the only curve we use. */
export const secp256k1Params = Buffer.from("06052b8104000a", "hex");

/** `04 41 04 x y` (67 bytes, as PKCS#11 demands) or `04 x y` (65 bytes, as some modules give); answers the 65 bytes. */
export function decode(bytes: Uint8Array): Hex {
  const wrapped = bytes.length === 67 && bytes[0] === 0x04 && bytes[1] === 0x41 && bytes[2] === 0x04;
  const bare = bytes.length === 65 && bytes[0] === 0x04;
  if (!wrapped && !bare)
    throw new InvalidValue(
      "pkcs11.ec-point",
      `\`${fromBytes(bytes.subarray(0, 70))}\` is not an uncompressed point on secp256k1`,
    );
  return fromBytes(wrapped ? bytes.subarray(2) : bytes);
}
