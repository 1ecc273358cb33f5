/** A yield in the gate: each part exactly as its document gives it, once, of holders whom observers saw. */
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { restoreJournal } from "../../../src/flow/gate/restore.ts";
import { rootAt } from "../../../src/log/merkle.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { bundleOf } from "../../place/bundle-maker.ts";
import { mostOpen } from "../../../src/flow/gate/distribution.ts";
import { submissionIn } from "../../place/batch.ts";
import { sign } from "../../place/people.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import type { Json } from "../../../src/values/json.ts";
import { openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { approval, attestation, goldDeployment, idOf, sightings, submission, units } from "../../place/gold.ts";
import { documentOf, holderOf, partOf, recordSeen, yieldOf, yieldPolicy, type PartAsked } from "../../place/yield.ts";

const of = yieldOf();
const document = documentOf(of);
let place: GatePlace;

beforeEach(() => {
  place = openPlace(goldDeployment({ policy: yieldPolicy() }));
});
afterEach(() => place.close());

const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);
const part = (index: number, asked: Partial<PartAsked> = {}): Envelope =>
  partOf(place.deployment, { now: place.now, of, index, ...asked });
const admit = async (said: Envelope, attachment?: Json): Promise<string> => codeOf(await place.admit(said, attachment));
const clauses = (answer: GateAnswer): string[] =>
  answer.kind === "refused" && answer.decision !== undefined
    ? answer.decision.clauses.filter(({ ok }) => !ok).map(({ id }) => id)
    : [codeOf(answer)];

/** Everything but the holders of the record block. */
async function world(block = 20): Promise<void> {
  const seen = { blockTime: place.now - 2, blockNumber: block };
  await place.admit(attestation(place.deployment, place.now));
  for (const one of sightings(place.deployment, seen, { supply: "0" })) await place.admit(one);
}

async function approved(said: Envelope): Promise<void> {
  for (const by of ["carla", "chris"] as const) await place.admit(approval(place.deployment, said, by));
}

async function seen(block = 20, value?: string, whose = of): Promise<void> {
  const at = { blockTime: place.now - 2, blockNumber: block };
  for (const one of recordSeen(place.deployment, whose, at, value)) expect(await admit(one)).toBe("admitted");
}

