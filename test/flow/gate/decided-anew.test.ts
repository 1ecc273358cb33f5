/** Between its nonce and its token a request may wait for hours: what is signed then is decided then, on what is known and in force by then. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BackendAnswer } from "../../../src/flow/gate/backend.port.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { hash } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { approvedMint, bringEvidence, busy, fees, moodyBackend, openPlace, requestIdOf } from "../../place/gate.ts";
import type { GatePlace, Moody } from "../../place/gate.ts";
import { approval, attestation, goldDeployment, goldPolicy, idOf, sightings } from "../../place/gold.ts";
import { sign as signAs } from "../../place/people.ts";

let backend: Moody;
let place: GatePlace;
let said: Envelope;

beforeEach(async () => {
  backend = moodyBackend();
  place = openPlace(goldDeployment(), backend);
  await bringEvidence(place);
  said = await approvedMint(place);
  backend.mood = busy;
  expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "signing" });
  backend.mood = undefined;
  place.now += 1_000;
});
afterEach(async () => {
  await place.close();
});

const ask = (): Promise<GateAnswer> => place.sign(requestIdOf(said));
const see = async (values: Parameters<typeof sightings>[2] = {}, blockNumber = 40): Promise<void> => {
  for (const one of sightings(place.deployment, { blockNumber, blockTime: place.now - 2 }, values))
    await place.admit(one);
};

/** One officer tightens at once. */
async function tighten(overrides: Readonly<Record<string, unknown>>): Promise<string> {
  const { deployment } = place;
  const next = goldPolicy({ version: 2, previous: `sha256:${deployment.policyHash.slice(2)}`, ...overrides });
  const [documentHash, document] = [hash(toWire(next)), toWire(next)];
  const message = {
    documentHash,
    version: 2,
    previous: deployment.policyHash,
    class: "tighten",
    reportHash: idOf("r"),
  };
  const changed = await place.admit(signAs("otto", deployment.deploymentId, "PolicyChange", message), { document });
  expect(changed.kind).toBe("admitted");
  return documentHash;
}

test("what was seen when it got its nonce is too old when a token is asked", async () => {
  expect(await ask()).toMatchObject({ kind: "refused", code: "policy.evidence-missing" });
  expect(backend.asked()).toBe(0);
  await see();
  expect(await ask()).toMatchObject({ kind: "signed", nonce: 0 });
});

test.each([
  ["the token is paused", "policy.paused", () => see({ paused: "true" })],
  ["its code is another", "policy.code-changed", () => see({ codehash: `0x${"ee".repeat(32)}` })],
  [
    "the reserves are gone",
    "policy.reserves-short",
    async () => {
      await see();
      await place.admit(attestation(place.deployment, place.now, { reserves: "0", sequence: 2 }));
    },
  ],
  [
    "its rule is gone",
    "policy.no-rule",
    async () => {
      await see();
      await tighten({ rules: (goldPolicy().rules ?? []).filter(({ id }) => id !== "mint") });
    },
  ],
] as const)("nothing is asked of a token once %s", async (_, code, happen) => {
  await happen();
  expect(await ask()).toMatchObject({ kind: "refused", code, decision: { code } });
  expect(backend.asked()).toBe(0);
  expect(place.journal.permits(requestIdOf(said))).toMatchObject([{ asked: true, doubt: false, signed: undefined }]);
});

test("a policy that is new since asks for its people again, and they may say it of what has its nonce", async () => {
  const policyHash = await tighten({
    limits: (goldPolicy().limits ?? []).map((limit) => ({ ...limit, max: "4000 GLD" })),
  });
  await see();
  expect(await ask()).toMatchObject({
    kind: "refused",
    code: "policy.quorum-missing",
    decision: { verdict: "pending", missing: [{ group: "custodians", count: 2 }] },
  });
  for (const by of ["carla", "chris"] as const)
    expect(await place.admit(approval(place.deployment, said, by, { policyHash }))).toMatchObject({ kind: "admitted" });
  expect(await ask()).toMatchObject({ kind: "signed", nonce: 0 });
});

test("its own amount does not stand in its way, nor does what got a nonce after it", async () => {
  await place.close();
  const limits = (goldPolicy().limits ?? []).map((limit) => ({ ...limit, window: "rolling 10m", max: "100 GLD" }));
  place = openPlace(goldDeployment({ policy: goldPolicy({ limits }) }), backend);
  await bringEvidence(place);
  said = await approvedMint(place);
  backend.mood = busy;
  await ask();
  place.now += 700;
  await see();
  // Out of the window of the first; in the window of now both are not.
  const next = await approvedMint(place, { intent: { reference: "D-2" } });
  expect(await place.sign(requestIdOf(next))).toMatchObject({ kind: "signing" });
  backend.mood = undefined;
  place.now += 30;
  await see({}, 41);
  const third = await approvedMint(place, { intent: { reference: "D-3" } });
  expect(await place.sign(requestIdOf(third))).toMatchObject({ kind: "refused", code: "policy.limit-exceeded" });
  expect(await ask()).toMatchObject({ kind: "signed", nonce: 0 });
  expect(await place.sign(requestIdOf(next))).toMatchObject({ kind: "signed", nonce: 1 });
});

