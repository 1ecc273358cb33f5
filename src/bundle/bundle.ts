/** The file a verifier needs: leaves of the log, each with its proof of inclusion, under one signed checkpoint. */
import { z } from "zod";
import { entrySchema, receiptSchema, type Entry, type Receipt } from "../log/entry.ts";
import { encodeLeaf } from "../log/leaf.ts";
import { leafHash } from "../log/merkle.ts";
import { readStatement, type Statement } from "../statement/read.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Json } from "../values/json.ts";
import { bytes32Schema, countSchema } from "../values/schema.ts";
import { finding, type Finding } from "./finding.ts";
import { firstDifference, isTree, join, joinAll, joinText } from "./path.ts";

export const format = "countersign-bundle/1";
/** Engines whose decisions this code makes again; a release adds its own and removes none. */
export const knownEngines: readonly string[] = ["countersign/0.1.0", "countersign/0.2.0"];

/** The entry is read leaf by leaf, see `readEntry`. */
const leafSchema = z.strictObject({
  index: countSchema,
  entry: z.custom<Json>(),
  proof: z.array(bytes32Schema).max(64),
});

/** Where the request stands in a batch, and the hashes from its leg up to the root that people signed (RFC 6962). */
const placeSchema = z.strictObject({
  merkleRoot: bytes32Schema,
  index: countSchema,
  proof: z.array(bytes32Schema).max(64),
});

export type BatchPlace = z.output<typeof placeSchema>;

const bundleSchema = z.strictObject({
  format: z.literal(format),
  /** Name and version of the engine that decided, as the allocation says. */
  engine: z.string().max(100),
  requestId: bytes32Schema,
  leaves: z.array(leafSchema).min(1).max(20_000),
  /** C2SP signed note. */
  checkpoint: z.string().max(16_384),
  /** One for each batch of which an approval was counted. */
  batches: z.array(placeSchema).min(1).max(1_000).optional(),
  /** The gate's signed answers to those who sent the statements, where they kept them. */
  receipts: z.array(receiptSchema).max(1_000).optional(),
});

/** As it is written: entries are the log's own JSON, character by character. */
export type BundleFile = {
  readonly format: typeof format;
  readonly engine: string;
  readonly requestId: Bytes32;
  readonly leaves: readonly { readonly index: number; readonly entry: Json; readonly proof: readonly Bytes32[] }[];
  readonly checkpoint: string;
  readonly batches?: readonly BatchPlace[];
  readonly receipts?: readonly Receipt[];
};

/** One leaf, read: `field` is its path. */
export type Leaf<E extends Entry = Entry> = {
  readonly field: string;
  readonly position: number;
  readonly index: number;
  readonly entry: E;
  /** Of the leaf in the tree. */
  readonly hash: Bytes32;
  readonly proof: readonly Bytes32[];
};

export type EntryOf<K extends Entry["kind"]> = Extract<Entry, { kind: K }>;
export type LeafOf<K extends Entry["kind"]> = Leaf<EntryOf<K>>;
export type StatementLeaf = LeafOf<"statement"> & { readonly statement: Statement };
export type BundleLeaf = Leaf | StatementLeaf;

export type Bundle = {
  readonly engine: string;
  readonly requestId: Bytes32;
  readonly leaves: readonly BundleLeaf[];
  readonly checkpoint: string;
  readonly batches: readonly BatchPlace[];
  readonly receipts: readonly Receipt[];
};

export type Opened =
  { readonly kind: "opened"; readonly bundle: Bundle } | { readonly kind: "unreadable"; readonly finding: Finding };

/** Strict and total: unknown keys, other spellings and values out of range are findings with their path. */
export function openBundle(json: unknown): Opened {
  const odd = oddValue(json, 40);
  if (odd !== undefined) return unreadable(odd.keys.reduceRight<string>(join, ""), odd.why);
  const read = bundleSchema.safeParse(json);
  if (!read.success) return { kind: "unreadable", finding: fromIssue(read.error.issues[0]) };
  const { engine, requestId, checkpoint, batches = [], receipts = [] } = read.data;
  const leaves: BundleLeaf[] = [];
  for (const [position, { index, entry: raw, proof }] of read.data.leaves.entries()) {
    const field = join("leaves", position);
    const given = position === 0 ? readFirst(raw, `${field}.entry`) : readEntry(raw, `${field}.entry`);
    if (given.kind === "unreadable") return given;
    const { entry, hash } = given;
    const leaf = { field, position, index, entry, hash, proof };
    if (entry.kind !== "statement") {
      leaves.push(leaf);
      continue;
    }
    const said = readSaid(entry, `${field}.entry.statement`);
    if (said.kind === "unreadable") return said;
    leaves.push({ ...leaf, entry, statement: said.statement });
  }
  return { kind: "opened", bundle: { engine, requestId, leaves, checkpoint, batches, receipts } };
}

