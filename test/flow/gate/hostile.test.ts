/** An attacker who owns the service, its database and its API speaks to the gate: nothing it says yields a signature. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, start, type GatePlace } from "../../place/gate.ts";
import {
  approval,
  attestation,
  goldPolicy,
  idOf,
  observation,
  sightings,
  submission,
  treasury,
  units,
} from "../../place/gold.ts";
import { rosterOf, sign } from "../../place/people.ts";

let place: GatePlace;
beforeEach(() => {
  place = openPlace();
});
afterEach(async () => {
  await place.close();
});

const token = (): string => `token:${place.deployment.policy.token.address}`;
/** What a person signed, with a field changed by somebody who has no key. */
const forged = (envelope: Envelope, field: string, value: string | number | boolean): Envelope => ({
  ...envelope,
  message: { ...envelope.message, [field]: value },
});
const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

/** The same run without the attack signs, so what was refused was refused for the attack. */
async function honestRunSigns(): Promise<void> {
  const honest = openPlace();
  await bringEvidence(honest);
  expect((await honest.sign(requestIdOf(await approvedMint(honest)))).kind).toBe("signed");
  await honest.close();
}

describe("invented facts", () => {
  const facts = [
    ["supply", { fact: "supply", value: "0" }, "policy.evidence-missing"],
    ["code hash", { fact: "codehash", value: `0x${"ab".repeat(32)}` }, "policy.evidence-missing"],
    ["pause", { fact: "paused", value: "false" }, "policy.evidence-missing"],
  ] as const;

  for (const [what, fact, code] of facts) {
    test(`a ${what} that only one observer and an impostor say is no fact`, async () => {
      for (const envelope of sightings(place.deployment, { blockTime: place.now - 2 })) {
        if (envelope.message["fact"] !== fact.fact || envelope.credential === "obs-1-1") await place.admit(envelope);
      }
      await place.admit(attestation(place.deployment, place.now));
      const own = observation(place.deployment, "obs-2", { subject: token(), ...fact }, { blockTime: place.now - 2 });
      const impostor = observation(
        place.deployment,
        "ida",
        { subject: token(), ...fact },
        { blockTime: place.now - 2 },
      );
      expect(codeOf(await place.admit(impostor))).toBe("observation.not-an-observer");
      expect(codeOf(await place.admit({ ...impostor, credential: own.credential }))).toBe("statement.key-signature");
      expect(codeOf(await place.admit({ ...own, credential: "nobody-1" as Envelope["credential"] }))).toBe(
        "statement.unknown-credential",
      );
      expect(codeOf(await place.sign(requestIdOf(await approvedMint(place))))).toBe(code);
      expect(place.backend.asked()).toBe(0);
      await honestRunSigns();
    });
  }

  test("a nonce that only one observer says gets no allocation", async () => {
    for (const envelope of sightings(place.deployment, { blockTime: place.now - 2 })) {
      if (envelope.message["fact"] !== "nonce" || envelope.credential === "obs-1-1") await place.admit(envelope);
    }
    await place.admit(attestation(place.deployment, place.now));
    expect(codeOf(await place.sign(requestIdOf(await approvedMint(place))))).toBe("gate.nonce-unknown");
    expect(place.journal.openAllocations()).toHaveLength(0);
    await honestRunSigns();
  });

  test("an observer's word with a changed value is nobody's word", async () => {
    const said = observation(
      place.deployment,
      "obs-1",
      { subject: token(), fact: "supply", value: "5" },
      { blockTime: place.now - 2 },
    );
    expect(codeOf(await place.admit(forged(said, "value", "0")))).toBe("statement.key-signature");
    expect(codeOf(await place.admit(forged(said, "finalized", true)))).toBe("statement.key-signature");
    expect(codeOf(await place.admit(forged(said, "blockTime", start - 1)))).toBe("statement.key-signature");
  });

  test("an invented receipt or finality gives no room back", async () => {
    await bringEvidence(place);
    const said = await approvedMint(place, { intent: { amount: units(1000) } });
    const signed = await place.sign(requestIdOf(said));
    if (signed.kind !== "signed") throw new Error(signed.kind);
    const value = JSON.stringify({
      block: 12,
      from: place.deployment.key.account,
      logs: [],
      nonce: 0,
      status: "reverted",
      to: place.deployment.policy.token.address,
    });
    const fact = { subject: `tx:${signed.txHash}`, fact: "outcome", value };
    for (const overrides of [{ finalized: false }, { finalized: true }]) {
      const by = overrides.finalized ? (["obs-1"] as const) : (["obs-1", "obs-2"] as const);
      for (const observer of by)
        await place.admit(
          observation(place.deployment, observer, fact, {
            blockNumber: overrides.finalized ? 16 : 14,
            blockTime: place.now,
            overrides,
          }),
        );
      expect(place.journal.allocation(requestIdOf(said))?.outcome).toBe("open");
    }
  });

  test("a block from the future moves no clock", async () => {
    const early = observation(
      place.deployment,
      "obs-1",
      { subject: token(), fact: "supply", value: "0" },
      { blockTime: place.now + 3600, overrides: { expiresAt: place.now + 3700 } },
    );
    expect(codeOf(await place.admit(early))).toBe("observation.future");
  });

  test("old sightings are refused as stale, however honest they once were", async () => {
    await bringEvidence(place);
    place.now += 121;
    await place.admit(attestation(place.deployment, place.now, { sequence: 2 }));
    expect(codeOf(await place.sign(requestIdOf(await approvedMint(place))))).toBe("policy.freshness");
  });

  test("an attestation of a stranger, of a lower sequence, or of another token does not count", async () => {
    await bringEvidence(place);
    expect(
      codeOf(
        await place.admit(
          sign(
            "ida",
            place.deployment.deploymentId,
            "ReserveAttestation",
            attestation(place.deployment, place.now).message,
          ),
        ),
      ),
    ).toBe("attestation.not-an-attestor");
    await place.admit(attestation(place.deployment, place.now, { sequence: 5 }));
    expect(
      codeOf(await place.admit(attestation(place.deployment, place.now, { sequence: 4, reserves: units(99_999) }))),
    ).toBe("attestation.stale");
    expect(codeOf(await place.admit(attestation(place.deployment, place.now, { sequence: 6, token: treasury })))).toBe(
      "attestation.token",
    );
  });

  test("two attestations of one sequence freeze the asset", async () => {
    await bringEvidence(place);
    expect(codeOf(await place.admit(attestation(place.deployment, place.now, { reserves: units(20_000) })))).toBe(
      "attestation.conflict",
    );
    expect(codeOf(await place.sign(requestIdOf(await approvedMint(place))))).toBe("gate.frozen");
  });
});

