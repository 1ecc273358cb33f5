/** The events of a day on which gates are lost: another one goes on from the log, people promote it, the witness is told, and the one before it comes back. */
import { fromBytes } from "../../src/values/hex.ts";
import { idOf } from "../place/gold.ts";
import { sign, type PersonId } from "../place/people.ts";
import type { Day, WeighedDeed } from "./day.ts";
import { unlessAway } from "./death.ts";
import type { Mood } from "./moods.ts";
import { deployment } from "./templates.ts";

const officers: readonly PersonId[] = ["otto", "olga"];
const promotionSeconds = 3_600;

/** The gate is gone with its journal, or somebody thinks so while it goes on. */
export function loseGate({ world }: Day, isAlone: boolean): void {
  world.gates.follow(isAlone);
  if (world.gates.standby !== undefined) world.service.taint();
}

/** For exactly the log and the key of the standby, unless they are mistaken. */
function promoteBy({ world }: Day, by: PersonId, isMistaken = false): void {
  const { gates, now } = world;
  const journal = gates.journal();
  if (gates.standby === undefined || journal === undefined) return;
  const { size, root, logKey } = gates.standby;
  const message = {
    ...{ epoch: journal.epoch() + 1, logSize: size, logRoot: isMistaken ? idOf("another log") : root },
    logKey: fromBytes(logKey.publicKey),
    expiresAt: Math.max(now + gates.skew, journal.lastInstant()) + promotionSeconds,
  };
  if (!isMistaken) gates.promoters.get(logKey)?.add(by);
  world.tell([sign(by, deployment.deploymentId, "GatePromotion", message)]);
}

export function promote(day: Day): void {
  for (const by of officers) promoteBy(day, by);
}

/** Its operators read the promotion from the gate, and see first that the standby has all that they cosigned. */
export function tellWitness(day: Day): void {
  const { gates, witness, schedule } = day.world;
  const { standby } = gates;
  if (standby === undefined || witness.follows === standby.logKey) return;
  schedule.begin(async () => {
    await unlessAway(async () => {
      const { epoch } = await gates.port(0).head();
      if (gates.standby !== standby || witness.follows === standby.logKey || epoch === standby.epoch) return;
      witness.kill();
      if (!gates.isWhole()) return;
      witness.follow(standby.logKey);
      day.count("followed");
    });
  });
}

export function wake(day: Day): void {
  if (!day.world.gates.wake()) return;
  day.count("woken");
  day.world.service.taint();
}

/** Which of the two goes on; what is lost for good is followed in the end. Answers whether one is left. */
export function conclude(day: Day): boolean {
  const { gates, witness } = day.world;
  const { standby } = gates;
  if (standby === undefined) return false;
  const isTold = witness.follows === standby.logKey;
  if (isTold || !standby.isAlone) {
    gates.conclude(isTold);
    return true;
  }
  if (gates.isWhole()) {
    promote(day);
    tellWitness(day);
    return false;
  }
  // The witness cosigned what was on its way when the gate was lost: another standby has it.
  gates.conclude(false);
  loseGate(day, true);
  return false;
}

const succeeding: readonly WeighedDeed[] = [
  [
    16,
    "lose gate",
    (day) => {
      loseGate(day, day.chance(2) === 0);
    },
  ],
  [
    60,
    "promote",
    (day) => {
      promoteBy(day, officers[day.chance(2)]!, day.chance(6) === 0);
    },
  ],
  [30, "tell witness", tellWitness],
  [16, "wake", wake],
];

/** What happens on days of one mood alone. */
export function deedsOf(mood: Mood): readonly WeighedDeed[] {
  return mood === "succeeding" ? succeeding : [];
}
