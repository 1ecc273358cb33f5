/** Every profile has its file, which says what it is and what it rests on. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { profileNames, profiles } from "../../../../src/adapters/pkcs11/profile.ts";
import { parseTokenConfig } from "../../../../src/adapters/pkcs11/token-file.ts";

const folder = new URL("../../../../hsm-config/", import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(`${name}.yaml`, folder), "utf8");

test("there is one file for each profile, one of a Ledger, and no other", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  expect(files.sort()).toEqual(["ledger.yaml", ...profileNames.map((name) => `${name}.yaml`)].sort());
});

test.each(profileNames)("the file of %s is a token file of that profile, and accepts nothing by itself", (name) => {
  expect(parseTokenConfig(textOf(name))).toMatchObject({ profile: name });
  expect(parseTokenConfig(textOf(name)).acceptUnverified).toBeUndefined();
});

test.each(profileNames)("the first line of the file of %s says `unverified` exactly where the table does", (name) => {
  const [first = ""] = textOf(name).split("\n");
  expect(first.includes("unverified:")).toBe(profiles[name].standing === "unverified");
});

test("what a device may lack is never what keeps the key on it", () => {
  const needed = ["CKA_TOKEN", "CKA_PRIVATE", "CKA_SENSITIVE", "CKA_EXTRACTABLE", "CKA_SIGN"];
  for (const { optional } of Object.values(profiles)) for (const name of needed) expect(optional).not.toContain(name);
});
