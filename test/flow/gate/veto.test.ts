/** Objections to a request within its wait, and quorums whose order counts, before the real gate. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GateAnswer, SignAnswer } from "../../../src/gate/wire.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import * as bytes32 from "../../../src/values/bytes32.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { bringEvidence, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { approval, goldDeployment, goldPolicy, idOf, sightings, submission } from "../../place/gold.ts";
import { rosterOf, sign, type PersonId } from "../../place/people.ts";

const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

const mintWith = (tier: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  rules: [
    {
      id: "mint",
      when: { operation: "mint", initiator: { group: "issuers" }, to: { in: "treasury" } },
      tiers: [{ upTo: "5000 GLD", sign: "hsm-mint", ...tier }],
    },
    {
      id: "redeem",
      when: { operation: "redeem", initiator: { group: "issuers" } },
      tiers: [{ upTo: "5000 GLD", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
    },
  ],
});
const vetoed = mintWith({ quorum: { group: "custodians", min: 2 }, delay: "30m", veto: { group: "officers", min: 2 } });

let place: GatePlace;
afterEach(async () => {
  await place.close();
});

const veto = (by: PersonId, said: Envelope, fields: Readonly<Record<string, unknown>> = {}): Envelope =>
  sign(by, place.deployment.deploymentId, "Veto", {
    target: requestIdOf(said),
    intentHash: said.message["intentHash"],
    reason: "the receipt is of another vault",
    ...fields,
  });
const admit = async (statement: Envelope, attachment?: Json): Promise<string> =>
  codeOf(await place.admit(statement, attachment));

/** The wait is over, and what observers saw is new. */
async function wait(seconds: number): Promise<void> {
  place.now += seconds;
  const seen = { blockNumber: 10 + place.now, blockTime: place.now - 2 };
  for (const envelope of sightings(place.deployment, seen)) await place.admit(envelope);
}

async function requested(asked: Partial<Parameters<typeof submission>[1]> = {}): Promise<Envelope> {
  const said = submission(place.deployment, { now: place.now, ...asked });
  await place.admit(said);
  for (const by of ["carla", "chris"] as const) await place.admit(approval(place.deployment, said, by));
  return said;
}

const clauseOf = (answer: GateAnswer, id: string) =>
  (answer as Extract<SignAnswer, { kind: "refused" }>).decision?.clauses.find((clause) => clause.id === id);

