/** The verifier of bundles for browsers: one file, one function, noble's signature checks. */
import { nobleChecks } from "../adapters/crypto-noble/checks.ts";
import { verifyBundle as verify, type Verdict } from "../bundle/verify.ts";
import { parse as parseHash } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { parseStrict } from "../values/json.ts";

/** `bundle` is the text of the file, `genesisHash` the 32 bytes in hex that the visitor trusts; a malformed hash throws `InvalidValue`. */
export function verifyBundle(bundle: string, genesisHash: string): Verdict {
  const pinned = parseHash(genesisHash);
  try {
    return verify(parseStrict(bundle, 40), pinned, nobleChecks);
  } catch (error) {
    if (error instanceof InvalidValue) return { kind: "wrong", field: error.field, why: error.message };
    throw error;
  }
}