describe("approvals", () => {
  test("an approval of one request is none of another", async () => {
    await bringEvidence(place);
    const one = await approvedMint(place, { intent: { reference: "D-1" } });
    const two = submission(place.deployment, { now: place.now, intent: { reference: "D-2" } });
    await place.admit(two);
    const borrowed = approval(place.deployment, one, "carla");
    expect(codeOf(await place.admit(forged(borrowed, "requestId", requestIdOf(two))))).toBe(
      "statement.wallet-signature",
    );
    expect(codeOf(await place.sign(requestIdOf(two)))).toBe("policy.quorum-missing");
    await honestRunSigns();
  });

  const changed = [
    ["amount", units(999)],
    ["to", `0x${"bb".repeat(20)}`],
    ["amountText", "1 GLD"],
    ["details", "reference D-1"],
    ["feeCeilingWei", "1"],
    ["intentHash", idOf("other intent")],
    ["policyHash", idOf("other policy")],
    ["rosterHash", idOf("other roster")],
    ["account", `0x${"cc".repeat(20)}`],
    ["chainId", 1],
    ["operation", "burn"],
    ["asset", "SLV"],
  ] as const;
  for (const [field, value] of changed) {
    test(`an approval that says another ${field} is refused by that name`, async () => {
      const said = submission(place.deployment, { now: place.now });
      await place.admit(said);
      expect(codeOf(await place.admit(approval(place.deployment, said, "carla", { [field]: value })))).toBe(
        `approval.${field}`,
      );
    });
  }

  test("an initiator, a service and a person without a seat do not decide", async () => {
    const said = submission(place.deployment, { now: place.now });
    await place.admit(said);
    expect(codeOf(await place.admit(approval(place.deployment, said, "ida")))).toBe("approval.initiator");
    expect(codeOf(await place.admit(approval(place.deployment, said, "obs-1")))).toBe("approval.service");
    expect(codeOf(await place.admit(approval(place.deployment, said, "ivan", { decision: "reject" })))).toBe(
      "approval.no-seat",
    );
  });

  test("an approvalId is used once by the person whose it is", async () => {
    const one = submission(place.deployment, { now: place.now, intent: { reference: "D-1" } });
    await place.admit(one);
    await place.admit(approval(place.deployment, one, "carla", { approvalId: idOf("once") }));
    expect(
      codeOf(
        await place.admit(approval(place.deployment, one, "carla", { approvalId: idOf("once"), reason: "again" })),
      ),
    ).toBe("approval.id-used");
  });

  test("an approval lives no longer than it says, and not longer than the genesis allows", async () => {
    await bringEvidence(place);
    const said = submission(place.deployment, { now: place.now });
    await place.admit(said);
    expect(codeOf(await place.admit(approval(place.deployment, said, "carla", { expiresAt: place.now - 1 })))).toBe(
      "approval.expired",
    );
    expect(
      codeOf(await place.admit(approval(place.deployment, said, "carla", { expiresAt: place.now + 30 * 86_400 }))),
    ).toBe("approval.lifetime");
    await place.admit(approval(place.deployment, said, "carla", { expiresAt: place.now + 50 }));
    await place.admit(approval(place.deployment, said, "chris"));
    place.now += 60;
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.quorum-missing");
  });

  test("a rejection is sticky, also when it comes by another way than the service", async () => {
    await bringEvidence(place);
    const said = await approvedMint(place);
    await place.admit(approval(place.deployment, said, "cyril", { decision: "reject", reason: "receipt is a copy" }));
    await place.admit(approval(place.deployment, said, "cyril"));
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("gate.rejected");
    expect(place.backend.asked()).toBe(0);
  });
});

