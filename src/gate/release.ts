/** The gate's signed word that collateral is to be released for a burn that is final. */
import type { Entry, Instruction } from "../log/entry.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { utf8 } from "../values/digest.ts";
import { toBytes, type Hex } from "../values/hex.ts";
import { canonical } from "../values/json.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { toWire } from "../values/wire.ts";

export type ReleaseEntry = Extract<Entry, { kind: "release" }>;
type Unsigned = Omit<Instruction, "signature">;

/** Of a leaf that is in the log. */
export function instructed(entry: ReleaseEntry, deployment: Bytes32, leafIndex: number): Unsigned {
  const { epoch, instant, requestId, burn, asset, chainId, amount, amountText, destination } = entry;
  const { reference, policyHash, deliveredBy, deliverBefore } = entry;
  const what = { requestId, burn, asset, chainId, amount, amountText, destination, reference };
  return { epoch, instant, ...what, policyHash, deliveredBy, deliverBefore, deployment, leafIndex };
}

/** `countersign-release/v1`, a newline, and the canonical JSON of all fields but the signature. */
export function instructionBytes(instruction: Unsigned): Uint8Array {
  return utf8(`countersign-release/v1\n${canonical(toWire(instruction))}`);
}

/** Whether the log key of this deployment signed it. */
export function isGenuineInstruction(
  { signature, ...said }: Instruction,
  log: { readonly deployment: Bytes32; readonly publicKey: Hex },
  checks: Pick<SignatureChecks, "verifyEd25519">,
): boolean {
  const bytes = toBytes(signature);
  return (
    said.deployment === log.deployment &&
    bytes.length === 64 &&
    checks.verifyEd25519(toBytes(log.publicKey), instructionBytes(said), bytes)
  );
}
