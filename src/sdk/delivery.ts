/** Posting a statement, and when a client may call it delivered: on the gate's own signature, and on nothing else. */
import { isGenuine } from "../gate/receipt.ts";
import { receiptSchema, type Receipt } from "../log/entry.ts";
import { statementHash, type Envelope } from "../statement/envelope.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { Fault } from "../values/errors.ts";
import type { Hex } from "../values/hex.ts";
import type { Json } from "../values/json.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import type { Transport } from "./transport.ts";

/** Pinned from the genesis, never asked of the server; without all three nothing is ever called delivered. */
export type Pins = {
  readonly logPublicKey?: Hex;
  readonly deploymentId?: Bytes32;
  readonly checks?: Pick<SignatureChecks, "verifyEd25519">;
};

export type Posted =
  /** The gate has it: its own signature says so. */
  | { readonly kind: "delivered"; readonly receipt: Receipt; readonly repeated: boolean }
  /** Nobody can say that the gate has it; the same statement may be posted again, or handed to the gate itself. */
  | { readonly kind: "not-delivered"; readonly why: string }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly field: string;
    };

export async function postStatement(
  transport: Transport,
  pins: Pins,
  statement: Envelope,
  attachment: Json | undefined,
): Promise<Posted> {
  try {
    const body = { statement, ...(attachment === undefined ? {} : { attachment }) };
    const answer = await transport.call({ method: "POST", path: "/v1/statements", body });
    if (answer.kind === "problem") {
      const { status, code, detail, field } = answer;
      if (status >= 500) return { kind: "not-delivered", why: `${detail} (${code})` };
      return { kind: "refused", status, code, message: detail, field };
    }
    const receipt = receiptSchema.safeParse(answer.value);
    if (!receipt.success) return { kind: "not-delivered", why: "the server answered without a receipt of the gate" };
    const doubt = doubtOf(receipt.data, statement, pins);
    if (doubt !== undefined) return { kind: "not-delivered", why: doubt };
    return { kind: "delivered", receipt: receipt.data, repeated: answer.status === 200 };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kind: "not-delivered", why: error.message };
  }
}

/** Why a receipt does not prove that the gate has this statement. */
export function doubtOf(
  receipt: Receipt,
  statement: Pick<Envelope, "kind" | "message" | "credential">,
  { logPublicKey, deploymentId, checks }: Pins,
): string | undefined {
  if (logPublicKey === undefined || deploymentId === undefined || checks === undefined) {
    return "the gate's log key is not pinned here, so nobody can vouch for the receipt";
  }
  if (receipt.deployment !== deploymentId) return "the receipt is of another deployment";
  if (receipt.statementHash !== statementHash(statement)) return "the receipt is for another statement";
  if (!isGenuine(receipt, logPublicKey, checks)) return "the receipt is not signed by the gate's log key";
  return undefined;
}
