/** What changes from one document to the next, in lines for people; its hash is what the signers of a change bind. */
import { changeClass, type ChangeClass } from "../policy/change-class.ts";
import { compile } from "../policy/compile.ts";
import { readPolicyDocument } from "../policy/document.ts";
import { explainPolicy } from "../policy/explain-policy.ts";
import { rosterClass, type RosterPlace } from "../sdk/change.ts";
import { changedMembers } from "../roster/succession.ts";
import { rosterSchema, type Roster } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { canonical, hash, parseStrict, type Json } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";

export type ChangeReport = { readonly class: ChangeClass; readonly lines: readonly string[]; readonly hash: Bytes32 };

/** `-` for what goes, `+` for what comes; everything comes when there was no policy. First in words, then every field, so that nothing is left out. */
export function policyReport(inForce: Json | undefined, proposed: Json): ChangeReport {
  const [current, next] = [inForce === undefined ? undefined : inOrder(inForce), inOrder(proposed)];
  const document = readPolicyDocument(next);
  const before = current === undefined ? undefined : readPolicyDocument(current);
  const words = difference(
    before === undefined ? [] : explainPolicy(compile(before)),
    explainPolicy(compile(document)),
  );
  return reportOf(before === undefined ? "loosen" : changeClass(before, document), [
    ...words,
    ...fieldChanges(current, next),
  ]);
}

/** `place` is what else is in force. */
export function rosterReport(inForce: Json, proposed: Json, place: RosterPlace): ChangeReport {
  const [current, next] = [inOrder(inForce), inOrder(proposed)];
  const before = parseWith(rosterSchema, current, "roster.malformed");
  const after = parseWith(rosterSchema, next, "roster.malformed");
  const changed = [...changedMembers(before, after)].sort();
  const voided = changed.length === 0 ? [] : [`open approvals are void of: ${changed.join(", ")}`];
  const words = difference(rosterLines(before), rosterLines(after));
  return reportOf(rosterClass(next, current, place), [...words, ...voided, ...fieldChanges(current, next)]);
}

/** With its keys in canonical order, so that every signer's report of one document is the same. */
function inOrder(document: Json): Json {
  return parseStrict(canonical(document));
}

/** Every field whose value is another, by its path. */
function fieldChanges(current: Json | undefined, next: Json): readonly string[] {
  const changed = difference(current === undefined ? [] : fields(current, ""), fields(next, ""));
  return changed.length === 0 ? [] : ["field by field:", ...changed];
}

function fields(value: Json, path: string): readonly string[] {
  if (value === null || typeof value !== "object") return [`${path}: ${JSON.stringify(value)}`];
  const inner = Object.entries(value).flatMap(([key, one]) => fields(one, path === "" ? key : `${path}.${key}`));
  return inner.length === 0 ? [`${path}: ${JSON.stringify(value)}`] : inner;
}

function rosterLines({ people, services, keys }: Roster): readonly string[] {
  const member = (kind: string, { id, name, groups, credentials }: Roster["people"][number]): readonly string[] => [
    `${kind} ${id} (${name}) in ${groups.length === 0 ? "no group" : groups.join(", ")}`,
    ...credentials.map(
      (one) => `credential ${one.id} of ${id}: ${one.kind} ${one.kind === "wallet" ? one.address : one.publicKey}`,
    ),
  ];
  return [
    ...people.flatMap((one) => member("person", one)),
    ...services.flatMap((one) => member("service", one)),
    ...keys.map(({ id, account, backend }) => `managed key ${id}: ${account} on ${backend}`),
  ];
}

function reportOf(kind: ChangeClass, lines: readonly string[]): ChangeReport {
  const said = lines.length === 0 ? ["nothing changes"] : lines;
  return { class: kind, lines: said, hash: hash({ class: kind, lines: said }) };
}

function difference(before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !now.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ];
}
