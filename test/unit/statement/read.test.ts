/** A statement is read by its kind alone, in one spelling, and the bad field is named. */
import { describe, expect, it } from "vitest";
import { readStatement } from "../../../src/statement/read.ts";
import { checksum, parse as parseAddress } from "../../../src/values/address.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import { toWire } from "../../../src/values/wire.ts";
import { signedBy, vectorOf, vectors } from "./vectors.ts";

const refused = (input: unknown): InvalidValue => {
  try {
    readStatement(input);
  } catch (error) {
    if (error instanceof InvalidValue) return error;
    throw error;
  }
  throw new Error("it was read");
};

const { envelope: submission } = signedBy(vectorOf("Submission"), "key");
const withField = (field: string, value: unknown): unknown => ({
  ...submission,
  message: { ...submission.message, [field]: value },
});

describe.each(vectors)("a $kind", (vector) => {
  const { envelope } = signedBy(vector, "wallet");

  it("is read into typed values and written back as it was", () => {
    const statement = readStatement(envelope);
    expect(statement.kind).toBe(vector.kind);
    expect(statement.envelope).toEqual(envelope);
    expect(toWire(statement.message)).toEqual(envelope.message);
    expect(statement.hash).toBe(vector.signed[0]?.statementHash);
  });

  it("is refused with any field missing, naming it", () => {
    for (const field of Object.keys(vector.message)) {
      const message = Object.fromEntries(Object.entries(vector.message).filter(([name]) => name !== field));
      expect(refused({ ...envelope, message }).field).toBe(`message.${field}`);
    }
  });

  it("is refused with a field of another type, naming it", () => {
    for (const [field, value] of Object.entries(vector.message)) {
      for (const other of [null, [], {}, typeof value === "string" ? 1 : "1"]) {
        const error = refused({ ...envelope, message: { ...vector.message, [field]: other } });
        expect(error).toMatchObject({ code: "statement.malformed", field: `message.${field}` });
      }
    }
  });

  it("is refused with a field that is not its own", () => {
    const error = refused({ ...envelope, message: { ...vector.message, memo: "x" } });
    expect(error).toMatchObject({ code: "statement.unknown-field", field: "message.memo" });
  });
});

describe("the spelling of a statement", () => {
  const to = parseAddress(vectorOf("ReserveAttestation").message["token"]);

  it("does not matter for its name: a checksummed address is the same statement", () => {
    const account = parseAddress(`0x${"ab".repeat(20)}`);
    const lower = readStatement(withField("account", account));
    const mixed = readStatement(withField("account", checksum(account)));
    expect(mixed).toEqual(lower);
    expect(mixed.envelope.message["account"]).toBe(account);
  });

  it("is refused when a checksum is wrong", () => {
    const wrong = checksum(parseAddress(`0x${"ab".repeat(20)}`)).replace(/[A-F]/, (letter) => letter.toLowerCase());
    expect(refused(withField("to", wrong)).field).toBe("message.to");
    expect(to).toBe(to.toLowerCase());
  });

  it.each(["", "0x10", "1e3", "+1", " 1", "01", "-1", "1.0", (1n << 256n).toString(), "9".repeat(10_000)])(
    "refuses the amount `%.20s`",
    (amount) => {
      expect(refused(withField("amount", amount))).toMatchObject({
        code: "statement.malformed",
        field: "message.amount",
      });
    },
  );

  it.each([-0, -1, 0.5, 2 ** 53, Number.NaN])("refuses the time %s", (time) => {
    expect(refused(withField("expiresAt", time)).code).toBe("statement.malformed");
  });

  it("refuses what is not an envelope", () => {
    for (const input of [undefined, null, 1, "x", [], {}, [submission], { ...submission, kind: undefined }])
      refused(input);
    expect(refused({ ...submission, kind: "Payment" })).toMatchObject({
      code: "statement.unknown-kind",
      field: "kind",
    });
    expect(refused({ ...submission, extra: 1 })).toMatchObject({ code: "statement.unknown-field", field: "extra" });
    expect(refused({ ...submission, proof: { kind: "key" } }).field).toBe("proof.signature");
    expect(refused({ ...submission, credential: "../ida" }).field).toBe("credential");
  });

  it("refuses a `__proto__` that JSON brought in", () => {
    const text = JSON.stringify(submission).replace('"message":{', '"message":{"__proto__":"x",');
    expect(refused(JSON.parse(text)).field).toBe("message.__proto__");
  });
});
