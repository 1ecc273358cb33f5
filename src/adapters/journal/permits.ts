/** Permits: the one-use rights to sign one digest, whether a token was asked, and the signature once there is one. */
import { z } from "zod";
import type { Journal, StoredPermit } from "../../flow/gate/journal.port.ts";
import { unsignedSchema } from "../../log/entry.ts";
import { invariant } from "../../values/errors.ts";
import { bytes32Schema, countSchema, hexSchema } from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { flag, jsonColumnOf, optional, readOptional, readRows, toJson } from "./row.ts";

type Permits = Pick<
  Journal,
  "putPermit" | "permits" | "permitByTxHash" | "markAsked" | "markUnsigned" | "markDeclined" | "storeSignature"
>;

const columns = "digest, request_id, ordinal, unsigned, filler, asked, doubt, declined, raw, tx_hash";

const permitRow: z.ZodType<StoredPermit> = z
  .strictObject({
    digest: bytes32Schema,
    request_id: bytes32Schema,
    ordinal: countSchema,
    unsigned: jsonColumnOf(unsignedSchema),
    filler: flag,
    asked: flag,
    doubt: flag,
    declined: optional(z.string()),
    raw: optional(hexSchema),
    tx_hash: optional(bytes32Schema),
  })
  .transform(({ request_id, unsigned, raw, tx_hash: txHash, ...rest }) => ({
    ...rest,
    // A migration that is out wrote no doubt beside the signatures that were there.
    doubt: rest.doubt || raw !== undefined,
    requestId: request_id,
    transaction: unsigned,
    signed: raw === undefined || txHash === undefined ? undefined : { raw, txHash },
  }));

export function permitsOf(database: Database): Permits {
  const one = (where: string, parameters: Record<string, string>): StoredPermit | undefined =>
    readOptional(permitRow, database.get(`SELECT ${columns} FROM permits WHERE ${where}`, parameters));
  return {
    putPermit: ({ digest, requestId, ordinal, transaction, filler }) => {
      database.run(
        `INSERT INTO permits (digest, request_id, ordinal, unsigned, filler)
           VALUES ($digest, $requestId, $ordinal, $unsigned, $filler)`,
        { digest, requestId, ordinal, unsigned: toJson(transaction), filler: filler ? 1 : 0 },
      );
    },
    permits: (requestId) =>
      readRows(
        permitRow,
        database.all(`SELECT ${columns} FROM permits WHERE request_id = $requestId ORDER BY ordinal`, { requestId }),
      ),
    permitByTxHash: (txHash) => one("tx_hash = $txHash", { txHash }),
    markAsked: (digest) => {
      const before = one("digest = $digest", { digest });
      if (before?.doubt === true) return;
      const changed = database.run("UPDATE permits SET asked = 1, doubt = 1 WHERE digest = $digest", { digest });
      invariant(changed === 1, "a permit that is used is in the journal");
    },
    markUnsigned: (digest) => {
      const changed = database.run("UPDATE permits SET doubt = 0 WHERE digest = $digest AND raw IS NULL", { digest });
      invariant(changed === 1, "a permit that was used is in the journal, unsigned");
    },
    markDeclined: (digest, declined) => {
      database.run("UPDATE permits SET declined = $declined WHERE digest = $digest AND declined IS NULL", {
        digest,
        declined,
      });
    },
    storeSignature: (digest, { raw, txHash }) => {
      const before = one("digest = $digest", { digest })?.signed;
      if (before?.raw === raw && before.txHash === txHash) return;
      const changed = database.run(
        "UPDATE permits SET asked = 1, doubt = 1, raw = $raw, tx_hash = $txHash WHERE digest = $digest",
        {
          digest,
          raw,
          txHash,
        },
      );
      invariant(changed === 1, "a permit that is signed is in the journal");
    },
  };
}
