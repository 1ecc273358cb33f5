/** `countersign policy explain|check` and `roster check`: documents looked at before anybody signs them. */
import { withCalendar } from "../config/time-zone.ts";
import { documentName, genesisFileSchema } from "../genesis/genesis.ts";
import { compile } from "../policy/compile.ts";
import { policySchema, type PolicyDocument } from "../policy/document.ts";
import { explainPolicy } from "../policy/explain-policy.ts";
import type { Policy } from "../policy/policy.ts";
import { checkAgainstRoster, checkWallets } from "../policy/roster-fit.ts";
import { checkClaimNames } from "../policy/roster-names.ts";
import { indexRoster, type RosterIndex } from "../roster/membership.ts";
import { rosterSchema } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { hash, type Json } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import { BadFile, problemLine, type FileProblem } from "./bad-file.ts";
import type { Given } from "./command.ts";
import { no, yes, type Outcome } from "./outcome.ts";
import { openWritten, type WrittenFile } from "./written-file.ts";

export type PolicyFile = {
  readonly document: Json;
  readonly hash: Bytes32;
  readonly policy: Policy;
  /** What was read, with its types. */
  readonly written: PolicyDocument;
  /** Leads from a field to its line and column. */
  readonly file: WrittenFile;
};

/** In its canonical spelling, addresses in lower case and with its calendar; the hash of that names the document. Throws `BadFile`. */
export function readPolicyFile(path: string): PolicyFile {
  const file = openWritten(path);
  const read = file.read(policySchema, "policy.malformed");
  const written = file.holding(() => withCalendar(read));
  const document = toWire(written);
  return { document, hash: hash(document), policy: file.holding(() => compile(written)), written, file };
}

export type RosterFile = { readonly document: Json; readonly hash: Bytes32; readonly index: RosterIndex };

/** A roster file, or the roster inside a genesis file. Throws `BadFile`. */
export function readRosterFile(path: string): RosterFile {
  const file = openWritten(path);
  const inGenesis = genesisFileSchema.safeParse(file.json);
  const part = inGenesis.success ? file.part("genesis.roster", toWire(inGenesis.data.genesis.roster)) : file;
  const roster = part.read(rosterSchema, "roster.malformed");
  const document = toWire(roster);
  return { document, hash: hash(document), index: part.holding(() => indexRoster(roster)) };
}

export function explain(given: Given): Promise<Outcome> {
  const { policy, hash: name } = readPolicyFile(given.operand);
  const lines = explainPolicy(policy);
  return Promise.resolve(yes([...lines, `hash: ${documentName(name)}`], { hash: name, lines }));
}

/** Shape, meaning, and whether the people of a roster can live by it. */
export function check(given: Given): Promise<Outcome> {
  const read = attempt(() => {
    const roster = given.maybe("roster");
    return {
      ...readPolicyFile(given.operand),
      index: roster === undefined ? undefined : readRosterFile(roster).index,
    };
  });
  if (read.kind === "wrong") return Promise.resolve(wrong(read.problems));
  const { policy, hash: name, written, file, index } = read.value;
  const fit = index === undefined ? [] : [...checkAgainstRoster(policy, index), ...checkClaimNames(written, index)];
  const findings = [...checkWallets(policy), ...fit];
  if (findings.length > 0) return Promise.resolve(wrong(file.placed(findings)));
  const fits =
    index === undefined
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
  if (read.kind === "wrong") return Promise.resolve(wrong(read.problems));
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

function wrong(problems: readonly FileProblem[]): Outcome {
  return no(problems.map(problemLine), { ok: false, problems: problems.map((problem) => ({ ...problem })) });
}

type Attempt<T> =
  { readonly kind: "read"; readonly value: T } | { readonly kind: "wrong"; readonly problems: readonly FileProblem[] };

/** A document that is not what it must be is a failed check. */
function attempt<T>(read: () => T): Attempt<T> {
  try {
    return { kind: "read", value: read() };
  } catch (error) {
    if (!(error instanceof BadFile)) throw error;
    return { kind: "wrong", problems: error.problems };
  }
}
