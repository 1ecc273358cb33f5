/** Requests that end at random moments, tokens in random moods, a gate that dies in between: every lane goes on without a gap, and each request had at most one effect. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { nativeChecks } from "../../src/adapters/crypto-native/checks.ts";
import { checkLanes } from "../../src/gate/lanes-from-log.ts";
import { parse as parseTransaction } from "../../src/chain/transaction.ts";
import { entrySchema } from "../../src/log/entry.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import { approvedMint, bringEvidence, busy, moodyBackend, openPlace, requestIdOf, unavailable } from "../place/gate.ts";
import { approval, goldDeployment, idOf } from "../place/gold.ts";
import { sign as signAs } from "../place/people.ts";

const deployment = goldDeployment();
const declined = { kind: "declined", why: "a person at hsm-mint: it was rejected on the device" } as const;
const moods = { signs: undefined, busy, unavailable, declined };
const points = [
  "gate:allocated",
  "gate:filler-stored",
  "gate:permit-stored",
  "gate:token-answered",
  "gate:signature-stored",
];

const request = fc.nat(3);
const event = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("sign" as const), request }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("fill" as const), request }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("reject" as const, "cancel" as const), request }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("mood" as const),
      mood: fc.constantFrom(...(["signs", "busy", "unavailable", "declined"] as const)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("die" as const), point: fc.constantFrom(...points) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const) }) },
);

test("nonces have no gap, and a nonce has either its request's transaction or a filler", async () => {
  let signed = 0;
  let filled = 0;
  const law = fc.asyncProperty(fc.array(event, { minLength: 8, maxLength: 24 }), async (history) => {
    const token = moodyBackend();
    const place = openPlace(deployment, token);
    try {
      await bringEvidence(place);
      const asked: Envelope[] = [];
      for (let n = 0; n < 4; n += 1)
        asked.push(await approvedMint(place, { intent: { reference: `D-${String(n)}`, expiresAt: place.now + 40 } }));
      const raws = new Map<number, Set<string>>();
      const note = (raw: string): void => {
        const { transaction } = parseTransaction(raw as `0x${string}`);
        const kind = transaction.data === "0x" ? "filler" : "mint";
        raws.set(transaction.nonce, (raws.get(transaction.nonce) ?? new Set<string>()).add(kind));
      };
      for (const one of history) {
        if (one.kind === "wait") place.now += 15;
        if (one.kind === "mood") token.mood = moods[one.mood];
        if (one.kind === "die")
          place.fault = (at) => {
            if (at !== one.point) return;
            place.fault = () => undefined;
            throw new Error("killed");
          };
        if (one.kind === "reject")
          await place.admit(approval(deployment, asked[one.request]!, "carla", { decision: "reject", reason: "no" }));
        if (one.kind === "cancel") {
          const { requestId, intentHash } = asked[one.request]!.message;
          const words = { requestId, intentHash, reason: "twice" };
          await place.admit(signAs("ida", deployment.deploymentId, "Cancellation", words));
        }
        if (one.kind !== "sign" && one.kind !== "fill") continue;
        const answer = await place[one.kind](requestIdOf(asked[one.request]!)).catch(() => undefined);
        if (answer?.kind === "signed") note(answer.raw);
        if (answer === undefined || answer.kind === "problem") await place.reopen();
      }
      const found = await place.gate.answer({ verb: "entries", from: 0, limit: 500 });
      if (found.kind !== "entries") throw new Error(found.kind);
      const log = found.leaves.map(({ index, leaf }) => ({ index, entry: entrySchema.parse(JSON.parse(leaf)) }));
      const { nonces, faults } = checkLanes(log, nativeChecks());
      expect(faults).toEqual([]);
      const allocated = log.flatMap(({ entry }) => (entry.kind === "allocation" ? [entry.nonce] : []));
      expect(allocated).toEqual(allocated.map((_, index) => index));
      expect(nonces).toBe(allocated.length);
      // Whatever happened, a lane without doubt goes on: its ended requests are closed, and a new one is signed.
      token.mood = undefined;
      place.fault = () => undefined;
      for (const said of asked) {
        const id = requestIdOf(said);
        if (place.journal.permits(id).some(({ filler, doubt }) => !filler && doubt)) continue;
        if (place.journal.allocation(id) === undefined) continue;
        const closes = await place.fill(id);
        const goesOn = closes.kind === "signed" ? closes : await place.sign(id);
        expect(goesOn.kind).toBe("signed");
        if (goesOn.kind === "signed") note(goesOn.raw);
      }
      const next = await approvedMint(place, { requestId: idOf("next"), intent: { reference: "NEXT" } });
      expect(await place.sign(requestIdOf(next))).toMatchObject({ kind: "signed", nonce: nonces });
      for (const kinds of raws.values()) {
        expect(kinds.size).toBe(1);
        if (kinds.has("mint")) signed += 1;
        else filled += 1;
      }
    } finally {
      await place.close();
    }
  });
  // Too few of a kind would show nothing: it goes on in rounds until it saw enough.
  for (let round = 0; round < 2 || (round < 10 && (signed <= 10 || filled <= 10)); round += 1)
    await fc.assert(law, { numRuns: 15, endOnFailure: true });
  expect(signed).toBeGreaterThan(10);
  expect(filled).toBeGreaterThan(10);
}, 120_000);
