/** Bundles of every release verify for ever, with each of the independent libraries. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { recoverSecond } from "../../../src/adapters/crypto-second/checks.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { parse as parseHash } from "../../../src/values/bytes32.ts";
import { parseStrict } from "../../../src/values/json.ts";

const folder = new URL("../../vectors/bundle/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");

describe("the bundles of every release", () => {
  it("are there", () => {
    expect(names.length).toBeGreaterThanOrEqual(1);
  });

  it.each(names)("%s is verified by every library, alone and as a second", (name) => {
    const bundle = parseStrict(read(name), 40);
    const genesis = parseHash(read(name.replace(/json$/, "genesis")).trim());
    const third = { ...nobleChecks, recoverSecp256k1: recoverSecond };
    for (const checks of [nativeChecks(), nobleChecks, third]) {
      expect(verifyBundle(bundle, genesis, checks)).toMatchObject({ kind: "verified" });
    }
    expect(verifyBundle(bundle, genesis, nativeChecks(), third)).toMatchObject({ kind: "verified" });
  });

  it.each(names)("%s is wrong under another genesis", (name) => {
    const other = parseHash(`0x${"12".repeat(32)}`);
    expect(verifyBundle(parseStrict(read(name), 40), other, nativeChecks())).toMatchObject({
      kind: "wrong",
      field: "leaves[0].entry.file",
    });
  });
});
