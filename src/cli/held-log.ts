/** A whole log in our hands, from the service or from an export: every leaf under the root that the log key signed, from our own genesis on. */
import { z } from "zod";
import type { Logged } from "../gate/usage-from-log.ts";
import { deploymentId } from "../genesis/genesis.ts";
import { originOf, verifyCheckpoint } from "../log/checkpoint.ts";
import type { Entry } from "../log/entry.ts";
import { appendNodes, leafHash, rootAt, type ReadNode } from "../log/merkle.ts";
import { cosigners, lacksWitnesses, type Cosigner } from "../log/witnessed.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { utf8 } from "../values/digest.ts";
import { InvalidValue, InvariantViolation } from "../values/errors.ts";
import { parseStrict, type Json } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";
import { asked, type Service } from "./connection.ts";
import { readText } from "./document-file.ts";
import { entryOf, leavesOf, type Leaf } from "./log-pages.ts";
import { Refused } from "./outcome.ts";

/** What we hold the log against. */
export type Trusted = Pick<Service, "pins" | "standing">;

export type HeldLog = {
  readonly checkpoint: string;
  readonly size: number;
  readonly root: Bytes32;
  /** Witnesses of the genesis who cosigned the checkpoint: as many as it asks for, or more. */
  readonly cosigned: readonly Cosigner[];
  readonly leaves: readonly Leaf[];
  /** The same, read. */
  readonly entries: readonly Logged[];
};

/** As much as one string holds with room to spare. */
const maxExportBytes = 256 * 1024 * 1024;

const exportSchema = z.strictObject({
  format: z.literal("countersign/log/v1"),
  checkpoint: z.string(),
  leaves: z.array(z.string()),
});

/** Of the service. Throws `Refused` `log.*` when it is not the log of our deployment. */
export async function wholeLog(service: Service): Promise<HeldLog> {
  const checkpoint = await asked(service.client.checkpoint());
  const { size } = openCheckpoint(service, checkpoint);
  const leaves: Leaf[] = [];
  for await (const leaf of leavesOf(service, size)) leaves.push(leaf);
  return held(service, checkpoint, leaves);
}

/** Of a file that `log export` made. Throws `Refused` `log.*` as for the service. */
export function exportedLog(trusted: Trusted, path: string): HeldLog {
  const json = parseStrict(readText(path, maxExportBytes), 4);
  const { checkpoint, leaves } = parseWith(exportSchema, json, "cli.export");
  return held(
    trusted,
    checkpoint,
    leaves.map((leaf, index) => ({ index, leaf })),
  );
}

export function exportOf({ checkpoint, leaves }: HeldLog): Json {
  return { format: "countersign/log/v1", checkpoint, leaves: leaves.map(({ leaf }) => leaf) };
}

/** Throws `Refused` unless these leaves, and no others, are the tree of the checkpoint. */
function held(trusted: Trusted, checkpoint: string, leaves: readonly Leaf[]): HeldLog {
  const { size, root, cosigned } = openCheckpoint(trusted, checkpoint);
  if (leaves.length !== size)
    throw new Refused("log.size", `the checkpoint is of ${size} leaves, here are ${leaves.length}`);
  if (rootOf(leaves) !== root) throw new Refused("log.root", "the leaves are not those that the log key signed");
  const entries = leaves.map((leaf): Logged => {
    const entry = entryOf(leaf);
    if (entry === undefined) throw new Refused("log.entry", `leaf ${leaf.index} is not understood`);
    if ((leaf.index === 0) !== (entry.kind === "genesis"))
      throw new Refused("log.genesis", "the genesis is not the first leaf, or not the only one");
    checkGenesisLeaf(trusted, entry);
    return { index: leaf.index, entry };
  });
  return { checkpoint, size, root, cosigned, leaves, entries };
}

/** Throws `Refused` unless the log key signed it, and as many witnesses as the genesis asks for cosigned it. */
function openCheckpoint({ pins, standing }: Trusted, text: string): Pick<HeldLog, "size" | "root" | "cosigned"> {
  try {
    const { witnesses } = standing.genesis;
    const signed = verifyCheckpoint(
      text,
      { name: originOf(pins.deploymentId), publicKey: pins.logPublicKey },
      pins.checks,
    );
    const cosigned = cosigners(signed, witnesses, pins.checks);
    const lacking = lacksWitnesses(cosigned, witnesses);
    if (lacking !== undefined) throw new Refused("log.not-cosigned", lacking);
    const { size, root } = signed.checkpoint;
    return { size, root, cosigned };
  } catch (error) {
    if (error instanceof InvalidValue) throw new Refused(error.code, error.message, error.field);
    throw error;
  }
}

function checkGenesisLeaf({ standing }: Trusted, entry: Entry): void {
  if (entry.kind !== "genesis" || deploymentId(entry.file.genesis) === standing.deploymentId) return;
  throw new Refused("log.genesis", "the log begins with another genesis than yours");
}

/** Of leaves that begin with the first. */
export function rootOf(leaves: readonly Leaf[]): Bytes32 {
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
