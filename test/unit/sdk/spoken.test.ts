/** A submission counts as its initiator's, and a vote as its person's, by their own valid signature over exactly that, and by nothing else. */
import { describe, expect, it } from "vitest";
import { approvers, checkSubmitted, provedVotes, submissionDoubt } from "../../../src/sdk/spoken.ts";
import type { RequestView } from "../../../src/request/api.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { readStatement } from "../../../src/statement/read.ts";
import { verifyStatement } from "../../../src/statement/verify.ts";
import { batchOf, BatchTree } from "../../../src/gate/batch.ts";
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

describe("a doubt of who asked", () => {
  const unsigned = (state: string): RequestView => shown({ state, signed: [] });

  it("is said of a request that is over, and refuses one that is not", () => {
    expect(submissionDoubt(shown(), listening)).toBeUndefined();
    expect(submissionDoubt(unsigned("final"), listening)).toContain("not signed by ida");
    for (const state of ["pending", "signing", "no such state"])
      expect(() => submissionDoubt(unsigned(state), listening)).toThrow(untrue);
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

  describe("about a batch", () => {
    const other = { ...submission, requestId: testSecret("other"), intentHash: testSecret("intent") };
    const { legs } = batchOf([submission, other] as never);
    const tree = new BatchTree(legs);
    const index = legs.findIndex((leg) => leg.requestId === requestId);
    const place = { merkleRoot: tree.root, index, proof: tree.proof(index) };
    const word = (by: "carla" | "chris", fields: object = {}): Envelope =>
      signed(by, "BatchApproval", {
        ...{ decision: "approve", operation, asset, chainId, count: 2, total: "2000", totalText: "2 GLD" },
        ...{ largest: amount, merkleRoot: tree.root, policyHash: testSecret("policy") },
        ...{ rosterHash: testSecret("roster"), expiresAt: submission.expiresAt, batchId: testSecret("batch") },
        ...{ total: String(2n * BigInt(amount)) },
        ...fields,
      });
    const reason = "with all of a batch of 2, 2 GLD";
    const said = { ...vote, reason, batch: tree.root };
    const provedIn = (statement: Envelope, fields: object = {}): number =>
      provedVotes(shown({ votes: [said], signed: [statement], batches: [place], ...fields }), listening).size;

    it("is proved by its person's signature and the proof that the request stands in it", () => {
      expect(provedIn(word("carla"))).toBe(1);
    });

    it.each<[string, Envelope, object]>([
      ["without a proof", word("carla"), { batches: [] }],
      ["with another place", word("carla"), { batches: [{ ...place, index: 1 - index }] }],
      ["with the hash of another request", word("carla"), { batches: [{ ...place, proof: [testSecret("x")] }] }],
      ["of another person", word("chris"), {}],
      ["of a rejection", word("carla", { decision: "reject" }), {}],
      ["of another sum in words", word("carla", { totalText: "3 GLD" }), {}],
      ["of requests that are smaller", word("carla", { largest: "1" }), {}],
      ["of another operation", word("carla", { operation: "burn" }), {}],
      ["that names no batch", word("carla"), { votes: [{ ...vote, reason }] }],
    ])("is not proved %s", (_, statement, fields) => {
      expect(provedIn(statement, fields)).toBe(0);
    });
  });

  describe("takes a seat", () => {
    const standing = {
      ...{ deploymentId: deployment, genesis: {} as never, epochs: [] as never, earlierRosters: new Map() },
      roster: { hash: testSecret("roster"), version: 1, roster: rosterIndex.roster, index: rosterIndex },
      policies: new Map([["GLD", { hash: testSecret("policy") } as never]]) as never,
    };
    const { message } = readStatement(submitted());
    const seated = (now: number, ...statements: readonly Envelope[]): readonly unknown[] => [
      ...approvers({ signed: [...statements] }, message as never, { ...listening, standing, now }),
    ];
    const good = approval("carla");
    const before = Number(submission.expiresAt) - 1;

    it("when it approves what is shown", () => {
      expect(seated(before, good)).toEqual([["carla", "seen"]]);
    });

    it.each<[string, number, readonly Envelope[]]>([
      ["a rejection", before, [approval("carla", { decision: "reject" })]],
      ["a person's approval beside their rejection", before, [good, approval("carla", { decision: "reject" })]],
      ["one under an older policy", before, [approval("carla", { policyHash: testSecret("older") })]],
      ["one under a roster that never was", before, [approval("carla", { rosterHash: testSecret("older") })]],
      ["one of another intent", before, [approval("carla", { intentHash: testSecret("other") })]],
      ["one that expired", before + 1, [good]],
      ["one whose signature does not hold", before, [{ ...good, proof: approval("chris").proof }]],
    ])("but not %s", (_, now, statements) => {
      expect(seated(now, ...statements)).toEqual([]);
    });
  });
});
