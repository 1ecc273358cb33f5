/** What a token's registries say, as one text: one spelling, and nothing emptied is ever what a policy pins. */
import { expect, it } from "vitest";
import { readRegistries, registriesSchema, registriesText } from "../../../src/evidence/registries.ts";
import { registries } from "../../place/profiles.ts";

it("is read back from its text, and from no other spelling", () => {
  const text = registriesText(registries);
  expect(readRegistries(text)).toEqual(registries);
  for (const other of [` ${text}`, text.replace('"1"', '"01"'), text.toUpperCase(), "{}", "", "900 characters"])
    expect(readRegistries(other), other).toBeUndefined();
});

it("can be said of an emptied list, which no policy pins", () => {
  for (const emptied of [
    { ...registries, claims: [] },
    { ...registries, trusted: [] },
  ]) {
    expect(readRegistries(registriesText(emptied))).toEqual(emptied);
    expect(registriesSchema.safeParse(emptied).success).toBe(false);
  }
  expect(registriesSchema.safeParse(registries).success).toBe(true);
});

it("has each topic and each issuer once, in one order", () => {
  const [one] = registries.trusted;
  for (const trusted of [[one!, one!]])
    expect(registriesSchema.safeParse({ ...registries, trusted }).success).toBe(false);
  for (const claims of [["2", "1"], ["1", "1"], ["-1"], ["1.0"]])
    expect(registriesSchema.safeParse({ ...registries, claims }).success, claims.join()).toBe(false);
});

it("that is longer than an observation may be is no such text, and no such pin", () => {
  const claims = Array.from({ length: 60 }, (_, index) => `${String(index + 10)}${"0".repeat(50)}`);
  expect(readRegistries(registriesText({ ...registries, claims }))).toBeUndefined();
  expect(registriesSchema.safeParse({ ...registries, claims }).success).toBe(false);
});
