/** Keys that stand in several files: allowed for one key on several tokens, refused where the files contradict one another. */
import type { SlotConfig } from "../adapters/ledger/slot-config.ts";
import type { TokenConfig } from "../adapters/pkcs11/token-config.ts";
import { Fault } from "../values/errors.ts";
import type { Name } from "../values/name.ts";

type Entry = {
  readonly place: Name;
  readonly kind: "token" | "ledger";
  readonly name: Name;
  readonly publicKey: string;
};

/** Throws a Fault that names both files' places. One token is opened once, and a person is never asked at two devices. */
export function refuseContradictions(tokens: readonly TokenConfig[], slots: readonly SlotConfig[]): void {
  refuseTwice(
    [...tokens, ...slots].map(({ name }) => ({ mark: name, said: `two files call their token \`${name}\`` })),
  );
  refuseTwice(
    tokens.map(({ module, token: { label, serial } }) => ({
      mark: JSON.stringify([module.path, module.env, serial, label]),
      said: `two files name the token \`${label}\` (${serial}); one process speaks with a token`,
    })),
  );
  const entries = [
    ...tokens.flatMap((token) => token.keys.map((key) => entryOf(token.name, "token", key))),
    ...slots.flatMap((slot) => slot.keys.map((key) => entryOf(slot.name, "ledger", key))),
  ];
  for (const { name, health } of tokens) {
    const managed = entries.find(({ publicKey }) => publicKey === health?.key.publicKey);
    if (managed !== undefined)
      throw new Fault(
        "gate.keys",
        `the health key of \`${name}\` is the \`${managed.name}\` of \`${managed.place}\``,
        "never",
      );
  }
  for (const [at, entry] of entries.entries()) {
    for (const before of entries.slice(0, at)) {
      const why = contradiction(before, entry);
      if (why !== undefined) throw new Fault("gate.keys", why, "never");
    }
  }
}

/** The names of the keys that another token holds too. */
export function sharedKeys(tokens: readonly TokenConfig[]): ReadonlySet<Name> {
  const names = tokens.flatMap(({ keys }) => keys.map(({ name }) => name));
  return new Set(names.filter((name, at) => names.indexOf(name) !== at));
}

function contradiction(one: Entry, other: Entry): string | undefined {
  const both = `\`${one.place}\` and \`${other.place}\``;
  const sameName = one.name === other.name;
  const sameKey = one.publicKey === other.publicKey;
  if (sameName && !sameKey) return `${both} pin different public keys for \`${one.name}\``;
  if (sameKey && !sameName) return `${both} call one key \`${one.name}\` and \`${other.name}\``;
  if (sameName && (one.kind === "ledger" || other.kind === "ledger"))
    return `${both} both hold \`${one.name}\`; a key on a Ledger has one place`;
  return undefined;
}

function refuseTwice(marks: readonly { readonly mark: string; readonly said: string }[]): void {
  const twice = marks.find(({ mark }, at) => marks.findIndex((other) => other.mark === mark) !== at);
  if (twice !== undefined) throw new Fault("gate.keys", twice.said, "never");
}

function entryOf(
  place: Name,
  kind: Entry["kind"],
  { name, publicKey }: { readonly name: Name; readonly publicKey: string },
): Entry {
  return { place, kind, name, publicKey };
}
