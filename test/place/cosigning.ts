/** What an honest serve does with a gate's checkpoints and one witness. */
import { genesisFileSchema } from "../../src/genesis/genesis.ts";
import { format as formatAdd } from "../../src/log/add-checkpoint.ts";
import { format, originOf, parse, withSignature } from "../../src/log/checkpoint.ts";
import { consistencyProof } from "../../src/log/merkle.ts";
import { parseLines } from "../../src/log/signed-note.ts";
import { parseWith } from "../../src/values/schema.ts";
import type { GatePlace } from "./gate.ts";
import type { Deployment } from "./gold.ts";
import { firstWitness, openWitness, type WitnessPlace } from "./witness.ts";

/** A witness of the deployment's log. */
export function witnessOf(
  { deploymentId, file }: Pick<Deployment, "deploymentId" | "file">,
  name = firstWitness,
): WitnessPlace {
  const { genesis } = parseWith(genesisFileSchema, file, "test");
  return openWitness(name, { log: { name: originOf(deploymentId), publicKey: genesis.log.publicKey } });
}

/** The gate's head with the witness's line, by the witness's own clock; undefined when it does not cosign that. */
export async function cosignedAsIs(at: GatePlace, by: WitnessPlace): Promise<string | undefined> {
  const { checkpoint, size } = await at.head();
  const newest = by.newest();
  const oldSize = newest === undefined ? 0 : parse(newest).checkpoint.size;
  if (oldSize > size) return undefined;
  const answer = await by.add(
    formatAdd({ oldSize, proof: consistencyProof(oldSize, size, at.journal.node), checkpoint }),
  );
  if (answer.kind !== "cosigned") return undefined;
  return format(parseLines(answer.lines).reduce(withSignature, parse(checkpoint)));
}

/** The same by the gate's clock. */
export async function cosignedHead(at: GatePlace, by: WitnessPlace): Promise<string | undefined> {
  by.now = at.now;
  return await cosignedAsIs(at, by);
}
