/** Policies and rosters as files: read, compiled, and ready to lead from a field to its line. */
import { withCalendar } from "../config/time-zone.ts";
import { genesisFileSchema } from "../genesis/genesis.ts";
import { compile } from "../policy/compile/compile.ts";
import { policySchema, type PolicyDocument } from "../policy/document/document.ts";
import type { Policy } from "../policy/policy.ts";
import { indexRoster, type RosterIndex } from "../roster/membership.ts";
import { rosterSchema } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { hash, type Json } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
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

/** In its canonical spelling, addresses in lower case and local time compiled; the hash of that names the document. Throws `BadFile`. */
export function readPolicyFile(path: string): PolicyFile {
  const file = openWritten(path);
  const read = file.read(policySchema, "policy.malformed");
  const written = file.holding(() => withCalendar(read));
  const document = toWire(written);
  return { document, hash: hash(document), policy: file.holding(() => compile(written)), written, file };
}

export type RosterFile = {
  readonly document: Json;
  readonly hash: Bytes32;
  readonly index: RosterIndex;
  readonly file: WrittenFile;
};

/** A roster file, or the roster inside a genesis file. Throws `BadFile`. */
export function readRosterFile(path: string): RosterFile {
  const file = openWritten(path);
  const inGenesis = genesisFileSchema.safeParse(file.json);
  const part = inGenesis.success ? file.part("genesis.roster", toWire(inGenesis.data.genesis.roster)) : file;
  const roster = part.read(rosterSchema, "roster.malformed");
  const document = toWire(roster);
  return { document, hash: hash(document), index: part.holding(() => indexRoster(roster)), file: part };
}
