/** Two people's components: what they add up to, what is shown of them, and what is not taken for one. */
import { createCipheriv } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { putTogether } from "../../../../src/adapters/pkcs11/wrapping-key.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-components-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const one = "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f";
const other = "ffeeddccbbaa99887766554433221100f0e1d2c3b4a5968778695a4b3c2d1e0f";
const sum = "ffffffffffffffffffffffffffffffffe0c0e080e0c0e000e0c0e080e0c0e000";

const of = (...texts: readonly [string, string]): ReturnType<typeof putTogether> => {
  const [first, second] = texts.map((text, index) => {
    const file = join(folder, `${index}-${Math.random()}`);
    writeFileSync(file, text, { mode: 0o600 });
    return { file };
  }) as [{ file: string }, { file: string }];
  return putTogether({ components: [first, second], soPin: null });
};

test("components are added bit by bit, whichever comes first", async () => {
  expect((await of(one, other)).value.toString("hex")).toBe(sum);
  expect((await of(other, one)).value.toString("hex")).toBe(sum);
});

test("a check value is the beginning of zeros under the key", async () => {
  const block = (key: string): string =>
    createCipheriv("aes-256-ecb", Buffer.from(key, "hex"), null).update(Buffer.alloc(16)).toString("hex").slice(0, 6);
  expect((await of(one, other)).checkValues).toEqual([block(one), block(other), block(sum)]);
});

test("people may write them in groups, in either case", async () => {
  const grouped = (one.match(/.{4}/g) ?? []).join(" ").toUpperCase();
  expect((await of(`${grouped}\n`, other)).value.toString("hex")).toBe(sum);
});

test.each([
  ["too short", one.slice(2), "component 1 is not 64 hex digits"],
  ["no hex", `${one.slice(2)}xy`, "component 1 is not 64 hex digits"],
  ["all zeros", "00".repeat(32), "component 1 was not made by chance"],
  ["the other one", other, "both components are the same"],
])("a component that is %s is refused", async (_, text, why) => {
  const refusal: unknown = await of(text, other).catch((error: unknown) => error);
  expect(String(refusal)).toContain(why);
  expect(String(refusal)).not.toContain(other.slice(0, 8));
});
