/** Guards: whether each applies, and what it then finds wanting. */
import { documentHolds, identityHolds, priceHolds, reserveHolds } from "./attested.ts";
import type { Cause, Failure } from "./failure.ts";
import { feedHolds } from "./feeding.ts";
import { holdings, holds } from "./holding.ts";
import type { PlainCase, PlainGuard } from "./plain.ts";

/** A missing fact never keeps a guard from applying: `when` is not known to fail, `unless` is not known to hold. */
export function guardApplies(one: PlainCase, { when, unless }: PlainGuard): boolean {
  return holds(one, when) !== "no" && (unless === undefined || holds(one, unless) !== "yes");
}

export function guardFailures(one: PlainCase): Failure[] {
  return (one.policy.guards ?? []).filter((guard) => guardApplies(one, guard)).flatMap((guard) => wanting(one, guard));
}

function wanting(one: PlainCase, guard: PlainGuard): Failure[] {
  const { id: name, deny, require } = guard;
  const id = `guard.${name}`;
  if (deny === true) return [{ id, curable: passes(one, guard), cause: "deny" }];
  if (require === undefined) return [];
  const lacks = (bad: boolean, clause: string, cause: Cause): Failure[] =>
    bad ? [{ id: clause, curable: true, cause }] : [];
  const { evidence } = require;
  if (evidence === "reserve") {
    const { evidence: enough, cover, price } = reserveHolds(one, require);
    const read = (require.feeds ?? []).flatMap((feed): Failure[] => {
      const { seen, contract, round, age } = feedHolds(one, feed);
      const place = `${id}.feed.${feed}`;
      return [
        ...(contract ? [] : [{ id: place, curable: !seen, cause: "feed contract" } as const]),
        ...lacks(!round, `${place}.round`, "feed round"),
        ...lacks(!age, `${place}.age`, "feed age"),
      ];
    });
    const said = [...lacks(!enough, `${id}.evidence`, "reserve evidence"), ...read];
    if (require.cover === undefined) return said;
    return [
      ...said,
      ...lacks(price?.evidence === false, `${id}.price.evidence`, "reserve price"),
      ...lacks(price?.good === false, `${id}.price`, "reserve price"),
      ...lacks(!cover, id, "reserve cover"),
    ];
  }
  const answer = { price: priceHolds, identity: identityHolds, document: documentHolds }[evidence](one, require);
  return [...lacks(!answer.evidence, `${id}.evidence`, evidence), ...lacks(!answer.good, id, evidence)];
}

/**
 * Whether a denial passes with time alone: the window in which it holds ends, or everything that would spare the case holds but
 * for a window that opens again, or an entry that grows old.
 */
function passes(one: PlainCase, { when, unless }: PlainGuard): boolean {
  if (holdings(one, when ?? {}).some(({ key, holds: holding }) => key === "time" && holding === "yes")) return true;
  if (unless === undefined) return false;
  return holdings(one, unless).every(({ key, holds: holding }) =>
    key === "time" ? holding !== "unknown" : holding === "yes",
  );
}
