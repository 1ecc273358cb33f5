/** Allocations: one request, one nonce, for ever; and the approvals that each one spent. */
import { z } from "zod";
import type { Allocation, Journal } from "../../flow/gate/journal.port.ts";
import { operationSchema } from "../../intent/operation.ts";
import { invariant } from "../../values/errors.ts";
import {
  addressSchema,
  amountSchema,
  bytes32Schema,
  countSchema,
  instantSchema,
  nameSchema,
} from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { countAllocation, countEnding } from "./counters.ts";
import { outOfTurn } from "./distributing.ts";
import { flag, optional, readOptional, readRow, readRows } from "./row.ts";

type Taken = Extract<ReturnType<Journal["putAllocation"]>, { kind: "taken" }>["by"];

type Allocations = Pick<
  Journal,
  | "putAllocation"
  | "allocation"
  | "highestNonce"
  | "openAllocations"
  | "lowestUnsigned"
  | "settleAllocation"
  | "mintsUnseen"
  | "isStoppedAfter"
  | "spendApproval"
  | "approvalSpentBy"
>;

const columns = `request_id, chain_id, account, nonce, key, asset, operation, reference, initiator, recipient, amount,
  fee_ceiling_wei, at, leaf, outcome, outcome_block, distribution`;
const read = `${columns}, closed`;

const allocationRow: z.ZodType<Allocation> = z
  .strictObject({
    request_id: bytes32Schema,
    chain_id: countSchema,
    account: addressSchema,
    nonce: countSchema,
    key: nameSchema,
    asset: nameSchema,
    operation: operationSchema,
    reference: z.string(),
    initiator: nameSchema,
    recipient: addressSchema,
    amount: amountSchema,
    fee_ceiling_wei: amountSchema,
    at: instantSchema,
    leaf: countSchema,
    outcome: z.enum(["open", "success", "reverted", "mismatch"]),
    outcome_block: optional(countSchema),
    distribution: optional(bytes32Schema),
    closed: flag,
  })
  .transform(({ request_id, chain_id, recipient, fee_ceiling_wei, outcome, outcome_block, closed, ...rest }) => ({
    ...rest,
    outcome: closed ? "closed" : outcome,
    requestId: request_id,
    chainId: chain_id,
    to: recipient,
    feeCeilingWei: fee_ceiling_wei,
    outcomeBlock: outcome_block,
  }));
/** Of what is open alone: an index of its own has no more rows than that, however many ended. */
const lowestUnsigned = `SELECT min(nonce) AS nonce FROM allocations INDEXED BY allocations_open
  WHERE outcome = 'open' AND chain_id = $chainId AND account = $account
    AND NOT EXISTS (SELECT 1 FROM permits WHERE request_id = allocations.request_id AND (doubt = 1 OR raw IS NOT NULL))`;
/** As the index of them has it. */
const issued = "'mint', 'distribute', 'raiseMultiplier'";
const mintsUnseen = `SELECT coalesce(group_concat(amount, ' '), '') AS amounts FROM (
    SELECT amount FROM allocations INDEXED BY allocations_open
      WHERE outcome = 'open' AND asset = $asset AND operation IN (${issued}) AND request_id <> $except
    UNION ALL
    SELECT amount FROM allocations INDEXED BY allocations_issued
      WHERE asset = $asset AND operation IN (${issued}) AND outcome IN ('success', 'mismatch')
        AND chain_id = $chainId AND outcome_block > $above)`;
const stoppedAfter = `SELECT EXISTS (
    SELECT 1 FROM allocations INDEXED BY allocations_stopping
      WHERE operation IN ('freeze', 'pause', 'raiseMultiplier') AND outcome <> 'reverted'
        AND asset = $asset AND operation = $operation AND recipient = $holder
        AND chain_id = $chainId AND (outcome_block IS NULL OR outcome_block > $block)
        AND NOT (chain_id = $lane AND account = $account AND nonce >= $nonce)) AS stopped`;
const stoppedRow = z.strictObject({ stopped: flag });
/** Above every block: nothing took effect there. */
const noBlock = Number.MAX_SAFE_INTEGER;
/** Of no allocation. */
const noLane = { chainId: 0, account: "", nonce: 0 };
const amountsRow = z.strictObject({
  amounts: z
    .string()
    .regex(/^[0-9 ]*$/)
    .transform((text) => (text === "" ? [] : text.split(" ").map(BigInt))),
});
const nonceRow = z.strictObject({ nonce: optional(countSchema) });
const spentRow = z.strictObject({ request_id: bytes32Schema }).transform(({ request_id }) => request_id);

