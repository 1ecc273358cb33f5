/** A log as a gate wrote it in this process: mints and redemptions, some reverted, under a policy that changes on the way. */
import { decodeLeaf } from "../../../src/log/leaf.ts";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import type { Logged } from "../../../src/gate/usage-from-log.ts";
import { entrySchema } from "../../../src/log/entry.ts";
import * as address from "../../../src/values/address.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { approvedMint, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import {
  attestation,
  approval,
  goldDeployment,
  goldPolicy,
  observation,
  sightings,
  submission,
  units,
} from "../../place/gold.ts";

export const limits = [
  { id: "all", metric: "sum", window: "rolling 24h", per: "asset", max: "5000 GLD" },
  { id: "each", metric: "sum", window: "rolling 1h", per: "initiator", max: "2000 GLD" },
  { id: "often", metric: "count", window: "rolling 24h", per: "to", max: 9 },
].map((limit) => ({ ...limit, when: { operation: "mint" }, over: "deny" }));

export type Written = { readonly place: GatePlace; readonly log: readonly Logged[] };

export function logOf(place: GatePlace): readonly Logged[] {
  return place.journal
    .leaves(0, 10_000)
    .map(({ index, bytes }) => ({ index, entry: entrySchema.parse(decodeLeaf(bytes)) }));
}

/** Closed by the caller. */
export async function writtenLog(): Promise<Written> {
  const net = { id: "net", metric: "net", window: "rolling 24h", per: "asset", max: "5000 GLD", over: "deny" };
  const place = openPlace(goldDeployment({ policy: goldPolicy({ limits: [...limits, net] }) }));
  let nonce = 0;
  for (const [index, [operation, by, amount, ending]] of story.entries()) {
    place.now += 900;
    const seen = { blockNumber: 100 + index, blockTime: place.now - 2 };
    for (const one of sightings(place.deployment, seen, { nonce: String(nonce), supply: units(3_000) }))
      await place.admit(one);
    await place.admit(attestation(place.deployment, place.now, { sequence: index + 1, reserves: units(100_000) }));
    const intent = { operation, reference: `R-${String(index)}`, amount: units(amount), expiresAt: place.now + 3_600 };
    const none = `0x${"00".repeat(20)}`;
    const asked = { now: place.now, by, intent: operation === "mint" ? intent : { ...intent, to: none } };
    const said = operation === "mint" ? await approvedMint(place, asked) : submission(place.deployment, asked);
    if (operation === "redeem") {
      await place.admit(said);
      await place.admit(approval(place.deployment, said, "carla"));
    }
    const answer = await place.sign(requestIdOf(said));
    if (answer.kind !== "signed") throw new Error(JSON.stringify(answer));
    nonce += 1;
    if (ending !== "open") await end(place, { ...answer, status: ending, amount: units(amount), operation });
  }
  return { place, log: logOf(place) };
}

const story = [
  ["mint", "ida", 300, "success"],
  ["mint", "ivan", 200, "reverted"],
  ["redeem", "ida", 100, "success"],
  ["mint", "ida", 400, "open"],
  ["redeem", "ivan", 50, "reverted"],
  ["mint", "ivan", 500, "reverted"],
  ["mint", "ida", 250, "open"],
] as const;

type Ending = {
  readonly txHash: Bytes32;
  readonly nonce: number;
  readonly status: "success" | "reverted";
  readonly amount: string;
  readonly operation: "mint" | "redeem";
};

async function end(place: GatePlace, { txHash, nonce, status, amount, operation }: Ending): Promise<void> {
  const to = address.parse(place.deployment.policy.token.address);
  const from = place.deployment.key.account;
  const word = (text: string): never => `0x${text.replace(/^0x/, "").padStart(64, "0")}` as never;
  const parties = operation === "mint" ? ["0x0", treasuryOf(place)] : [from, "0x0"];
  const topics = [transfer, ...parties.map(word)] as never[];
  const log = { address: to, topics, data: word(BigInt(amount).toString(16)) };
  const logs = status === "success" ? [log] : [];
  place.now += 60;
  const value = outcomeText({ status, from, nonce, to, blockNumber: 50 + nonce, logs });
  for (const by of ["obs-1", "obs-2"] as const) {
    const seen = { blockNumber: 60 + nonce, blockTime: place.now - 1, overrides: { finalized: true } };
    await place.admit(observation(place.deployment, by, { subject: `tx:${txHash}`, fact: "outcome", value }, seen));
  }
}

/** keccak256 of `Transfer(address,address,uint256)`. */
const transfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

function treasuryOf({ deployment }: GatePlace): string {
  return deployment.policy.lists?.["treasury" as never]?.entries[0]?.address ?? "";
}
