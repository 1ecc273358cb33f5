/** What the record of a key ceremony must be before anybody puts their name to it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { challengeText, keyRecordHash, readKeyRecord } from "../../../src/roster/key-record.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import { hash, parseStrict, type Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { recordOf, strictFlags } from "../../place/key-record.ts";
import { idOf } from "../../place/gold.ts";
import { managedKey } from "../../place/people.ts";

const checks = nativeChecks();
const { key, token, challenge } = recordOf();
const wrapped = { sha256: idOf("wrapped"), mechanism: "CKM_AES_KEY_WRAP_PAD", wrappingKey: "two components" };

function refusalOf(record: Json): string {
  try {
    readKeyRecord(record, checks);
    return "taken";
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    return `${error.code} ${error.field}`;
  }
}

describe("a record", () => {
  it.each([
    ["native", checks],
    ["noble", nobleChecks],
  ])("is read back as it was written, its challenge recovered: %s", (_, library) => {
    const record = recordOf();
    expect(readKeyRecord(toWire(record), library)).toEqual(record);
    expect(keyRecordHash(record)).toBe(hash(toWire(record)));
  });

  it("of a backup and of a restore says what was wrapped", () => {
    for (const ceremony of ["backup", "restore"] as const) {
      expect(refusalOf(toWire(recordOf("hsm-mint", { ceremony, wrapped })))).toBe("taken");
      expect(refusalOf(toWire(recordOf("hsm-mint", { ceremony })))).toBe("ceremony.unsound wrapped");
    }
    expect(refusalOf(toWire(recordOf("hsm-mint", { wrapped })))).toBe("ceremony.unsound wrapped");
  });

  it("of a key that was found says what there is, however weak", () => {
    const selfReported = { ...strictFlags, CKA_EXTRACTABLE: true };
    expect(refusalOf(toWire(recordOf("hsm-mint", { ceremony: "found", selfReported })))).toBe("taken");
  });

  const other = managedKey("other");
  const unsoundFlags = "ceremony.unsound selfReported";

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ["one person twice", { operators: ["otto", "otto"] }, "ceremony.unsound operators"],
    ["another account", { key: { ...key, account: other.account } }, "ceremony.unsound key.account"],
    [
      "another key",
      { key: { ...key, account: other.account, publicKey: other.publicKey } },
      "ceremony.unsound challenge.signature",
    ],
    [
      "another label",
      { key: { ...key, label: "countersign/test/hsm-mint/2" } },
      "ceremony.unsound challenge.signature",
    ],
    ["another token", { token: { ...token, serial: "0000000000000000" } }, "ceremony.unsound challenge.signature"],
    ["another nonce", { challenge: { ...challenge, nonce: idOf("other") } }, "ceremony.unsound challenge.signature"],
    ["another kind of ceremony", { ceremony: "found" }, "ceremony.unsound challenge.signature"],
    ["a key that may be read", { selfReported: { ...strictFlags, CKA_SENSITIVE: false } }, unsoundFlags],
    ["a key that may leave", { selfReported: { ...strictFlags, CKA_EXTRACTABLE: true } }, unsoundFlags],
    ["nothing said of the key", { selfReported: {} }, unsoundFlags],
    ["one operator", { operators: ["otto"] }, "ceremony.malformed operators"],
    ["a field of its own", { pin: "1234" }, "ceremony.malformed "],
  ])("with %s is refused", (_, edit, code) => {
    expect(refusalOf({ ...(toWire(recordOf()) as Record<string, Json>), ...(edit as Record<string, Json>) })).toBe(
      code,
    );
  });

  it("is one spelling of one text, so that its hash is the one people wrote down", () => {
    const written = toWire(recordOf()) as Record<string, Json>;
    const shouting = { ...(written["key"] as Record<string, Json>), account: "0xABCDEF" };
    expect(refusalOf({ ...written, key: shouting })).toBe("value.address key.account");
  });
});

describe("records that a token made and a log keeps for ever", () => {
  it.each([
    ["keygen", "0x0994fe3da41226959bf13e03a905437e0a21e0113657e718cdc84423557a98d6"],
    ["backup", "0x36f16ffb2880caaa76caec38f55800af921a1b0b1666f097625ae9d91914bc5d"],
  ])("%s: are read, with the hash that people wrote down, by two libraries", (ceremony, written) => {
    const file = new URL(`../../vectors/key-record/${ceremony}.json`, import.meta.url);
    for (const library of [checks, nobleChecks]) {
      const record = readKeyRecord(parseStrict(readFileSync(file, "utf8")), library);
      expect({ ceremony: record.ceremony, hash: keyRecordHash(record) }).toEqual({ ceremony, hash: written });
    }
  });
});

describe("what the key signs", () => {
  it("names the ceremony, the account, the token and a number that was never used", () => {
    const { label, account } = { ...key };
    const { serial } = token;
    expect(challengeText({ ceremony: "keygen", label, account, serial, nonce: challenge.nonce })).toBe(
      `Countersign key ceremony\nceremony: keygen\nlabel: ${label}\naccount: ${account}\ntoken: ${serial}\nnonce: ${challenge.nonce}\n`,
    );
  });
});