describe("a part of a distribution", () => {
  it("is signed once its document, its holders and its people are there", async () => {
    const said = part(0);
    expect(await admit(said, document)).toBe("admitted");
    await world();
    await approved(said);
    expect(clauses(await place.sign(requestIdOf(said)))).toEqual(["intent.distribution.holders"]);
    await seen();
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("signed");
  });

  it("comes with its document the first time, which the log keeps once", async () => {
    expect(await admit(part(0))).toBe("distribution.no-document");
    expect(await admit(part(0), document)).toBe("admitted");
    expect(await admit(part(1), document)).toBe("admitted");
    expect(await admit(part(2))).toBe("admitted");
    const kept = place.journal.statementsAbout("Submission", requestIdOf(part(1)));
    expect(kept.map(({ attachment }) => attachment)).toEqual([undefined]);
    expect(place.journal.distribution(of.hash)).toMatchObject({ recordBlock: 5, asset: "GLD" });
  });

  it("is not taken with a document that gives something to the account that pays, until the escrow gets it", async () => {
    const { account } = place.deployment.key;
    const holders = [
      { address: account, balance: units(1) },
      { address: holderOf(0), balance: units(2) },
    ].sort((one, other) => (one.address < other.address ? -1 : 1));
    const bring = async (fields: object): Promise<string> => {
      const other = yieldOf(2, { holders, ineligible: [], ...fields });
      const index = other.entitlements.findIndex(({ to }) => to === holderOf(0));
      const said = partOf(place.deployment, { now: place.now, of: other, index });
      return await admit(said, documentOf(other));
    };
    expect(await bring({})).toBe("distribution.dead-end");
    expect(await bring({ ineligible: [account], escrow: account })).toBe("distribution.dead-end");
    expect(await bring({ ineligible: [account] })).toBe("admitted");
  });

  it.each<[string, Partial<PartAsked>, string]>([
    [
      "a unit more than the document gives",
      { intent: { amount: (of.entitlements[0]!.amount + 1n).toString() } },
      "distribution.amount",
    ],
    ["a unit less", { intent: { amount: (of.entitlements[0]!.amount - 1n).toString() } }, "distribution.amount"],
    ["what somebody else gets", { intent: { to: of.entitlements[1]!.to } }, "distribution.amount"],
    ["somebody whom the document gives nothing", { intent: { to: `0x${"dd".repeat(20)}` } }, "distribution.recipient"],
    ["a holder who may not have it", { intent: { to: holderOf(1) } }, "distribution.recipient"],
    ["another document", { intent: { distribution: idOf("another") } }, "distribution.other-document"],
  ])("is refused for %s", async (_, asked, code) => {
    expect(await admit(part(0, asked), document)).toBe(code);
    expect(place.journal.distribution(of.hash)).toBeUndefined();
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ["another asset", { asset: "SLV" }, "distribution.asset"],
    ["another chain", { chainId: 1 }, "distribution.token"],
    ["another token", { token: `0x${"12".repeat(20)}` }, "distribution.token"],
  ])("is refused with a document of %s", async (_, fields, code) => {
    const other = yieldOf(5, { ...fields });
    expect(await admit(part(0, { of: other }), documentOf(other))).toBe(code);
  });

  it("is refused with a document that is none, and a mint with any", async () => {
    expect(await admit(part(0), { kind: "Distribution" })).toBe("distribution.malformed");
    expect(await admit(submission(place.deployment, { now: place.now }), document)).toBe("statement.attachment");
  });

  it("is asked for once while its request is open, and again when that ended without effect", async () => {
    const again = (): Envelope => part(0, { intent: { reference: `AGAIN-${String(place.now)}` } });
    expect(await admit(part(0), document)).toBe("admitted");
    expect(await admit(again())).toBe("distribution.part-taken");
    place.now += 3_601;
    expect(await admit(again())).toBe("admitted");
    expect(await admit(part(0, { intent: { reference: "THIRD" } }))).toBe("distribution.part-taken");
  });

  it.each(["carla", "obs-1"] as const)("is refused of %s, whom no rule permits it, and leaves nothing", async (by) => {
    expect(await admit(part(0, { by }), document)).toBe("distribution.not-permitted");
    expect(place.journal.distribution(of.hash)).toBeUndefined();
    expect(await admit(part(0), document)).toBe("admitted");
    expect(await admit(part(2, { by }))).toBe("distribution.not-permitted");
    expect(await admit(part(2))).toBe("admitted");
  });

  it("brings a few documents at a time of which nothing is paid, and another once one of them is over", async () => {
    const bringing = (index: number): readonly [Envelope, Json] => {
      const other = yieldOf(5, { pool: units(10 + index) });
      return [part(0, { of: other, intent: { reference: `OPEN-${String(index)}` } }), documentOf(other)];
    };
    for (let index = 0; index < mostOpen; index += 1) expect(await admit(...bringing(index))).toBe("admitted");
    expect(await admit(...bringing(mostOpen))).toBe("distribution.too-many");
    const { requestId, intentHash } = submissionIn(bringing(2)[0]);
    const back = { requestId, intentHash, reason: "another pool" };
    expect(await admit(sign("ida", place.deployment.deploymentId, "Cancellation", back))).toBe("admitted");
    expect(await admit(...bringing(mostOpen))).toBe("admitted");
  });

  it("that was signed is never asked for again, whatever time goes by", async () => {
    const said = part(0);
    await admit(said, document);
    await world();
    await seen();
    await approved(said);
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("signed");
    place.now += 86_400;
    expect(await admit(part(0, { intent: { reference: "AGAIN" } }))).toBe("distribution.part-taken");
  });

  it("waits while observers do not agree on the holders, and is refused when they saw others", async () => {
    const said = part(0);
    await admit(said, document);
    await world();
    await approved(said);
    const [one, other] = recordSeen(place.deployment, of, { blockTime: place.now - 2, blockNumber: 20 });
    await place.admit(one!);
    expect(clauses(await place.sign(requestIdOf(said)))).toEqual(["intent.distribution.holders"]);
    const [, lie] = recordSeen(place.deployment, of, { blockTime: place.now - 2, blockNumber: 20 }, idOf("others"));
    await place.admit(lie!);
    expect(clauses(await place.sign(requestIdOf(said)))).toEqual(["intent.distribution.holders"]);
    expect(other).toBeDefined();
    await seen(30, idOf("others"));
    await world(30);
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.distribution");
  });

  it("is refused where the policy lists neither its escrow nor its treasury", async () => {
    const elsewhere = yieldOf(5, { escrow: `0x${"e1".repeat(20)}`, treasury: `0x${"71".repeat(20)}` });
    const said = part(0, { of: elsewhere });
    expect(await admit(said, documentOf(elsewhere))).toBe("admitted");
    await world();
    const failing = clauses(await place.sign(requestIdOf(said)));
    expect(failing).toContain("intent.distribution.escrow");
    expect(failing).toContain("intent.distribution.treasury");
  });

  it("of a second document of the same record block is not signed once something of the first was", async () => {
    const twin = yieldOf(5, { pool: units(11) });
    const [first, second] = [part(0), part(0, { of: twin, intent: { reference: "TWIN" } })];
    expect(await admit(first, document)).toBe("admitted");
    expect(await admit(second, documentOf(twin))).toBe("admitted");
    await world();
    await seen();
    for (const said of [first, second]) await approved(said);
    expect(codeOf(await place.sign(requestIdOf(first)))).toBe("signed");
    expect(codeOf(await place.sign(requestIdOf(second)))).toBe("gate.distribution-taken");
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ["that names it, of a later block", { previous: of.hash, recordBlock: 6 }, "signed"],
    ["that names none, of a later block", { previous: null, recordBlock: 6 }, "gate.distribution-taken"],
    ["that names another", { previous: idOf("other"), recordBlock: 6 }, "gate.distribution-taken"],
    ["that names it, of the same block", { previous: of.hash, pool: units(11) }, "gate.distribution-taken"],
    ["that names it, of an earlier block", { previous: of.hash, recordBlock: 4 }, "gate.distribution-taken"],
  ])("of a document %s, after something of the first is paid: %#", async (_, fields, code) => {
    const next = yieldOf(5, fields);
    const [first, rest] = [part(0), part(1)];
    const second = part(0, { of: next, intent: { reference: "NEXT" } });
    expect(await admit(first, document)).toBe("admitted");
    expect(await admit(rest)).toBe("admitted");
    expect(await admit(second, documentOf(next))).toBe("admitted");
    await world();
    await seen();
    await seen(20, undefined, next);
    for (const said of [first, rest, second]) await approved(said);
    expect(codeOf(await place.sign(requestIdOf(first)))).toBe("signed");
    expect(codeOf(await place.sign(requestIdOf(second)))).toBe(code);
    // Who agreed to the next one knew what was paid until then.
    expect(codeOf(await place.sign(requestIdOf(rest)))).toBe(code === "signed" ? "gate.distribution-taken" : "signed");
  });

  it("of a document that follows another waits for nothing of that: where nothing of it was paid, it is not the one to name", async () => {
    const next = yieldOf(5, { previous: of.hash, recordBlock: 6 });
    const second = part(0, { of: next });
    expect(await admit(second, documentOf(next))).toBe("admitted");
    await world();
    await seen(20, undefined, next);
    await approved(second);
    expect(codeOf(await place.sign(requestIdOf(second)))).toBe("gate.distribution-taken");
  });

  it("uses up what reserves cover and what a day's mints may be, as a mint does", async () => {
    const said = part(0);
    await admit(said, document);
    await world();
    await seen();
    await approved(said);
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("signed");
    const { amount } = of.entitlements[0]!;
    expect(
      place.journal.mintsUnseen(place.deployment.policy.asset, {
        chainId: 31_337,
        above: undefined,
        except: undefined,
      }),
    ).toBe(amount);
    const mint = submission(place.deployment, { now: place.now, intent: { amount: units(5_000) } });
    await place.admit(mint);
    expect(clauses(await place.sign(requestIdOf(mint)))).toContain("limit.mint-day");
  });
});

