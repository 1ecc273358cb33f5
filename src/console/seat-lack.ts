/** Whether a credential fills a seat of what a request requires, before its owner signs for nothing. */
import { branches, isDecidable } from "../policy/compile/way.ts";
import { eligible } from "../policy/decide/quorum.ts";
import type { Quorum } from "../policy/document/requirement.ts";
import type { Groups } from "../policy/policy.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Credential } from "../roster/roster.ts";
import type { Name } from "../values/name.ts";

const kinds = ["wallet", "passkey", "key"] as const;

type House = { readonly roster: RosterIndex; readonly groups: Groups };

/** Why an approval with it counts for no seat: which seats the person could have, and what those ask for; undefined when it fills one. */
export function seatLack(
  { person, credential }: { readonly person: Name; readonly credential: Credential },
  requires: Quorum,
  { roster, groups }: House,
): string | undefined {
  const ballot = { person, credential: credential.id, credentialKind: credential.kind };
  if (!isDecidable(requires) || eligible(requires, [ballot], roster, groups).length > 0) return undefined;
  const places = branches(requires).flat();
  const asking = new Set(
    places
      .filter(({ group }) => roster.inGroup(person, group))
      .map(({ group, kinds: taken }) => {
        const fitting = kinds.filter(
          (kind) => taken?.has(kind) !== false && groups.get(group)?.credentials?.has(kind) !== false,
        );
        return `a seat of ${group} asks for a ${fitting.join(" or a ")}`;
      }),
  );
  if (asking.size === 0) return `its seats are for ${[...new Set(places.map(({ group }) => group))].join(", ")}`;
  return `${[...asking].join("; ")}, and ${credential.id} is a ${credential.kind}`;
}
