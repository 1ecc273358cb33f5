/** Guards compiled: when they apply, and what they then do. */
import { isIssuing } from "../../intent/operation.ts";
import type { PolicyDocument } from "../document/document.ts";
import { withoutRecipient } from "../asked.ts";
import { readAddition } from "./compile-requirement.ts";
import { feedsNamed, type Feeds } from "./compile-feed.ts";
import { readCondition, type Condition, type Named } from "./condition.ts";
import { parse as parseName } from "../../values/name.ts";
import type { By, Cover, Guard, GuardEffect, Pricing } from "../policy.ts";
import { readRatio } from "./ratio.ts";
import { checkReach, reachOf } from "./reach.ts";
import { refusal } from "./refusal.ts";
import { optionally, positive } from "./span.ts";

type WrittenGuard = NonNullable<PolicyDocument["guards"]>[number];

export function readGuard(guard: WrittenGuard, field: string, named: Named & Feeds): Guard {
  const { id, deny, add, require } = guard;
  const when = readCondition(guard.when, `${field}.when`, named);
  const unless = guard.unless === undefined ? undefined : readCondition(guard.unless, `${field}.unless`, named);
  checkReach(when, when.operations, `${field}.when`);
  if (unless !== undefined) checkReach(unless, reachOf(when, unless), `${field}.unless`);
  if (deny !== undefined) return { id, when, unless, then: { kind: "deny" } };
  if (add !== undefined)
    return { id, when, unless, then: { kind: "add", addition: readAddition(add, `${field}.add`) } };
  if (require === undefined) throw refusal("guard", field, "a guard has one of `deny: true`, `add` and `require`");
  return { id, when, unless, then: readEvidence(require, field, { applies: when.operations, named }) };
}

/** Whoever attests, unless the policy names others. */
const attestors: By = { group: parseName("attestors"), min: 1 };
const dollars = parseName("USD");

function readEvidence(
  require: NonNullable<WrittenGuard["require"]>,
  guard: string,
  { applies, named }: { readonly applies: Condition["operations"]; readonly named: Feeds },
): GuardEffect {
  const field = `${guard}.require`;
  const by = require.by ?? attestors;
  switch (require.evidence) {
    case "reserve":
      if (!applies.has("mint") || ![...applies].every(isIssuing))
        throw refusal(
          "guard",
          `${guard}.when`,
          "reserves cover what is issued: write `when: { operation: mint }`, with `distribute` or `raiseMultiplier` beside it where a rule permits that",
        );
      return {
        kind: "reserves",
        by,
        maxAgeSeconds: positive(require.maxAge, `${field}.maxAge`),
        cover: require.cover === undefined ? undefined : readCover(require.cover, `${field}.cover`),
        lots: require.lots === true,
        feeds: feedsNamed(require.feeds, `${field}.feeds`, named),
      };
    case "price":
      return { kind: "price", ...readPrice(require, field) };
    case "identity": {
      const lone = withoutRecipient(applies);
      if (lone.length > 0)
        throw refusal("guard", `${guard}.when`, `an identity is of the recipient, and ${lone.join(", ")} has none`);
      return { kind: "identity", by, maxAgeSeconds: optionally(require.maxAge, `${field}.maxAge`) };
    }
    case "document":
      return { kind: "document", by, maxAgeSeconds: optionally(require.maxAge, `${field}.maxAge`) };
  }
}

type WrittenRequire = NonNullable<WrittenGuard["require"]>;
type WrittenCover = NonNullable<Extract<WrittenRequire, { evidence: "reserve" }>["cover"]>;
type WrittenPrice = Omit<Extract<WrittenRequire, { evidence: "price" }>, "evidence">;

function readPrice(written: WrittenPrice, field: string): Omit<Pricing, "par"> {
  return {
    by: written.by ?? attestors,
    quote: written.quote ?? dollars,
    maxAgeSeconds: positive(written.maxAge, `${field}.maxAge`),
    sources: written.sources,
    deviation: readRatio(written.deviation, `${field}.deviation`),
  };
}

/** A warning comes before the end, or it never comes. */
function readCover({ ratio: written, warn, price }: WrittenCover, field: string): Cover {
  const ratio = readRatio(written, `${field}.ratio`);
  const early = warn === undefined ? undefined : readRatio(warn.ratio, `${field}.warn.ratio`);
  if (early !== undefined && early.numerator * ratio.denominator >= ratio.numerator * early.denominator)
    throw refusal("ratio", `${field}.warn.ratio`, `\`${early.text}\` is not below the ratio \`${ratio.text}\``);
  return {
    ratio,
    warn:
      warn === undefined || early === undefined
        ? undefined
        : { ratio: early, addition: readAddition(warn.add, `${field}.warn.add`) },
    price:
      price === undefined
        ? undefined
        : { ...readPrice(price, `${field}.price`), par: readRatio(price.par, `${field}.price.par`) },
  };
}
