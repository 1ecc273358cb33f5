/** The store over either database. */
import type { Store } from "../../flow/serve/store.port.ts";
import { chainTables } from "./chain-tables.ts";
import { change, Stale, type Database } from "./database.ts";
import { mirrorTables, putPage } from "./mirror-tables.ts";
import { openRequestTables } from "./open-requests.ts";
import { queue, wake } from "./queue.ts";
import { noticeTables, putNotices } from "./notices.ts";
import { putTransition, requestTables } from "./request-tables.ts";
import { tallyTables } from "./tally.ts";

export function createStore(database: Database): Store {
  return {
    ...requestTables(database),
    ...queue(database),
    ...chainTables(database),
    ...mirrorTables(database),
    ...openRequestTables(database),
    ...tallyTables(database),
    ...noticeTables(database),
    commit: async ({ transitions, page, notices = [] }) => {
      try {
        await change(database, async (tx) => {
          if (page !== undefined) await putPage(tx, page);
          for (const transition of transitions) await putTransition(tx, transition, page === undefined);
          for (const one of page?.wakes ?? []) await wake(tx, one);
          await putNotices(tx, notices);
        });
        return "committed";
      } catch (error) {
        if (error instanceof Stale) return "stale";
        throw error;
      }
    },
    close: () => database.db.destroy(),
  };
}
