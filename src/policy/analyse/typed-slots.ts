/** Typed data in classes: every way in which tests of its domain and fields can hold at once. */
import * as address from "../../values/address.ts";
import type { Address } from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import type { Instant } from "../../values/instant.ts";
import { coarsened, type AddressClass } from "./address-classes.ts";
import type { TypedDataTest, ValueTest } from "../compile/condition.ts";
import { cut } from "./cut.ts";
import type { PermitList, Policy } from "../policy.ts";
import type { FieldSlot, TypedSpot } from "./spot.ts";

export type PlacedTest = { readonly test: TypedDataTest; readonly policy: Policy };

/** The least number that a field can hold. */
export const leastNumber = -(1n << 255n);

type Place = { readonly classes: readonly AddressClass[]; readonly at: Instant };

/** Every cell of the typed data that `within` describes, as the `breakers` tell apart. */
export function typedSlots(within: PlacedTest, breakers: readonly PlacedTest[], place: Place): readonly TypedSpot[] {
  const { domain, primaryType } = within.test;
  const { names, versions, fields } = partsOf(within, breakers, place);
  return names.flatMap((name) =>
    versions.flatMap((version) =>
      combinations(fields).map((chosen) => ({ domain: { ...domain, name, version }, primaryType, fields: chosen })),
    ),
  );
}

/** How many cells there are, before any is made: with every field they double. */
export function typedCount(within: PlacedTest, breakers: readonly PlacedTest[], place: Place): number {
  const { names, versions, fields } = partsOf(within, breakers, place);
  return fields.reduce((count, [, slots]) => count * slots.length, names.length * versions.length);
}

type Parts = {
  readonly names: readonly (string | undefined)[];
  readonly versions: readonly (string | undefined)[];
  readonly fields: readonly (readonly [string, readonly FieldSlot[]])[];
};

function partsOf(within: PlacedTest, breakers: readonly PlacedTest[], place: Place): Parts {
  const { domain, primaryType } = within.test;
  const near = [within, ...breakers].filter(
    ({ test }) =>
      test.primaryType === primaryType &&
      test.domain.chainId === domain.chainId &&
      test.domain.verifyingContract === domain.verifyingContract,
  );
  const texts = (of: (test: TypedDataTest) => string | undefined): readonly (string | undefined)[] => {
    const own = of(within.test);
    if (own !== undefined) return [own];
    const said = [...new Set(near.flatMap(({ test }) => of(test) ?? []))];
    return said.length === 0 ? [undefined] : [...said, another(said)];
  };
  const names = [...new Set(near.flatMap(({ test }) => test.fields.map(({ name }) => name)))].sort();
  return {
    names: texts((test) => test.domain.name),
    versions: texts((test) => test.domain.version),
    fields: names.map((name) => [name, fieldSlots(name, near, place)] as const),
  };
}

/** A text that none of these is; the name of our own statements is refused before any rule, so it is not that either. */
function another(known: readonly string[]): string {
  let text = "another";
  while (known.includes(text)) text += "-one";
  return text;
}

function combinations(
  fields: readonly (readonly [string, readonly FieldSlot[]])[],
): readonly ReadonlyMap<string, FieldSlot>[] {
  return fields.reduce<readonly ReadonlyMap<string, FieldSlot>[]>(
    (found, [name, slots]) => found.flatMap((one) => slots.map((slot) => new Map([...one, [name, slot]]))),
    [new Map()],
  );
}

/** A field is an address, a number or a text as its tests say; what no test of it can read is as good as absent. */
function fieldSlots(
  name: string,
  near: readonly PlacedTest[],
  { classes, at }: { readonly classes: readonly AddressClass[]; readonly at: Instant },
): readonly FieldSlot[] {
  const tests = near.flatMap(({ test, policy }) =>
    test.fields.filter((field) => field.name === name).map((field) => ({ test: field.test, policy })),
  );
  const values = tests.flatMap(({ test }) => (test.kind === "is" ? [test.value] : []));
  const slots: FieldSlot[] = [{ kind: "absent" }];
  const lists = tests.flatMap(({ test, policy }) => listOf(test, policy));
  const pins = values.filter(isAddress);
  if (lists.length > 0 || pins.length > 0)
    for (const members of coarsened(classes, new Set(lists), new Set(pins))) slots.push({ kind: "address", members });
  const numbers = tests.some(({ test }) => test.kind === "between" || test.kind === "within") || values.some(isNumber);
  if (numbers) {
    const edges = tests.flatMap(({ test }) => edgesOf(test, at));
    // A signed number may be below 0, where only a time that is long past passes a test.
    slots.push({ kind: "number", from: leastNumber, below: 0n });
    for (const cell of cut({ from: 0n, below: amount.max + 1n }, edges)) slots.push({ kind: "number", ...cell });
  }
  const texts = values.filter((value) => !isAddress(value) && !isNumber(value));
  if (texts.length > 0) for (const value of [...new Set(texts), another(texts)]) slots.push({ kind: "text", value });
  return slots;
}

/** The list that a test asks about. */
export function listOf(test: ValueTest, policy: Policy): readonly PermitList[] {
  const list = test.kind === "in" || test.kind === "not-in" ? policy.lists.get(test.list) : undefined;
  return list === undefined ? [] : [list];
}

/** Where a test of a number begins and ends to hold. */
export function edgesOf(test: ValueTest, at: Instant): readonly bigint[] {
  switch (test.kind) {
    case "between":
      return [test.from, test.below];
    case "within":
      return [BigInt(at + test.seconds) + 1n];
    case "is":
      return isNumber(test.value) ? [BigInt(test.value), BigInt(test.value) + 1n] : [];
    default:
      return [];
  }
}

export function isAddress(value: string): value is Address {
  return /^0x[0-9a-f]{40}$/.test(value) && value !== address.zero;
}

function isNumber(value: string): boolean {
  return /^(?:0|[1-9][0-9]{0,77})$/.test(value);
}
