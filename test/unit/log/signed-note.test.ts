/** Signed notes: published key and note, exact round trips, and what is no note. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { utf8 } from "../../../src/values/digest.ts";
import { toBytes, type Hex } from "../../../src/values/hex.ts";
import { format, keyId, parse, signatureBy } from "../../../src/log/signed-note.ts";

type Published = { name: string; publicKey: Hex; keyId: Hex; text: string; note: string };
const { published } = JSON.parse(
  readFileSync(new URL("../../vectors/log/checkpoint.json", import.meta.url), "utf8"),
) as { published: Published };
const line = (blob = "x08go/ZJ", name = "PeterNeumann"): string => `— ${name} ${blob}\n`;

test("reads the note that Go's implementation publishes", () => {
  expect(keyId(published, "ed25519")).toBe(published.keyId);
  const note = parse(published.note);
  expect(note.text).toBe(published.text);
  const mine = signatureBy(note, published, "ed25519");
  expect(ed25519.verify(toBytes(mine!.signature), utf8(note.text), toBytes(published.publicKey))).toBe(true);
  expect(format(note)).toBe(published.note);
});

test("tells the kinds of one key apart", () => {
  expect(keyId(published, "cosignatureV1")).not.toBe(published.keyId);
  expect(signatureBy(parse(published.note), published, "cosignatureV1")).toBeUndefined();
  expect(signatureBy(parse(published.note), { ...published, name: "JohnNeumann" }, "ed25519")).toBeUndefined();
});

test("splits at the last blank line and keeps unknown signatures", () => {
  const text = `one\n\ntwo\n\n${line()}${line("AAAAAAA=", "somebody.example/else")}`;
  const note = parse(text);
  expect(note.text).toBe("one\n\ntwo\n");
  expect(note.signatures.map(({ name }) => name)).toEqual(["PeterNeumann", "somebody.example/else"]);
  expect(format(note)).toBe(text);
});

test("holds at least the sixteen signatures that C2SP asks for, and has an end", () => {
  const lines = (count: number): string => Array.from({ length: count }, (_, i) => line(undefined, `key${i}`)).join("");
  expect(parse(`text\n\n${lines(32)}`).signatures).toHaveLength(32);
  expect(() => parse(`text\n\n${lines(33)}`)).toThrow("more than 32 signatures");
  expect(() => parse(`${"x".repeat(131_072)}\n\n${line()}`)).toThrow("too long");
});

test("refuses what is no note", () => {
  const bad: Record<string, string> = {
    nothing: "",
    "no signature": "text\n",
    "only a blank line": "text\n\n",
    "no text": `\n\n${line()}`,
    "no blank line": `text\n${line()}`,
    "no last newline": `text\n\n${line().slice(0, -1)}`,
    "a line after the signatures": `text\n\n${line()}more\n`,
    "a hyphen for the dash": `text\n\n${line().replace("—", "-")}`,
    "two spaces": `text\n\n${line().replace("— ", "—  ")}`,
    "a space at the end": `text\n\n${line("x08go/ZJ ")}`,
    "carriage returns": `text\r\n\r\n${line()}`,
    "a tab": `te\txt\n\n${line()}`,
    "a plus in the name": `text\n\n${line(undefined, "Peter+Neumann")}`,
    "a no-break space in the name": `text\n\n${line(undefined, "Peter\u00a0Neumann")}`,
    "a name that looks like another": `text\n\n${line(undefined, "РeterNeumann")}`,
    "base64 without padding": `text\n\n${line("x08go/ZJAA")}`,
    "base64 with stray bits": `text\n\n${line("x08go/ZJAB==")}`,
    "a key id without a signature": `text\n\n${line("x08gow==")}`,
    "one key twice": `text\n\n${line()}${line("x08go/ZK")}`,
  };
  for (const [what, text] of Object.entries(bad)) expect(() => parse(text), what).toThrow(/signed note|base64/);
});

test("a note without signatures, or a key without a plain name, is a bug of ours", () => {
  expect(() => format({ text: "text\n", signatures: [] })).toThrow("signed at least once");
  expect(() => keyId({ ...published, name: "two words" }, "ed25519")).toThrow("plain name");
  expect(() => keyId({ ...published, publicKey: "0x00" }, "ed25519")).toThrow("32 bytes");
});
