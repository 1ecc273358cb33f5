/** A consistent roster answers who somebody is; an inconsistent one is refused by name. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { describe, expect, it } from "vitest";
import { holdersOf, indexRoster } from "../../../src/roster/membership.ts";
import { rosterSchema, type Credential, type Member, type Roster } from "../../../src/roster/roster.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import { fromBytes, toBytes } from "../../../src/values/hex.ts";
import * as name from "../../../src/values/name.ts";
import { managedKey, memberOf, personIds, rosterOf, testSecret } from "../../place/people.ts";
import { passkeys } from "../statement/vectors.ts";

const mint = managedKey("hsm-mint");
const roster = rosterOf([mint, managedKey("ledger-cold")]);
const n = name.parse;

const refusal = (changed: Roster): InvalidValue => {
  try {
    indexRoster(changed);
  } catch (error) {
    if (error instanceof InvalidValue) return error;
    throw error;
  }
  throw new Error("it was accepted");
};
const withPerson = (member: Member): Roster => ({ ...roster, people: [...roster.people, member] });
const person = (id: string, ...credentials: Credential[]): Member => ({ ...memberOf("ida"), id: n(id), credentials });
const key = (id: string, publicKey: string): Credential => ({ kind: "key", id: n(id), publicKey: publicKey as never });
const [ida] = roster.people as [Member];
const idaKey = ida.credentials[0] as Extract<Credential, { kind: "key" }>;
const phone: Extract<Credential, { kind: "passkey" }> = {
  kind: "passkey",
  id: n("phone"),
  ...passkeys.credential,
  rpId: "example.org",
  origin: "https://custody.example.org",
};

describe("a consistent roster", () => {
  const index = indexRoster(roster);

  it("finds everybody by credential, and says who is a service", () => {
    for (const { member, credential, service } of holdersOf(roster)) {
      expect(index.credential(credential.id)).toEqual({ member, credential, service });
    }
    expect(holdersOf(roster)).toHaveLength(personIds.length);
    expect(index.credential(n("obs-1-1"))?.service).toBe(true);
    expect(index.credential(n("ida-1"))?.service).toBe(false);
    expect(index.credential(n("ida"))).toBeUndefined();
  });

  it("knows members and groups", () => {
    expect(index.members(n("custodians")).map((member) => member.id)).toEqual(["carla", "chris", "cyril"]);
    expect(index.inGroup(n("carla"), n("custodians"))).toBe(true);
    expect(index.inGroup(n("carla"), n("issuers"))).toBe(false);
    expect(index.inGroup(n("nobody"), n("issuers"))).toBe(false);
    expect(index.inGroup(n("ida"), n("constructor"))).toBe(false);
    expect(index.member(n("ida"))).toBe(ida);
    expect(index.members(n("nobody"))).toEqual([]);
  });

  it("finds managed keys by id and by account", () => {
    expect(index.key(n("hsm-mint"))?.account).toBe(mint.account);
    expect(index.keyByAccount(mint.account)?.id).toBe("hsm-mint");
    expect(index.keyByAccount(managedKey("other").account)).toBeUndefined();
  });

  it("takes a second credential of one person, and a passkey", () => {
    expect(() => indexRoster(withPerson(person("petra", phone, key("petra-2", passkeysKey()))))).not.toThrow();
    expect(() =>
      indexRoster(withPerson(person("petra", { ...phone, origin: "http://localhost:3000", rpId: "localhost" }))),
    ).not.toThrow();
  });

  it("is what the schema gives", () => {
    expect(() => indexRoster(rosterSchema.parse(JSON.parse(JSON.stringify(roster))))).not.toThrow();
  });
});

/** Some sound Ed25519 key that nobody in the roster has. */
function passkeysKey(): string {
  return "0xfc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
}

