/** What a browser's new passkey becomes: a record of the roster's form, and the next roster with that record and nothing else. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { documentName } from "../../../src/genesis/genesis.ts";
import { passkeyRecord, rosterWith } from "../../../src/sdk/enrolment.ts";
import { hash } from "../../../src/values/json.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { managedKey, rosterOf } from "../../place/people.ts";

const spki = (namedCurve = "P-256"): Uint8Array =>
  new Uint8Array(generateKeyPairSync("ec", { namedCurve }).publicKey.export({ format: "der", type: "spki" }));
const origin = "http://localhost:8490";
const made = (fields: object = {}) => ({ credentialId: Uint8Array.of(1, 2), publicKey: spki(), origin, ...fields });
const roster = rosterOf([managedKey("hsm-mint")]);

describe("the record of a passkey", () => {
  it("pins its key, its site and its page", () => {
    const own = made();
    const point = Buffer.from(own.publicKey).subarray(-65).toString("hex");
    expect(passkeyRecord("carla-phone", own)).toEqual({
      ...{ kind: "passkey", id: "carla-phone", publicKey: `0x${point}`, credentialId: "0x0102" },
      ...{ rpId: "localhost", origin },
    });
  });

  it.each<[string, string, object]>([
    ["a key of another curve", "phone", { publicKey: spki("P-384") }],
    ["a key of secp256k1", "phone", { publicKey: spki("secp256k1") }],
    ["a key that is cut", "phone", { publicKey: spki().subarray(0, 90) }],
    ["a name that is none", "Carla's phone", {}],
  ])("is not made of %s", (_, id, fields) => {
    expect(() => passkeyRecord(id, made(fields))).toThrow(/P-256|not a name/);
  });
});

describe("the roster that adds it", () => {
  const record = passkeyRecord("carla-phone", made());
  const next = rosterWith(roster, parseName("carla"), record);

  it("follows the one in force and differs in that credential alone", () => {
    const { version, previous, people, ...rest } = next.document as unknown as typeof roster;
    expect([version, previous]).toEqual([2, documentName(hash(toWire(roster)))]);
    const { version: first, previous: none, people: before, ...same } = toWire(roster) as unknown as typeof roster;
    expect([first, none, rest]).toEqual([1, null, same]);
    expect(people.filter((person, index) => hash(person) !== hash(before[index]!))).toEqual([
      {
        ...before.find(({ id }) => id === "carla"),
        credentials: [...before.find(({ id }) => id === "carla")!.credentials, record],
      },
    ]);
    expect(next.hash).toBe(hash(next.document));
  });

  it("has nobody with a credential of a name that is taken", () => {
    const taken = { ...record, id: parseName("chris-1") };
    expect(() => rosterWith(roster, parseName("carla"), taken)).toThrow(/chris-1/);
  });
});
