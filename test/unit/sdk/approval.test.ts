/** What an approver signs is what we compute; a server that shows anything else gets nothing. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unbound } from "../../../src/gate/binding.ts";
import { approvalMessage, cancellationMessage, checkRequest, type Shown } from "../../../src/sdk/approval.ts";
import { readStatement } from "../../../src/statement/read.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import type { Name } from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { now, policy, requestId, roster, signed, someId, submission, submitted, view } from "../../http/fake-desk.ts";

const policies = [{ asset: "GLD" as Name, hash: hash(policy), version: 1, document: policy as Json }];
const shownRoster = { hash: hash(roster), version: 1, document: toWire(roster) };
const vote = {
  policies,
  roster: shownRoster,
  decision: "approve" as const,
  reason: "checked against the receipt",
  expiresAt: now + 3_600,
  approvalId: someId,
};
const shown = (overrides: Readonly<Record<string, unknown>>): Shown => ({
  ...view,
  submission: { ...submission, ...(overrides as Record<string, Json>) },
});

describe("an approval", () => {
  it("says everything the submission says, under the documents that were shown", () => {
    const message = approvalMessage(view, vote);
    expect(message).toMatchObject({
      requestId,
      amount: submission.amount,
      amountText: "1,000 GLD",
      policyHash: hash(policy),
      rosterHash: hash(roster),
    });
    const [approval, request] = [readStatement(signed("carla", "Approval", message)), readStatement(submitted())];
    if (approval.kind !== "Approval" || request.kind !== "Submission") throw new Error("kinds");
    const standing = { policies: new Map([["GLD", { hash: hash(policy) }]]), roster: { hash: hash(roster) } };
    expect(unbound(approval.message, request.message, "carla" as Name, standing as never)).toBeUndefined();
  });

  it("is made in our words", () => {
    expect(checkRequest(view, policies).words).toBe(view.words);
    expect(view.words).toContain("mint 1,000 GLD to 0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa on chain 31337");
  });

  it.each([
    ["another amount, its own text", { amount: "1" }],
    ["another text", { amountText: "1 GLD" }],
    ["another recipient", { to: "0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" }],
    ["another account", { account: "0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" }],
    ["another reference", { reference: "RECEIPT-43" }],
    ["other details", { details: "reference RECEIPT-42" }],
    ["a higher fee ceiling", { feeCeilingWei: "1" }],
    ["another intent hash", { intentHash: someId }],
    ["another end", { expiresAt: now + 7_200 }],
    ["another chain", { chainId: 1 }],
    ["another asset", { asset: "SLV" }],
    ["another operation", { operation: "transfer" }],
    ["another request id inside", { requestId: someId }],
    ["an amount of true", { amount: true }],
    ["an amount of 0x10", { amount: "0x10" }],
    ["a field nobody knows", { note: "fine" }],
  ])("is refused when the server shows %s", (_, overrides) => {
    expect(() => approvalMessage(shown(overrides), vote)).toThrow(/^nothing is signed/);
  });

  it("is refused when the sentence differs from the fields, even in one character", () => {
    fc.assert(
      fc.property(fc.nat(view.words.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, other) => {
        fc.pre(view.words[at] !== other);
        const words = view.words.slice(0, at) + other + view.words.slice(at + 1);
        expect(() => approvalMessage({ ...view, words }, vote)).toThrow(/nothing is signed/);
      }),
      { numRuns: 100 },
    );
  });

  it("is refused when a document is not what its hash says, or has other decimals than the words", () => {
    const fewer = { ...policy, token: { ...policy.token, decimals: 6 } };
    const lies: readonly (readonly [Partial<typeof vote>, RegExp])[] = [
      [{ policies: [{ ...policies[0]!, hash: someId }] }, /policy does not hash/],
      [{ policies: [{ ...policies[0]!, document: fewer }] }, /policy does not hash/],
      [{ policies: [{ ...policies[0]!, document: fewer, hash: hash(fewer) }] }, /amountText/],
      [{ policies: [] }, /no policy/],
      [
        {
          policies: [
            { ...policies[0]!, document: { ...policy, asset: "SLV" }, hash: hash({ ...policy, asset: "SLV" }) },
          ],
        },
        /policy/,
      ],
      [{ roster: { ...shownRoster, hash: someId } }, /roster does not hash/],
    ];
    for (const [lie, why] of lies) expect(() => approvalMessage(view, { ...vote, ...lie })).toThrow(why);
  });

  it("refuses what a person typed wrongly, by its field's own code", () => {
    expect(() => approvalMessage(view, { ...vote, reason: " padded" })).toThrow(/begins or ends with a space/);
    expect(() => approvalMessage(view, { ...vote, approvalId: "1" })).toThrow(/32 bytes/);
    expect(() => approvalMessage(view, { ...vote, expiresAt: 1e13 })).toThrow(/whole seconds/);
  });
});

describe("a cancellation", () => {
  it("names the request and its intent, checked the same way", () => {
    expect(cancellationMessage(view, policies, "typed the wrong receipt")).toEqual({
      requestId,
      intentHash: submission.intentHash,
      reason: "typed the wrong receipt",
    });
    expect(() => cancellationMessage(shown({ intentHash: someId }), policies, "no")).toThrow(/nothing is signed/);
  });
});
