/** A gate whose journal is lost is rebuilt from the log: every row that decides is there again, and it signs nothing until people resume it. */
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import { restoreJournal, type Restored } from "../../../src/flow/gate/restore.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { rootOf } from "../../../src/sdk/whole-log.ts";
import { rootAt } from "../../../src/log/merkle.ts";
import { toWire } from "../../../src/values/wire.ts";
import {
  approvedMint,
  bringEvidence,
  moodyBackend,
  openPlace,
  requestIdOf,
  softBackend,
  unavailable,
  type GatePlace,
  type Moody,
} from "../../place/gate.ts";
import {
  approval,
  goldDeployment,
  goldPolicy,
  goldToken,
  idOf,
  observation,
  sightings,
  submission,
} from "../../place/gold.ts";
import { rosterOf, sign, type PersonId } from "../../place/people.ts";

const deployment = goldDeployment();
const rebuilt = join(tmpdir(), `countersign-rebuilt-${process.pid}.sqlite`);
const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

let place: GatePlace;
let backend: Moody;

beforeEach(async () => {
  backend = moodyBackend();
  place = openPlace(deployment, backend);
  await bringEvidence(place);
});
afterEach(async () => {
  await place.close();
  for (const end of ["", "-wal", "-shm"]) rmSync(`${rebuilt}${end}`, { force: true });
});

const leavesOf = ({ journal }: GatePlace): string[] =>
  journal.leaves(0, 10_000).map(({ bytes }) => new TextDecoder().decode(bytes));

function restored(leaves: readonly string[], root = rootAt(place.journal.size(), place.journal.node)): Restored {
  const journal = openJournal(rebuilt);
  try {
    const clock = { now: () => parseInstant(place.now + 60) };
    return restoreJournal({ journal, genesisFile: deployment.file, clock, checks: nativeChecks() }, { leaves, root });
  } finally {
    journal.close();
  }
}

async function final(txHash: string, nonce: number): Promise<void> {
  const value = outcomeText({
    status: "reverted",
    from: deployment.key.account,
    nonce,
    to: parseAddress(goldToken),
    blockNumber: 12,
    logs: [],
  });
  for (const by of ["obs-1", "obs-2"] as const)
    await place.admit(
      observation(
        deployment,
        by,
        { subject: `tx:${txHash}`, fact: "outcome", value },
        { blockNumber: 12, blockTime: place.now, overrides: { finalized: true } },
      ),
    );
}

/** Signed and final, signed and open, in doubt, rejected with its filler, frozen and lifted, and a policy that came into force. */
async function history(): Promise<void> {
  const first = await approvedMint(place, { intent: { reference: "D-1" } });
  const signed = await place.sign(requestIdOf(first));
  if (signed.kind !== "signed") throw new Error(codeOf(signed));
  await final(signed.txHash, 0);
  await place.sign(requestIdOf(await approvedMint(place, { intent: { reference: "D-2" } })));
  const ended = await approvedMint(place, { intent: { reference: "D-3" } });
  backend.mood = { kind: "busy", why: "not free" };
  await place.sign(requestIdOf(ended));
  await place.admit(approval(deployment, ended, "carla", { decision: "reject", reason: "wrong receipt" }));
  backend.mood = undefined;
  expect((await place.fill(requestIdOf(ended))).kind).toBe("signed");
  const doubtful = await approvedMint(place, { intent: { reference: "D-4" } });
  backend.mood = unavailable;
  await place.sign(requestIdOf(doubtful));
  backend.mood = undefined;
  const freezeId = idOf("freeze");
  await place.admit(
    sign("cora", deployment.deploymentId, "Freeze", { scope: "asset", target: "GLD", reason: "x", freezeId }),
  );
  const lift = { freezesHash: hash([freezeId]), scope: "asset", target: "GLD", expiresAt: place.now + 600 };
  for (const by of ["otto", "olga"] as const)
    await place.admit(sign(by, deployment.deploymentId, "Unfreeze", lift), [freezeId]);
  await place.admit(
    sign("cora", deployment.deploymentId, "Freeze", {
      ...{ scope: "key", target: "hsm-mint", reason: "look", freezeId: idOf("stays") },
    }),
  );
  place.now += 5;
  const closed = { id: "closed", when: { operation: "pause" }, deny: true };
  const now = JSON.parse(JSON.stringify(toWire(goldPolicy()))) as { guards: Json[] };
  const previous = `sha256:${deployment.policyHash.slice(2)}`;
  const next = toWire(goldPolicy({ version: 2, previous, guards: [...now.guards, closed] }));
  const change = {
    ...{ documentHash: hash(next), version: 2, previous: deployment.policyHash, class: "tighten" },
    reportHash: idOf("report"),
  };
  expect(
    codeOf(await place.admit(sign("otto", deployment.deploymentId, "PolicyChange", change), { document: next })),
  ).toBe("admitted");
  await place.admit(submission(deployment, { now: place.now, intent: { reference: "D-5" } }));
}