describe("a roster is refused", () => {
  const last = roster.people.length;
  it.each<[string, Roster, string, string]>([
    [
      "with a person twice",
      withPerson({ ...person("ida", key("x-1", passkeysKey())) }),
      "roster.duplicate-member",
      `people.${last}.id`,
    ],
    [
      "with a service named as a person",
      { ...roster, services: [...roster.services, person("ida", key("x-1", passkeysKey()))] },
      "roster.duplicate-member",
      `services.${roster.services.length}.id`,
    ],
    [
      "with a credential id twice",
      withPerson(person("eve", key("ida-1", passkeysKey()))),
      "roster.duplicate-credential",
      `people.${last}.credentials.0.id`,
    ],
    [
      "with one key for two people",
      withPerson(person("eve", key("eve-1", idaKey.publicKey))),
      "roster.shared-credential",
      `people.${last}.credentials.0`,
    ],
    [
      "with one key for a person and a service",
      { ...roster, services: [...roster.services, person("obs-3", key("obs-3-1", idaKey.publicKey))] },
      "roster.shared-credential",
      `services.${roster.services.length}.credentials.0`,
    ],
    [
      "with one wallet twice",
      withPerson(
        person("eve", {
          ...(memberOf("carla").credentials[0] as Extract<Credential, { kind: "wallet" }>),
          id: n("eve-1"),
        }),
      ),
      "roster.shared-credential",
      `people.${last}.credentials.0`,
    ],
    [
      "with a credential named as somebody else",
      withPerson(person("eve", key("otto", passkeysKey()))),
      "roster.ambiguous-id",
      `people.${last}.credentials.0.id`,
    ],
    [
      "with a group twice",
      withPerson({ ...person("eve", key("eve-1", passkeysKey())), groups: [n("issuers"), n("issuers")] }),
      "roster.duplicate-group",
      `people.${last}.groups.1`,
    ],
    [
      "with a short key",
      withPerson(person("eve", key("eve-1", "0x00"))),
      "roster.public-key",
      `people.${last}.credentials.0`,
    ],
    [
      "with a key of small order",
      withPerson(person("eve", key("eve-1", `0x01${"00".repeat(31)}`))),
      "roster.public-key",
      `people.${last}.credentials.0`,
    ],
    [
      "with the zero address",
      withPerson(person("eve", { kind: "wallet", id: n("eve-1"), address: `0x${"0".repeat(40)}` as never })),
      "roster.public-key",
      `people.${last}.credentials.0`,
    ],
    [
      "with a passkey off the curve",
      withPerson(person("eve", { ...phone, publicKey: `0x04${"11".repeat(64)}` })),
      "roster.public-key",
      `people.${last}.credentials.0`,
    ],
    [
      "with a passkey without an id",
      withPerson(person("eve", { ...phone, credentialId: "0x" })),
      "roster.public-key",
      `people.${last}.credentials.0`,
    ],
    [
      "with a passkey over http",
      withPerson(person("eve", { ...phone, origin: "http://custody.example.org" })),
      "roster.public-key",
      `people.${last}.credentials.0`,
    ],
    [
      "with a passkey of another site",
      withPerson(person("eve", { ...phone, rpId: "ample.org" })),
      "roster.public-key",
      `people.${last}.credentials.0`,
    ],
    [
      "with a path after the origin",
      withPerson(person("eve", { ...phone, origin: "https://custody.example.org/" })),
      "roster.public-key",
      `people.${last}.credentials.0`,
    ],
    ["with a managed key twice", { ...roster, keys: [mint, mint] }, "roster.duplicate-key", "keys.1.id"],
    [
      "with a managed account twice",
      { ...roster, keys: [mint, { ...mint, id: n("again") }] },
      "roster.duplicate-key",
      "keys.1.account",
    ],
    [
      "with another account than the public key's",
      { ...roster, keys: [{ ...mint, account: managedKey("x").account }] },
      "roster.managed-key",
      "keys.0.account",
    ],
    [
      "with a managed key off the curve",
      { ...roster, keys: [{ ...mint, publicKey: `0x04${"11".repeat(64)}` }] },
      "roster.managed-key",
      "keys.0.publicKey",
    ],
    [
      "with a managed key that is somebody's wallet",
      withPerson(person("eve", { kind: "wallet", id: n("eve-1"), address: mint.account })),
      "roster.managed-credential",
      "keys.0",
    ],
    [
      "with a managed key that is a service's wallet",
      { ...roster, services: [person("eve", { kind: "wallet", id: n("eve-1"), address: mint.account })] },
      "roster.managed-credential",
      "keys.0",
    ],
  ])("%s", (_, changed, code, field) => {
    expect(refusal(changed)).toMatchObject({ code, field });
  });

  it("naming what is wrong", () => {
    expect(refusal(withPerson(person("eve", key("eve-1", idaKey.publicKey)))).message).toContain(idaKey.publicKey);
    expect(fromBytes(secp256k1.getPublicKey(toBytes(testSecret("carla")), false))).toHaveLength(132);
  });
});