/** Two parts signed: the document came with the first. */
async function twoSigned(): Promise<readonly [Envelope, Envelope]> {
  const both = [part(0), part(2)] as const;
  await admit(both[0], document);
  await admit(both[1]);
  await world();
  await seen();
  for (const said of both) {
    await approved(said);
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("signed");
  }
  return both;
}

describe("the bundle of a part", () => {
  const verdict = async (said: Envelope, change = (bundle: Json): Json => bundle): Promise<string> => {
    const { bundle, genesis } = await bundleOf(place, requestIdOf(said));
    const read = verifyBundle(change(JSON.parse(JSON.stringify(bundle)) as Json), genesis, nativeChecks());
    return read.kind === "verified" ? "verified" : `${read.field}: ${read.why}`;
  };

  it("carries the document, whichever part brought it", async () => {
    const [first, second] = await twoSigned();
    expect(await verdict(first)).toBe("verified");
    expect(await verdict(second)).toBe("verified");
  });

  it("is wrong with another document in it, or with none", async () => {
    const [, second] = await twoSigned();
    type Leaves = { leaves: { entry: { kind: string; attachment?: Record<string, unknown> } }[] };
    const changed =
      (change: (attachment: Record<string, unknown>) => Record<string, unknown> | undefined) =>
      (bundle: Json): Json => {
        const open = bundle as unknown as Leaves;
        for (const { entry } of open.leaves)
          if (entry.attachment?.["kind"] === "Distribution") {
            const next = change(entry.attachment);
            if (next === undefined) delete entry.attachment;
            else entry.attachment = next;
          }
        return bundle;
      };
    expect(
      await verdict(
        second,
        changed((attachment) => ({ ...attachment, pool: units(11) })),
      ),
    ).toContain("attachment");
    expect(
      await verdict(
        second,
        changed(() => undefined),
      ),
    ).toContain("attachment");
  });
});

