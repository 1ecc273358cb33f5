/** Cells of one and the same change, joined into as few regions as can be said in words. */
import * as address from "../../values/address.ts";
import * as instant from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import type { AddressClass } from "./address-classes.ts";
import { hasAmount } from "../asked.ts";
import type { PolicyOperation } from "../document/condition-schema.ts";
import type { Interval } from "../compile/condition.ts";
import type { Policy } from "../policy.ts";
import { inAsset, inEther } from "../quantity.ts";
import type { Spot, TypedSpot } from "./spot.ts";
import { noon } from "./spots.ts";
import * as amount from "../../values/amount.ts";

/** A product of sets, one for each dimension. */
export type Region = {
  readonly operations: readonly PolicyOperation[];
  readonly initiators: readonly Name[];
  /** Numbers of the finest address classes; none of an operation without a recipient. */
  readonly recipients: readonly number[];
  readonly amounts: readonly Interval[];
  readonly maxFees: readonly Interval[];
  /** Moments that stand for times at which the same windows are open. */
  readonly times: readonly number[];
  readonly typed: readonly string[];
  readonly keys: readonly Name[];
};

type Dimension = keyof Region;

/** Amounts first, so that neighbours become one range before anything else is joined. */
const dimensions: readonly Dimension[] = [
  "amounts",
  "maxFees",
  "times",
  "recipients",
  "initiators",
  "typed",
  "operations",
  "keys",
];

export function regionOf(spot: Spot, key: Name): Region {
  return {
    operations: [spot.operation],
    initiators: spot.initiators.map(({ id }) => id),
    recipients: spot.recipients?.parts ?? [],
    amounts: [spot.amount],
    maxFees: [spot.maxFee],
    times: [spot.at],
    typed: spot.typed === undefined ? [] : [typedText(spot.typed)],
    keys: [key],
  };
}

/** Joins regions that differ in one dimension only, until none do; what else a region carries is that of the first. */
export function joined<R extends Region>(regions: readonly R[]): readonly R[] {
  let current = regions;
  for (;;) {
    let next = current;
    for (const dimension of dimensions) next = joinedAlong(next, dimension);
    if (next.length === current.length) return next;
    current = next;
  }
}

function joinedAlong<R extends Region>(regions: readonly R[], dimension: Dimension): readonly R[] {
  const groups = new Map<string, R[]>();
  for (const region of regions) {
    const key = dimensions
      .filter((other) => other !== dimension)
      .map((other) => keyOf(region[other]))
      .join("|");
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [region]);
    else known.push(region);
  }
  return [...groups.values()].map((group) => group.reduce((one, other) => union(one, other, dimension)));
}

function keyOf(values: Region[Dimension]): string {
  return values.map((value) => (typeof value === "object" ? `${value.from}-${value.below}` : value)).join(",");
}

function union<R extends Region>(one: R, other: R, dimension: Dimension): R {
  switch (dimension) {
    case "amounts":
    case "maxFees":
      return { ...one, [dimension]: intervals([...one[dimension], ...other[dimension]]) };
    case "recipients":
    case "times":
      return { ...one, [dimension]: [...new Set([...one[dimension], ...other[dimension]])].sort((a, b) => a - b) };
    default:
      return { ...one, [dimension]: [...new Set([...one[dimension], ...other[dimension]])].sort() };
  }
}

/** Ascending, and those that touch or overlap as one. */
function intervals(all: readonly Interval[]): readonly Interval[] {
  const found: Interval[] = [];
  for (const next of [...all].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = found.at(-1);
    if (last === undefined || last.below < next.from) found.push(next);
    else if (next.below > last.below) found[found.length - 1] = { from: last.from, below: next.below };
  }
  return found;
}

/** What words need besides the region. */
export type Wording = { readonly policies: readonly [Policy, ...Policy[]]; readonly classes: readonly AddressClass[] };

/** `mint of over 100 GLD up to 1,000 GLD to list treasury by ida or ivan`. */
export function regionText(region: Region, wording: Wording): string {
  const { operations, initiators, amounts, maxFees, recipients, times, typed, keys } = region;
  const [policy] = wording.policies;
  const sizes = operations.some(hasAmount)
    ? amounts.map((one) => intervalText(one, (value) => inAsset(value, policy)))
    : [];
  const fees = maxFees.map((one) => intervalText(one, inEther)).filter((text) => text !== "any");
  const known = times.filter((at) => at !== noon);
  return [
    operations.join(" or "),
    sizes.length === 0 ? "" : `of ${sizes.map((text) => (text === "any" ? "any amount" : text)).join(" or ")}`,
    recipients.length === 0 ? "" : `to ${recipientsText(recipients, wording)}`,
    typed.join(" or "),
    `by ${namesText(initiators)}`,
    fees.length === 0 ? "" : `with fees ${fees.join(" or ")}`,
    known.length === 0
      ? ""
      : `at times such as ${known
          .slice(0, 3)
          .map((at) => instant.toIso(instant.parse(at)))
          .join(", ")}`,
    `signed by ${keys.join(" or ")}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function intervalText({ from, below }: Interval, text: (value: bigint) => string): string {
  const open = below > amount.max;
  if (from <= 1n && open) return "any";
  if (below - from === 1n) return `exactly ${text(from)}`;
  if (open) return `over ${text(from - 1n)}`;
  return from <= 1n ? `up to ${text(below - 1n)}` : `over ${text(from - 1n)} up to ${text(below - 1n)}`;
}

/** By list when the list is exactly it, else by address; strangers are everybody on no list. */
function recipientsText(parts: readonly number[], { policies, classes }: Wording): string {
  if (parts.length === classes.length) return "anybody";
  const chosen = parts.flatMap((part) => classes[part] ?? []);
  const key = parts.join(",");
  for (const { lists } of policies)
    for (const [name, list] of lists) {
      const inside = classes.flatMap((one, index) => (one.lists.has(list) ? [index] : []));
      if (inside.join(",") === key) return `list ${name}`;
      const outside = classes.flatMap((one, index) => (one.lists.has(list) ? [] : [index]));
      if (outside.join(",") === key) return `anybody not on list ${name}`;
    }
  const strangers = chosen.some(({ kind }) => kind === "strangers");
  const members = chosen.filter(({ kind }) => kind !== "strangers").flatMap((one) => one.members);
  const shown = members.slice(0, 3).map(address.checksum);
  const more = members.length > shown.length ? [`${members.length - shown.length} more`] : [];
  return [...shown, ...more, ...(strangers ? ["anybody on no list"] : [])].join(" or ");
}

function namesText(names: readonly Name[]): string {
  const shown = names.slice(0, 4);
  return names.length === shown.length
    ? shown.join(" or ")
    : `${shown.join(", ")} or ${names.length - shown.length} more`;
}

function typedText({ domain, primaryType, fields }: TypedSpot): string {
  const said = [...fields].map(([name, slot]) => {
    switch (slot.kind) {
      case "absent":
        return `no ${name}`;
      case "address":
        return `${name} like ${slot.members.members[0] ?? "nobody"}`;
      case "number":
        return `${name} ${intervalText(slot, String)}`;
      case "text":
        return `${name} \`${slot.value}\``;
    }
  });
  const name = domain.name === undefined ? "" : ` of \`${domain.name}\``;
  return `${primaryType}${name} for ${domain.verifyingContract}${said.length === 0 ? "" : ` with ${said.join(", ")}`}`;
}
