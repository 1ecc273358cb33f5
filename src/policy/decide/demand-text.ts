/** Quorums, floors, waits and vetoes in words. */
import * as duration from "../../values/duration.ts";
import type { Missing } from "./quorum.ts";
import type { Addition } from "../policy.ts";
import { partsOf, type Quorum, type Veto } from "../document/requirement.ts";

/** `2 of custodians and 1 of compliance`; an order is told with `then`. */
export function quorumText(quorum: Quorum): string {
  if ("group" in quorum) {
    const kinds = quorum.credentials === undefined ? "" : ` by ${quorum.credentials.join(" or ")}`;
    return `${quorum.min} of ${quorum.group}${kinds}`;
  }
  const parts = partsOf(quorum);
  const word = "all" in quorum ? " and " : "any" in quorum ? " or " : ", then ";
  return parts
    .map((part) => ("group" in part || parts.length === 1 ? quorumText(part) : `(${quorumText(part)})`))
    .join(word);
}

/** `1 of custodians: chris or cyril`. */
export function lackText({ group, count, candidates }: Missing): string {
  if (candidates === undefined) return `${count} of ${group}`;
  return `${count} of ${group}: ${candidates.length === 0 ? "nobody is left" : candidates.join(" or ")}`;
}

/** `2 of officers, 3 different people, a wait of 2d`. */
export function additionText({ quorum, delaySeconds, distinct, veto }: Addition): string {
  return [
    ...(quorum === undefined ? [] : [quorumText(quorum)]),
    ...floorTexts(distinct),
    ...(delaySeconds === 0 ? [] : [`a wait of ${duration.format(delaySeconds)}`]),
    ...(veto === undefined ? [] : [vetoText(veto)]),
  ].join(", ");
}

export function floorTexts({ people, units }: Addition["distinct"]): readonly string[] {
  return [
    ...(people === 0 ? [] : [`${people} different people`]),
    ...(units === 0 ? [] : [`people of ${units} different units`]),
  ];
}

export function vetoText({ group, min }: Veto): string {
  return `unless ${min} of ${group} object`;
}
