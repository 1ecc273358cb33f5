/** The verbs of the socket, as strictly as both ends read them. */
import { expect, test } from "vitest";
import { gateRequestSchema } from "../../../src/gate/wire.ts";
import { goldDeployment, idOf, submission } from "../../place/gold.ts";

const fees = { gasLimit: "1", maxFeePerGas: "1", maxPriorityFeePerGas: "1" };
const statement = submission(goldDeployment(), { now: 1_800_000_000 });

test.each([
  ["admit", { verb: "admit", statement }],
  ["a cosigned checkpoint", { verb: "admit", checkpoint: "x\n1\n\n" }],
  ["sign", { verb: "sign", requestId: idOf("r"), fees }],
  ["a replacement", { verb: "sign", requestId: idOf("r"), fees, replace: true }],
  ["a dry run", { verb: "sign", dryRun: true, requestId: idOf("r") }],
  ["a simulation", { verb: "sign", dryRun: true, intent: {}, initiator: "ida" }],
  ["entries", { verb: "entries", from: 0, limit: 500 }],
  ["head", { verb: "head" }],
  ["health", { verb: "health" }],
])("takes %s", (_, request) => {
  expect(gateRequestSchema.safeParse(request).success).toBe(true);
});

test.each([
  ["another verb", { verb: "reset" }],
  ["a time that the caller brings along", { verb: "sign", requestId: idOf("r"), fees, now: 5 }],
  ["facts that the caller brings along", { verb: "sign", requestId: idOf("r"), fees, facts: {} }],
  ["a digest to sign", { verb: "sign", digest: idOf("d") }],
  ["a fee in hexadecimal", { verb: "sign", requestId: idOf("r"), fees: { ...fees, gasLimit: "0x10" } }],
  ["five hundred and one entries", { verb: "entries", from: 0, limit: 501 }],
  ["a statement with a field more", { verb: "admit", statement: { ...statement, approved: true } }],
])("refuses %s", (_, request) => {
  expect(gateRequestSchema.safeParse(request).success).toBe(false);
});
