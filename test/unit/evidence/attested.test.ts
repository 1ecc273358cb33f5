/** Words about prices, holders and documents: which are sound, and that time only goes forward. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  assetOf,
  attestedFact,
  isAbout,
  readPrice,
  standingOf,
  succeed,
  unsound,
  type AttestedKind,
  type AttestedWord,
} from "../../../src/evidence/attested.ts";
import { readStatement } from "../../../src/statement/read.ts";
import * as address from "../../../src/values/address.ts";
import { parse as instant } from "../../../src/values/instant.ts";
import * as line from "../../../src/values/line.ts";
import * as name from "../../../src/values/name.ts";
import { signedBy, vectorOf } from "../statement/vectors.ts";

const kinds = ["PriceAttestation", "IdentityAttestation", "DocumentAttestation"] as const;

function wordOf(kind: AttestedKind): AttestedWord {
  const statement = readStatement(signedBy(vectorOf(kind), "key").envelope);
  if (statement.kind !== kind) throw new Error("the vector is of its kind");
  return statement.message;
}

describe.each(kinds)("a %s", (kind) => {
  const word = wordOf(kind);

  it("is sound as the vector has it, and under no other kind", () => {
    expect(unsound(kind, word)).toBeUndefined();
    for (const other of kinds.filter((one) => one !== kind)) expect(unsound(other, word)?.field).toBe("subject");
  });

  it("gives the fact of a decision", () => {
    const statement = readStatement(signedBy(vectorOf(kind), "key").envelope);
    if (statement.kind !== kind) throw new Error("the vector is of its kind");
    const fact = attestedFact(statement, name.parse("kyc-desk"));
    expect(fact).toEqual({ ...word, attestor: "kyc-desk", statement: statement.hash });
  });
});

describe("a price", () => {
  it.each(["1", "0.000000000000000001", "64.10", "999999999999.999999999999999999", "123456789012345678901234567890"])(
    "may be `%s`",
    (value) => {
      expect(unsound("PriceAttestation", { subject: "GLD/USD", value })).toBeUndefined();
    },
  );

  it.each([
    "0",
    "0.00",
    "00.1",
    "01",
    ".5",
    "5.",
    "+1",
    "-1",
    "1e3",
    "1,000",
    "0x10",
    " 1",
    "1 ",
    "1.0000000000000000001",
    "1234567890123456789012345678901",
    "1234567890123.123456789012345678",
    "",
    "NaN",
    "١",
  ])("is not `%s`", (value) => {
    expect(unsound("PriceAttestation", { subject: "GLD/USD", value })?.field).toBe("value");
  });

  it.each(["GLD", "GLD/", "/USD", "GLD/USD/", "GLD/USD/EUR", "GLD-USD", "GLD /USD", "1GLD/USD", "GLD/USD ", ""])(
    "is not of `%s`",
    (subject) => {
      expect(unsound("PriceAttestation", { subject, value: "1" })?.field).toBe("subject");
    },
  );

  it("is of the asset before the stroke", () => {
    expect([assetOf("GLD/USD"), assetOf("USD/GLD"), assetOf("GLD")]).toEqual(["GLD", "USD", undefined]);
  });

  it("is a number of steps of 10^-18, whatever zeros follow", () => {
    expect([readPrice("64.105"), readPrice("64.1050")]).toEqual([64_105n * 10n ** 15n, 64_105n * 10n ** 15n]);
    expect(readPrice("0.000000000000000001")).toBe(1n);
  });
});

describe("an identity", () => {
  const holder = `address:0x${"ab".repeat(20)}`;

  it.each(["Verified", "yes", "true", "", "verified ", "unverified"])("is not `%s`", (value) => {
    expect(unsound("IdentityAttestation", { subject: holder, value })?.field).toBe("value");
  });

  it.each([
    holder.toUpperCase(),
    `address:0x${"AB".repeat(20)}`,
    `address:0x${"ab".repeat(19)}`,
    `address: 0x${"ab".repeat(20)}`,
    `0x${"ab".repeat(20)}`,
    "address:Ida Muster",
  ])("is not of `%s`", (subject) => {
    expect(unsound("IdentityAttestation", { subject, value: "verified" })?.field).toBe("subject");
  });
});

describe("a document", () => {
  const hash = `0x${"ab".repeat(32)}`;

  it.each(["", "0x", hash.toUpperCase(), hash.slice(2), `${hash}00`, "verified"])("is not `%s`", (value) => {
    expect(unsound("DocumentAttestation", { subject: "reference:RCPT-42", value })?.field).toBe("value");
  });

  it.each(["RCPT-42", "reference:", "reference: RCPT-42", "reference:two words", `reference:${"x".repeat(65)}`])(
    "is not of `%s`",
    (subject) => {
      expect(unsound("DocumentAttestation", { subject, value: hash })?.field).toBe("subject");
    },
  );
});

describe("a subject", () => {
  const to = address.parse(`0x${"22".repeat(20)}`);
  const wish = { asset: name.parse("GLD"), to, reference: line.parseReference("RCPT-42") };

  it.each(kinds)("of a %s is a request's by one of its fields alone", (kind) => {
    const { subject } = wordOf(kind);
    const others = [
      { asset: name.parse("SLV") },
      { to: address.parse(`0x${"23".repeat(20)}`) },
      { reference: line.parseReference("RCPT-4") },
    ];
    expect(isAbout(kind, subject, wish)).toBe(true);
    expect(others.map((other) => isAbout(kind, subject, { ...wish, ...other }))).toEqual(
      kinds.map((one) => one !== kind),
    );
  });
});

describe("a word after others", () => {
  const word = wordOf("PriceAttestation");
  const after = (change: Partial<AttestedWord>): AttestedWord => ({ ...word, ...change });
  const follows = (standing: readonly AttestedWord[], change: Partial<AttestedWord>): string =>
    succeed("PriceAttestation", standing, after(change)).kind;

  it("is the first, the same, newer or stale", () => {
    expect(follows([], {})).toBe("first");
    expect(follows([word], {})).toBe("same");
    expect(follows([word], { asOf: instant(word.asOf + 1), value: "65" })).toBe("newer");
    expect(follows([word], { asOf: instant(word.asOf - 1) })).toBe("stale");
  });

  it("is stale when it says the same of the same instant with another end or in other letters", () => {
    expect(follows([word], { expiresAt: instant(word.expiresAt + 1) })).toBe("stale");
    expect(follows([word], { value: `${word.value}0` })).toBe("stale");
  });

  it("is a conflict with another value of the same instant, and then whatever it says", () => {
    expect(follows([word], { value: "65" })).toBe("conflict");
    expect(follows([word, after({ value: "65" })], {})).toBe("conflict");
    expect(follows([word, after({ value: "65" })], { value: "66" })).toBe("conflict");
    expect(follows([word, after({ value: "65" })], { asOf: instant(word.asOf + 1) })).toBe("newer");
  });

  it("leaves standing those of the latest instant alone, and time only goes forward", () => {
    const words = fc.array(
      fc.record({ asOf: fc.nat(6).map((at) => instant(at)), value: fc.constantFrom("verified", "revoked") }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(words, (said) => {
        let standing: readonly AttestedWord[] = [];
        let high = -1;
        for (const change of said) {
          const next = { ...wordOf("IdentityAttestation"), ...change };
          const { kind } = succeed("IdentityAttestation", standing, next);
          expect(kind === "stale" ? next.asOf < high : next.asOf >= high).toBe(true);
          if (kind === "stale") continue;
          standing = standingOf([...standing, next]);
          high = next.asOf;
          expect(new Set(standing.map((one) => one.asOf))).toEqual(new Set([high]));
          expect(standing).toContain(next);
        }
      }),
    );
  });
});
