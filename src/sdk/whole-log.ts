/** A whole log in our hands: every leaf under the root that the log key signed, from our own genesis on. */
import { z } from "zod";
import { followGates, goesOn } from "../gate/promotion.ts";
import { logKeyOf, type Standing } from "../gate/standing.ts";
import type { Logged } from "../gate/usage-from-log.ts";
import { deploymentId } from "../genesis/genesis.ts";
import { originOf, verifyCheckpoint } from "../log/checkpoint.ts";
import { entrySchema, type Entry } from "../log/entry.ts";
import { decodeLeaf } from "../log/leaf.ts";
import { appendNodes, leafHash, rootAt, type ReadNode } from "../log/merkle.ts";
import { cosigners, lacksWitnesses, type Cosigner } from "../log/witnessed.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { utf8 } from "../values/digest.ts";
import { Fault, InvalidValue, InvariantViolation } from "../values/errors.ts";
import type { Json } from "../values/json.ts";
import { countSchema, parseWith } from "../values/schema.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";

/** What a log is held against. */
export type LogTrust = {
  readonly standing: Pick<Standing, "deploymentId" | "genesis" | "epochs">;
  readonly checks: SignatureChecks;
};

export type Leaf = { readonly index: number; readonly leaf: string };

export type Head = {
  readonly size: number;
  readonly root: Bytes32;
  /** Witnesses of the genesis who cosigned the checkpoint: as many as it asks for, or more. */
  readonly cosigned: readonly Cosigner[];
};

export type WholeLog = Head & {
  readonly checkpoint: string;
  readonly leaves: readonly Leaf[];
  /** The same, read. */
  readonly entries: readonly Logged[];
};

const pageSchema = z.looseObject({ leaves: z.array(z.looseObject({ index: countSchema, leaf: z.string() })) });
const pageSize = 500;

/** Throws `InvalidValue` unless the log key signed it, and as many witnesses as the genesis asks for cosigned it. */
export function openCheckpoint({ standing, checks }: LogTrust, text: string): Head {
  const { witnesses } = standing.genesis;
  const key = { name: originOf(standing.deploymentId), publicKey: logKeyOf(standing) };
  const signed = verifyCheckpoint(text, key, checks);
  const cosigned = cosigners(signed, witnesses, checks);
  const lacking = lacksWitnesses(cosigned, witnesses);
  if (lacking !== undefined) throw new InvalidValue("log.not-cosigned", lacking);
  const { size, root } = signed.checkpoint;
  return { size, root, cosigned };
}

/** Leaves in order, `until` left out, page by page as `entries` answers. Throws `Fault` `client.log-gap` when one is missing. */
export async function* leavesOf(
  entries: (from: number, limit: number) => Promise<Json>,
  { from, until }: { readonly from: number; readonly until: number },
): AsyncGenerator<Leaf> {
  for (let next = from; next < until;) {
    const limit = Math.min(pageSize, until - next);
    const { leaves } = parseWith(pageSchema, await entries(next, limit), "client.not-understood");
    for (const { index, leaf } of leaves.slice(0, limit)) {
      if (index !== next) throw gap(next);
      yield { index, leaf };
      next += 1;
    }
    if (leaves.length === 0) throw gap(next);
  }
}

/** Throws `InvalidValue` `log.*` unless these leaves, and no others, are the tree of the checkpoint. */
export function holdLog(trust: LogTrust, checkpoint: string, leaves: readonly Leaf[]): WholeLog {
  const read = leaves.map((leaf) => ({ leaf, entry: entryOf(leaf) }));
  const head = openCheckpoint(
    inOffice(
      trust,
      read.flatMap(({ entry }) => entry ?? []),
    ),
    checkpoint,
  );
  if (leaves.length !== head.size)
    throw new InvalidValue("log.size", `the checkpoint is of ${head.size} leaves, here are ${leaves.length}`);
  const tree = treeOf(leaves);
  if (rootAt(leaves.length, tree) !== head.root)
    throw new InvalidValue("log.root", "the leaves are not those that the log key signed");
  const entries = read.map(({ leaf, entry }): Logged => {
    if (entry === undefined) throw new InvalidValue("log.entry", `leaf ${leaf.index} is not understood`);
    if ((leaf.index === 0) !== (entry.kind === "genesis"))
      throw new InvalidValue("log.genesis", "the genesis is not the first leaf, or not the only one");
    checkGenesisLeaf(trust, entry);
    checkHeadIn(entry, leaf.index, tree);
    return { index: leaf.index, entry };
  });
  return { ...head, checkpoint, leaves, entries };
}

/** The log shows who took over, by people's own signatures; who knows of a later gate than it shows, or of another one, believes none of them. */
function inOffice({ standing, checks }: LogTrust, entries: readonly Entry[]): LogTrust {
  if (!entries.some(({ kind }) => kind === "promotion")) return { standing, checks };
  const { deploymentId: own, epochs } = followGates(entries, checks);
  const isOurs = own === standing.deploymentId && goesOn(standing.epochs, epochs);
  return { standing: isOurs ? { ...standing, epochs } : standing, checks };
}

/** What a leaf says; nothing when it is no entry that we know. */
export function entryOf({ leaf }: Leaf): Entry | undefined {
  try {
    return entrySchema.safeParse(decodeLeaf(utf8(leaf))).data;
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}

/** Of leaves that begin with the first. */
export function rootOf(leaves: readonly Leaf[]): Bytes32 {
  return rootAt(leaves.length, treeOf(leaves));
}

function treeOf(leaves: readonly Leaf[]): ReadNode {
  const nodes = new Map<string, Bytes32>();
  const read: ReadNode = (level, index) => {
    const node = nodes.get(`${level}/${index}`);
    if (node === undefined) throw new InvariantViolation("a node is read before it is made");
    return node;
  };
  for (const { index, leaf } of leaves) {
    for (const node of appendNodes(index, leafHash(utf8(leaf)), read))
      nodes.set(`${node.level}/${node.index}`, node.hash);
  }
  return read;
}

/** What a gate was restored from, and what people promoted it over, are the leaves that come before. */
function checkHeadIn(entry: Entry, index: number, tree: ReadNode): void {
  if (entry.kind !== "promotion" && entry.kind !== "restoration") return;
  if (entry.size <= index && rootAt(entry.size, tree) === entry.root) return;
  throw new InvalidValue(
    `log.${entry.kind}`,
    `leaf ${index} is of a log whose first ${entry.size} leaves are others than those here`,
  );
}

function checkGenesisLeaf({ standing }: LogTrust, entry: Entry): void {
  if (entry.kind !== "genesis" || deploymentId(entry.file.genesis) === standing.deploymentId) return;
  throw new InvalidValue("log.genesis", "the log begins with another genesis than yours");
}

function gap(index: number): Fault {
  return new Fault("client.log-gap", `the service does not show leaf ${index}`, "safe");
}
