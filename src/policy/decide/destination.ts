/** Where what backs redeemed tokens may be released to: only what the policy has registered. */
import * as bytes32 from "../../values/bytes32.ts";
import type { Instant } from "../../values/instant.ts";
import type { Asked } from "../asked.ts";
import { goodCountry } from "../countries.ts";
import type { Case, Policy } from "../policy.ts";
import { claimed } from "./claim.ts";
import type { Judgement } from "./judgement.ts";
import { raised } from "./multiplier.ts";

/** Silent where neither the policy nor the request speaks of it, as decisions before there was a second leg. */
export function judgeDestination({ policy, intent }: Pick<Case, "policy" | "intent">): readonly Judgement[] {
  const { redemption } = policy;
  const { destination } = intent;
  if (intent.operation !== "redeem" || (redemption === undefined && destination === undefined)) return [];
  const names = [...(redemption?.destinations.keys() ?? [])];
  return [
    {
      id: "intent.destination",
      kind: "rule",
      code: "policy.destination",
      ok: names.some((name) => name === destination),
      curable: false,
      observed: destination ?? "no destination",
      bound: names.length === 0 ? "none: the policy releases nothing" : `one of ${listed(names)}`,
    },
  ];
}

/** The hash of no document. */
const nothing = bytes32.zero;

/** A clause is for people, and is part of the log. */
const mostNamed = 10;

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

type Destined = Pick<
  Asked,
  | ("destination" | "distribution" | "country" | "issuer" | "topic")
  | ("newMultiplier" | "oldMultiplier" | "activationTime")
>;

/** What an example leaves out: the first destination there is, a distribution of no meaning, a country that is permitted, a claim that is trusted, a raise of almost nothing. */
export function destined(policy: Policy, operation: Asked["operation"], now: Instant): Destined {
  const { redemption, countries } = policy;
  if (operation === "raiseMultiplier") return raised(now);
  if (operation === "distribute") return { distribution: nothing };
  if (operation === "registerIdentity") return countries === undefined ? {} : { country: goodCountry(countries) };
  if (operation === "addClaim" || operation === "removeClaim") return claimed(policy, operation);
  const [first] = operation === "redeem" ? (redemption?.destinations.keys() ?? []) : [];
  return first === undefined ? {} : { destination: first };
}
