/** An attacker who owns the service and holds one person's credential: what that person alone may do, and no more. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import * as amount from "../../../src/values/amount.ts";
import { approvedMint, bringEvidence, fees, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { approval, goldDeployment, goldPolicy, idOf, sightings, submission, treasury } from "../../place/gold.ts";
import { sign, type PersonId } from "../../place/people.ts";

let place: GatePlace;
beforeEach(() => {
  place = openPlace();
});
afterEach(async () => {
  await place.close();
});

const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

test("somebody who takes a custodian's approvalId first holds up neither their rejection nor their approval", async () => {
  await bringEvidence(place);
  const said = submission(place.deployment, { now: place.now });
  await place.admit(said);
  await place.admit(approval(place.deployment, said, "cyril", { approvalId: idOf("taken") }));
  await place.admit(approval(place.deployment, said, "carla"));
  expect(
    codeOf(
      await place.admit(approval(place.deployment, said, "chris", { decision: "reject", approvalId: idOf("taken") })),
    ),
  ).toBe("admitted");
  expect(codeOf(await place.sign(requestIdOf(said)))).toBe("gate.rejected");
  expect(place.backend.asked()).toBe(0);
});

test("nothing rides into the log on somebody's statement", async () => {
  const said = submission(place.deployment, { now: place.now });
  expect(codeOf(await place.admit(said, ["x"]))).toBe("statement.attachment");
  const next = goldPolicy({
    version: 2,
    previous: documentName(place.deployment.policyHash),
    limits: [],
  }) as unknown as Json;
  const change = sign("otto", place.deployment.deploymentId, "PolicyChange", {
    documentHash: hash(next),
    version: 2,
    previous: place.deployment.policyHash,
    class: "loosen",
    reportHash: idOf("r"),
  });
  expect(codeOf(await place.admit(change, { document: next, possessions: [said] as unknown as Json }))).toBe(
    "change.attachment",
  );
  const ids = Array.from({ length: 60_000 }, () => "");
  const unfreeze = sign("otto", place.deployment.deploymentId, "Unfreeze", {
    freezesHash: hash(ids),
    scope: "asset",
    target: "GLD",
    expiresAt: place.now + 60,
  });
  expect(codeOf(await place.admit(unfreeze, ids))).toMatch(/attachment/);
});

test("whoever has a seat rejects, also where the policy sets no floor for their group; whoever has none does neither", async () => {
  const tier = {
    upTo: "1000 GLD",
    quorum: {
      any: [
        { group: "custodians", min: 2 },
        { group: "compliance", min: 1 },
      ],
    },
    sign: "hsm-mint",
  };
  const policy = goldPolicy({
    groups: { observers: { min: 2 }, attestors: { min: 1 }, officers: { min: 3 } },
    rules: [
      {
        id: "mint",
        when: { operation: "mint", initiator: { group: "issuers" }, to: { in: "treasury" } },
        tiers: [tier],
      },
    ],
  });
  const other = openPlace(goldDeployment({ policy }));
  await bringEvidence(other);
  const said = await approvedMint(other);
  expect(codeOf(await other.admit(approval(other.deployment, said, "otto")))).toBe("approval.no-seat");
  expect(codeOf(await other.admit(approval(other.deployment, said, "cora", { decision: "reject" })))).toBe("admitted");
  expect(codeOf(await other.sign(requestIdOf(said)))).toBe("gate.rejected");
  await other.close();
});

test("one person's approvals of one request come to an end, and a rejection is not made twice", async () => {
  const said = submission(place.deployment, { now: place.now });
  await place.admit(said);
  for (let i = 0; i < 20; i += 1)
    await place.admit(approval(place.deployment, said, "chris", { approvalId: idOf(String(i)) }));
  expect(codeOf(await place.admit(approval(place.deployment, said, "chris", { approvalId: idOf("one more") })))).toBe(
    "approval.too-many",
  );
  expect(
    codeOf(
      await place.admit(approval(place.deployment, said, "chris", { decision: "reject", approvalId: idOf("no") })),
    ),
  ).toBe("admitted");
  expect(
    codeOf(
      await place.admit(approval(place.deployment, said, "chris", { decision: "reject", approvalId: idOf("no no") })),
    ),
  ).toBe("approval.rejected-before");
});

const change = (by: PersonId, document: Json, message: Readonly<Record<string, unknown>> = {}): [Envelope, Json] => {
  const { version = 2 } = document as { version?: number };
  const fields = {
    documentHash: hash(document),
    version,
    previous: place.deployment.policyHash,
    class: "loosen",
    reportHash: idOf("report"),
    ...message,
  };
  return [sign(by, place.deployment.deploymentId, "PolicyChange", fields), { document }];
};
const next = (overrides: Readonly<Record<string, unknown>> = { limits: [] }): Json =>
  goldPolicy({ version: 2, previous: documentName(place.deployment.policyHash), ...overrides }) as unknown as Json;

test("a second asset over the same token does not come in", async () => {
  const twin = goldPolicy({
    asset: "GOLD2",
    guards: [],
    limits: [],
    rules: [
      {
        id: "mint",
        when: { operation: "mint", initiator: { group: "issuers" } },
        tiers: [{ upTo: "max", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
      },
    ],
  }) as unknown as Json;
  expect(codeOf(await place.admit(...change("otto", twin, { version: 1, previous: `0x${"00".repeat(32)}` })))).toBe(
    "change.token",
  );
});

test("a replacement is the same call for more, whatever policy came into force meanwhile", async () => {
  await bringEvidence(place);
  const moved = next({
    token: {
      chain: 31_337,
      address: `0x${"77".repeat(20)}`,
      decimals: 18,
      standard: "role-erc20",
      codehash: idOf("c"),
    },
  });
  for (const by of ["otto", "olga"] as const) expect(codeOf(await place.admit(...change(by, moved)))).toBe("admitted");
  const said = await approvedMint(place, { intent: { expiresAt: place.now + 20_000 } });
  expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  place.now += 3601;
  const dearer = {
    ...fees,
    maxFeePerGas: amount.fromBigInt(fees.maxFeePerGas * 2n),
    maxPriorityFeePerGas: amount.fromBigInt(fees.maxPriorityFeePerGas * 2n),
  };
  const again = await place.gate.answer({ verb: "sign", requestId: requestIdOf(said), fees: dearer, replace: true });
  expect(again.kind).toBe("signed");
  expect(place.journal.activeDocument("Policy", "GLD")?.version).toBe(2);
  expect(new Set(place.journal.permits(requestIdOf(said)).map(({ transaction }) => transaction.to))).toEqual(
    new Set([place.deployment.policy.token.address]),
  );
});

test("the wait of a change runs from the signature that completes the quorum as it stands, not from one that lapsed", async () => {
  const roster = JSON.parse(
    JSON.stringify((place.deployment.file as { genesis: { roster: unknown } }).genesis.roster),
  ) as { people: { id: string }[]; version: number; previous: string | null };
  const without = {
    ...roster,
    version: 2,
    previous: documentName(place.deployment.rosterHash),
    people: roster.people.filter(({ id }) => id !== "olga"),
  } as unknown as Json;
  const removal = (by: PersonId): [Envelope, Json] => [
    sign(by, place.deployment.deploymentId, "RosterChange", {
      documentHash: hash(without),
      version: 2,
      previous: place.deployment.rosterHash,
      class: "loosen",
      reportHash: idOf("r"),
    }),
    { document: without },
  ];
  for (const by of ["otto", "omar"] as const) expect(codeOf(await place.admit(...removal(by)))).toBe("admitted");
  place.now += 1800;
  for (const by of ["otto", "olga"] as const) await place.admit(...change(by, next()));
  place.now += 1800;
  await place.admit(submission(place.deployment, { now: place.now }));
  expect(place.journal.activeDocument("Roster", "roster")?.version).toBe(2);
  place.now += 1800;
  await place.admit(...change("omar", next()));
  expect(place.journal.activeDocument("Policy", "GLD")?.version).toBe(1);
  place.now += 3599;
  await place.admit(submission(place.deployment, { now: place.now, intent: { reference: "D-2" } }));
  expect(place.journal.activeDocument("Policy", "GLD")?.version).toBe(1);
  place.now += 1;
  await place.admit(submission(place.deployment, { now: place.now, intent: { reference: "D-3" } }));
  expect(place.journal.activeDocument("Policy", "GLD")?.version).toBe(2);
  await place.reopen();
  expect(place.journal.activeDocument("Policy", "GLD")?.version).toBe(2);
});

test("a change signed first with another report blocks nobody else's", async () => {
  const document = next();
  await place.admit(...change("omar", document, { reportHash: idOf("squatter") }));
  for (const by of ["otto", "olga"] as const)
    expect(codeOf(await place.admit(...change(by, document)))).toBe("admitted");
  place.now += 3601;
  await place.admit(submission(place.deployment, { now: place.now }));
  expect(place.journal.activeDocument("Policy", "GLD")?.version).toBe(2);
});

test("a freezeId that somebody else took first stops no freeze", async () => {
  const freeze = (by: PersonId, scope: string, target: string): Envelope =>
    sign(by, place.deployment.deploymentId, "Freeze", { scope, target, reason: "stop", freezeId: idOf("one") });
  expect(codeOf(await place.admit(freeze("cyril", "key", "hsm-mint")))).toBe("admitted");
  expect(codeOf(await place.admit(freeze("otto", "deployment", "deployment")))).toBe("admitted");
  expect(place.journal.freezes().map(({ scope }) => scope)).toEqual(["key", "deployment"]);
  expect(codeOf(await place.admit(freeze("cyril", "asset", "GLD")))).toBe("freeze.known-id");
});

test("an unfreeze lives no longer than an approval may", async () => {
  await place.admit(
    sign("otto", place.deployment.deploymentId, "Freeze", {
      scope: "asset",
      target: "GLD",
      reason: "x",
      freezeId: idOf("x"),
    }),
  );
  const unfreeze = sign("otto", place.deployment.deploymentId, "Unfreeze", {
    freezesHash: hash([idOf("x")]),
    scope: "asset",
    target: "GLD",
    expiresAt: place.now + 30 * 86_400,
  });
  expect(codeOf(await place.admit(unfreeze, [idOf("x")]))).toBe("unfreeze.lifetime");
});

test("a page of the log always fits its frame, one leaf at the least", async () => {
  for (let i = 0; i < 40; i += 1)
    await place.admit(
      submission(place.deployment, { now: place.now, intent: { reference: `D-${String(i)}`, to: treasury } }),
    );
  for (const envelope of sightings(place.deployment, { blockTime: place.now })) await place.admit(envelope);
  const answer = await place.gate.answer({ verb: "entries", from: 0, limit: 500 });
  expect(answer.kind === "entries" && answer.leaves.map(({ index }) => index)).toEqual(
    Array.from({ length: place.journal.size() }, (_, index) => index),
  );
});
