/** What a hostile service does with two gates and an honest witness: a copy of a journal is let on, or another gate is promoted, and each is asked for what the other must not have signed. */
import { fillerGas } from "../../src/chain/gas.ts";
import { quietMs } from "../../src/gate/word.ts";
import { format, parse, withSignature } from "../../src/log/checkpoint.ts";
import { consistencyProof } from "../../src/log/merkle.ts";
import { fees, requestIdOf } from "../place/gate.ts";
import { approval } from "../place/gold.ts";
import type { Asked } from "./account.ts";
import type { Day } from "./day.ts";
import { ask } from "./asking.ts";
import { unlessAway } from "./death.ts";
import { askFor } from "./deeds.ts";
import { loseGate, promote, tellWitness } from "./succession.ts";
import { deployment } from "./templates.ts";

const [first, copy, before] = [0, 1, 1];
/** A witness names the size that it wants to go on from. */
const mostTries = 3;

/** `drain` lets everything that is under way end; one gate runs, and what was to be mended is. */
export async function setAgainstEachOther(day: Day, drain: () => Promise<void>): Promise<void> {
  const { world } = day;
  const one = await permitted(day, drain);
  if (one === undefined) return;
  day.count("twins");
  world.now += 1;
  world.gates.twin();
  world.service.taint();
  await endAt(day, one, { at: copy, drain });
  askFor(day, one, first);
  await drain();
}

/** As above, with a gate that is promoted while the one before it goes on. */
export async function setAgainstOneBefore(day: Day, drain: () => Promise<void>): Promise<void> {
  const one = await permitted(day, drain);
  if (one === undefined) return;
  loseGate(day, false);
  promote(day);
  await drain();
  tellWitness(day);
  await drain();
  await endAt(day, one, { at: first, drain });
  for (let round = 0; round < 2; round += 1) {
    askFor(day, one, before);
    await drain();
    bringWord(day, before);
    await drain();
  }
}

type Ending = { readonly at: number; readonly drain: () => Promise<void> };

/** A gate is let on, hears that the request is rejected, and is asked to close its nonce. */
async function endAt(day: Day, one: Asked, { at, drain }: Ending): Promise<void> {
  const { world } = day;
  bringWord(day, at);
  await drain();
  // Sometimes for longer than any word holds.
  if (day.chance(2) === 0) world.now += quietMs / 1_000;
  one.ending = approval(deployment, one.said, "carla", { decision: "reject" });
  world.tell([one.ending], at);
  await drain();
  for (let round = 0; round < 2; round += 1) {
    fillFor(day, one, at);
    await drain();
    bringWord(day, at);
    await drain();
  }
}

/** A request whose permit is cosigned, and of which no token has heard; nothing when the gate would not have it. */
async function permitted(day: Day, drain: () => Promise<void>): Promise<Asked | undefined> {
  const { world } = day;
  world.now = Math.max(world.now, world.gates.journal()?.lastInstant() ?? 0);
  world.chain.mine();
  world.observe(true);
  world.attest();
  ask(day);
  await drain();
  const one = day.asked.at(-1);
  for (let rounds = 0; rounds < 2 && one?.isTaken === true; rounds += 1) {
    bringWord(day, first);
    await drain();
    if (rounds === 0) askFor(day, one, first);
    await drain();
  }
  const permits = one === undefined ? [] : (world.gates.journal()?.permits(requestIdOf(one.said)) ?? []);
  return permits.length === 1 && permits[0]?.asked === false ? one : undefined;
}

/** The witness's word for a gate's log as it is, if it gives one. */
function bringWord({ world }: Day, at: number): void {
  const gate = world.gates.port(at);
  world.schedule.begin(async () => {
    await unlessAway(async () => {
      const { checkpoint, size } = await gate.head();
      const journal = world.gates.running[at]?.journal;
      let oldSize = world.witness.head()?.size ?? 0;
      for (let tries = 0; tries < mostTries && journal !== undefined && oldSize <= size; tries += 1) {
        const proof = consistencyProof(oldSize, size, journal.node);
        const answer = await world.witness.endpoint.add({ oldSize, proof, checkpoint });
        if (answer.kind === "refused") return;
        if (answer.kind === "cosigned") {
          await gate.witnessed(format(answer.lines.reduce(withSignature, parse(checkpoint))));
          return;
        }
        oldSize = answer.size;
      }
    });
  });
}

function fillFor({ world }: Day, { said }: Asked, at: number): void {
  const port = world.gates.port(at);
  world.schedule.begin(async () => {
    await unlessAway(async () => {
      await port.sign({
        verb: "sign",
        requestId: requestIdOf(said),
        fees: { ...fees, gasLimit: fillerGas },
        fill: true,
      });
    });
  });
}
