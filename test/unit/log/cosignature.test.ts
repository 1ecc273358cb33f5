/** Witness cosignatures: vectors made by another implementation, and everything they bind. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { fromBytes, toBytes, type Hex } from "../../../src/values/hex.ts";
import { parse as instant } from "../../../src/values/instant.ts";
import { format, parse, withSignature } from "../../../src/log/checkpoint.ts";
import {
  cosignatureLine,
  cosignatureToSign,
  parseCosignature,
  verifyCosignature,
} from "../../../src/log/cosignature.ts";
import { keyId } from "../../../src/log/signed-note.ts";

type Key = { name: string; seed: Hex; publicKey: Hex; keyId: Hex };
type Case = {
  size: number;
  root: Bytes32;
  signed: string;
  cosignedAt: number;
  cosignatureToSign: string;
  cosignature: Hex;
  cosigned: string;
};
const { log, witness, checkpoints } = JSON.parse(
  readFileSync(new URL("../../vectors/log/checkpoint.json", import.meta.url), "utf8"),
) as { log: Key; witness: Key; checkpoints: Case[] };
const checks = {
  verifyEd25519: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
    ed25519.verify(signature, message, publicKey),
};
const five = checkpoints.find(({ size }) => size === 5)!;
const at = instant(five.cosignedAt);
const signed = parse(five.signed);
const line = cosignatureLine(witness, { at, signature: five.cosignature });

test("writes, signs and reads the vectors byte for byte", () => {
  expect(keyId(witness, "cosignatureV1")).toBe(witness.keyId);
  for (const one of checkpoints) {
    const bare = parse(one.signed);
    const when = instant(one.cosignedAt);
    const message = cosignatureToSign(bare.checkpoint, when);
    expect(new TextDecoder().decode(message)).toBe(one.cosignatureToSign);
    expect(fromBytes(ed25519.sign(message, toBytes(witness.seed)))).toBe(one.cosignature);
    const cosigned = withSignature(bare, cosignatureLine(witness, { at: when, signature: one.cosignature }));
    expect(format(cosigned)).toBe(one.cosigned);
    expect(verifyCosignature(parse(one.cosigned), witness, checks)).toEqual({ kind: "cosigned", at: when });
  }
});

test("takes apart the line that the C2SP specification prints", () => {
  const text =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" +
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
  const example = parse(text);
  expect(example.checkpoint.size).toBe(20_852_163);
  expect(parseCosignature(example.signatures[1]!).at).toBe(1_679_315_147);
  expect(new TextDecoder().decode(cosignatureToSign(example.checkpoint, instant(1_679_315_147)))).toBe(
    "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
  );
  expect(format(example)).toBe(text);
});

test("is absent without a line of this witness", () => {
  expect(verifyCosignature(signed, witness, checks)).toEqual({ kind: "absent" });
  const cosigned = parse(five.cosigned);
  expect(verifyCosignature(cosigned, { ...witness, name: "witness.example.com/w2" }, checks)).toEqual({
    kind: "absent",
  });
  expect(verifyCosignature(cosigned, { ...witness, publicKey: log.publicKey }, checks)).toEqual({ kind: "absent" });
});

test("the log key's own signature is no cosignature of the log key", () => {
  expect(verifyCosignature(signed, log, checks)).toEqual({ kind: "absent" });
});

test("binds size, root, log and time", () => {
  const { checkpoint } = signed;
  for (const other of [{ size: 6 }, { root: checkpoints[0]!.root }, { origin: "countersign/other" }]) {
    const moved = withSignature({ checkpoint: { ...checkpoint, ...other }, signatures: [] }, line);
    expect(verifyCosignature(moved, witness, checks).kind).toBe("invalid");
  }
  for (const when of [at - 1, at + 1, 0]) {
    const later = cosignatureLine(witness, { at: instant(when), signature: five.cosignature });
    expect(verifyCosignature(withSignature(signed, later), witness, checks).kind).toBe("invalid");
  }
});

test("is invalid with any one bit of its bytes turned", () => {
  for (let bit = 0; bit < 72 * 8; bit += 1) {
    const bytes = toBytes(line.signature);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    const turned = { ...line, signature: fromBytes(bytes) };
    expect(verifyCosignature(withSignature(signed, turned), witness, checks).kind, `${bit}`).toBe("invalid");
  }
});

test("is invalid with bytes missing or added, and with a time beyond all calendars", () => {
  for (const signature of [
    "0x00",
    line.signature.slice(0, -2),
    `${line.signature}00`,
    `0x${"ff".repeat(72)}`,
  ] as Hex[]) {
    expect(verifyCosignature(withSignature(signed, { ...line, signature }), witness, checks).kind).toBe("invalid");
    expect(() => parseCosignature({ ...line, signature })).toThrow();
  }
});

test("a later cosignature of one witness takes the place of the earlier", () => {
  const twice = withSignature(
    withSignature(signed, line),
    cosignatureLine(witness, { at: instant(at + 9), signature: five.cosignature }),
  );
  expect(twice.signatures).toHaveLength(2);
  expect(parseCosignature(twice.signatures[1]!).at).toBe(at + 9);
});

test("a failure of the check itself is not taken for a bad signature", () => {
  const broken = {
    verifyEd25519: (): boolean => {
      throw new Error("the library is gone");
    },
  };
  expect(() => verifyCosignature(parse(five.cosigned), witness, broken)).toThrow("the library is gone");
});