describe("a journal that was lost", () => {
  it("has the document and the parts again, and pays nobody twice", async () => {
    const [first] = await twoSigned();
    const rebuilt = join(tmpdir(), `countersign-yield-${String(process.pid)}.sqlite`);
    const journal = openJournal(rebuilt);
    try {
      const leaves = place.journal.leaves(0, 10_000).map(({ bytes }) => new TextDecoder().decode(bytes));
      const root = rootAt(place.journal.size(), place.journal.node);
      const clock = { now: () => parseInstant(place.now + 60) };
      restoreJournal({ journal, genesisFile: place.deployment.file, clock, checks: nativeChecks() }, { leaves, root });
      expect(journal.distribution(of.hash)).toEqual(place.journal.distribution(of.hash));
      expect(journal.partRequests(of.hash, of.entitlements[0]!.to)).toEqual([requestIdOf(first)]);
      expect(journal.allocation(requestIdOf(first))).toMatchObject({ distribution: of.hash });
      const allocation = journal.allocation(requestIdOf(first))!;
      const again = { ...allocation, requestId: idOf("again"), nonce: 99, reference: "AGAIN" };
      expect(journal.putAllocation(again)).toEqual({ kind: "taken", by: "part" });
    } finally {
      journal.close();
      for (const end of ["", "-wal", "-shm"]) rmSync(`${rebuilt}${end}`, { force: true });
    }
  });
});
