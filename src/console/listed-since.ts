/** Since when an address stands on a list of a policy without a break: version by version, back from the one in force. */
import { z } from "zod";
import { compile } from "../policy/compile/compile.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import type { Address } from "../values/address.ts";
import { hash, type Json } from "../values/json.ts";
import type { Name } from "../values/name.ts";
import { instantSchema, jsonSchema } from "../values/schema.ts";
import type { Instant } from "../values/instant.ts";

export type Listed = {
  readonly version: number;
  /** When the last of those signed who brought that version; undefined of what the genesis brought. */
  readonly at: Instant | undefined;
};

const changeSchema = z.looseObject({
  document: jsonSchema,
  signedBy: z.array(z.looseObject({ at: instantSchema })),
});

/** What a policy was before: the one of the genesis, and the changes since as the service shows them. */
export type Earlier = { readonly first: Json | undefined; readonly changes: readonly Json[] };

/** `document` is the policy in force; undefined when the address is not on its list. */
export function listedSince(
  entry: { readonly list: Name; readonly address: Address },
  document: Json,
  { first, changes }: Earlier,
): Listed | undefined {
  const read = changes.flatMap((json) => changeSchema.safeParse(json).data ?? []);
  const all = first === undefined ? read : [...read, { document: first, signedBy: [] }];
  const known = new Map<string, z.output<typeof changeSchema>>(all.map((change) => [hash(change.document), change]));
  let found: Listed | undefined;
  let next: Json | undefined = document;
  while (next !== undefined) {
    const { version, previous } = readPolicyDocument(next);
    if (compile(readPolicyDocument(next)).lists.get(entry.list)?.entries.has(entry.address) !== true) return found;
    const moments = known.get(hash(next))?.signedBy.map(({ at }) => at) ?? [];
    found = { version, at: moments.toSorted((one, other) => other - one)[0] };
    next = previous === null ? undefined : known.get(`0x${previous.replace(/^sha256:/, "")}`)?.document;
  }
  return found;
}
