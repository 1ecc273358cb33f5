/** What somebody writes to begin a deployment: the parts of a genesis, with rosters and policies in files of their own. */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { documentHash, documentName, genesisSchema, type GenesisFile } from "../genesis/genesis.ts";
import { compile } from "../policy/compile.ts";
import { readPolicyDocument, policySchema } from "../policy/document.ts";
import { indexRoster } from "../roster/membership.ts";
import { rosterSchema } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Json } from "../values/json.ts";
import { jsonSchema, parseWith } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import { readDocument } from "./document-file.ts";

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
});

/** Observers' blocks may be this old when the gate signs, unless the spec says otherwise. */
const usualChain = { freshness: "120s", finality: { kind: "tag" } };

/** The genesis without a proof of possession yet; `log` comes before what the spec says. Throws `InvalidValue` with the field of the spec. */
export function genesisFromSpec(path: string, salt: Bytes32, log: Json | undefined): GenesisFile {
  const spec = parseWith(specSchema, readDocument(path), "genesis.malformed");
  const named = (part: Json): Json => (typeof part === "string" ? readDocument(resolve(dirname(path), part)) : part);
  const roster = within("roster", () => parseWith(rosterSchema, named(spec.roster), "roster.malformed"));
  within("roster", () => indexRoster(roster));
  const policies = spec.policies.map((part, index) => within(`policies.${index}`, () => policyOf(named(part))));
  const { apiVersion, witnesses, ceilings, lifetimes, change } = spec;
  const genesis = parseWith(
    genesisSchema,
    {
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
    },
    "genesis.malformed",
  );
  return { genesis, policies: policies.map(({ document }) => document), possessions: [] };
}

/** In its canonical spelling, and compiled once so that a genesis never names what cannot be read. */
function policyOf(written: Json): { readonly asset: string; readonly document: Json } {
  const document = parseWith(policySchema, written, "policy.malformed");
  compile(document);
  const wire = toWire(document);
  readPolicyDocument(wire);
  return { asset: document.asset, document: wire };
}

function within<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const inner = error.within(field);
    throw new InvalidValue(inner.code, `${field}: ${error.message}`, inner.field);
  }
}
