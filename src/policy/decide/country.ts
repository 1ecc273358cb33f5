/** Where somebody may be from who is registered: what the request itself says, before any registry knows it. */
import { countriesText, countryText, permits } from "../countries.ts";
import type { Case } from "../policy.ts";
import type { Judgement } from "./judgement.ts";

/** Silent where the policy asks nobody, as decisions before it did. */
export function judgeCountry({ policy, intent }: Pick<Case, "policy" | "intent">): readonly Judgement[] {
  const { countries } = policy;
  if (countries === undefined || intent.operation !== "registerIdentity") return [];
  return [
    {
      id: "intent.country",
      kind: "rule",
      code: "policy.country",
      ok: permits(countries, intent.country),
      curable: false,
      observed: countryText(intent.country),
      bound: countriesText(countries),
    },
  ];
}
