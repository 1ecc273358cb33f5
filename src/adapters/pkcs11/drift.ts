/** How the keys on a token differ from those that its file expects, and from what the records of their ceremonies say. */
import type { KeyRecord } from "../../roster/key-record.ts";
import type { TokenObject } from "./agent-message.ts";
import type { TokenKey } from "./token-config.ts";

/** One sentence for each expected key that is not there once, with the pinned public key. */
export function driftOf(expected: readonly TokenKey[], objects: readonly TokenObject[]): readonly string[] {
  return expected.flatMap(({ name, id, label, publicKey }) => {
    const [one, ...others] = objects.filter((object) => object.id === id && object.label === label);
    if (one === undefined) return [`the token has no key \`${name}\` (id ${id}, label \`${label}\`)`];
    if (others.length > 0) return [`the token has ${others.length + 1} keys with the id and label of \`${name}\``];
    if (one.publicKey === publicKey) return [];
    return [
      `the token's key \`${name}\` has the public key ${one.publicKey ?? "of nobody"}, and ${publicKey} is pinned`,
    ];
  });
}

/** One sentence for each public key that several private keys have: a copy may be weaker than its original. */
export function duplicatesAmong(objects: readonly TokenObject[]): readonly string[] {
  const labels = new Map<string, string[]>();
  for (const { publicKey, label } of objects)
    if (publicKey !== null) labels.set(publicKey, [...(labels.get(publicKey) ?? []), `\`${label}\``]);
  return [...labels]
    .filter(([, several]) => several.length > 1)
    .map(([publicKey, several]) => `${several.join(" and ")} have one public key: ${publicKey}`);
}

export type Recorded = {
  /** The last that tells how the key came to this token; a backup leaves it as it was. */
  readonly record: KeyRecord | undefined;
  readonly drift: readonly string[];
};

/** `records` are of the key's token. Attributes that the record does not have are not held against it: they may not have been read then. */
export function recordDrift(records: readonly KeyRecord[], object: TokenObject): Recorded {
  const record = records
    .filter(({ ceremony, key }) => ceremony !== "backup" && key.publicKey === object.publicKey)
    .reduce<KeyRecord | undefined>(
      (last, one) => (last !== undefined && last.madeAt > one.madeAt ? last : one),
      undefined,
    );
  if (record === undefined) return { record, drift: [] };
  const { key, selfReported } = record;
  const now: Readonly<Record<string, boolean | number | string>> = object.attributes;
  const moved =
    key.id === object.id && key.label === object.label ? [] : [`its record has id ${key.id}, label \`${key.label}\``];
  const changed = Object.entries(selfReported)
    .filter(([name, was]) => now[name] !== was)
    .map(([name, was]) => `${name} was ${String(was)} at its ceremony and is ${String(now[name] ?? "absent")}`);
  return { record, drift: [...moved, ...changed] };
}

/** One sentence for each key of a record that is not on the token it was made on. */
export function unrecorded(records: readonly KeyRecord[], objects: readonly TokenObject[]): readonly string[] {
  const there = new Set(objects.map(({ publicKey }) => publicKey));
  const gone = new Map(
    records.filter(({ key }) => !there.has(key.publicKey)).map(({ key }) => [key.publicKey, key] as const),
  );
  return [...gone.values()].map(
    ({ name, account }) => `a record has \`${name}\` (${account}) on this token, and it is not there`,
  );
}
