/** Redemptions: which burn releases what, once, and whether it was delivered. */
import { z } from "zod";
import type { Journal, StoredRedemption } from "../../flow/gate/journal.port.ts";
import { invariant } from "../../values/errors.ts";
import { amountSchema, bytes32Schema, countSchema, instantSchema, nameSchema } from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { flag, optional, readOptional, readRows } from "./row.ts";

type Redemptions = Pick<
  Journal,
  "burnsUnderWay" | "putBurn" | "redemption" | "putRelease" | "putDelivered" | "reverseRedemption" | "owed"
>;

const columns = "request_id, burn, asset, amount, release, delivered_as_of, reversed";

const redemptionRow: z.ZodType<StoredRedemption> = z
  .strictObject({
    request_id: bytes32Schema,
    burn: bytes32Schema,
    asset: nameSchema,
    amount: amountSchema,
    release: optional(countSchema),
    delivered_as_of: optional(instantSchema),
    reversed: flag,
  })
  .transform(({ request_id, delivered_as_of, ...rest }) => ({
    ...rest,
    requestId: request_id,
    deliveredAsOf: delivered_as_of,
  }));

const amountRow = z.strictObject({ amount: amountSchema }).transform(({ amount }) => amount);

const underWay = `SELECT request_id, amount FROM allocations INDEXED BY allocations_open
  WHERE outcome = 'open' AND asset = $asset AND operation IN ('burn', 'redeem')`;
const underWayRow = z
  .strictObject({ request_id: bytes32Schema, amount: amountSchema })
  .transform(({ request_id, amount }) => ({ requestId: request_id, amount }));

export function redemptionsOf(database: Database): Redemptions {
  const set = (change: string, parameters: Readonly<Record<string, string | number>>, what: string): void => {
    const changed = database.run(`UPDATE redemptions SET ${change}`, parameters);
    invariant(changed === 1, what);
  };
  return {
    burnsUnderWay: (asset) => readRows(underWayRow, database.all(underWay, { asset })),
    putBurn: ({ requestId, burn, asset, amount }) => {
      const parameters = { requestId, burn, asset, amount: amount.toString() };
      const taken = database.get("SELECT burn FROM redemptions WHERE request_id = $requestId OR burn = $burn", {
        requestId,
        burn,
      });
      invariant(taken === undefined, "one burn is of one redemption");
      database.run(
        "INSERT INTO redemptions (request_id, burn, asset, amount) VALUES ($requestId, $burn, $asset, $amount)",
        parameters,
      );
    },
    redemption: (requestId) =>
      readOptional(
        redemptionRow,
        database.get(`SELECT ${columns} FROM redemptions WHERE request_id = $requestId`, { requestId }),
      ),
    putRelease: (requestId, leaf) => {
      set(
        "release = $leaf WHERE request_id = $requestId AND release IS NULL AND reversed = 0",
        { requestId, leaf },
        "what burned is released once, and not when it was taken back",
      );
    },
    putDelivered: (requestId, asOf) => {
      set(
        "delivered_as_of = $asOf WHERE request_id = $requestId AND release IS NOT NULL AND delivered_as_of IS NULL",
        { requestId, asOf },
        "what was released is delivered once",
      );
    },
    reverseRedemption: (requestId) => {
      set(
        "reversed = 1 WHERE request_id = $requestId AND release IS NULL AND reversed = 0",
        { requestId },
        "what was not released is taken back once",
      );
    },
    owed: (asset, counted) =>
      readRows(
        amountRow,
        database.all(
          `SELECT amount FROM redemptions WHERE asset = $asset AND reversed = 0 AND delivered_as_of IS NULL
             UNION ALL
           SELECT amount FROM redemptions WHERE asset = $asset AND reversed = 0 AND delivered_as_of > $counted`,
          { asset, counted },
        ),
      ),
  };
}
