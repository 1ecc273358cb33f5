/** What `hsm keys` says when the token and its file no longer agree. */
import { expect, test } from "vitest";
import type { TokenObject } from "../../../../src/adapters/pkcs11/agent-message.ts";
import { driftOf, duplicatesAmong, recordDrift, unrecorded } from "../../../../src/adapters/pkcs11/drift.ts";
import { keySchema } from "../../../../src/adapters/pkcs11/token-config.ts";
import { recordOf } from "../../../place/key-record.ts";

const publicKey = `0x04${"11".repeat(64)}`;
const expected = [keySchema.parse({ name: "hot", id: "aa", label: "hot/1", publicKey })];
const object: TokenObject = { id: "aa", label: "hot/1", publicKey, attributes: {}, findings: [] };

test.each<[string, TokenObject[], string[]]>([
  ["is there", [object, { ...object, id: "bb" }], []],
  ["is gone", [], ["the token has no key `hot` (id aa, label `hot/1`)"]],
  ["has another label", [{ ...object, label: "hot/2" }], ["the token has no key `hot` (id aa, label `hot/1`)"]],
  ["is there twice", [object, object], ["the token has 2 keys with the id and label of `hot`"]],
  [
    "was made anew under its name",
    [{ ...object, publicKey: "0x04ab" }],
    [`the token's key \`hot\` has the public key 0x04ab, and ${publicKey} is pinned`],
  ],
  [
    "lost its public half",
    [{ ...object, publicKey: null }],
    [`the token's key \`hot\` has the public key of nobody, and ${publicKey} is pinned`],
  ],
])("a key that %s", (_, objects, said) => {
  expect(driftOf(expected, objects)).toEqual(said);
});

test("two private keys with one public key are told by their labels", () => {
  const other = { ...object, id: "bb", label: "cold/1", publicKey: `0x04${"22".repeat(64)}` };
  expect(duplicatesAmong([object, other, { ...object, publicKey: null }])).toEqual([]);
  expect(duplicatesAmong([object, other, { ...object, id: "cc", label: "copy" }])).toEqual([
    `\`hot/1\` and \`copy\` have one public key: ${publicKey}`,
  ]);
});

const record = recordOf();
const recorded: TokenObject = {
  id: record.key.id,
  label: record.key.label,
  publicKey: record.key.publicKey,
  attributes: { ...record.selfReported, CKA_SIGN: true },
  findings: [],
};

test("a key is as its record says, whatever else was read since", () => {
  expect(recordDrift([recordOf("other"), record], recorded)).toEqual({ record, drift: [] });
  expect(recordDrift([recordOf("other")], recorded)).toEqual({ record: undefined, drift: [] });
});

test("what changed since the ceremony is said, attribute by attribute", () => {
  const attributes = { CKA_SENSITIVE: false, CKA_LOCAL: true, CKA_ALWAYS_SENSITIVE: true, CKA_NEVER_EXTRACTABLE: true };
  expect(recordDrift([record], { ...recorded, label: "hot/2", attributes }).drift).toEqual([
    `its record has id ${record.key.id}, label \`${record.key.label}\``,
    "CKA_SENSITIVE was true at its ceremony and is false",
    "CKA_EXTRACTABLE was false at its ceremony and is absent",
  ]);
});

test("the last ceremony counts, and a backup changes nothing", () => {
  const later = recordOf("hsm-mint", { madeAt: record.madeAt + 10, selfReported: { CKA_LOCAL: true } });
  const wrapped = { sha256: record.module.sha256, mechanism: "CKM_AES_KEY_WRAP_PAD", wrappingKey: "two components" };
  const backup = recordOf("hsm-mint", { ceremony: "backup", madeAt: record.madeAt + 20, wrapped });
  for (const records of [
    [record, later, backup],
    [backup, later, record],
  ])
    expect(recordDrift(records, { ...recorded, attributes: { CKA_LOCAL: true } })).toEqual({
      record: later,
      drift: [],
    });
});

test("a key of a record that is no longer on its token is missed once", () => {
  expect(unrecorded([record, recordOf("hsm-mint", { ceremony: "found" })], [object])).toEqual([
    `a record has \`hsm-mint\` (${record.key.account}) on this token, and it is not there`,
  ]);
  expect(unrecorded([record], [recorded])).toEqual([]);
});
