/** `countersign policy explain|check` and `roster check`: documents looked at before anybody signs them. */
import { documentName, genesisFileSchema } from "../genesis/genesis.ts";
import { compile } from "../policy/compile.ts";
import { policySchema } from "../policy/document.ts";
import { explainPolicy } from "../policy/explain.ts";
import { plainIssue } from "../policy/plain-issue.ts";
import type { Policy } from "../policy/policy.ts";
import { checkAgainstRoster, checkWallets } from "../policy/roster-fit.ts";
import { indexRoster, type RosterIndex } from "../roster/membership.ts";
import { rosterSchema } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { hash, type Json } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import { readDocument } from "./document-file.ts";
import type { Given } from "./command.ts";
import { no, yes, type Outcome } from "./outcome.ts";

export type PolicyFile = { readonly document: Json; readonly hash: Bytes32; readonly policy: Policy };

/** In its canonical spelling, addresses in lower case; the hash of that names the document. */
export function readPolicyFile(path: string): PolicyFile {
  const read = policySchema.safeParse(readDocument(path));
  if (!read.success) {
    const { field, message } = plainIssue(read.error.issues);
    throw new InvalidValue("policy.malformed", field === "" ? message : `${field}: ${message}`, field);
  }
  const document = toWire(read.data);
  return { document, hash: hash(document), policy: compile(read.data) };
}

export type RosterFile = { readonly document: Json; readonly hash: Bytes32; readonly index: RosterIndex };

/** A roster file, or the roster inside a genesis file. */
export function readRosterFile(path: string): RosterFile {
  const written = readDocument(path);
  const inGenesis = genesisFileSchema.safeParse(written);
  const roster = inGenesis.success
    ? inGenesis.data.genesis.roster
    : parseWith(rosterSchema, written, "roster.malformed");
  const document = toWire(roster);
  return { document, hash: hash(document), index: indexRoster(roster) };
}

export function explain(given: Given): Promise<Outcome> {
  const { policy, hash: name } = readPolicyFile(given.operand);
  const lines = explainPolicy(policy);
  return Promise.resolve(yes([...lines, `hash: ${documentName(name)}`], { hash: name, lines }));
}

type Problem = { readonly code: string; readonly field: string; readonly message: string };

/** Shape, meaning, and whether the people of a roster can live by it. */
export function check(given: Given): Promise<Outcome> {
  const read = attempt(() => readPolicyFile(given.operand));
  if (read.kind === "wrong") return Promise.resolve(wrong([read.problem]));
  const { policy, hash: name } = read.value;
  const roster = given.maybe("roster");
  const problems = [
    ...checkWallets(policy),
    ...(roster === undefined ? [] : checkAgainstRoster(policy, readRosterFile(roster).index)),
  ];
  if (problems.length > 0) return Promise.resolve(wrong(problems));
  const fits =
    roster === undefined
      ? "; say --roster FILE to see whether its people can live by it"
      : ", and the roster can live by it";
  const lines = [
    `the policy of ${policy.asset}, version ${policy.version}, is sound${fits}`,
    `hash: ${documentName(name)}`,
  ];
  return Promise.resolve(
    yes(lines, { ok: true, asset: policy.asset, version: policy.version, hash: name, problems: [] }),
  );
}

export function checkRoster(given: Given): Promise<Outcome> {
  const read = attempt(() => readRosterFile(given.operand));
  if (read.kind === "wrong") return Promise.resolve(wrong([read.problem]));
  const { index, hash: name } = read.value;
  const { people, services, keys, version } = index.roster;
  const groups = [...new Set([...people, ...services].flatMap((member) => member.groups))].sort();
  const lines = [
    `roster ${version} is sound: ${people.length} people, ${services.length} services, ${keys.length} managed keys`,
    ...groups.map(
      (group) =>
        `  ${group}: ${index
          .members(group)
          .map(({ id }) => id)
          .join(", ")}`,
    ),
    `hash: ${documentName(name)}`,
  ];
  const members = Object.fromEntries(groups.map((group) => [group, index.members(group).map(({ id }) => id)]));
  return Promise.resolve(yes(lines, { ok: true, version, hash: name, groups: members, problems: [] }));
}

function wrong(problems: readonly Problem[]): Outcome {
  const lines = problems.map(
    ({ field, message }) =>
      `wrong: ${field === "" || message.startsWith(`${field}:`) ? message : `${field}: ${message}`}`,
  );
  return no(lines, { ok: false, problems: problems.map(({ code, field, message }) => ({ code, field, message })) });
}

type Attempt<T> = { readonly kind: "read"; readonly value: T } | { readonly kind: "wrong"; readonly problem: Problem };

/** A document that is not what it must be is a failed check, with its field. */
function attempt<T>(read: () => T): Attempt<T> {
  try {
    return { kind: "read", value: read() };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    return { kind: "wrong", problem: { code: error.code, field: error.field, message: error.message } };
  }
}
