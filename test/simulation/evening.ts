/** The end of a simulated day: nothing goes wrong any more, and everything that can end does. */
import { strict as assert } from "node:assert";
import type { Request } from "../../src/request/request.ts";
import { isEnd } from "../../src/request/state.ts";
import { ask } from "./asking.ts";
import type { Day } from "./day.ts";
import { askAgain, askFor, askForRelease, mend, overruleOne, putRight, useKey } from "./deeds.ts";
import { setAgainstEachOther, setAgainstOneBefore } from "./hostility.ts";
import { findAsked } from "./invariants.ts";
import { lease } from "./replicas.ts";
import { wake } from "./succession.ts";

const mostSteps = 20_000;
const mostRounds = 150;
/** For as long as a gate that should not run is left alone. */
const roundsLeftAlone = 3;
/** Until a standby is promoted that has all the witnesses know. */
const mostTries = 6;
/** Until what is asked for first is mined, and some more. */
const blocksOfHurry = 8;
/** Enough for what is under way; a lane that a stranger used never opens again. */
const roundsOfClosedLane = 6;

export async function settle(day: Day): Promise<void> {
  const { world } = day;
  world.chain.mischief.length = 0;
  if (world.gates.isDivided()) await leaveAlone(day);
  await repair(day);
  if (day.mood === "twins") {
    await setAgainstEachOther(day, () => drain(day));
    await repair(day);
  }
  if (day.mood === "succeeding") {
    await setAgainstOneBefore(day, () => drain(day));
    await repair(day);
  }
  if (day.mood === "redeeming") await hurry(day);
  world.attest();
  ask(day);
  await rounds(day, mostRounds);
  for (const one of day.asked) askFor(day, one);
  if (day.mood === "redeeming") for (const one of day.asked) askForRelease(day, one);
  await rounds(day, mostRounds);
  await day.watch.atRest();
  if (day.mood !== "estranged") return;
  await useKey(day);
  await rounds(day, 2);
  ask(day);
  await rounds(day, roundsOfClosedLane);
  await day.watch.atRest();
}

/** A redemption that is asked to be released from its first block on, while one observer takes for final what is mined. */
async function hurry(day: Day): Promise<void> {
  const { world } = day;
  world.sight.eyes = "hasty";
  world.attest();
  ask(day);
  if (day.asked.at(-1)?.said.message["operation"] !== "redeem") ask(day);
  for (let block = 0; block < blocksOfHurry; block += 1) {
    await turn(day, true);
    await drain(day);
    for (const one of day.asked.slice(-2)) askForRelease(day, one);
    await drain(day);
    day.watch.always();
  }
  world.sight.eyes = "clear";
}

async function repair(day: Day): Promise<void> {
  for (let tries = 0; tries === 0 || day.world.gates.isDivided(); tries += 1) {
    assert.ok(tries < mostTries, "one gate goes on in the end");
    await putRight(day);
    await mend(day);
    await drain(day);
  }
}

/** Two gates on copies of one journal, or one on an earlier copy: each is asked for what it knows of. */
async function leaveAlone(day: Day): Promise<void> {
  const { world } = day;
  world.token.isAway = false;
  world.gates.isDiskFull = false;
  world.schedule.carryOn();
  world.gates.start();
  if (day.mood === "succeeding") wake(day);
  world.service.start();
  for (let round = 0; round < roundsLeftAlone; round += 1) {
    world.gates.running.forEach(() => {
      askAgain(day);
    });
    await turn(day, true);
    day.watch.always();
  }
}

/** Until everything that can end has ended, and somebody who comes in between as well. */
async function rounds(day: Day, most: number): Promise<void> {
  for (let round = 0; round < most; round += 1) {
    await drain(day);
    const requests = await day.world.service.requests();
    if (round > 2 && (await isAtRest(day, requests))) break;
    if (round % 5 === 4) overrule(day, requests);
    await turn(day, round < 2);
  }
  await drain(day);
}

async function turn(day: Day, all: boolean): Promise<void> {
  const { world } = day;
  for (let index = 0; index < world.service.replicas; index += 1) world.service.work(index);
  await drain(day);
  // Leases of those who were killed run out, and the gate's time is no longer ahead of the world's.
  world.now = Math.max(world.now + lease + 1, world.gates.journal()?.lastInstant() ?? 0);
  world.chain.mine();
  world.observe(all);
  world.observeOutcomes();
}

async function isAtRest({ world, watch }: Day, requests: readonly Request[]): Promise<boolean> {
  if (requests.some(({ state }) => !isEnd(state))) return false;
  if (requests.some(({ state, submission }) => watch.owes(BigInt(submission.amount), state))) return false;
  return (await world.service.store.mirrored()) === world.gates.journal()?.size();
}

export async function drain({ world }: Day): Promise<void> {
  const { schedule } = world;
  await schedule.quiet();
  for (let steps = 0; schedule.size() > 0; steps += 1) {
    assert.ok(steps < mostSteps, "everything comes to rest");
    await schedule.step(0);
  }
}

/** What ended while a token had its digest, and whose answer was lost: a signature may exist, so its own quorum has to cancel it. */
function overrule(day: Day, requests: readonly Request[]): void {
  for (const { requestId, state } of requests) {
    const asked = findAsked(day, requestId);
    const permits = day.world.gates.journal()?.permits(requestId) ?? [];
    const isInDoubt = permits.some(({ doubt, signed }) => doubt && signed === undefined);
    if (asked === undefined || !isEnd(state) || !isInDoubt || permits.some(({ filler }) => filler)) continue;
    overruleOne(day, asked);
  }
}
