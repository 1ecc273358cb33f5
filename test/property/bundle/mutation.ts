/** Changes to a bundle as somebody without keys can make them: one value replaced by another valid one, every hash made again. */
import { amountText, details } from "../../../src/intent/words.ts";
import { intentHash, parse as parseIntent } from "../../../src/intent/intent.ts";
import { attach, digest as digestOf } from "../../../src/chain/transaction.ts";
import { unsignedSchema } from "../../../src/log/entry.ts";
import { encode } from "../../../src/log/base64.ts";
import { encodeLeaf } from "../../../src/log/leaf.ts";
import { leafHash, nodeHash } from "../../../src/log/merkle.ts";
import { statementHash, type Envelope } from "../../../src/statement/envelope.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { toBytes } from "../../../src/values/hex.ts";
import { hash, type Json } from "../../../src/values/json.ts";

export type Keys = readonly (string | number)[];
/** Parsed JSON that a test changes at will. */
export type Loose = Record<string, unknown> & { leaves: LooseLeaf[]; checkpoint: string };
export type LooseLeaf = { index: number; entry: Record<string, unknown>; proof: string[] };

/** Every place that holds no object and no array. */
export function leafValues(value: unknown, keys: Keys = []): { keys: Keys; value: Json }[] {
  if (Array.isArray(value)) return value.flatMap((inner, index) => leafValues(inner, [...keys, index]));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => leafValues(inner, [...keys, key]));
  }
  return [{ keys, value: value as Json }];
}

export function pathOf(keys: Keys): string {
  return keys.reduce<string>(
    (path, key) => (typeof key === "number" ? `${path}[${String(key)}]` : path === "" ? key : `${path}.${key}`),
    "",
  );
}

export function replaceAt(root: unknown, keys: Keys, value: Json): void {
  const parent = keys
    .slice(0, -1)
    .reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], root);
  (parent as Record<string | number, unknown>)[keys.at(-1)!] = value;
}

const words: Readonly<Record<string, readonly string[]>> = {
  operation: ["mint", "burn", "redeem", "transfer"],
  decision: ["approve", "reject"],
  class: ["tighten", "loosen"],
  credentialKind: ["wallet", "key", "passkey"],
  verdict: ["allowed", "pending", "refused"],
  status: ["success", "reverted", "mismatch"],
  backend: ["pkcs11", "ledger"],
};

/** Another value that the field could hold as well; undefined where the format knows one value only. */
export function otherValue(keys: Keys, value: Json): Json | undefined {
  const name = keys.findLast((key) => typeof key === "string") ?? "";
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return name === "yParity" ? 1 - value : value + 1;
  if (value === null) return name === "previous" ? `sha256:${"0".repeat(64)}` : undefined;
  if (typeof value !== "string") return undefined;
  const choice = words[name];
  if (choice?.includes(value) === true) return choice[(choice.indexOf(value) + 1) % choice.length];
  if (/^0x[0-9a-f]+$/.test(value)) return value.slice(0, -1) + (value.endsWith("1") ? "2" : "1");
  if (/^sha256:[0-9a-f]{64}$/.test(value)) return value.slice(0, -1) + (value.endsWith("1") ? "2" : "1");
  if (/^[0-9]+$/.test(value)) return String(BigInt(value) + 1n);
  if (/^[0-9]+[smhd]$/.test(value)) return `${String(Number(value.slice(0, -1)) + 1)}${value.slice(-1)}`;
  return `${value}x`;
}

/** Makes every hash again that needs no key: what follows from the changed field, then leaves, proofs and the root. */
export function rehash(bundle: Loose, original: Loose, keys: Keys): void {
  const position = keys[0] === "leaves" && typeof keys[1] === "number" ? keys[1] : -1;
  const leaf = bundle.leaves[position];
  if (leaf !== undefined) {
    rewriteIntent(leaf.entry, keys);
    rewriteDocument(leaf.entry, keys);
    rewriteGenesis(leaf.entry, keys);
    rewriteStatementHashes(bundle, original, position);
    if (keys.includes("transaction") || ["r", "s", "yParity"].includes(String(keys[3])))
      rewriteTransaction(bundle, leaf, keys);
  }
  if (keys[0] === "leaves" && keys[2] === "proof") rerootFrom(bundle, bundle.leaves[position]!);
  else if (keys[0] !== "checkpoint") reroot(bundle);
}

/** The root that one changed proof leads to; the other proofs then lead elsewhere. */
function rerootFrom(bundle: Loose, leaf: LooseLeaf): void {
  const size = Number(bundle.checkpoint.split("\n")[1]);
  const ranges = siblings(leaf.index, size);
  const start = leafHash(encodeLeaf(leaf.entry));
  const root = ranges.reduce<Bytes32>((node, [from], level) => {
    const beside = leaf.proof[level] as Bytes32;
    return from > leaf.index ? nodeHash(node, beside) : nodeHash(beside, node);
  }, start);
  writeRoot(bundle, root);
}

function writeRoot(bundle: Loose, root: Bytes32): void {
  const lines = bundle.checkpoint.split("\n");
  lines[2] = encode(toBytes(root));
  bundle.checkpoint = lines.join("\n");
}

type Message = Record<string, Json>;

