/** The verifier of bundles in Node: native signature checks, and independent JavaScript ones as a second opinion. */
import { nativeChecks } from "../adapters/crypto-native/checks.ts";
import { nobleChecks } from "../adapters/crypto-noble/checks.ts";
import { recoverSecond } from "../adapters/crypto-second/checks.ts";
import { verifyBundle, type Verdict } from "../bundle/verify.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { parseStrict } from "../values/json.ts";

/** Total: text that is no strict JSON is `wrong` too. */
export function verifyBundleText(text: string, genesisHash: Bytes32): Verdict {
  try {
    const second = { ...nobleChecks, recoverSecp256k1: recoverSecond };
    return verifyBundle(parseStrict(text, 40), genesisHash, nativeChecks(), second);
  } catch (error) {
    if (error instanceof InvalidValue) return { kind: "wrong", field: error.field, why: error.message };
    throw error;
  }
}