export function isStatementLeaf(leaf: BundleLeaf): leaf is StatementLeaf {
  return leaf.entry.kind === "statement" && "statement" in leaf;
}

export function isOf<K extends Entry["kind"]>(leaf: Leaf, kind: K): leaf is LeafOf<K> {
  return leaf.entry.kind === kind;
}

type Given = { readonly kind: "given"; readonly entry: Entry; readonly hash: Bytes32 };
type Unreadable = Extract<Opened, { kind: "unreadable" }>;

function readEntry(raw: Json, field: string): Given | Unreadable {
  const read = entrySchema.safeParse(raw);
  if (!read.success) return { kind: "unreadable", finding: fromIssue(read.error.issues[0], field) };
  const respelled = firstDifference(raw, read.data, field);
  if (respelled !== undefined) return unreadable(respelled, "this is not how it is spelled in the log");
  try {
    return { kind: "given", entry: read.data, hash: leafHash(encodeLeaf(raw)) };
  } catch (error) {
    if (error instanceof InvalidValue) return unreadable(field, error.message);
    throw error;
  }
}

/** The first leaf that was read last: bundles of one deployment begin with one genesis, and half of each is that. */
let lastFirst: { readonly text: string; readonly given: Given } | undefined;

function readFirst(raw: Json, field: string): Given | Unreadable {
  const text = JSON.stringify(raw);
  if (lastFirst?.text === text) return lastFirst.given;
  const given = readEntry(raw, field);
  if (given.kind === "given") lastFirst = { text, given };
  return given;
}

function readSaid(
  entry: EntryOf<"statement">,
  field: string,
): { readonly kind: "said"; readonly statement: Statement } | Unreadable {
  try {
    const statement = readStatement(entry.statement);
    const respelled = firstDifference(entry.statement, statement.envelope, field);
    return respelled === undefined
      ? { kind: "said", statement }
      : unreadable(respelled, "this is not how it is spelled in the log");
  } catch (error) {
    if (error instanceof InvalidValue) return unreadable(joinText(field, error.field), error.message);
    throw error;
  }
}

function unreadable(field: string, why: string): Unreadable {
  return { kind: "unreadable", finding: finding(field, why) };
}

function fromIssue(issue: z.core.$ZodIssue | undefined, base = ""): Finding {
  const keys = issue?.path ?? [];
  if (issue?.code === "unrecognized_keys") {
    return finding(joinAll(base, [...keys, issue.keys[0] ?? ""]), "a bundle of this format has no such field");
  }
  return finding(joinAll(base, keys), issue?.message ?? "this is no bundle");
}

const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** The innermost key first. */
type Odd = { readonly keys: readonly (string | number)[]; readonly why: string };

/** The first number, key or depth that has no canonical form: hashing starts only after this. */
function oddValue(value: unknown, depthLeft: number): Odd | undefined {
  if (!isTree(value)) return oddLeafValue(value);
  if (depthLeft === 0) return { keys: [], why: "the JSON is nested too deeply" };
  for (const key of Object.keys(value)) {
    const odd = forbiddenKeys.has(key)
      ? { keys: [], why: "this key is not allowed" }
      : oddValue(value[key], depthLeft - 1);
    if (odd !== undefined) return { ...odd, keys: [...odd.keys, Array.isArray(value) ? Number(key) : key] };
  }
  return undefined;
}

function oddLeafValue(value: unknown): Odd | undefined {
  if (typeof value === "number") {
    const whole = Number.isSafeInteger(value) && !Object.is(value, -0);
    return whole ? undefined : { keys: [], why: "a number in a bundle is a whole number" };
  }
  const isJson = value === null || typeof value === "string" || typeof value === "boolean";
  return isJson ? undefined : { keys: [], why: "this is not JSON" };
}