export function allocationsOf(database: Database): Allocations {
  const list = (where: string, parameters = {}): readonly Allocation[] =>
    readRows(allocationRow, database.all(`SELECT ${read} FROM allocations WHERE ${where} ORDER BY id`, parameters));
  const one = (requestId: string): Allocation | undefined =>
    readOptional(
      allocationRow,
      database.get(`SELECT ${read} FROM allocations WHERE request_id = $requestId`, { requestId }),
    );
  return {
    putAllocation: (allocation) =>
      database.transaction(() => {
        const by = takenBy(database, allocation);
        if (by !== undefined) return { kind: "taken", by };
        insert(database, allocation);
        countAllocation(database, allocation);
        return { kind: "stored" };
      }),
    allocation: one,
    highestNonce: (chainId, account) =>
      readRow(
        nonceRow,
        database.get("SELECT max(nonce) AS nonce FROM allocations WHERE chain_id = $chainId AND account = $account", {
          chainId,
          account,
        }) ?? {},
      ).nonce,
    openAllocations: () => list("outcome = 'open'"),
    lowestUnsigned: (chainId, account) =>
      readRow(nonceRow, database.get(lowestUnsigned, { chainId, account }) ?? {}).nonce,
    settleAllocation: (requestId, { outcome, outcomeBlock, at }) => {
      database.transaction(() => {
        const before = one(requestId);
        invariant(before !== undefined, "an allocation that ends is in the journal");
        if (before.outcome === outcome && before.outcomeBlock === outcomeBlock) return;
        // Whether it was reverted or never sent: its amount and its reference are free again.
        const isClosed = outcome === "closed";
        database.run(
          `UPDATE allocations SET outcome = $outcome, outcome_block = $outcomeBlock, closed = $closed
             WHERE request_id = $requestId`,
          { requestId, outcome: isClosed ? "reverted" : outcome, outcomeBlock, closed: isClosed ? 1 : 0 },
        );
        countEnding(database, before, outcome, at);
      });
    },
    mintsUnseen: (asset, { chainId, above, except }) =>
      readRow(
        amountsRow,
        database.get(mintsUnseen, { asset, chainId, above: above ?? noBlock, except: except ?? "" }) ?? {},
      ).amounts.reduce((all, one) => all + one, 0n),
    isStoppedAfter: (asset, { chainId, operation, holder, block, before = noLane }) => {
      const { chainId: lane, account, nonce } = before;
      const parameters = { asset, chainId, operation, holder, block, lane, account, nonce };
      return readRow(stoppedRow, database.get(stoppedAfter, parameters) ?? {}).stopped;
    },
    spendApproval: (approvalId, requestId) =>
      database.run(
        "INSERT INTO approvals (approval_id, request_id) VALUES ($approvalId, $requestId) ON CONFLICT DO NOTHING",
        { approvalId, requestId },
      ) === 1,
    approvalSpentBy: (approvalId) =>
      readOptional(
        spentRow,
        database.get("SELECT request_id FROM approvals WHERE approval_id = $approvalId", { approvalId }),
      ),
  };
}

/** Asked in this order, so that the answer does not hang on which index SQLite tries first; the constraints themselves stay behind it. */
function takenBy(database: Database, allocation: Allocation): Taken | undefined {
  const { requestId, chainId, account, nonce, asset, operation, reference, distribution, to } = allocation;
  const exists = (where: string, parameters: Record<string, string | number>): boolean =>
    database.get(`SELECT 1 AS taken FROM allocations WHERE ${where}`, parameters) !== undefined;
  if (exists("request_id = $requestId", { requestId })) return "request";
  if (exists("chain_id = $chainId AND account = $account AND nonce = $nonce", { chainId, account, nonce }))
    return "nonce";
  const same = "asset = $asset AND operation = $operation AND reference = $reference AND outcome <> 'reverted'";
  if (exists(same, { asset, operation, reference })) return "reference";
  const raise = "asset = $asset AND operation = 'raiseMultiplier' AND outcome = 'open'";
  if (operation === "raiseMultiplier" && exists(raise, { asset })) return "raise";
  if (distribution === undefined) return undefined;
  const part = "distribution = $distribution AND recipient = $to AND outcome <> 'reverted'";
  if (exists(part, { distribution, to })) return "part";
  return database.get(outOfTurn("$distribution"), { distribution }) === undefined ? undefined : "record";
}

function insert(database: Database, { amount, feeCeilingWei, outcomeBlock, distribution, ...rest }: Allocation): void {
  database.run(
    `INSERT INTO allocations (${columns}) VALUES ($requestId, $chainId, $account, $nonce, $key, $asset, $operation, $reference,
       $initiator, $to, $amount, $feeCeilingWei, $at, $leaf, $outcome, $outcomeBlock, $distribution)`,
    {
      ...rest,
      amount: amount.toString(),
      feeCeilingWei: feeCeilingWei.toString(),
      outcomeBlock: outcomeBlock ?? null,
      distribution: distribution ?? null,
    },
  );
}