/** Everything in a table, whatever the rows' own numbers are. */
function rowsOf(file: string, sql: string): readonly string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => JSON.stringify(row))
      .sort();
  } finally {
    database.close();
  }
}

const decisive = [
  ...["allocations", "approvals", "counters", "series", "returned", "freezes", "statements", "permit_leaves"],
  ...["documents", "used_blocks"],
];

function resumption(by: PersonId, { size, root }: Restored, overrides: Record<string, unknown> = {}) {
  const message = { epoch: 1, logSize: size, logRoot: root, expiresAt: place.now + 600, ...overrides };
  return sign(by, deployment.deploymentId, "Resumption", message);
}

describe("a journal that is rebuilt from the log", () => {
  test("has every row that decides as it was, and takes every unsigned permit for one that a token may have signed", async () => {
    await history();
    const leaves = leavesOf(place);
    const { size, root } = restored(leaves);
    expect(size).toBe(leaves.length);
    let lost = "";
    await place.reopen(() => {
      lost = place.journalFile;
      for (const table of decisive) {
        const sql = `SELECT * FROM ${table}`;
        expect(rowsOf(rebuilt, sql), table).toEqual(rowsOf(lost, sql));
        expect(rowsOf(lost, sql).length, table).toBeGreaterThan(0);
      }
      const permits = "SELECT digest, request_id, ordinal, unsigned, filler, raw, tx_hash FROM permits ORDER BY 1";
      expect(rowsOf(rebuilt, permits)).toEqual(rowsOf(lost, permits));
      const tree = `SELECT * FROM leaves WHERE leaf < ${String(size)} ORDER BY leaf`;
      expect(rowsOf(rebuilt, tree)).toEqual(rowsOf(lost, tree));
      const doubts = "SELECT count(*) AS n FROM permits WHERE filler = 0 AND raw IS NULL AND doubt = 1";
      expect(rowsOf(rebuilt, doubts)).toEqual(['{"n":1}']);
    });
    expect(root).toMatch(/^0x/);
  });

  test("signs nothing, takes statements, and signs again once the quorum resumed exactly this log", async () => {
    await approvedMint(place, { intent: { reference: "D-1" } }).then((said) => place.sign(requestIdOf(said)));
    const at = restored(leavesOf(place));
    const token = softBackend();
    const standby = openPlace(deployment, token, undefined, rebuilt);
    standby.now = place.now + 60;
    place.now = standby.now;
    for (const one of sightings(deployment, { blockNumber: 11, blockTime: standby.now - 2 }, { nonce: "1" }))
      await standby.admit(one);
    const said = await approvedMint(standby, { intent: { reference: "D-2" } });
    const waits = await standby.sign(requestIdOf(said));
    expect(waits).toMatchObject({ kind: "refused", code: "gate.stopped" });
    expect("why" in waits && waits.why).toContain(`rebuilt from ${String(at.size)} leaves under ${at.root}`);
    const wrong: readonly [PersonId, Record<string, unknown>, string][] = [
      ["ida", {}, "resumption.not-entitled"],
      ["otto", { logSize: at.size - 1 }, "resumption.other-log"],
      ["otto", { logRoot: idOf("other") }, "resumption.other-log"],
      ["otto", { epoch: 2 }, "resumption.epoch"],
      ["otto", { expiresAt: place.now }, "resumption.expired"],
      ["otto", { expiresAt: place.now + 30 * 86_400 }, "resumption.lifetime"],
    ];
    for (const [by, overrides, code] of wrong)
      expect(codeOf(await standby.admit(resumption(by, at, overrides)))).toBe(code);
    expect(codeOf(await standby.admit(resumption("otto", at)))).toBe("admitted");
    // The same person twice is one person.
    expect(codeOf(await standby.admit(resumption("otto", at, { expiresAt: place.now + 700 })))).toBe("admitted");
    expect(codeOf(await standby.sign(requestIdOf(said)))).toBe("gate.stopped");
    await standby.reopen();
    expect(codeOf(await standby.sign(requestIdOf(said)))).toBe("gate.stopped");
    expect(token.asked()).toBe(0);
    expect(codeOf(await standby.admit(resumption("olga", at)))).toBe("admitted");
    const answered = await standby.sign(requestIdOf(said));
    expect("why" in answered ? answered.why : "").toBe("");
    expect(answered).toMatchObject({ kind: "signed", nonce: 1 });
    expect(codeOf(await standby.admit(resumption("olga", at, { expiresAt: place.now + 800 })))).toBe(
      "resumption.not-restored",
    );
    // What was resumed once is in the log, and is resumed no second time by it: a gate from this log waits again.
    const leaves = leavesOf(standby);
    const root = rootAt(leaves.length, standby.journal.node);
    await standby.close();
    rmSync(rebuilt);
    const later = restored(leaves, root);
    const third = openPlace(deployment, softBackend(), undefined, rebuilt);
    third.now = place.now + 60;
    expect(third.journal.restoration()).toEqual({ ...later, resumed: false });
    expect(later.size).toBe(leaves.length);
    await third.close();
  });

  test("is made of a log in which two changes came into force together, at one instant or, as gates wrote it once, at two", async () => {
    const { deploymentId, key, policyHash, rosterHash } = deployment;
    const roster = rosterOf([key]);
    const people = roster.people.filter(({ id }) => id !== "ivan");
    const changes = [
      ["PolicyChange", policyHash, toWire(goldPolicy({ version: 2, previous: documentName(policyHash) }))],
      ["RosterChange", rosterHash, toWire({ ...roster, version: 2, previous: documentName(rosterHash), people })],
    ] as const;
    for (const [kind, previous, document] of changes) {
      const words = { documentHash: hash(document), version: 2, previous, class: "loosen", reportHash: idOf("report") };
      for (const by of ["otto", "olga"] as const) await place.admit(sign(by, deploymentId, kind, words), { document });
    }
    const due = place.now + 3_700;
    const isActivation = (leaf: string): boolean => leaf.includes('"kind":"activation"');
    // The second turns as soon as the first of the two is in force.
    Object.defineProperty(place, "now", { get: () => (leavesOf(place).some(isActivation) ? due + 1 : due) });
    await place.admit(submission(deployment, { now: due }));
    const leaves = leavesOf(place);
    const [first, second] = leaves.flatMap((leaf, index) => (isActivation(leaf) ? [index] : []));
    const instantOf = (index: number): unknown => (JSON.parse(leaves[index]!) as { instant: unknown }).instant;
    expect([first, second].map((index) => instantOf(index!))).toEqual([due, due]);
    expect(restored(leaves).size).toBe(leaves.length);
    rmSync(rebuilt);
    const apart = leaves.with(
      second!,
      leaves[second!]!.replace(`"instant":${String(due)}`, `"instant":${String(due + 1)}`),
    );
    const root = rootOf(apart.map((leaf, index) => ({ leaf, index })));
    expect(restored(apart, root).size).toBe(leaves.length);
  });

  test("is not made of a log in which a leaf was changed, left out or put elsewhere", async () => {
    await history();
    const leaves = leavesOf(place);
    const allocation = leaves.findIndex((leaf) => leaf.includes('"kind":"allocation"'));
    const without = leaves.filter((_, index) => index !== allocation);
    const swapped = leaves.with(3, leaves[4]!).with(4, leaves[3]!);
    const later = leaves.with(5, leaves[5]!.replace(/"instant":\d+/, `"instant":${String(place.now - 100)}`));
    for (const bad of [without, swapped, later, leaves.slice(1), [...leaves, leaves.at(-1)!]]) {
      expect(() => restored(bad)).toThrow();
      for (const end of ["", "-wal", "-shm"]) rmSync(`${rebuilt}${end}`, { force: true });
    }
  });
});
