/** What `hsm keys` says when the token and its file no longer agree. */
import { expect, test } from "vitest";
import type { TokenObject } from "../../../../src/adapters/pkcs11/agent-message.ts";
import { driftOf } from "../../../../src/adapters/pkcs11/drift.ts";
import { keySchema } from "../../../../src/adapters/pkcs11/token-config.ts";

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
