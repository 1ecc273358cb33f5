/** Redemptions in two legs as the tests play them: a policy with destinations, a burn that observers see, and who calls it delivered. */
import { outcomeText } from "../../src/evidence/outcome.ts";
import type { GateAnswer } from "../../src/gate/wire.ts";
import type { Instruction } from "../../src/log/entry.ts";
import type { PolicyDocument } from "../../src/policy/document/document.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import * as address from "../../src/values/address.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { keccak256, utf8 } from "../../src/values/digest.ts";
import * as hex from "../../src/values/hex.ts";
import { bringEvidence, openPlace, requestIdOf, type GatePlace } from "./gate.ts";
import {
  approval,
  goldDeployment,
  goldPolicy,
  goldToken,
  observation,
  submission,
  units,
  type Deployment,
} from "./gold.ts";
import { sign, type PersonId } from "./people.ts";

export const vault = "vault-zrh-7";

export function redeemingPolicy(overrides: Readonly<Record<string, unknown>> = {}): PolicyDocument {
  return goldPolicy({
    redemption: {
      destinations: [
        { id: vault, label: "Bank A, safe 7, Zurich" },
        { id: "vault-lon-2", label: "Bank B, London" },
      ],
      delivery: { by: { group: "compliance", min: 1 }, within: "72h" },
    },
    ...overrides,
  });
}

/** A redemption that one custodian approved; answers the submission. */
export async function approvedRedemption(
  place: GatePlace,
  intent: Readonly<Record<string, unknown>> = {},
  asked: { readonly by?: PersonId; readonly deployment?: Deployment } = {},
): Promise<Envelope> {
  const { deployment = place.deployment, by = "ida" } = asked;
  const said = submission(deployment, {
    now: place.now,
    by,
    intent: { operation: "redeem", to: address.zero, reference: "RDM-1", destination: vault, ...intent },
  });
  await place.admit(said);
  await place.admit(approval(deployment, said, "carla"));
  return said;
}

export type Burnt = {
  readonly txHash: Bytes32;
  readonly nonce?: number;
  readonly amount?: string;
  readonly block?: number;
  readonly finalized?: boolean;
  readonly status?: "success" | "reverted";
  readonly by?: readonly PersonId[];
};

const word = (text: string): Bytes32 => `0x${text.replace(/^0x/, "").padStart(64, "0")}` as Bytes32;
const topic = keccak256(utf8("Transfer(address,address,uint256)"));

/** What observers see of a burn. */
export async function seenBurn(place: GatePlace, burnt: Burnt): Promise<void> {
  const { txHash, nonce = 0, amount = units(100), block = 12, finalized = true, status = "success" } = burnt;
  const { account } = place.deployment.key;
  const token = address.parse(goldToken);
  const data = hex.parse(word(BigInt(amount).toString(16)));
  const logs = status === "success" ? [{ address: token, topics: [topic, word(account), word("0x0")], data }] : [];
  const value = outcomeText({ status, from: account, nonce, to: token, blockNumber: block, logs });
  for (const by of burnt.by ?? (["obs-1", "obs-2"] as const)) {
    const fact = { subject: `tx:${txHash}`, fact: "outcome", value };
    const at = { blockNumber: block, blockTime: place.now - 1, overrides: { finalized } };
    await place.admit(observation(place.deployment, by, fact, at));
  }
}

export function askRelease(place: Pick<GatePlace, "gate">, said: Envelope): Promise<GateAnswer> {
  return place.gate.answer({ verb: "sign", requestId: requestIdOf(said), release: true });
}

export async function signedBurn(place: GatePlace, said: Envelope): Promise<Bytes32> {
  const answer = await place.sign(requestIdOf(said));
  if (answer.kind !== "signed") throw new Error(`not signed: ${JSON.stringify(answer)}`);
  return answer.txHash;
}

export async function released(place: Pick<GatePlace, "gate">, said: Envelope): Promise<Instruction> {
  const answer = await askRelease(place, said);
  if (answer.kind !== "released") throw new Error(`not released: ${JSON.stringify(answer)}`);
  return answer.instruction;
}

export function delivery(
  { deploymentId }: Pick<Deployment, "deploymentId">,
  { requestId, burn, instant }: Pick<Instruction, "requestId" | "burn" | "instant">,
  { by = "cora", ...overrides }: { readonly by?: PersonId } & Readonly<Record<string, unknown>> = {},
): Envelope {
  const message = { requestId, burn, reference: "WAYBILL-991", asOf: instant + 1, ...overrides };
  return sign(by, deploymentId, "Delivery", message);
}

export function takenBack(
  { deploymentId }: Pick<Deployment, "deploymentId">,
  said: Envelope,
  by: PersonId = "ida",
): Envelope {
  const { requestId, intentHash } = said.message;
  return sign(by, deploymentId, "Cancellation", { requestId, intentHash, reason: "the vault is closed" });
}

export type AskingTwo = {
  readonly both: Deployment;
  readonly other: GatePlace;
  readonly said: Envelope;
  readonly instruction: Instruction;
  readonly say: (by: PersonId, asOf: number) => Promise<string>;
};

/** Released, in a place where two custodians have to say that it came. */
export async function askingTwo(): Promise<AskingTwo> {
  const redemption = {
    destinations: [{ id: vault, label: "Bank A" }],
    delivery: { by: { group: "custodians", min: 2 }, within: "1h" },
  };
  const both = goldDeployment({ policy: redeemingPolicy({ redemption }) });
  const other = openPlace(both);
  await bringEvidence(other);
  const said = await approvedRedemption(other);
  await seenBurn(other, { txHash: await signedBurn(other, said) });
  const instruction = await released(other, said);
  other.now += 60;
  const say = async (by: PersonId, asOf: number): Promise<string> => {
    const answer = await other.admit(delivery(both, instruction, { by, asOf }));
    return "code" in answer ? answer.code : answer.kind;
  };
  return { both, other, said, instruction, say };
}
