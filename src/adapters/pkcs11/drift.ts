/** How the keys on a token differ from those that its file expects. */
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