describe("requests", () => {
  test("an amount or recipient changed after approval is another signature, and nobody's", async () => {
    await bringEvidence(place);
    const said = await approvedMint(place);
    expect(codeOf(await place.admit(forged(said, "amount", units(5000))))).toBe("statement.key-signature");
    expect(codeOf(await place.admit(forged(said, "to", `0x${"bb".repeat(20)}`)))).toBe("statement.key-signature");
  });

  test("a requestId belongs to its first intent, also against its own initiator", async () => {
    const said = submission(place.deployment, { now: place.now, requestId: idOf("one") });
    await place.admit(said);
    expect(
      codeOf(
        await place.admit(
          submission(place.deployment, { now: place.now, requestId: idOf("one"), intent: { amount: units(5) } }),
        ),
      ),
    ).toBe("submission.request-id-taken");
    expect(
      codeOf(await place.admit(submission(place.deployment, { now: place.now, requestId: idOf("one"), by: "ivan" }))),
    ).toBe("submission.request-id-taken");
  });

  test("one deposit receipt backs one mint, whichever issuer brings it", async () => {
    await bringEvidence(place);
    const one = await approvedMint(place, { requestId: idOf("one") });
    const two = await approvedMint(place, { requestId: idOf("two"), by: "ivan" });
    expect((await place.sign(requestIdOf(one))).kind).toBe("signed");
    expect(codeOf(await place.sign(requestIdOf(two)))).toBe("gate.reference-taken");
    expect(place.backend.asked()).toBe(1);
  });

  test("a delay runs from when the gate first stored the submission, whatever times the submission names", async () => {
    await bringEvidence(place);
    const said = submission(place.deployment, {
      now: place.now,
      intent: { amount: units(2000), notBefore: place.now - 86_400 },
    });
    await place.admit(said);
    for (const by of ["carla", "chris", "cora"] as const) await place.admit(approval(place.deployment, said, by));
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.delay");
    place.now += 1801;
    for (const envelope of sightings(place.deployment, { blockNumber: 900, blockTime: place.now - 2 }))
      await place.admit(envelope);
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  });

  test("words that do not say what the fields say are refused", async () => {
    const { deploymentId } = place.deployment;
    const { message } = submission(place.deployment, { now: place.now });
    expect(
      codeOf(await place.admit(sign("ida", deploymentId, "Submission", { ...message, amountText: "1 GLD" }))),
    ).toBe("submission.amount-text");
    expect(
      codeOf(
        await place.admit(sign("ida", deploymentId, "Submission", { ...message, details: "reference DEPOSIT-1" })),
      ),
    ).toBe("submission.details");
    expect(
      codeOf(await place.admit(sign("ida", deploymentId, "Submission", { ...message, intentHash: idOf("x") }))),
    ).toBe("submission.intent-hash");
  });

  test("a statement of another deployment is nobody's here", async () => {
    const { message } = submission(place.deployment, { now: place.now });
    expect(codeOf(await place.admit(sign("ida", idOf("another deployment"), "Submission", message)))).toBe(
      "statement.key-signature",
    );
  });
});

