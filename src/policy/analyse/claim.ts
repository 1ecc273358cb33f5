/** Claims of a policy as the proof reads them: which requests they are about, and what those may never lack or always have. */
import { parse as parseName } from "../../values/name.ts";
import type { AlwaysClaim as WrittenAlways, NeverClaim as WrittenNever } from "../document/claim-schema.ts";
import { readCondition, type Condition, type Named } from "../compile/condition.ts";
import type { PolicyDocument } from "../document/document.ts";
import type { Veto } from "../document/requirement.ts";
import { seconds } from "../compile/span.ts";
import type { Example } from "./witness.ts";

type Common = {
  /** Where it stands: `never.0`. */
  readonly field: string;
  readonly when: Condition;
  /** Whether the claim says which operations it is about. */
  readonly namesOperation: boolean;
};

export type NeverClaim = Common & {
  readonly kind: "never";
  /** At least so many people agree. */
  readonly people: number | undefined;
  /** At least so many of a group are among them. */
  readonly from: Veto | undefined;
  readonly delaySeconds: number | undefined;
};

export type AlwaysClaim = Common & {
  readonly kind: "always";
  readonly people: number | undefined;
  readonly withinSeconds: number | undefined;
  readonly afterLosing: number;
};

export type Claim = NeverClaim | AlwaysClaim;

/** What a proof says of one, with the claim itself in words. */
export type ClaimResult = Verdict & { readonly claim: string };

export type Verdict = {
  readonly field: string;
  /** `undecided` is no answer and never fine. */
  readonly kind: "proved" | "false" | "undecided";
  readonly message: string;
  /** Of a `never` that is false: a request that the policy allows. Of an `always`: one that it does not. */
  readonly example?: Example;
};

/** Throws `InvalidValue` with a code `policy.*` and the field; the document compiles. */
export function compileClaims(document: PolicyDocument): readonly Claim[] {
  const named: Named = {
    asset: { unit: document.asset, decimals: document.token.decimals },
    lists: new Set(Object.keys(document.lists ?? {}).map(parseName)),
    holidays: new Map(
      Object.entries(document.holidays ?? {}).map(([name, dates]) => [parseName(name), new Set(dates)]),
    ),
    hasCalendar: document.calendar !== undefined,
    standard: document.token.standard,
  };
  return [
    ...(document.never ?? []).map((claim, index) => readNever(claim, `never.${index}`, named)),
    ...(document.always ?? []).map((claim, index) => readAlways(claim, `always.${index}`, named)),
  ];
}

function readNever(
  { withFewerPeopleThan, without, withoutDelay, ...when }: WrittenNever,
  field: string,
  named: Named,
): NeverClaim {
  return {
    kind: "never",
    field,
    when: readCondition(when, field, named),
    namesOperation: when.operation !== undefined,
    people: withFewerPeopleThan,
    from: without,
    delaySeconds: withoutDelay === undefined ? undefined : seconds(withoutDelay),
  };
}

function readAlways(
  { withAtMostPeople, within, afterLosing, ...when }: WrittenAlways,
  field: string,
  named: Named,
): AlwaysClaim {
  return {
    kind: "always",
    field,
    when: readCondition(when, field, named),
    namesOperation: when.operation !== undefined,
    people: withAtMostPeople,
    withinSeconds: within === undefined ? undefined : seconds(within),
    afterLosing: afterLosing ?? 0,
  };
}
