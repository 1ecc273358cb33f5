/** Past requests under a draft: which flip, why, and on what they were judged. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import type { PolicyDocument } from "../../../../src/policy/document/document.ts";
import { replay, replayLines, type PastRequest } from "../../../../src/policy/trial/replay.ts";
import { hash } from "../../../../src/values/json.ts";
import { sentence } from "../../../../src/intent/words.ts";
import { documentWith, idOf, inputWith, rosterIndex } from "../example.ts";

const none = { added: 0n, removed: 0n, count: 0, roomAt: null };

/** An allocation of the demo policy that was allowed. */
function past(fields: Partial<PastRequest> = {}): PastRequest {
  const { policy, policyHash, rosterHash, bounds, intent, initiator, facts } = inputWith();
  if (intent.operation === "signTypedData") throw new Error("no intent");
  const { firstSeen, votes, now } = facts;
  return {
    ...{ requestId: idOf("request"), at: now, intent: { ...intent, operation: intent.operation }, initiator },
    ...{ policy, policyHash, roster: rosterIndex, rosterHash, bounds, facts },
    heard: { firstSeen, votes, vetoes: [] },
    usage: () => none,
    ...fields,
  };
}

const draftOf = (document: PolicyDocument) => ({ policy: compile(document), hash: hash(document) });
const limit = (max: string) => draftOf(documentWith({ limits: [{ ...documentWith({}).limits![0]!, max }] }));

describe("a replay", () => {
  it("flips nothing under a draft that says the same", () => {
    expect(
      replay([past(), past()], draftOf(documentWith({ version: 2, previous: `sha256:${"0".repeat(64)}` }))),
    ).toEqual({ tried: 2, flips: [] });
  });

  it("says what fails under the draft, on the facts of that moment", () => {
    const { flips } = replay([past()], limit("0.5 GLD"));
    expect(flips).toMatchObject([
      { from: "allowed", to: "refused", code: "policy.limit-exceeded", recorded: true, unasked: false },
    ]);
    expect(flips[0]?.why.map(({ id }) => id)).toEqual(["limit.mint-day"]);
  });

  it("counts usage by the draft's own questions", () => {
    const asked: string[] = [];
    const usage = ({ key, max }: { key: string; max: bigint | undefined }) => {
      asked.push(`${key} ${String(max)}`);
      return { ...none, added: key === "limit.mint-day" ? 4_999n * 10n ** 18n + 1n : 0n, roomAt: null };
    };
    replay([past({ usage })], limit("6000 GLD"));
    expect(asked).toContain(`limit.mint-day ${String(5_000n * 10n ** 18n)}`);
    expect(asked).toContain(`limit.mint-day ${String(6_000n * 10n ** 18n)}`);
  });

  it("says of evidence that nobody asked for then that none is on record", () => {
    const guards = [
      ...documentWith({}).guards!,
      { id: "known", when: { operation: "mint" }, require: { evidence: "identity" } },
    ];
    const found = replay([past()], draftOf(documentWith({ guards })));
    expect(found.flips).toMatchObject([{ to: "pending", unasked: true }]);
    expect(replayLines(found)[2]).toMatch(/nobody asked for this then/);
    const both = replay(
      [past()],
      draftOf(documentWith({ guards, limits: [{ ...documentWith({}).limits![0]!, max: "0.5 GLD" }] })),
    );
    expect(both.flips).toMatchObject([{ unasked: false }]);
  });

  it("takes the best that could have been where nothing was written down, on both sides", () => {
    const heard = { ...past().heard, votes: [] };
    const rules = documentWith({}).rules.filter(({ id }) => id !== "mint");
    const found = replay([past({ facts: undefined, heard })], draftOf(documentWith({ rules })));
    expect(found.flips).toMatchObject([{ from: "pending", to: "refused", recorded: false }]);
    expect(replayLines(found)[2]).toMatch(/it was never allocated/);
  });
});

describe("evidence that nobody asked for", () => {
  const { guards = [] } = documentWith({});
  const asks = (...more: readonly object[]) => draftOf(documentWith({ guards: [...guards, ...more] }));
  const flipOf = (draft: ReturnType<typeof draftOf>, fields: Partial<PastRequest> = {}) => {
    const [flip] = replay([past(fields)], draft).flips;
    return { to: flip?.to, why: flip?.why.map(({ id }) => id), recorded: flip?.recorded, unasked: flip?.unasked };
  };
  const when = { operation: "mint" };

  it("is not what fails when it was asked for in another measure", () => {
    const require = { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "1s", cover: { ratio: "1" } };
    expect(flipOf(asks({ id: "younger", when, require }))).toEqual({
      ...{ to: "pending", recorded: true, unasked: false },
      why: ["guard.younger.evidence", "guard.younger"],
    });
  });

  it("is not what fails when a guard denies or a limit is full", () => {
    expect(flipOf(asks({ id: "never", when, deny: true }))).toMatchObject({
      ...{ to: "refused", unasked: false },
      why: ["guard.never"],
    });
  });

  it("is nothing where everything holds", () => {
    const strict = compile(documentWith({ limits: [{ ...documentWith({}).limits![0]!, max: "0.5 GLD" }] }));
    expect(flipOf(draftOf(documentWith({})), { policy: strict })).toEqual({
      ...{ to: "allowed", recorded: true, unasked: false },
      why: [],
    });
  });

  it("is on no record of what was never allocated, but that is said otherwise", () => {
    const require = { evidence: "identity", by: { group: "strangers", min: 1 } };
    const found = flipOf(asks({ id: "known", when, require }), { facts: undefined });
    expect(found).toMatchObject({ to: "pending", recorded: false, unasked: false });
    expect(found.why?.every((id) => id.startsWith("guard.known"))).toBe(true);
  });
});

describe("the lines of a replay", () => {
  it("are these", () => {
    const words = `  2027-01-15T08:00:00Z ${sentence(past().intent, 18)}`;
    const strict = limit("0.5 GLD");
    expect(replayLines(replay([past()], strict))).toEqual([
      "1 of 1 past request would have come out otherwise",
      words,
      "    allowed before, refused now: limit.mint-day: 0 GLD used by 0 requests, 100 GLD asked; more than the whole; must be: 0.5 GLD in 1d",
    ]);
    const looser = replay([past({ policy: strict.policy }), past()], draftOf(documentWith({})));
    expect(replayLines(looser)).toEqual([
      "1 of 2 past requests would have come out otherwise",
      words,
      "    refused before, allowed now: every clause holds",
    ]);
  });

  it("say when there is nothing to try, and how many are left out", () => {
    expect(replayLines({ tried: 0, flips: [] })).toEqual(["no past request of this asset is in the log"]);
    const { flips } = replay([past()], limit("0.5 GLD"));
    const many = { tried: 5, flips: [...flips, ...flips, ...flips] };
    expect(replayLines(many, 2)).toHaveLength(6);
    expect(replayLines(many, 2).at(-1)).toBe("  and 1 more");
    expect(replayLines(many, 3)).toHaveLength(7);
  });
});
