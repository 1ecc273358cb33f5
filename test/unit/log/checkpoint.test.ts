/** Checkpoints: vectors made by another implementation, exact round trips, and every character tampered with. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { fromBytes, toBytes, type Hex } from "../../../src/values/hex.ts";
import {
  format,
  logSignature,
  noteToSign,
  originOf,
  parse,
  unsigned,
  verifyCheckpoint,
  withSignature,
} from "../../../src/log/checkpoint.ts";
import { keyId } from "../../../src/log/signed-note.ts";

type Key = { name: string; seed: Hex; publicKey: Hex; keyId: Hex };
type Case = { size: number; root: Bytes32; noteToSign: string; signature: Hex; signed: string; cosigned: string };
type Vectors = { deploymentId: Bytes32; origin: string; log: Key; witness: Key; checkpoints: Case[] };
const vectors = JSON.parse(
  readFileSync(new URL("../../vectors/log/checkpoint.json", import.meta.url), "utf8"),
) as Vectors;
const { log, origin, witness } = vectors;
const checks = {
  verifyEd25519: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => {
    try {
      return ed25519.verify(signature, message, publicKey);
    } catch {
      return false;
    }
  },
};
const of = (one: Case) => ({ origin, size: one.size, root: one.root });
const sign = (message: Uint8Array): Hex => fromBytes(ed25519.sign(message, toBytes(log.seed)));
const five = vectors.checkpoints.find(({ size }) => size === 5)!;
const isVerified = (text: string): boolean => {
  try {
    verifyCheckpoint(text, log, checks);
    return true;
  } catch {
    return false;
  }
};

test("writes, signs and reads the vectors byte for byte", () => {
  expect(originOf(vectors.deploymentId)).toBe(origin);
  expect(keyId(log, "ed25519")).toBe(log.keyId);
  expect(vectors.checkpoints.map(({ size }) => size)).toEqual([0, 1, 5, 8, Number.MAX_SAFE_INTEGER]);
  for (const one of vectors.checkpoints) {
    expect(new TextDecoder().decode(noteToSign(of(one)))).toBe(one.noteToSign);
    expect(sign(noteToSign(of(one)))).toBe(one.signature);
    const signed = withSignature(unsigned(of(one)), logSignature(log, one.signature));
    expect(format(signed)).toBe(one.signed);
    expect(parse(one.signed)).toEqual(signed);
    expect(verifyCheckpoint(one.signed, log, checks)).toEqual(signed);
  }
});

test("stays verified with a cosignature beside, in either order", () => {
  for (const one of vectors.checkpoints) {
    const signed = verifyCheckpoint(one.cosigned, log, checks);
    expect(signed.checkpoint).toEqual(of(one));
    expect(format(signed)).toBe(one.cosigned);
    const turned = { ...signed, signatures: [...signed.signatures].reverse() };
    expect(verifyCheckpoint(format(turned), log, checks).checkpoint).toEqual(of(one));
  }
});

test("fails with any one character changed", () => {
  const text = five.signed;
  for (let at = 0; at < text.length; at += 1) {
    for (const other of ["A", "1", " ", "\n"]) {
      if (text[at] !== other) expect(isVerified(text.slice(0, at) + other + text.slice(at + 1)), `${at}`).toBe(false);
    }
    expect(isVerified(text.slice(0, at) + text.slice(at + 1)), `without ${at}`).toBe(false);
    expect(isVerified(text.slice(0, at)), `cut at ${at}`).toBe(false);
  }
});

test("says what is wrong", () => {
  const { signed } = five;
  const refusal = (text: string, key = log): unknown => {
    try {
      return verifyCheckpoint(text, key, checks);
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };
  const elsewhere = originOf(five.root);
  expect(refusal("hello")).toBe("log.note-malformed");
  expect(refusal(signed.replace("\n5\n", "\n05\n"))).toBe("log.checkpoint-malformed");
  expect(refusal(signed.replace("\n5\n", "\n6\n"))).toBe("log.checkpoint-signature");
  expect(refusal(signed, { ...log, name: elsewhere })).toBe("log.checkpoint-origin");
  expect(refusal(signed.replace(origin, elsewhere))).toBe("log.checkpoint-origin");
  expect(refusal(signed, { ...log, publicKey: witness.publicKey })).toBe("log.checkpoint-unsigned");
  const short = withSignature(unsigned(of(five)), { name: log.name, keyId: log.keyId, signature: "0x00" });
  expect(refusal(format(short))).toBe("log.checkpoint-signature");
  const stranger = fromBytes(ed25519.sign(noteToSign(of(five)), toBytes(witness.seed)));
  expect(refusal(format(withSignature(unsigned(of(five)), logSignature(log, stranger))))).toBe(
    "log.checkpoint-signature",
  );
});

test("never asks the check about a signature that is not 64 bytes", () => {
  const gullible = { verifyEd25519: (): boolean => true };
  expect(verifyCheckpoint(five.signed, log, gullible).checkpoint).toEqual(of(five));
  for (const signature of ["0x00", `${five.signature}00`, five.signature.slice(0, -2)] as Hex[]) {
    const odd = withSignature(unsigned(of(five)), { name: log.name, keyId: log.keyId, signature });
    expect(() => verifyCheckpoint(format(odd), log, gullible)).toThrow("did not sign");
  }
});

test("does not count the witness's line for the log's", () => {
  const [, cosignature] = parse(five.cosigned).signatures;
  const alone = format({ ...parse(five.cosigned), signatures: [cosignature!] });
  expect(() => verifyCheckpoint(alone, log, checks)).toThrow("not signed by the log key");
});

test("does not carry a signature over to another size, root or log", () => {
  const line = logSignature(log, five.signature);
  for (const other of [{ size: 6 }, { root: vectors.deploymentId }]) {
    expect(isVerified(format(withSignature(unsigned({ ...of(five), ...other }), line)))).toBe(false);
  }
});

test("refuses sizes, roots and lines that a second reader may read differently", () => {
  const [first, size, root] = five.noteToSign.split("\n");
  const tail = five.signed.slice(five.noteToSign.length);
  const bodies = [
    `${first}\n05\n${root}\n`,
    `${first}\n+5\n${root}\n`,
    `${first}\n-5\n${root}\n`,
    `${first}\n5.0\n${root}\n`,
    `${first}\n0x5\n${root}\n`,
    `${first}\n5e0\n${root}\n`,
    `${first}\n 5\n${root}\n`,
    `${first}\n\n${root}\n`,
    `${first}\n9007199254740992\n${root}\n`,
    `${first}\n99999999999999999999\n${root}\n`,
    `${first}\n５\n${root}\n`,
    `\n${size}\n${root}\n`,
    `${first} x\n${size}\n${root}\n`,
    `${first}+\n${size}\n${root}\n`,
    `${first}\n${size}\n${root?.slice(0, -1)}\n`,
    `${first}\n${size}\nAAAA\n`,
    `${first}\n${size}\n${root}=\n`,
    `${first}\n${size}\n${root?.slice(0, -2)}B=\n`,
    `${first}\n${size}\n${root}\nextension\n`,
    `${first}\n${size}\n`,
    `${first}\n${size}\n${root}\n\n`,
  ];
  for (const body of bodies) expect(() => parse(`${body}${tail}`), body).toThrow();
  expect(parse(`${first}\n5\n${root}\n${tail}`).checkpoint.size).toBe(5);
});

test("one key has one line, and signing again replaces it", () => {
  const signed = parse(five.cosigned);
  const again = withSignature(signed, logSignature(log, `0x${"11".repeat(64)}`));
  expect(again.signatures).toHaveLength(2);
  expect(again.signatures.map(({ name }) => name)).toEqual([witness.name, log.name]);
  expect(withSignature(again, logSignature(log, five.signature)).signatures).toHaveLength(2);
});

test("a checkpoint that would not parse back is never written", () => {
  const good = of(five);
  for (const bad of [
    { size: -1 },
    { size: 1.5 },
    { size: 2 ** 53 },
    { size: 1e21 },
    { origin: "two words" },
    { origin: "a\nb" },
    { origin: "" },
    { root: "0x00" as Bytes32 },
  ]) {
    expect(() => noteToSign({ ...good, ...bad }), JSON.stringify(bad)).toThrow("an origin, a size and a root");
  }
  expect(() => format(unsigned(good))).toThrow("signed at least once");
  expect(() => logSignature(log, "0x00")).toThrow("64 bytes");
});
