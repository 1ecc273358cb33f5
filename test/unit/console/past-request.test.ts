/** Who agreed to what, from leaves: in order, whole, and of the time that is asked for. */
import { describe, expect, it } from "vitest";
import { pastRequests, within } from "../../../src/console/past-request.ts";
import type { Logged } from "../../../src/gate/usage-from-log.ts";
import { entrySchema } from "../../../src/log/entry.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { approval, goldDeployment, submission } from "../../place/gold.ts";

const deployment = goldDeployment();
const now = 1_800_000_000;
const said = submission(deployment, { now });
const requestId = said.message["requestId"];

function log(...entries: (Envelope | Readonly<Record<string, unknown>>)[]): readonly Logged[] {
  return entries.map((one, index) => {
    const entry = "proof" in one ? { kind: "statement", statement: one } : one;
    return { index, entry: entrySchema.parse({ epoch: 0, instant: now + index * 10, ...entry }) };
  });
}

const outcome = {
  kind: "outcome",
  requestId,
  txHash: `0x${"1".repeat(64)}`,
  status: "success",
  blockNumber: 7,
  statements: [],
};

describe("requests of the log", () => {
  const entries = log(
    said,
    approval(deployment, said, "carla", { reason: "seen" }),
    approval(deployment, said, "chris", { decision: "reject", reason: "not seen" }),
    outcome,
  );

  it("have everybody's word with its reason and its time, and what came of it", () => {
    const [request] = pastRequests(entries);
    expect(request?.words).toEqual([
      { credential: "carla-1", decision: "approve", reason: "seen", at: now + 10 },
      { credential: "chris-1", decision: "reject", reason: "not seen", at: now + 20 },
    ]);
    expect(request).toMatchObject({ askedAt: now, outcome: { status: "success", blockNumber: 7 } });
  });

  it("belong to a time in which anything happened to them, its end left out", () => {
    const [request] = pastRequests(entries);
    expect(within(request!, now + 30, now + 31)).toBe(true);
    expect(within(request!, now + 31, now + 99)).toBe(false);
    expect(within(request!, now - 9, now)).toBe(false);
    expect(within(request!, now, now + 1)).toBe(true);
  });

  it("are none where only others' leaves are", () => {
    expect(pastRequests(log({ ...outcome }))).toEqual([]);
  });
});