describe("a veto of a request", () => {
  beforeEach(async () => {
    place = openPlace(goldDeployment({ policy: goldPolicy(vetoed) }));
    await bringEvidence(place);
  });

  test("by enough people of the group ends it, and by fewer does not", async () => {
    const [one, two] = [
      await requested({ intent: { reference: "D-1" } }),
      await requested({ intent: { reference: "D-2" } }),
    ];
    for (const said of [one, two]) expect(await admit(veto("olga", said))).toBe("admitted");
    expect(await admit(veto("omar", two))).toBe("admitted");
    expect(codeOf(await place.sign(requestIdOf(two)))).toBe("policy.vetoed");
    await wait(1_801);
    const stopped = await place.sign(requestIdOf(two));
    expect(stopped).toMatchObject({ code: "policy.vetoed", decision: { verdict: "refused" } });
    expect(clauseOf(stopped, "mint.veto")).toMatchObject({ ok: false, curable: false, observed: "olga, omar object" });
    expect((await place.sign(requestIdOf(one))).kind).toBe("signed");
    expect(place.backend.asked()).toBe(1);
    await place.reopen();
    expect(codeOf(await place.sign(requestIdOf(two)))).toBe("policy.vetoed");
  });

  test("that was too small is a fact of the decision, as every vote with its place in the log", async () => {
    const said = await requested();
    await admit(veto("olga", said));
    await wait(1_801);
    await place.sign(requestIdOf(said));
    const { facts } = place.journal
      .leaves(0, 10_000)
      .map(({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)) as { kind: string; facts: Json })
      .find(({ kind }) => kind === "allocation") as unknown as {
      facts: { vetoes: unknown; votes: { position: number; statement: string }[] };
    };
    const [stored] = place.journal.statementsAbout("Veto", requestIdOf(said));
    expect(facts.vetoes).toEqual([{ person: "olga", statement: stored!.hash, at: stored!.at }]);
    expect(facts.votes).toHaveLength(2);
    for (const { statement, position } of facts.votes)
      expect(place.journal.statement(bytes32.parse(statement))?.leaf).toBe(position);
  });

  test("is nobody's but the group's, and nobody's of another request", async () => {
    const said = await requested();
    const other = submission(place.deployment, { now: place.now, intent: { reference: "D-2", amount: "7" } });
    await place.admit(other);
    for (const by of ["carla", "ida", "cora", "obs-1"] as const)
      expect(await admit(veto(by, said))).toBe("veto.not-entitled");
    const redeem = submission(place.deployment, {
      now: place.now,
      intent: { reference: "R-1", operation: "redeem", to: `0x${"00".repeat(20)}` },
    });
    await place.admit(redeem);
    expect(await admit(veto("olga", redeem))).toBe("veto.not-entitled");
    expect(await admit(veto("olga", said, { target: idOf("nothing") }))).toBe("veto.unknown-request");
    expect(await admit(veto("olga", said, { target: requestIdOf(other) }))).toBe("veto.intentHash");
    const own = veto("olga", said);
    expect(await admit({ ...own, message: { ...own.message, target: requestIdOf(other) } })).toBe(
      "statement.key-signature",
    );
    expect(await admit(own)).toBe("admitted");
    expect(await admit(veto("olga", said, { reason: "once more" }))).toBe("veto.said-before");
    await wait(1_801);
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  });

  test("is said before the request has its nonce, or not at all", async () => {
    const said = await requested();
    await wait(1_801);
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
    expect(await admit(veto("olga", said))).toBe("veto.allocated");
  });

  test("counts no more when whoever said it is no longer in the group, which takes the loosen quorum", async () => {
    const said = await requested({ intent: { expiresAt: place.now + 90_000 } });
    for (const by of ["olga", "omar"] as const) await admit(veto(by, said));
    const roster = rosterOf([place.deployment.key]);
    const people = roster.people.filter(({ id }) => id !== "omar");
    const next = toWire({ ...roster, version: 2, previous: documentName(place.deployment.rosterHash), people });
    const change = (by: PersonId, claimed: string): Promise<string> =>
      admit(
        sign(by, place.deployment.deploymentId, "RosterChange", {
          documentHash: hash(next),
          version: 2,
          previous: place.deployment.rosterHash,
          class: claimed,
          reportHash: idOf("r"),
        }),
        { document: next },
      );
    expect(await change("otto", "tighten")).toBe("change.class");
    for (const by of ["otto", "olga"] as const) expect(await change(by, "loosen")).toBe("admitted");
    await wait(3_601);
    expect(codeOf(await place.sign(requestIdOf(said)))).not.toBe("policy.vetoed");
  });

  test("is not drawn to a document that has the hash of the request, nor the other way round", async () => {
    const next = toWire(
      goldPolicy({ version: 2, previous: documentName(place.deployment.policyHash), limits: [], ...vetoed }),
    );
    const proposal = sign("otto", place.deployment.deploymentId, "PolicyChange", {
      documentHash: hash(next),
      version: 2,
      previous: place.deployment.policyHash,
      class: "loosen",
      reportHash: idOf("r"),
    });
    const said = await requested({ requestId: hash(next) });
    expect(await admit(proposal, { document: next })).toBe("admitted");
    for (const by of ["olga", "omar"] as const) expect(await admit(veto(by, said))).toBe("admitted");
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.vetoed");
    expect(place.journal.document(hash(next))?.state).toBe("proposed");
    expect(await admit(veto("cora", said, { intentHash: bytes32.zero }))).toBe("admitted");
    expect(place.journal.document(hash(next))?.state).toBe("vetoed");
  });
});

test("a guard's veto is for those whom it names, where its wait is long enough", async () => {
  const guards = [
    {
      id: "big",
      when: { operation: "mint", amount: { gte: "50 GLD" } },
      add: { delay: "30m", veto: { group: "compliance", min: 1 } },
    },
  ];
  place = openPlace(
    goldDeployment({ policy: goldPolicy({ guards, ...mintWith({ quorum: { group: "custodians", min: 2 } }) }) }),
  );
  await bringEvidence(place);
  const said = await requested();
  expect(await admit(veto("olga", said))).toBe("veto.not-entitled");
  expect(await admit(veto("cora", said))).toBe("admitted");
  expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.vetoed");
});

describe("an ordered quorum", () => {
  beforeEach(async () => {
    const ordered = [
      { group: "compliance", min: 1 },
      { group: "custodians", min: 2 },
    ];
    place = openPlace(goldDeployment({ policy: goldPolicy(mintWith({ quorum: { ordered } })) }));
    await bringEvidence(place);
  });

  const said = async (...by: readonly PersonId[]): Promise<Envelope> => {
    const request = submission(place.deployment, { now: place.now });
    await place.admit(request);
    for (const person of by) expect(await admit(approval(place.deployment, request, person))).toBe("admitted");
    return request;
  };

  test("is met when compliance comes first", async () => {
    expect((await place.sign(requestIdOf(await said("cora", "carla", "chris")))).kind).toBe("signed");
  });

  test("counts no custodian who came before compliance, until they sign again", async () => {
    const request = await said("carla", "chris", "cora");
    const early = await place.sign(requestIdOf(request));
    expect(early).toMatchObject({
      code: "policy.quorum-missing",
      decision: { verdict: "pending", missing: [{ group: "custodians", count: 2 }] },
    });
    await place.reopen();
    for (const by of ["carla", "cyril"] as const) {
      expect(codeOf(await place.sign(requestIdOf(request)))).toBe("policy.quorum-missing");
      expect(await admit(approval(place.deployment, request, by, { reason: "after compliance" }))).toBe("admitted");
    }
    expect((await place.sign(requestIdOf(request))).kind).toBe("signed");
  });
});
