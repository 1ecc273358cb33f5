/** A submission counts as its initiator's, and a vote as its person's, by their own valid signature over exactly that, and by nothing else. */
import { describe, expect, it } from "vitest";
import { checkSubmitted, provedVotes } from "../../../src/sdk/spoken.ts";
import type { RequestView } from "../../../src/request/api.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { readStatement } from "../../../src/statement/read.ts";
import { verifyStatement } from "../../../src/statement/verify.ts";
import {
  checks,
  deployment,
  requestId,
  rosterIndex,
  signed,
  submission,
  submitted,
  view,
} from "../../http/fake-desk.ts";
import { testSecret } from "../../place/people.ts";

const listening = {
  roster: rosterIndex,
  verify: (envelope: Envelope, credential: Parameters<typeof verifyStatement>[0]["credential"]) =>
    verifyStatement({ deploymentId: deployment, statement: readStatement(envelope), credential, checks }),
};

const shown = (fields: object = {}): RequestView => ({
  ...view,
  ...{ votes: [], events: [], redemption: null, signed: [submitted()] },
  ...fields,
});

const untrue = expect.objectContaining({ code: "client.untrue" }) as Error;

describe("a submission", () => {
  it("is believed when its initiator signed it", () => {
    expect(() => {
      checkSubmitted(shown(), listening);
    }).not.toThrow();
  });

  it.each<[string, object]>([
    ["nothing is signed", { signed: [] }],
    ["what was signed is not shown", { signed: undefined }],
    ["another amount is signed", { signed: [submitted({ amount: "1" })] }],
    ["another amount is shown", { submission: { ...submission, amount: "1" } }],
    ["another issuer signed it", { signed: [signed("ivan", "Submission", submission)] }],
    ["another initiator is named", { initiator: "ivan" }],
    ["its signature is of another text", { signed: [{ ...submitted(), proof: submitted({ amount: "1" }).proof }] }],
    ["it is signed by nobody of the roster", { signed: [{ ...submitted(), credential: "nobody-1" }] }],
    ["what is signed is no statement", { signed: [{ ...submitted(), kind: "Greeting" }] }],
  ])("is not believed when %s", (_, fields) => {
    expect(() => {
      checkSubmitted(shown(fields), listening);
    }).toThrow(untrue);
  });
});

describe("a vote", () => {
  const vote = { person: "carla", decision: "approve", reason: "seen", at: 1 };
  const { operation, asset, chainId, account, to, amount, amountText, details, feeCeilingWei, intentHash } = submission;
  const approval = (by: "carla" | "chris", fields: object = {}): Envelope =>
    signed(by, "Approval", {
      ...{ decision: "approve", requestId, operation, asset, chainId, account, to, amount, amountText, details },
      ...{ feeCeilingWei, intentHash, policyHash: testSecret("policy"), rosterHash: testSecret("roster") },
      ...{ reason: "seen", expiresAt: submission.expiresAt, approvalId: testSecret("approval") },
      ...fields,
    });
  const proved = (statement: Envelope): number =>
    provedVotes(shown({ votes: [vote], signed: [statement] }), listening).size;

  it("is proved by its person's signature", () => {
    expect(proved(approval("carla"))).toBe(1);
  });

  it.each<[string, Envelope]>([
    ["another person's signature", approval("chris")],
    ["a rejection", approval("carla", { decision: "reject" })],
    ["another reason", approval("carla", { reason: "not seen" })],
    ["an approval of another request", approval("carla", { requestId: testSecret("other") })],
    ["a signature that does not hold", { ...approval("carla"), proof: approval("carla", { reason: "x" }).proof }],
  ])("is not proved by %s", (_, statement) => {
    expect(proved(statement)).toBe(0);
  });
});
