/** What the second person of a ceremony reads before they sign. */
import { expect, test } from "vitest";
import { keyRecordWords } from "../../../src/cli/key-record-words.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { idOf } from "../../place/gold.ts";
import { recordOf, strictFlags } from "../../place/key-record.ts";

const loud = (edit: Parameters<typeof recordOf>[1]): readonly string[] =>
  keyRecordWords(recordOf("hsm-mint", edit)).filter((line) => line.includes("ATTENTION"));

test("a strict key is said to be one, with its module, and nothing is loud", () => {
  const lines = keyRecordWords(recordOf());
  expect(lines).toContain(
    "  its token says of it: CKA_SENSITIVE true, CKA_EXTRACTABLE false, CKA_LOCAL true, CKA_ALWAYS_SENSITIVE true, CKA_NEVER_EXTRACTABLE true",
  );
  expect(lines).toContain(
    `  module:     ${documentName(idOf("module"))}, which calls itself \`Implementation of PKCS11\``,
  );
  expect(lines).toContain("  attested:   by nobody but the token");
  expect(loud({})).toEqual([]);
});

test("a key that was found, may leave its token and came from elsewhere is loud", () => {
  const selfReported = { ...strictFlags, CKA_SENSITIVE: false, CKA_EXTRACTABLE: true, CKA_LOCAL: false };
  expect(loud({ ceremony: "found", selfReported })).toEqual([
    "  ATTENTION: CKA_SENSITIVE is false instead of true",
    "  ATTENTION: CKA_EXTRACTABLE is true instead of false",
    "  ATTENTION: CKA_LOCAL is false instead of true",
  ]);
});

test("a key of which there will be a backup is loud, and so is what was given up", () => {
  const leaving = { CKA_EXTRACTABLE: true, CKA_NEVER_EXTRACTABLE: false, CKA_WRAP_WITH_TRUSTED: true };
  expect(loud({ selfReported: { ...strictFlags, ...leaving }, givenUp: ["CKA_COPYABLE"] })).toEqual([
    "  ATTENTION: it may leave the token, wrapped under a key that the token's security officer trusts",
    "  ATTENTION: given up, for the token would not have it: CKA_COPYABLE",
  ]);
});

test.each([
  [true, "verified with the vendor's tool, by the operators' word"],
  [false, "NOT VERIFIED by anybody"],
])("an attestation is shown with its hash and who verified it: %s", (verified, how) => {
  const attestation = { type: "luna-pkc", sha256: idOf("attestation"), verified } as const;
  expect(keyRecordWords(recordOf("hsm-mint", { attestation }))).toContain(
    `  attested:   luna-pkc ${documentName(idOf("attestation"))}, ${how}`,
  );
});
