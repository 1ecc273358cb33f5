/** The clock of gate or service jumps an hour, on or back, in the midst of a request: it is refused or it goes on, and nothing is lost or minted twice. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { attestation, approval, submission } from "../../place/gold.ts";
import { openServe, type ServePlace } from "./place.ts";

const hour = 3_600;
let place: ServePlace;

beforeEach(async () => {
  place = await openServe();
});
afterEach(async () => {
  await place.close();
});

async function posted(reference: string): Promise<Envelope> {
  const { deployment, now } = place.gatePlace;
  const said = submission(deployment, { now, intent: { reference } });
  for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
    await place.desk.post(one, undefined);
  return said;
}

async function pass(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await place.step();
    await place.tick();
  }
}

/** Until the request has its nonce, or its signature, or is out: somewhere in its life, by the number of rounds. */
const moments = [0, 4] as const;

describe.each([hour, -hour])("a gate's clock that jumps by %i seconds", (jump) => {
  it.each(moments)("loses no request and mints none twice, %i rounds into its life", async (rounds) => {
    const first = await posted("DEPOSIT-1");
    await pass(rounds);
    const before = place.gatePlace.journal.lastInstant();
    place.gatePlace.now += jump;
    await pass(3);
    // Time in the log never runs backwards.
    expect(place.gatePlace.journal.lastInstant()).toBeGreaterThanOrEqual(before);
    place.gatePlace.now -= jump;
    // Back at the right time the gate stays at the latest instant it wrote, until the clock has caught up.
    if (jump > 0) place.gatePlace.now += hour;
    await place.desk.post(attestation(place.gatePlace.deployment, place.gatePlace.now, { sequence: 2 }), undefined);
    await place.settle();
    // An hour that passed at once may have been all that the request had.
    const { state, nonce } = await place.request(first);
    const isOver = jump > 0 && rounds === 0;
    expect({ state, nonce }).toEqual(isOver ? { state: "expired", nonce: null } : { state: "final", nonce: 0 });
    const second = await posted("DEPOSIT-2");
    await place.settle();
    expect(await place.request(second)).toMatchObject({ state: "final", nonce: isOver ? 0 : 1 });
    expect(place.chain.mints()).toHaveLength(isOver ? 1 : 2);
  });
});

describe.each([hour, -hour])("a service's clock that jumps by %i seconds", (jump) => {
  it.each(moments)("holds up nothing for good and sends nothing twice, %i rounds into a request", async (rounds) => {
    const said = await posted("DEPOSIT-1");
    await pass(rounds);
    const { clock } = place.parts;
    const right = clock.now;
    Object.assign(clock, { now: () => parseInstant(right() + jump) });
    await pass(4);
    Object.assign(clock, { now: right });
    // What was put off by a clock that was ahead is due an hour later at the latest; a crash makes no difference to it.
    await place.restart();
    for (let round = 0; round < 3; round += 1) await place.step();
    if ((await place.request(said)).state !== "final" && jump > 0) place.gatePlace.now += hour;
    await place.desk.post(attestation(place.gatePlace.deployment, place.gatePlace.now, { sequence: 2 }), undefined);
    await place.settle();
    expect(await place.request(said)).toMatchObject({ state: "final", nonce: 0 });
    expect(place.chain.mints()).toHaveLength(1);
    expect(place.gatePlace.backend.asked()).toBe(1);
  });
});
