/** Claims as they are written: a condition and what must never, or always, be. */
import { expect, it } from "vitest";
import { z } from "zod";
import { claimSchemas } from "../../../../src/policy/document/claim-schema.ts";

const schema = z.strictObject(claimSchemas);

it.each<[object, boolean]>([
  [{ never: [{ operation: "mint", amount: { gt: "1 GLD" }, withFewerPeopleThan: 4 }] }, true],
  [{ never: [{ without: { group: "officers", min: 2 }, withoutDelay: "24h" }] }, true],
  [{ never: [{ withFewerPeopleThan: 0 }] }, false],
  [{ never: [{ withAtMostPeople: 2 }] }, false],
  [{ always: [{ operation: "pause", withAtMostPeople: 2, within: "1h", afterLosing: 1 }] }, true],
  [{ always: [{ afterLosing: 6 }] }, false],
  [{ always: [{ without: { group: "officers", min: 2 } }] }, false],
  [{ sometimes: [] }, false],
])("%j is taken: %s", (claims, taken) => {
  expect(schema.safeParse(claims).success).toBe(taken);
});
