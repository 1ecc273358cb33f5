/** `countersign log export|verify`: the whole log, held against the checkpoint that the log key signed. */
import { z } from "zod";
import { deploymentId } from "../genesis/genesis.ts";
import { originOf, verifyCheckpoint } from "../log/checkpoint.ts";
import { checksHere } from "../compose/cli-credentials.ts";
import { recount } from "../gate/recount.ts";
import type { Entry } from "../log/entry.ts";
import { appendNodes, leafHash, rootAt, type ReadNode } from "../log/merkle.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { utf8 } from "../values/digest.ts";
import { InvalidValue, InvariantViolation } from "../values/errors.ts";
import { canonical, parseStrict } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import { fileJson, readText, writeNew } from "./document-file.ts";
import type { Given } from "./command.ts";
import { entryOf, leavesOf, type Leaf } from "./log-pages.ts";
import { Refused, yes, type Outcome } from "./outcome.ts";
import { asked, openService, type Service } from "./connection.ts";

/** As much as one string holds with room to spare. */
const maxExportBytes = 256 * 1024 * 1024;

const exportSchema = z.strictObject({
  format: z.literal("countersign/log/v1"),
  checkpoint: z.string(),
  leaves: z.array(z.string()),
});

export async function exportLog(given: Given): Promise<Outcome> {
  const service = openService(given);
  const checkpoint = await asked(service.client.checkpoint());
  const { size } = openCheckpoint(service, checkpoint);
  const leaves = await collect(leavesOf(service, size));
  const file = given.text("out");
  checkTree(service, { checkpoint, leaves });
  writeNew(file, fileJson({ format: "countersign/log/v1", checkpoint, leaves: leaves.map(({ leaf }) => leaf) }));
  return yes([`${size} leaves are in ${file}, under the checkpoint that the log key signed`], { file, size });
}

/** Every leaf under the signed root, the genesis first; with `--since` also that an earlier export is the beginning of it. */
export async function verify(given: Given): Promise<Outcome> {
  const service = openService(given);
  const checkpoint = await asked(service.client.checkpoint());
  const { size, root } = openCheckpoint(service, checkpoint);
  const leaves = await collect(leavesOf(service, size));
  const kinds = checkTree(service, { checkpoint, leaves });
  const counted = checkUsage(leaves);
  const since = given.maybe("since");
  const earlier = since === undefined ? undefined : checkBeginning(service, since, leaves);
  const lines = [
    `${size} leaves are under the root ${root}, which the log key signed`,
    ...Object.entries(kinds).map(([kind, count]) => `  ${kind}: ${count}`),
    ...(counted === 0 ? [] : [`what ${counted} of the allocations say was used of limits is what the log adds up to`]),
    ...(earlier === undefined ? [] : [`the ${earlier} leaves of ${since ?? ""} are its beginning, unchanged`]),
  ];
  return yes(lines, { ok: true, size, root, kinds, counted, ...(earlier === undefined ? {} : { since: earlier }) });
}

type Exported = { readonly checkpoint: string; readonly leaves: readonly Leaf[] };

function openCheckpoint({ pins }: Service, text: string): { readonly size: number; readonly root: Bytes32 } {
  try {
    const name = originOf(pins.deploymentId);
    return verifyCheckpoint(text, { name, publicKey: pins.logPublicKey }, pins.checks).checkpoint;
  } catch (error) {
    if (error instanceof InvalidValue) throw new Refused(error.code, error.message, error.field);
    throw error;
  }
}

/** Throws `Refused` unless these leaves, and no others, are the tree of the checkpoint. Answers how many there are of each kind. */
function checkTree(service: Service, { checkpoint, leaves }: Exported): Readonly<Record<string, number>> {
  const { size, root } = openCheckpoint(service, checkpoint);
  if (leaves.length !== size)
    throw new Refused("log.size", `the checkpoint is of ${size} leaves, here are ${leaves.length}`);
  if (rootOf(leaves) !== root) throw new Refused("log.root", "the leaves are not those that the log key signed");
  const kinds: Record<string, number> = {};
  for (const leaf of leaves) {
    const entry = entryOf(leaf);
    if (entry === undefined) throw new Refused("log.entry", `leaf ${leaf.index} is not understood`);
    if ((leaf.index === 0) !== (entry.kind === "genesis"))
      throw new Refused("log.genesis", "the genesis is not the first leaf, or not the only one");
    checkGenesisLeaf(service, entry);
    kinds[entry.kind] = (kinds[entry.kind] ?? 0) + 1;
  }
  return kinds;
}

/** Used limits are the gate's own word, but everything they add up is in the log. Answers for how many allocations. */
function checkUsage(leaves: readonly Leaf[]): number {
  const logged = leaves.flatMap((leaf) => {
    const entry = entryOf(leaf);
    return entry === undefined ? [] : [{ index: leaf.index, entry }];
  });
  const { allocations, miscounts } = recount(logged, checksHere());
  const [first] = miscounts;
  if (first === undefined) return allocations;
  const { leaf, key, said, counted } = first;
  const text = (usage: typeof said): string => (usage === undefined ? "nothing" : canonical(toWire(usage)));
  throw new Refused("log.usage", `leaf ${leaf} says of ${key} ${text(said)}, the log adds up to ${text(counted)}`);
}

function checkGenesisLeaf({ standing }: Service, entry: Entry): void {
  if (entry.kind !== "genesis" || deploymentId(entry.file.genesis) === standing.deploymentId) return;
  throw new Refused("log.genesis", "the log begins with another genesis than yours");
}

/** The export is checked whole, so its root stands for its leaves. */
function checkBeginning(service: Service, path: string, leaves: readonly Leaf[]): number {
  const { checkpoint, leaves: texts } = parseWith(
    exportSchema,
    parseStrict(readText(path, maxExportBytes), 4),
    "cli.export",
  );
  const before = texts.map((leaf, index) => ({ index, leaf }));
  checkTree(service, { checkpoint, leaves: before });
  const altered = before.find(({ index, leaf }) => leaves[index]?.leaf !== leaf);
  if (altered !== undefined)
    throw new Refused("log.rewritten", `leaf ${altered.index} is not the one it was when ${path} was exported`);
  return before.length;
}

function rootOf(leaves: readonly Leaf[]): Bytes32 {
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
  return rootAt(leaves.length, read);
}

async function collect(leaves: AsyncIterable<Leaf>): Promise<readonly Leaf[]> {
  const all: Leaf[] = [];
  for await (const leaf of leaves) all.push(leaf);
  return all;
}
