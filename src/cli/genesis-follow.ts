/** `countersign genesis follow FILE`: the gates that took over go into the genesis file, for whoever holds that and no log. */
import { checksHere } from "../compose/cli-credentials.ts";
import { withGate } from "../compose/cli-gate-socket.ts";
import { followGates, gatesIn, goesOn } from "../gate/promotion.ts";
import { logKeyOf } from "../gate/standing.ts";
import { deploymentId } from "../genesis/genesis.ts";
import { entryOf, leavesOf } from "../sdk/whole-log.ts";
import type { Entry } from "../log/entry.ts";
import { toWire } from "../values/wire.ts";
import { fileJson, replace, writeNew } from "./document-file.ts";
import { openGenesis, readGenesisFile } from "./genesis-file.ts";
import type { Given } from "./command.ts";
import { Refused, yes, type Outcome } from "./outcome.ts";

/** Believes the signatures of people alone, whoever shows the leaves; their order is what the witnesses see. */
export async function follow(given: Given): Promise<Outcome> {
  const path = given.operand;
  const file = readGenesisFile(path);
  const entries = await entriesAt(given.text("socket"));
  const standing = followGates(entries, checksHere());
  if (standing.deploymentId !== deploymentId(file.genesis))
    throw new Refused("log.genesis", "the gate's log begins with another genesis than this file");
  const { epochs } = standing;
  if (!goesOn(openGenesis(path).epochs, epochs))
    throw new Refused(
      "log.other-gate",
      "the gate's log shows fewer gates than this file, or another one in their place",
    );
  const last = epochs.at(-1) ?? epochs[0];
  const promotions = gatesIn(entries).map(toWire);
  const out = given.maybe("out");
  const text = fileJson({ ...file, ...(promotions.length === 0 ? {} : { promotions }) });
  if (out === undefined) replace(path, text);
  else writeNew(out, text);
  const lines = [
    `the gate in office is of epoch ${last.epoch}, its log key ${logKeyOf(standing)}`,
    `${out ?? path} says so: give it to everybody who holds the genesis, to the witnesses first`,
  ];
  return yes(lines, { ok: true, epoch: last.epoch, logKey: last.logKey, file: out ?? path });
}

async function entriesAt(socket: string): Promise<readonly Entry[]> {
  return withGate(socket, async (gate) => {
    const { size } = await gate.head();
    const entries: Entry[] = [];
    const read = async (from: number, limit: number): Promise<ReturnType<typeof toWire>> =>
      toWire(await gate.entries(from, limit));
    for await (const leaf of leavesOf(read, { from: 0, until: size })) {
      const entry = entryOf(leaf);
      if (entry === undefined) throw new Refused("log.entry", `leaf ${leaf.index} is not understood`);
      entries.push(entry);
    }
    return entries;
  });
}
