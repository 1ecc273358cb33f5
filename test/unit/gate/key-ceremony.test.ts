/** When a ceremony is complete, which record a statement binds, and which keys of a roster are new. */
import { describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import {
  addedHsmKeys,
  boundRecord,
  ceremonyMessage,
  isComplete,
  mayHoldCeremony,
  vouchesFor,
} from "../../../src/gate/key-ceremony.ts";
import { keyRecordHash } from "../../../src/roster/key-record.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { recordOf } from "../../place/key-record.ts";
import { managedKey, rosterOf } from "../../place/people.ts";

const checks = nativeChecks();
const record = recordOf();
const [otto, olga, omar] = ["otto", "olga", "omar"].map(parseName) as [never, never, never];
const signedBy = (...people: never[]): Parameters<typeof isComplete>[0] => ({
  record,
  hash: keyRecordHash(record),
  signedBy: people,
});

describe("a ceremony", () => {
  it("is complete by the two people whom its record names, and by nobody else", () => {
    expect(isComplete(signedBy(otto, olga))).toBe(true);
    expect(isComplete(signedBy(otto))).toBe(false);
    expect(isComplete(signedBy(otto, otto))).toBe(false);
    expect(isComplete(signedBy(otto, omar))).toBe(false);
  });

  it("is held by officers and operators", () => {
    const roster = rosterOf([]);
    const index = indexRoster({
      ...roster,
      people: roster.people.map((one) => (one.id === "ida" ? { ...one, groups: [parseName("operators")] } : one)),
    });
    for (const id of ["otto", "ida"]) expect(mayHoldCeremony(index, parseName(id)), id).toBe(true);
    for (const id of ["carla", "cora", "nobody"]) expect(mayHoldCeremony(index, parseName(id)), id).toBe(false);
  });

  it("vouches for the very key, and only when it is complete", () => {
    const key = managedKey("hsm-mint");
    expect(vouchesFor(signedBy(otto, olga), key)).toBe(true);
    expect(vouchesFor(signedBy(otto), key)).toBe(false);
    expect(vouchesFor(signedBy(otto, olga), { ...key, id: parseName("hsm-burn") })).toBe(false);
    expect(vouchesFor(signedBy(otto, olga), managedKey("other"))).toBe(false);
  });
});

describe("a statement", () => {
  const refusal = (message: unknown, attachment: Parameters<typeof boundRecord>[1]): string => {
    try {
      boundRecord(message as never, attachment, checks);
      return "bound";
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      return `${error.code} ${error.field}`;
    }
  };

  it("binds its record field by field", () => {
    const message = ceremonyMessage(record);
    expect(refusal(message, toWire(record))).toBe("bound");
    expect(Object.keys(message)).toHaveLength(8);
    for (const field of Object.keys(message))
      expect(refusal({ ...message, [field]: "another" }, toWire(record)), field).toBe(
        `ceremony.other-record message.${field}`,
      );
    expect(refusal(message, toWire(recordOf("other")))).toMatch(/^ceremony\.other-record /);
    expect(refusal(message, undefined)).toBe("ceremony.malformed attachment");
    expect(refusal(message, { ...(toWire(record) as object), format: "x" })).toBe(
      "ceremony.malformed attachment.format",
    );
  });
});

describe("a roster", () => {
  it("adds a key in an HSM when it has it anew or otherwise, and never by a Ledger", () => {
    const key = managedKey("hsm-mint");
    const before = rosterOf([key]);
    const added = managedKey("hsm-2");
    const ids = (...keys: Parameters<typeof rosterOf>[0]): readonly string[] =>
      addedHsmKeys(before, rosterOf(keys)).map(({ id }) => id);
    expect(ids(key)).toEqual([]);
    expect(ids(key, added)).toEqual(["hsm-2"]);
    expect(ids({ ...added, id: key.id })).toEqual(["hsm-mint"]);
    expect(ids(key, { ...added, backend: "ledger" })).toEqual([]);
  });
});
