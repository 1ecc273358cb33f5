/** Addresses in classes: two in the same lists are alike for every condition. */
import * as address from "../../values/address.ts";
import type { Address } from "../../values/address.ts";
import type { PermitList } from "../policy.ts";

/** Everybody who is in exactly these of the lists, or is exactly the one that a test pins. */
export type AddressClass = {
  readonly lists: ReadonlySet<PermitList>;
  /** The only member, when a test names it. */
  readonly pinned: Address | undefined;
  /** All of them; of strangers, whom nobody can list, a few. */
  readonly members: readonly Address[];
  readonly kind: "listed" | "strangers";
  /** Numbers of the finest classes that it is made of, ascending. */
  readonly parts: readonly number[];
};

/** A partition of all addresses but those at which nobody receives anything: zero, and what `decide/recipient.ts` says. The class of strangers is the last. */
export function addressClasses(lists: readonly PermitList[], pins: readonly Address[]): readonly AddressClass[] {
  const distinct = [...new Set(lists)];
  // Classes refine with every list: an address moves from its class to the one that has this list as well.
  const classOf = new Map<Address, number>();
  const classes: { lists: readonly PermitList[]; moved: number | undefined }[] = [{ lists: [], moved: undefined }];
  for (const list of distinct) {
    for (const one of classes) one.moved = undefined;
    for (const member of list.entries.keys()) {
      const from = classes[classOf.get(member) ?? 0];
      if (from === undefined) continue;
      from.moved ??= classes.push({ lists: [...from.lists, list], moved: undefined }) - 1;
      classOf.set(member, from.moved);
    }
  }
  const members = classes.map((): Address[] => []);
  for (const [member, index] of classOf) members[index]?.push(member);
  const listed = classes.flatMap((one, index): AddressClass[] => {
    const all = members[index] ?? [];
    if (all.length === 0) return [];
    return [{ lists: new Set(one.lists), pinned: undefined, members: all, kind: "listed", parts: [] }];
  });
  const pinned = [...new Set(pins)].filter((pin) => pin !== address.zero);
  const split = listed.flatMap((one) => withoutPins(one, pinned));
  const loose = pinned.filter((pin) => !classOf.has(pin));
  const alone = loose.map((pin): AddressClass => ({
    lists: new Set(),
    pinned: pin,
    members: [pin],
    kind: "listed",
    parts: [],
  }));
  const strangers = strangersBeside(new Set([...classOf.keys(), ...pinned]));
  const rest: AddressClass = { lists: new Set(), pinned: undefined, members: strangers, kind: "strangers", parts: [] };
  return [...split, ...alone, rest].map((one, index) => ({ ...one, parts: [index] }));
}

/** Every pinned address becomes a class of its own. */
function withoutPins(one: AddressClass, pins: readonly Address[]): readonly AddressClass[] {
  const inside = pins.filter((pin) => one.members.includes(pin));
  if (inside.length === 0) return [one];
  const rest = one.members.filter((member) => !inside.includes(member));
  return [
    ...inside.map((pin): AddressClass => ({ ...one, pinned: pin, members: [pin] })),
    ...(rest.length === 0 ? [] : [{ ...one, members: rest }]),
  ];
}

/** Two addresses that nobody names, so that one is left when the other is the account itself. */
function strangersBeside(known: ReadonlySet<Address>): readonly Address[] {
  const found: Address[] = [];
  for (let index = 0; found.length < 2; index += 1) {
    const candidate = address.parse(`0x${"dead".repeat(8)}${index.toString(16).padStart(8, "0")}`);
    if (!known.has(candidate)) found.push(candidate);
  }
  return found;
}

/** Classes that no list or pin of these tells apart, as one. */
export function coarsened(
  classes: readonly AddressClass[],
  lists: ReadonlySet<PermitList>,
  pins: ReadonlySet<Address>,
): readonly AddressClass[] {
  const numbers = new Map([...lists].map((list, index) => [list, index]));
  const groups = new Map<string, AddressClass[]>();
  for (const one of classes) {
    const within = [...one.lists].flatMap((list) => numbers.get(list) ?? []).sort((a, b) => a - b);
    const key = `${one.pinned !== undefined && pins.has(one.pinned) ? one.pinned : ""} ${within.join(" ")}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => joined(group, lists, pins));
}

function joined(
  group: readonly AddressClass[],
  lists: ReadonlySet<PermitList>,
  pins: ReadonlySet<Address>,
): AddressClass {
  const [first, second] = group;
  if (first === undefined) throw new RangeError("a class has members");
  const pinned = first.pinned !== undefined && pins.has(first.pinned) ? first.pinned : undefined;
  const within = new Set([...first.lists].filter((list) => lists.has(list)));
  if (second === undefined) return { ...first, lists: within, pinned };
  return {
    lists: within,
    pinned,
    members: group.flatMap(({ members }) => members),
    kind: group.some(({ kind }) => kind === "strangers") ? "strangers" : "listed",
    parts: group.flatMap(({ parts }) => parts).sort((a, b) => a - b),
  };
}
