/** What became of a transaction, as one canonical text that observers sign and the gate compares with the intent. */
import { z } from "zod";
import type { Address } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Hex } from "../values/hex.ts";
import { canonical, readStrict } from "../values/json.ts";
import { addressSchema, bytes32Schema, countSchema, hexSchema } from "../values/schema.ts";

export type SeenReceipt = {
  readonly txHash: Bytes32;
  readonly blockNumber: number;
  readonly blockHash: Bytes32;
  readonly status: "success" | "reverted";
  readonly from: Address;
  readonly nonce: number;
  readonly to: Address | null;
  readonly logs: readonly SeenLog[];
};

export type SeenLog = { readonly address: Address; readonly topics: readonly Bytes32[]; readonly data: Hex };

/** What an outcome says; the hashes of transaction and block stand in the observation that carries it. */
export type SeenOutcome = Omit<SeenReceipt, "txHash" | "blockHash">;

export type ReadOutcome =
  | ({ readonly kind: "receipt" } & SeenOutcome)
  /** Its logs did not fit, so it matches no intent; a revert or a used nonce can still be read from it. */
  | ({ readonly kind: "too-long" } & Omit<SeenOutcome, "logs">);

const maxLength = 1_900;

const logSchema = z.strictObject({ address: addressSchema, topics: z.array(bytes32Schema), data: hexSchema });
const outcomeSchema = z.strictObject({
  status: z.enum(["success", "reverted"]),
  from: addressSchema,
  nonce: countSchema,
  to: addressSchema.nullable(),
  block: countSchema,
  logs: z.union([z.array(logSchema), z.string().regex(/^[1-9][0-9]{0,9} logs$/)]),
});

/** Value of the fact `outcome` of `tx:<hash>`: status, sender, nonce, target, block and all logs in canonical JSON; when that is over 1,900 characters the logs are named by count only and match no intent. */
export function outcomeText(receipt: SeenOutcome): string {
  const logs = receipt.logs.map((log) => ({ address: log.address, topics: log.topics, data: log.data }));
  const whole = {
    status: receipt.status,
    from: receipt.from,
    nonce: receipt.nonce,
    to: receipt.to,
    block: receipt.blockNumber,
    logs,
  };
  const text = canonical(whole);
  return text.length <= maxLength ? text : canonical({ ...whole, logs: `${logs.length} logs` });
}

/** The exact inverse of `outcomeText`; a text it would not have written is `undefined`. */
export function readOutcome(text: string): ReadOutcome | undefined {
  const read = outcomeSchema.safeParse(readStrict(text));
  if (!read.success || canonical(read.data) !== text) return undefined;
  const { block: blockNumber, logs, ...rest } = read.data;
  if (typeof logs === "string") return { kind: "too-long", ...rest, blockNumber };
  return text.length <= maxLength ? { kind: "receipt", ...rest, blockNumber, logs } : undefined;
}
