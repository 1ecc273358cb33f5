/** What a gate signed and wrote, read by a test; and what became of it, as both observers tell the gate. */
import { expect } from "vitest";
import { parse as parseTransaction } from "../../src/chain/transaction.ts";
import { topic } from "../../src/chain/mismatch.ts";
import { outcomeText, type SeenLog } from "../../src/evidence/outcome.ts";
import type { GateAnswer } from "../../src/gate/wire.ts";
import type { Entry } from "../../src/log/entry.ts";
import type { Address } from "../../src/values/address.ts";
import { parse as parseBytes32, type Bytes32 } from "../../src/values/bytes32.ts";
import { parse as parseHex } from "../../src/values/hex.ts";
import type { GatePlace } from "./gate.ts";
import { observation } from "./gold.ts";

export async function entriesOf({ gate }: GatePlace): Promise<Entry[]> {
  const found = await gate.answer({ verb: "entries", from: 0, limit: 500 });
  if (found.kind !== "entries") throw new Error(found.kind);
  return found.leaves.map(({ leaf }) => JSON.parse(leaf) as Entry);
}

export function rawOf(answer: GateAnswer): ReturnType<typeof parseTransaction> {
  if (answer.kind !== "signed") throw new Error(JSON.stringify(answer));
  return parseTransaction(answer.raw);
}

/** What Backed's token says of a raise whose time has not come. */
export function announced(
  token: Address,
  { newMultiplier, activationTime }: Readonly<Record<string, unknown>>,
): SeenLog {
  const words = [newMultiplier, activationTime].map((value) => BigInt(String(value)).toString(16).padStart(64, "0"));
  const data = parseHex(`0x${words.join("")}`);
  return { address: token, topics: [parseBytes32(topic("MultiplierScheduled(uint256,uint256)"))], data };
}

/** Both observers see a transaction in a final block, and no event of it unless one is given. */
export async function seenFinal(
  place: GatePlace,
  txHash: Bytes32,
  to: Address,
  logs: readonly SeenLog[] = [],
): Promise<void> {
  const { deployment } = place;
  const seen = { status: "success", from: deployment.key.account, nonce: 0, to, blockNumber: 12, logs } as const;
  const about = { subject: `tx:${txHash}`, fact: "outcome", value: outcomeText(seen) };
  for (const by of ["obs-1", "obs-2"] as const) {
    const block = { blockNumber: 14, blockTime: place.now, overrides: { finalized: true } };
    expect(await place.admit(observation(deployment, by, about, block))).toMatchObject({ kind: "admitted" });
  }
}
