/** Another gate takes over: from the log, with a log key of its own, in the next epoch, once people promoted it; the one before it signs nothing any more. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { isGenuine } from "../../../src/gate/receipt.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { originOf } from "../../../src/log/checkpoint.ts";
import { cosignedHead } from "../../place/cosigning.ts";
import { approvedMint, bringEvidence, requestIdOf, softBackend, type GatePlace } from "../../place/gate.ts";
import { goldDeployment, idOf } from "../../place/gold.ts";
import { sign, type PersonId } from "../../place/people.ts";
import {
  bringNonce,
  closeAll,
  entriesOf,
  firstKey,
  followed,
  nextKey,
  openGatePlace,
  promote,
  promotion,
  rebuiltFrom,
  signedMint,
  standbyOf,
} from "../../place/succession.ts";
import { firstWitness, noteSigner, openWitness, witnessesOf } from "../../place/witness.ts";

const checks = nativeChecks();
const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);
const deployment = goldDeployment();
let place: GatePlace;

beforeEach(async () => {
  place = openGatePlace(deployment);
  await bringEvidence(place);
});
afterEach(closeAll);

test("signs nothing until the quorum promoted it for exactly this log and this log key; then it goes on with the next nonce, and its own key speaks for the log", async () => {
  expect(await signedMint(place, "D-1")).toMatchObject({ kind: "signed", nonce: 0 });
  const at = rebuiltFrom(place);
  const standby = standbyOf(place, at);
  await bringNonce(standby, "1", 11);
  const said = await approvedMint(standby, { intent: { reference: "D-2" } });
  expect(codeOf(await standby.sign(requestIdOf(said)))).toBe("gate.stopped");
  const { now } = standby;
  const wrong: readonly [PersonId, Record<string, unknown>, string][] = [
    ["ida", {}, "promotion.not-entitled"],
    ["otto", { logSize: at.size - 1 }, "promotion.other-log"],
    ["otto", { logRoot: idOf("other") }, "promotion.other-log"],
    ["otto", { epoch: 1 }, "promotion.epoch"],
    ["otto", { epoch: 3 }, "promotion.epoch"],
    ["otto", { logKey: idOf("nobody's") }, "promotion.log-key"],
    ["otto", { expiresAt: now }, "promotion.expired"],
    ["otto", { expiresAt: now + 30 * 86_400 }, "promotion.lifetime"],
  ];
  for (const [by, overrides, code] of wrong)
    expect([overrides, codeOf(await standby.admit(promotion(by, standby, at, overrides)))]).toEqual([overrides, code]);
  const resumed = { epoch: 1, logSize: at.size, logRoot: at.root, expiresAt: now + 600 };
  const resumption = sign("otto", deployment.deploymentId, "Resumption", resumed);
  expect(codeOf(await standby.admit(resumption))).toBe("resumption.log-key");
  expect(codeOf(await standby.admit(promotion("otto", standby, at)))).toBe("admitted");
  // The same person twice is one person.
  expect(codeOf(await standby.admit(promotion("otto", standby, at, { expiresAt: now + 700 })))).toBe("admitted");
  expect(codeOf(await standby.sign(requestIdOf(said)))).toBe("gate.stopped");
  await standby.reopen();
  const size = standby.journal.size();
  const answer = await standby.admit(promotion("olga", standby, at));
  expect(answer).toMatchObject({ kind: "admitted", receipt: { epoch: 2, leafIndex: size } });
  expect(standby.journal.epoch()).toBe(2);
  expect(entriesOf(standby).at(size + 1)).toMatchObject({
    ...{ kind: "promotion", epoch: 2, size: at.size, root: at.root, logKey: nextKey.publicKey },
    statements: { length: 3 },
  });
  expect(await standby.sign(requestIdOf(said))).toMatchObject({ kind: "signed", nonce: 1 });
  const { receipt } = answer as Extract<GateAnswer, { kind: "admitted" }>;
  expect([nextKey, firstKey].map(({ publicKey }) => isGenuine(receipt, publicKey, checks))).toEqual([true, false]);
  const late = await standby.admit(promotion("olga", standby, at, { expiresAt: now + 800 }));
  expect(codeOf(late)).toBe("promotion.not-restored");
  await standby.reopen();
  expect(await signedMint(standby, "D-3")).toMatchObject({ kind: "signed", nonce: 2 });
});

test("counts together only what has not expired", async () => {
  const at = rebuiltFrom(place);
  const other = standbyOf(place, at, "a third log");
  const key = { logKey: noteSigner("a third log").publicKey };
  expect(codeOf(await other.admit(promotion("otto", other, at, { ...key, expiresAt: other.now + 10 })))).toBe(
    "admitted",
  );
  other.now += 10;
  expect(codeOf(await other.admit(promotion("olga", other, at, key)))).toBe("admitted");
  expect(other.journal.epoch()).toBe(1);
  expect(codeOf(await other.admit(promotion("otto", other, at, key)))).toBe("admitted");
  expect(other.journal.epoch()).toBe(2);
});

test("has a key that no gate had before, and opens no journal whose log another key speaks for", async () => {
  const at = rebuiltFrom(place);
  const same = standbyOf(place, at, "log");
  const own = { logKey: firstKey.publicKey };
  expect(codeOf(await same.admit(promotion("otto", same, at, own)))).toBe("promotion.log-key");
  const standby = await followed(place);
  const { journalFile } = standby;
  await standby.reopen();
  const wrongKey = "the log key is not the one that speaks for this journal's log";
  expect(() => openGatePlace(deployment, softBackend(), undefined, place.journalFile, "another log")).toThrow(wrongKey);
  let opened: unknown;
  await standby.reopen(() => {
    try {
      openGatePlace(deployment, softBackend(), undefined, journalFile, "log");
    } catch (error) {
      opened = error;
    }
  });
  expect(String(opened)).toContain(wrongKey);
});

test("is rebuilt from its log in its turn, followed by a third, or resumed with the key in office", async () => {
  await signedMint(place, "D-1");
  const standby = await followed(place);
  await bringNonce(standby, "1", 11);
  expect(await signedMint(standby, "D-2")).toMatchObject({ kind: "signed", nonce: 1 });
  const again = rebuiltFrom(standby);
  expect(again.size).toBe(standby.journal.size());
  const third = standbyOf(standby, again, "third log");
  expect(third.journal.promotions()).toEqual([{ epoch: 2, logKey: nextKey.publicKey }]);
  expect(codeOf(await third.admit(promotion("otto", third, again, { epoch: 3 })))).toBe("promotion.log-key");
  await promote(third, again, { epoch: 3, logKey: noteSigner("third log").publicKey });
  await bringNonce(third, "2", 12);
  expect(await signedMint(third, "D-3")).toMatchObject({ kind: "signed", nonce: 2 });
  const same = standbyOf(standby, rebuiltFrom(standby));
  const { size, root } = again;
  const resumed = { epoch: 2, logSize: size, logRoot: root, expiresAt: same.now + 600 };
  for (const by of ["otto", "olga"] as const)
    expect(codeOf(await same.admit(sign(by, deployment.deploymentId, "Resumption", resumed)))).toBe("admitted");
  await bringNonce(same, "2", 12);
  expect(await signedMint(same, "D-3")).toMatchObject({ kind: "signed", nonce: 2 });
});

test("leaves the gate before it without a cosignature of witnesses that know of the promotion: it wakes up and signs nothing", async () => {
  const witnessed = goldDeployment({ overrides: { witnesses: witnessesOf(1, firstWitness) } });
  const first = openGatePlace(witnessed);
  await bringEvidence(first);
  const name = originOf(witnessed.deploymentId);
  const witness = openWitness(firstWitness, { log: { name, publicKey: firstKey.publicKey } });
  const cosign = async (at: GatePlace, by = witness): Promise<string> => {
    const head = await cosignedHead(at, by);
    return head === undefined ? "refused" : (await at.witnessed(head)).kind;
  };
  const signedAfter = async (at: GatePlace, reference: string, by = witness): Promise<void> => {
    const said = await approvedMint(at, { intent: { reference } });
    for (const kind of ["needs-cosignature", "needs-cosignature", "signed"]) {
      expect((await at.sign(requestIdOf(said))).kind).toBe(kind);
      if (kind !== "signed") expect(await cosign(at, by)).toBe("witnessed");
    }
  };
  await signedAfter(first, "D-1");
  const standby = await followed(first);
  // Until its operator has the new genesis file.
  expect(await cosign(standby)).toBe("refused");
  const told = openWitness(firstWitness, { log: { name, publicKey: nextKey.publicKey }, heads: witness.heads });
  await bringNonce(standby, "1", 11);
  await signedAfter(standby, "D-2", told);
  await first.reopen();
  const woken = await approvedMint(first, { intent: { reference: "D-3" } });
  for (let tries = 0; tries < 3; tries += 1) {
    expect((await first.sign(requestIdOf(woken))).kind).toBe("needs-cosignature");
    expect(await cosign(first, told)).toBe("refused");
  }
  expect(first.journal.allocation(requestIdOf(woken))).toBe(undefined);
});
