/** The verifier of bundles for browsers: one file, one function, noble's signature checks. */
import { nobleChecks } from "../adapters/crypto-noble/checks.ts";
import { strictly } from "../bundle/strict-text.ts";
import { verifyBundle as verify, type Verdict } from "../bundle/verify.ts";
import { parse as parseHash } from "../values/bytes32.ts";

/** `bundle` is the text of the file, `genesisHash` the 32 bytes in hex that the visitor trusts; a malformed hash throws `InvalidValue`. */
export function verifyBundle(bundle: string, genesisHash: string): Verdict {
  const pinned = parseHash(genesisHash);
  return strictly(bundle, (json) => verify(json, pinned, nobleChecks));
}