describe("freezes", () => {
  const freeze = (word: string): Envelope =>
    sign("cora", place.deployment.deploymentId, "Freeze", {
      scope: "asset",
      target: "GLD",
      reason: word,
      freezeId: idOf(word),
    });
  const unfreeze = (by: "otto" | "olga", ids: readonly string[]): [Envelope, Json] => [
    sign(by, place.deployment.deploymentId, "Unfreeze", {
      freezesHash: hash([...ids].sort()),
      scope: "asset",
      target: "GLD",
      expiresAt: place.now + 600,
    }),
    [...ids].sort(),
  ];

  test("an old unfreeze does not lift a new freeze", async () => {
    await bringEvidence(place);
    const said = await approvedMint(place);
    await place.admit(freeze("first"));
    const lifts = (["otto", "olga"] as const).map((by) => unfreeze(by, [idOf("first")]));
    for (const [statement, ids] of lifts) await place.admit(statement, ids);
    expect((await place.gate.answer({ verb: "health" })) as { frozen: unknown[] }).toMatchObject({ frozen: [] });
    await place.admit(freeze("second"));
    for (const [statement, ids] of lifts) await place.admit(statement, ids);
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("gate.frozen");
    expect(codeOf(await place.admit(freeze("second")))).toBe("admitted");
    expect(
      codeOf(
        await place.admit(
          sign("cora", place.deployment.deploymentId, "Freeze", {
            scope: "asset",
            target: "GLD",
            reason: "x",
            freezeId: idOf("first"),
          }),
        ),
      ),
    ).toBe("freeze.known-id");
    const [again, ids] = unfreeze("olga", [idOf("first"), idOf("second")]);
    expect(codeOf(await place.admit(again, ids))).toBe("unfreeze.already-lifted");
  });

  test("one officer freezes, one officer does not lift, an issuer does neither", async () => {
    await bringEvidence(place);
    const said = await approvedMint(place);
    expect(
      codeOf(
        await place.admit(
          sign("ida", place.deployment.deploymentId, "Freeze", {
            scope: "deployment",
            target: "deployment",
            reason: "x",
            freezeId: idOf("x"),
          }),
        ),
      ),
    ).toBe("freeze.not-entitled");
    await place.admit(
      sign("otto", place.deployment.deploymentId, "Freeze", {
        scope: "deployment",
        target: "deployment",
        reason: "drill",
        freezeId: idOf("drill"),
      }),
    );
    const one = sign("otto", place.deployment.deploymentId, "Unfreeze", {
      freezesHash: hash([idOf("drill")]),
      scope: "deployment",
      target: "deployment",
      expiresAt: place.now + 600,
    });
    await place.admit(one, [idOf("drill")]);
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("gate.frozen");
  });
});

