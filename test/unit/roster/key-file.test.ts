/** What the files of tokens and devices are refused for, in words that name the file and the field. */
import { expect, test } from "vitest";
import { z } from "zod";
import {
  checkKeyFile,
  formatKeyFile,
  milliseconds,
  parseKeyFile,
  pinnedKey,
  pinnedKeys,
} from "../../../src/roster/key-file.ts";

const file = { code: "box.config", what: "box file" } as const;
const schema = z.strictObject({
  patienceMs: milliseconds(10, 20, 15),
  keys: pinnedKeys(z.strictObject(pinnedKey), 1, 2),
});
const key = (name: string, digit: string): object => ({ name, publicKey: `0x04${digit.repeat(128)}` });

test("a file says what it holds, and what it leaves out is as usual", () => {
  const config = checkKeyFile(schema, { keys: [key("a", "1"), key("b", "2")] }, file);
  expect(config).toEqual({ patienceMs: 15, keys: [key("a", "1"), key("b", "2")] });
  const text = formatKeyFile(config, "A box.");
  expect(text.split("\n")[0]).toBe("# A box.");
  expect(checkKeyFile(schema, parseKeyFile(text, file), file)).toEqual(config);
});

test.each<[string, object, string, string]>([
  ["no key", { keys: [] }, "keys", "the box file: `keys` Too small: expected array to have >=1 items"],
  ["one name twice", { keys: [key("a", "1"), key("a", "2")] }, "keys", "the box file: `keys` names a key twice"],
  [
    "one public key twice",
    { keys: [key("a", "1"), key("b", "1")] },
    "keys",
    "the box file: `keys` has the same public key twice",
  ],
  [
    "a compressed public key",
    { keys: [{ name: "a", publicKey: `0x02${"1".repeat(64)}` }] },
    "keys.0.publicKey",
    "the box file: `keys.0.publicKey` the public key is not 65 bytes beginning with 0x04",
  ],
  [
    "a public key that is too short",
    { keys: [{ name: "a", publicKey: `0x04${"1".repeat(126)}` }] },
    "keys.0.publicKey",
    "the box file: `keys.0.publicKey` the public key is not 65 bytes beginning with 0x04",
  ],
  [
    "another mark before the point",
    { keys: [{ name: "a", publicKey: `0x06${"1".repeat(128)}` }] },
    "keys.0.publicKey",
    "the box file: `keys.0.publicKey` the public key is not 65 bytes beginning with 0x04",
  ],
  [
    "too much patience",
    { patienceMs: 21, keys: [key("a", "1")] },
    "patienceMs",
    "the box file: `patienceMs` Too big: expected number to be <=20",
  ],
])("a file with %s is refused with its field", (_, document, field, message) => {
  expect(() => checkKeyFile(schema, document, file)).toThrow(
    expect.objectContaining({ code: "box.config", field, message }) as Error,
  );
});

test.each(["a: [", "a: 1\na: 2"])("%s is no file", (text) => {
  expect(() => parseKeyFile(text, file)).toThrow("the box file is not YAML, or names a field twice");
});