/** Changed arguments give other words and another hash of the intent. */
function rewriteIntent(entry: Record<string, unknown>, keys: Keys): void {
  const field = String(keys.at(-1));
  const statement = entry["statement"] as { kind: string; message: Message } | undefined;
  if (statement === undefined || !["Submission", "Approval"].includes(statement.kind) || keys[4] !== "message") return;
  const { message } = statement;
  if (["amountText", "details", "intentHash"].includes(field)) return;
  const parts = /^reference (\S+);/.exec(message["details"] as string);
  const times = /not before (\S+); expires (\S+)$/.exec(message["details"] as string);
  const { operation, asset, chainId, account, to, amount, feeCeilingWei } = message;
  const seconds = (iso: string | undefined): number => Date.parse(iso ?? "") / 1000;
  const isSubmission = statement.kind === "Submission";
  const given = {
    ...{ operation, asset, chainId, account, to, amount, feeCeilingWei },
    reference: isSubmission ? message["reference"] : parts?.[1],
    notBefore: isSubmission ? message["notBefore"] : seconds(times?.[1]),
    expiresAt: isSubmission ? message["expiresAt"] : seconds(times?.[2]),
  };
  try {
    const intent = parseIntent(given);
    Object.assign(message, {
      amountText: amountText(intent, 18),
      details: details(intent),
      intentHash: intentHash(intent),
    });
  } catch {
    // An operation without a recipient or amount has no such intent: the other fields stay as they were.
  }
}

function rewriteDocument(entry: Record<string, unknown>, keys: Keys): void {
  if (!keys.includes("attachment") || !keys.includes("document")) return;
  const { document } = entry["attachment"] as { document: Json };
  (entry["statement"] as { message: Message }).message["documentHash"] = hash(document);
}

function rewriteGenesis(entry: Record<string, unknown>, keys: Keys): void {
  if (keys[3] !== "file" || keys[4] !== "policies") return;
  const file = entry["file"] as { genesis: { policies: { hash: string }[] }; policies: Json[] };
  const at = Number(keys[5]);
  const named = file.genesis.policies[at];
  if (named !== undefined) named.hash = `sha256:${hash(file.policies[at]).slice(2)}`;
}

/** Wherever the log names a statement by its hash, it names the changed one. */
function rewriteStatementHashes(bundle: Loose, original: Loose, position: number): void {
  const [before, after] = [original, bundle].map(
    (one) => one.leaves[position]?.entry["statement"] as Envelope | undefined,
  );
  if (before === undefined || after === undefined) return;
  const [old, fresh] = [statementHash(before), statementHash(after)];
  if (old === fresh) return;
  for (const leaf of bundle.leaves) {
    for (const { keys, value } of leafValues(leaf.entry)) {
      const names = keys.includes("statements") || keys.at(-1) === "statement" || keys.at(-1) === "submission";
      if (value === old && names) replaceAt(leaf.entry, keys, fresh);
    }
  }
}

/** Digest and transaction hash of a changed transaction or signature. */
function rewriteTransaction(bundle: Loose, changed: LooseLeaf, keys: Keys): void {
  const pairs = bundle.leaves.flatMap((permit) =>
    permit.entry["kind"] !== "permit"
      ? []
      : bundle.leaves.flatMap((signature) =>
          signature.entry["kind"] === "signature" && signature.entry["digest"] === permit.entry["digest"]
            ? [{ permit, signature }]
            : [],
        ),
  );
  for (const { permit, signature } of pairs) {
    if (permit !== changed && signature !== changed) continue;
    const transaction = unsignedSchema.parse(permit.entry["transaction"]);
    try {
      const digest = digestOf(transaction);
      const { r, s, yParity } = signature.entry as never;
      if (keys.includes("transaction")) Object.assign(permit.entry, { digest });
      if (keys.includes("transaction")) Object.assign(signature.entry, { digest });
      Object.assign(signature.entry, { txHash: attach(transaction, { r, s, yParity }).hash });
    } catch {
      // Not a transaction at all: there is no hash to make.
    }
  }
}

/** Proofs and root over the leaves as they are now, keeping the subtrees that the bundle does not show; the signature stays. */
export function reroot(bundle: Loose): void {
  const size = Number(bundle.checkpoint.split("\n")[1]);
  const shown = new Map(bundle.leaves.map((leaf) => [leaf.index, leafHash(encodeLeaf(leaf.entry))]));
  const hidden = new Map<string, Bytes32>();
  for (const leaf of bundle.leaves) {
    siblings(leaf.index, size).forEach(([from, to], level) =>
      hidden.set(`${String(from)}-${String(to)}`, leaf.proof[level] as Bytes32),
    );
  }
  const hashOf = (from: number, to: number): Bytes32 => {
    if (![...shown.keys()].some((index) => index >= from && index < to))
      return hidden.get(`${String(from)}-${String(to)}`)!;
    if (to - from === 1) return shown.get(from)!;
    const middle = from + split(to - from);
    return nodeHash(hashOf(from, middle), hashOf(middle, to));
  };
  for (const leaf of bundle.leaves) leaf.proof = siblings(leaf.index, size).map(([from, to]) => hashOf(from, to));
  writeRoot(bundle, hashOf(0, size));
}

function split(length: number): number {
  let width = 1;
  while (width * 2 < length) width *= 2;
  return width;
}

function siblings(index: number, size: number): [number, number][] {
  const found: [number, number][] = [];
  let [from, to] = [0, size];
  while (to - from > 1 && index < size) {
    const middle = from + split(to - from);
    found.push(index < middle ? [middle, to] : [from, middle]);
    [from, to] = index < middle ? [from, middle] : [middle, to];
  }
  return found.reverse();
}
