/** The shapes of an endpoint's answers, read into our own values; every number is a hex quantity (Ethereum JSON-RPC). */
import { z } from "zod";
import * as address from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import * as bytes32 from "../../values/bytes32.ts";
import * as hex from "../../values/hex.ts";
import * as instant from "../../values/instant.ts";
import { countSchema } from "../../values/schema.ts";

/** Hex of some length; nodes differ in the case of its letters. Each transform below runs only on text that its pattern has proved. */
const lowered = (pattern: RegExp): z.ZodType<string> => z.string().toLowerCase().regex(pattern);

const quantity = lowered(/^0x[0-9a-f]{1,64}$/).transform((text) => BigInt(text));
const addressAnswer = lowered(/^0x[0-9a-f]{40}$/).transform((text) => address.parse(text));
const hashAnswer = lowered(/^0x[0-9a-f]{64}$/).transform((text) => bytes32.parse(text));
const secondsAnswer = quantity.transform(Number).pipe(z.int().max(253_402_300_799));

export const amountAnswer = quantity.transform((value) => amount.fromBigInt(value));
/** A height, an index or a nonce: a safe integer. */
export const countAnswer = quantity.transform(Number).pipe(countSchema);
/** At most 128 KiB. */
export const bytesAnswer = lowered(/^0x(?:[0-9a-f]{2})*$/)
  .refine((text) => text.length <= 2 + 2 * 131_072)
  .transform((text) => hex.parse(text));
/** One word of a call's result or of storage; shorter results, such as those of an account without code, are no answer. */
export const wordAnswer = hashAnswer;

export const blockAnswer = z
  .object({ number: countAnswer, hash: hashAnswer, timestamp: secondsAnswer })
  .transform(({ number, hash, timestamp }) => ({ number, hash, time: instant.parse(timestamp) }));

const logAnswer = z
  .object({ address: addressAnswer, topics: z.array(hashAnswer).max(4), data: bytesAnswer })
  .transform(({ address, topics, data }) => ({ address, topics, data }));

export const receiptAnswer = z
  .object({
    transactionHash: hashAnswer,
    blockNumber: countAnswer,
    blockHash: hashAnswer,
    status: z.enum(["0x0", "0x1"]),
    from: addressAnswer,
    to: addressAnswer.nullable(),
    logs: z.array(logAnswer).max(10_000),
  })
  .transform(({ transactionHash, blockNumber, blockHash, status, from, to, logs }) => ({
    txHash: transactionHash,
    blockNumber,
    blockHash,
    status: status === "0x1" ? ("success" as const) : ("reverted" as const),
    from,
    to,
    logs,
  }));

/** Logs of many blocks, each with where it is. */
export const eventsAnswer = z.array(
  z.object({
    address: addressAnswer,
    topics: z.array(hashAnswer).max(4),
    data: bytesAnswer,
    transactionHash: hashAnswer,
    blockNumber: countAnswer,
  }),
);

export const transactionAnswer = z.object({ hash: hashAnswer, nonce: countAnswer, blockHash: hashAnswer.nullable() });

/** The last base fee is that of the block that comes next; `reward` holds one percentile a block. */
export const feeHistoryAnswer = z.object({
  baseFeePerGas: z.array(amountAnswer).min(1),
  reward: z.array(z.array(amountAnswer)).nullish(),
});

export type BlockAnswer = z.output<typeof blockAnswer>;
export type ReceiptAnswer = z.output<typeof receiptAnswer>;
