/** What somebody writes to begin a deployment: the parts of a genesis, with rosters and policies in files of their own. */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { withCalendar } from "../config/time-zone.ts";
import { documentHash, documentName, genesisSchema, type GenesisFile } from "../genesis/genesis.ts";
import { compile } from "../policy/compile/compile.ts";
import { readPolicyDocument, policySchema } from "../policy/document/document.ts";
import { indexRoster } from "../roster/membership.ts";
import { rosterSchema, type Roster } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Json } from "../values/json.ts";
import { jsonSchema, parseWith } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import { openWritten, type WrittenFile } from "./written-file.ts";

const specSchema = z.strictObject({
  apiVersion: z.literal("countersign/v1"),
  kind: z.literal("GenesisSpec"),
  /** A file beside the spec, or the roster itself. */
  roster: jsonSchema,
  policies: z.array(jsonSchema).min(1).max(200),
  log: jsonSchema.optional(),
  witnesses: jsonSchema.default({ min: 0, keys: [] }),
  chains: z.array(z.record(z.string(), jsonSchema)).min(1),
  ceilings: jsonSchema,
  lifetimes: jsonSchema,
  change: jsonSchema,
  keyCeremonies: jsonSchema.optional(),
});

/** Observers' blocks may be this old when the gate signs, unless the spec says otherwise. */
const usualChain = { freshness: "120s", finality: { kind: "tag" } };

/**
 * The genesis without a proof of possession yet; `log` comes before what the spec says. Throws `BadFile` with the file that is
 * wrong: the spec, or one that it names.
 */
export function genesisFromSpec(path: string, salt: Bytes32, log: Json | undefined): GenesisFile {
  const file = openWritten(path);
  const spec = file.read(specSchema, "genesis.malformed");
  const opened = (part: Json, field: string): WrittenFile =>
    typeof part === "string" ? openWritten(resolve(dirname(path), part)) : file.part(field, part);
  const roster = rosterOf(opened(spec.roster, "roster"));
  const policies = spec.policies.map((part, index) => policyOf(opened(part, `policies.${index}`)));
  const { apiVersion, witnesses, ceilings, lifetimes, change, keyCeremonies } = spec;
  const genesis = {
    apiVersion,
    kind: "Genesis",
    salt,
    roster,
    policies: policies.map(({ asset, document }) => ({ asset, hash: documentName(documentHash(document)) })),
    log: log ?? spec.log,
    witnesses,
    chains: spec.chains.map((chain) => ({ ...usualChain, ...chain })),
    ceilings,
    lifetimes,
    change,
    ...(keyCeremonies === undefined ? {} : { keyCeremonies }),
  };
  return {
    genesis: file.holding(() => parseWith(genesisSchema, genesis, "genesis.malformed")),
    policies: policies.map(({ document }) => document),
    possessions: [],
  };
}

function rosterOf(file: WrittenFile): Roster {
  const roster = file.read(rosterSchema, "roster.malformed");
  file.holding(() => indexRoster(roster));
  return roster;
}

/** In its canonical spelling and with its calendar, and compiled once so that a genesis never names what cannot be read. */
function policyOf(file: WrittenFile): { readonly asset: string; readonly document: Json } {
  const read = file.read(policySchema, "policy.malformed");
  const document = file.holding(() => withCalendar(read));
  file.holding(() => compile(document));
  const wire = toWire(document);
  readPolicyDocument(wire);
  return { asset: document.asset, document: wire };
}
