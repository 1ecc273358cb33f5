/** Where those may be from who get tokens: a country that is permitted, and never one that nobody knows. */
import { describe, expect, it } from "vitest";
import { settingChanges } from "../../../src/policy/analyse/settings.ts";
import { changeClass } from "../../../src/policy/change/change-class.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { countriesText, countryText, goodCountry, permits, permitted } from "../../../src/policy/countries.ts";
import type { Countries } from "../../../src/policy/policy.ts";
import { explainPolicy } from "../../../src/policy/words/explain-policy.ts";
import { parse, type Country } from "../../../src/values/country.ts";
import { tokenOf } from "../../place/profiles.ts";
import { document, documentWith, rosterIndex } from "./example.ts";

const of = (kind: Countries["kind"], ...letters: readonly string[]): Countries => ({
  kind,
  listed: new Set(letters.map(parse)),
});
const token = tokenOf("erc3643", document.token);
const asking = (countries: unknown) => documentWith({ token, ...(countries === undefined ? {} : { countries }) });

describe("a number", () => {
  it("is permitted when it is one of the only ones, or a country that is none of the others", () => {
    expect([756, 438, 643].map((number) => permits(of("only", "CH", "LI"), number))).toEqual([true, true, false]);
    expect([756, 438, 643].map((number) => permits(of("never", "RU"), number))).toEqual([true, true, false]);
  });

  it("that is no country is permitted to nobody, whatever the policy lists", () => {
    for (const number of [undefined, 0, 810, 999, 1_000, 65_535, Number.NaN, 756.5])
      for (const countries of [of("only", "CH", "RU"), of("never", "RU")])
        expect(permits(countries, number)).toBe(false);
  });

  it("is shown with its letters", () => {
    expect([756, 0, undefined, 810].map(countryText)).toEqual([
      "CH (756)",
      "no country",
      "no country",
      "810, which is no country",
    ]);
  });
});

describe("countries", () => {
  it("are those that are listed, or all others", () => {
    expect(permitted(of("only", "LI", "CH"))).toEqual(["CH", "LI"]);
    expect(permitted(of("never", "LI", "CH"))).toHaveLength(247);
    expect(permits(of("never", "AD"), goodCountry(of("never", "AD")))).toBe(true);
    expect(permits(of("only", "ZW"), goodCountry(of("only", "ZW")))).toBe(true);
  });

  it("that exclude everybody have none that is good", () => {
    const everywhere: Countries = { kind: "never", listed: new Set<Country>(permitted(of("never"))) };
    expect([permitted(everywhere), goodCountry(everywhere), permits(everywhere, 0)]).toEqual([[], 0, false]);
  });

  it("are told in words", () => {
    expect(countriesText(of("only", "LI", "CH"))).toBe("one of CH, LI");
    expect(countriesText(of("never", "RU", "CU"))).toBe("a country, but none of CU, RU");
    expect(explainPolicy(compile(asking({ only: ["CH"] })))).toContain(
      "whoever gets tokens or is registered is from one of CH",
    );
    expect(explainPolicy(compile(asking(undefined))).join()).not.toContain("is from");
  });
});

describe("the countries of a policy", () => {
  it.each([
    ["a token that keeps no countries", { countries: { only: ["CH"] } }, "knows nobody's country"],
    ["one twice", { token, countries: { only: ["CH", "LI", "CH"] } }, "`CH` stands twice"],
    ["one that there is not", { token, countries: { never: ["XX"] } }, "`XX` is not a country of ISO 3166-1"],
    ["none", { token, countries: { only: [] } }, "countries"],
    ["both kinds", { token, countries: { only: ["CH"], never: ["RU"] } }, "countries"],
    ["numbers", { token, countries: { only: [756] } }, "countries"],
  ])("are refused for %s", (_, fields, words) => {
    expect(() => compile(documentWith(fields))).toThrow(words);
  });

  it.each<[string, unknown, unknown, "tighten" | "loosen"]>([
    ["asked where nobody was", undefined, { never: ["RU"] }, "tighten"],
    ["no longer asked", { only: ["CH"] }, undefined, "loosen"],
    ["the same", { only: ["CH", "LI"] }, { only: ["LI", "CH"] }, "tighten"],
    ["fewer of the only ones", { only: ["CH", "LI"] }, { only: ["CH"] }, "tighten"],
    ["more of the only ones", { only: ["CH"] }, { only: ["CH", "LI"] }, "loosen"],
    ["more of those that never are", { never: ["RU"] }, { never: ["RU", "CU"] }, "tighten"],
    ["fewer of those that never are", { never: ["RU", "CU"] }, { never: ["CU"] }, "loosen"],
    ["other ones", { only: ["CH"] }, { only: ["LI"] }, "loosen"],
    ["the other kind, also where it lets in less", { never: ["RU"] }, { only: ["CH"] }, "loosen"],
    ["the other kind", { only: ["CH"] }, { never: ["CH"] }, "loosen"],
  ])("are a change that is classed: %s", (_, old, now, expected) => {
    expect(changeClass(asking(old), asking(now))).toBe(expected);
  });

  it.each<[string, unknown, unknown, string]>([
    ["asked where nobody was", undefined, { never: ["RU"] }, "tightening"],
    ["no longer asked", { only: ["CH"] }, undefined, "loosening"],
    ["fewer", { only: ["CH", "LI"] }, { only: ["CH"] }, "tightening"],
    ["more", { never: ["RU", "CU"] }, { never: ["CU"] }, "loosening"],
    ["the other kind, which lets in less", { never: ["RU"] }, { only: ["CH"] }, "tightening"],
    ["other ones", { only: ["CH"] }, { only: ["LI"] }, "incomparable"],
  ])("are told to officers by whom they let in: %s", (_, old, now, effect) => {
    const changes = settingChanges(compile(asking(old)), compile(asking(now)), rosterIndex);
    expect(changes.map((one) => [one.field, one.effect])).toEqual([["countries", effect]]);
  });

  it("are told to officers only where they differ", () => {
    const [one, other] = [compile(asking({ only: ["CH", "LI"] })), compile(asking({ only: ["LI", "CH"] }))];
    expect(settingChanges(one, other, rosterIndex)).toEqual([]);
    const [before, next] = [compile(asking({ only: ["CH"] })), compile(asking({ never: ["CH"] }))];
    expect(settingChanges(before, next, rosterIndex)).toMatchObject([
      { from: "one of CH", to: "a country, but none of CH", effect: "incomparable" },
    ]);
  });
});