test("people are told what it waits for, and how it would be decided, before a token is asked", async () => {
  await see({ paused: "true" });
  const dry = await place.gate.answer({ verb: "sign", dryRun: true, requestId: requestIdOf(said) });
  expect(dry).toMatchObject({ kind: "decided", decision: { verdict: "pending", code: "policy.paused" } });
  await see({}, 41);
  const after = await place.gate.answer({ verb: "sign", dryRun: true, requestId: requestIdOf(said) });
  expect(after).toEqual({ kind: "signing", on: "hsm-mint", needs: "to be asked for" });
  // A service that has not heard of the nonce yet would take a refusal for its end.
  await see({ codehash: idOf("other code") }, 42);
  const changed = await place.gate.answer({ verb: "sign", dryRun: true, requestId: requestIdOf(said) });
  expect(changed).toEqual({
    kind: "signing",
    on: "hsm-mint",
    needs: "the policy to allow it again (policy.code-changed)",
  });
});

test("the initiator takes back what the policy no longer lets through, and its nonce is closed", async () => {
  await see({ paused: "true" });
  expect(await ask()).toMatchObject({ kind: "refused", code: "policy.paused" });
  const { requestId, intentHash } = said.message;
  const words = { requestId, intentHash, reason: "the token is paused" };
  await place.admit(signAs("ida", place.deployment.deploymentId, "Cancellation", words));
  expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "signed", nonce: 0 });
});

test("it expires as ever, and its nonce is closed, whatever is seen", async () => {
  await see({ codehash: `0x${"ee".repeat(32)}` });
  expect(await ask()).toMatchObject({ kind: "refused", code: "policy.code-changed" });
  place.now += 3_600;
  expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "signed", nonce: 0 });
});

test("a dearer transaction of what is out is held up by nothing that changed since", async () => {
  await see();
  expect((await ask()).kind).toBe("signed");
  place.now += 1_000;
  await see({ paused: "true" }, 60);
  const dearer = {
    ...fees,
    maxFeePerGas: fees.maxFeePerGas * 2n,
    maxPriorityFeePerGas: fees.maxPriorityFeePerGas * 2n,
  };
  const asked = { verb: "sign", requestId: requestIdOf(said), fees: dearer, replace: true } as never;
  expect(await place.gate.answer(asked)).toMatchObject({ kind: "signed", nonce: 0 });
});

/** A person at a device reads for as long as they like; `answered` is what they do. */
async function reading(): Promise<
  (answered: (permit: Parameters<Moody["sign"]>[0]) => Promise<void>) => Promise<void>
> {
  let shown: { permit: Parameters<Moody["sign"]>[0]; say: (answer: BackendAnswer) => void } | undefined;
  const { sign } = moodyBackend();
  backend.sign = (permit) => new Promise((say) => (shown = { permit, say }));
  const work = ask();
  await expect.poll(() => shown).toBeDefined();
  return async (meanwhile) => {
    if (shown === undefined) throw new Error("it was shown");
    await meanwhile(shown.permit);
    shown.say(await sign(shown.permit));
    backend.sign = sign;
    await work;
  };
}

test.each([
  ["the token is paused", "policy.paused", () => see({ paused: "true" }, 50)],
  ["nothing fresh is seen", "policy.freshness", () => Promise.resolve()],
] as const)(
  "a signature that comes after %s is thrown away unwritten, and asked for again later",
  async (_, code, happen) => {
    await see();
    const answer = await reading();
    place.now += 200;
    const size = place.journal.size();
    await answer(async () => {
      await happen();
    });
    expect(place.journal.size()).toBe(size);
    expect(place.journal.refusals(requestIdOf(said)).at(-1)).toMatchObject({ code });
    expect(place.journal.permits(requestIdOf(said))).toMatchObject([{ doubt: true, signed: undefined }]);
    expect(await ask()).toMatchObject({ kind: "refused", code });
    await see({}, 60);
    expect(await ask()).toMatchObject({ kind: "signed", nonce: 0 });
  },
);

test("a clock that was put back, and so stands still here, makes no old look a new one", async () => {
  await see();
  const answer = await reading();
  place.ticks = place.now * 1_000 + 600_000;
  await see({ paused: "true" }, 50);
  await answer(() => Promise.resolve());
  expect(place.journal.refusals(requestIdOf(said)).at(-1)).toMatchObject({ code: "policy.paused" });
  expect(place.journal.permits(requestIdOf(said))).toMatchObject([{ doubt: true, signed: undefined }]);
});

test("a change whose wait ended while a person read is in force for what they signed", async () => {
  const { deployment } = place;
  const keeping = (goldPolicy().rules ?? []).filter(({ id }) => id !== "mint");
  const next = goldPolicy({
    version: 2,
    previous: `sha256:${deployment.policyHash.slice(2)}`,
    rules: keeping,
    limits: [],
  });
  const [documentHash, document] = [hash(toWire(next)), toWire(next)];
  const message = { documentHash, version: 2, previous: deployment.policyHash, class: "loosen", reportHash: idOf("r") };
  for (const by of ["otto", "olga"] as const)
    expect(await place.admit(signAs(by, deployment.deploymentId, "PolicyChange", message), { document })).toMatchObject(
      { kind: "admitted" },
    );
  place.now += 3_500;
  await see();
  said = await approvedMint(place, { intent: { reference: "D-2" } });
  const answer = await reading();
  place.now += 101;
  await answer(() => Promise.resolve());
  expect(place.journal.permits(requestIdOf(said))).toMatchObject([{ doubt: true, signed: undefined }]);
  expect(place.journal.refusals(requestIdOf(said)).at(-1)).toMatchObject({ code: "policy.no-rule" });
});