describe("documents", () => {
  const loose = (version: number, previous: string | null): Json =>
    goldPolicy({ version, previous, limits: [] }) as unknown as Json;
  const change = (
    by: "otto" | "olga" | "ida",
    document: Json,
    version: number,
    previous: string,
    klass = "loosen",
  ): [Envelope, Json] => [
    sign(by, place.deployment.deploymentId, "PolicyChange", {
      documentHash: hash(document),
      version,
      previous,
      class: klass,
      reportHash: idOf("report"),
    }),
    { document },
  ];

  test("a policy nobody entitled signed, one that skips a version, and one that calls itself tightening do not come in", async () => {
    const next = loose(2, documentName(place.deployment.policyHash));
    expect(codeOf(await place.admit(...change("ida", next, 2, place.deployment.policyHash)))).toBe(
      "change.not-entitled",
    );
    expect(
      codeOf(
        await place.admit(
          ...change("otto", loose(3, documentName(place.deployment.policyHash)), 3, place.deployment.policyHash),
        ),
      ),
    ).toBe("genesis.version");
    expect(codeOf(await place.admit(...change("otto", next, 2, place.deployment.policyHash, "tighten")))).toBe(
      "change.class",
    );
    expect(codeOf(await place.admit(...change("otto", loose(2, documentName(idOf("x"))), 2, idOf("x"))))).toBe(
      "genesis.previous",
    );
  });

  test("a loosening waits its hour after the quorum, and then voids the open approvals of its asset", async () => {
    await bringEvidence(place);
    const said = await approvedMint(place, { intent: { expiresAt: place.now + 20_000 } });
    const next = loose(2, documentName(place.deployment.policyHash));
    for (const by of ["otto", "olga"] as const)
      expect(codeOf(await place.admit(...change(by, next, 2, place.deployment.policyHash)))).toBe("admitted");
    place.now += 3599;
    expect(place.journal.activeDocument("Policy", "GLD")?.version).toBe(1);
    place.now += 1;
    for (const envelope of sightings(place.deployment, { blockNumber: 2000, blockTime: place.now - 2 }))
      await place.admit(envelope);
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.quorum-missing");
    expect(place.journal.activeDocument("Policy", "GLD")?.version).toBe(2);
    await place.reopen();
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.quorum-missing");
  });

  test("a veto within the wait ends a proposal", async () => {
    const next = loose(2, documentName(place.deployment.policyHash));
    for (const by of ["otto", "olga"] as const) await place.admit(...change(by, next, 2, place.deployment.policyHash));
    expect(
      codeOf(
        await place.admit(
          sign("cora", place.deployment.deploymentId, "Veto", {
            target: hash(next),
            intentHash: `0x${"00".repeat(32)}`,
            reason: "no",
          }),
        ),
      ),
    ).toBe("admitted");
    place.now += 4000;
    await place.admit(attestation(place.deployment, place.now));
    expect(place.journal.activeDocument("Policy", "GLD")?.version).toBe(1);
  });

  test("a roster with a credential nobody proved is refused", async () => {
    const roster = rosterOf([place.deployment.key]);
    const people = roster.people.map((person) =>
      person.id === "ida"
        ? { ...person, groups: ["issuers", "custodians"] }
        : {
            ...person,
            credentials: person.credentials.map((one) =>
              one.kind === "key" && person.id === "ivan" ? { ...one, publicKey: `0x${"d7".repeat(32)}` } : one,
            ),
          },
    );
    const next = JSON.parse(
      JSON.stringify({ ...roster, people, version: 2, previous: documentName(place.deployment.rosterHash) }),
    ) as Json;
    const statement = sign("otto", place.deployment.deploymentId, "RosterChange", {
      documentHash: hash(next),
      version: 2,
      previous: place.deployment.rosterHash,
      class: "loosen",
      reportHash: idOf("r"),
    });
    expect(codeOf(await place.admit(statement, { document: next }))).toMatch(/^(genesis\.missing-possession|roster\.)/);
  });
});

test("the order in which true statements arrive changes nothing", async () => {
  const said = submission(place.deployment, { now: start });
  const rest = [
    ...sightings(place.deployment, { blockTime: start - 2 }),
    attestation(place.deployment, start),
    approval(place.deployment, said, "carla"),
    approval(place.deployment, said, "chris"),
  ];
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(rest, { minLength: rest.length }), async (order) => {
      const other = openPlace();
      await other.admit(said);
      for (const envelope of order) await other.admit(envelope);
      const answer = await other.sign(requestIdOf(said));
      await other.close();
      expect(answer.kind).toBe("signed");
    }),
    { numRuns: 8 },
  );
});

test("a freeze that the gate puts on by itself stands in the log with its reason and its evidence", async () => {
  await bringEvidence(place);
  await place.admit(attestation(place.deployment, place.now, { reserves: units(20_000) }));
  const last = place.journal.leaves(place.journal.size() - 1, 1)[0];
  const leaf: unknown = JSON.parse(new TextDecoder().decode(last?.bytes));
  expect(leaf).toMatchObject({
    kind: "freeze",
    scope: "asset",
    target: "GLD",
    by: "vault-auditor",
    statement: { kind: "ReserveAttestation", message: { reserves: units(20_000) } },
  });
});
