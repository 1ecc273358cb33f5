/** A bundle as the gate's own log makes it is verified by either library, and says who agreed to what. */
import { describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { recoverSecond } from "../../../src/adapters/crypto-second/checks.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { fullBundle, plainBundle } from "../../place/bundle-maker.ts";

const second = { ...nobleChecks, recoverSecp256k1: recoverSecond };

describe("a bundle", () => {
  it("of a signed mint is verified", async () => {
    const { bundle, genesis } = await plainBundle();
    expect(verifyBundle(bundle, genesis, nativeChecks(), second)).toMatchObject({ kind: "verified" });
  });
  it("with everything in it is verified", async () => {
    const { bundle, genesis } = await fullBundle();
    const verdict = verifyBundle(bundle, genesis, nativeChecks(), second);
    expect(verdict).toMatchObject({ kind: "verified" });
  });
});
