/** A passkey signs statements where its person's own copy of the pages is, and nowhere else. */
import { expect, it } from "vitest";
import { signsStatements } from "../../../src/roster/passkey-place.ts";
import { credentialOf } from "../../place/people.ts";
import { publicPart } from "../../../src/adapters/credential/credential.ts";
import { makePasskey } from "../../place/passkey.ts";

it.each([
  ["http://localhost:8490", true],
  ["http://localhost", true],
  ["https://custody.example", false],
  ["https://localhost.example", false],
])("a passkey of %s: %s", (origin, signs) => {
  expect(signsStatements(makePasskey("phone", origin).credential)).toBe(signs);
});

it("wallets and keys sign wherever they are", () => {
  expect(["carla", "obs-1"].map((id) => signsStatements(publicPart(credentialOf(id as "carla"))))).toEqual([
    true,
    true,
  ]);
});
