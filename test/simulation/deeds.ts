/** The events of a simulated day: each a small deed with a name and a weight. */
import { fees, requestIdOf } from "../place/gate.ts";
import { approval } from "../place/gold.ts";
import { sign } from "../place/people.ts";
import { delivery } from "../place/redemption.ts";
import type { Asked } from "./account.ts";
import type { Day, WeighedDeed } from "./day.ts";
import { ask, custodians } from "./asking.ts";
import { unlessAway } from "./death.ts";
import { lease } from "./replicas.ts";
import { conclude } from "./succession.ts";
import { deployment } from "./templates.ts";

type Deed = WeighedDeed[2];

const longestStretch = 16;

/** A stretch in which nothing happens from outside: whatever is under way goes on, in any order. */
const goOn: Deed = async (day) => {
  const { schedule } = day.world;
  for (let steps = day.chance(longestStretch); steps >= 0 && schedule.size() > 0; steps -= 1) {
    day.trace.push(await schedule.step(day.chance(schedule.size())));
    const isSigning = schedule.isAt("gate:allocated") || schedule.isAt("gate:permit-stored");
    if (isSigning && day.chance(10) === 0) endOne(day);
  }
};

const work: Deed = (day) => {
  day.world.service.work(day.anywhere());
};

const passTime: Deed = (day) => {
  const { world } = day;
  world.now += 1 + day.chance(12);
  if (day.chance(3) > 0) world.chain.mine();
  world.observe();
  if (day.chance(2) === 0) world.observeOutcomes();
  if (day.chance(8) === 0) world.attest();
  if (day.mood === "redeeming") deliverOne(day);
};

/** Somebody at a destination says that a release came there; now and then they say it twice. */
function deliverOne(day: Day): void {
  const { releases } = day.watch;
  const one = [...releases.values()][day.chance(Math.max(1, releases.size))];
  if (one === undefined) return;
  const said = delivery(deployment, one);
  day.world.schedule.begin(async () => {
    await day.world.service.deliver(said, day.anywhere());
  });
}

/** A custodian or the issuer changes their mind, at any moment; half of them say so to the gate itself. */
const endOne = (day: Day): void => {
  const { world } = day;
  const open = day.asked.filter(({ isTaken, ending }) => isTaken && ending === undefined);
  // What happens between a nonce and its signature is seldom, and the worst.
  const unsigned = open.filter(({ said }) => {
    const permit = world.gates.journal()?.permits(requestIdOf(said)).at(-1);
    return permit !== undefined && permit.signed === undefined;
  });
  const from = unsigned.length > 0 ? unsigned : open;
  const one = from[day.chance(Math.max(1, from.length))];
  if (one === undefined) return;
  const { requestId, intentHash } = one.said.message;
  const word =
    day.chance(2) === 0
      ? approval(deployment, one.said, "carla", { decision: "reject" })
      : sign("ida", deployment.deploymentId, "Cancellation", { requestId, intentHash, reason: "not any more" });
  one.ending = word;
  if (day.chance(2) === 0) world.tell([word]);
  else
    world.schedule.begin(async () => {
      await world.service.deliver(word, day.anywhere());
    });
};

/** The quorum of a request cancels it together, each telling the gate itself. */
export function overruleOne(day: Day, asked: Asked): void {
  const { requestId, intentHash } = asked.said.message;
  const words = { requestId, intentHash, reason: "it has to be stopped" };
  asked.overruling = custodians.map((by) => sign(by, deployment.deploymentId, "Cancellation", words));
  day.world.tell(asked.overruling);
}

/** What is signed and in no final block is cancelled: its transaction may be mined, or the one that does nothing. */
const overrule: Deed = (day) => {
  const journal = day.world.gates.journal();
  const out = day.asked.filter(({ said, isTaken, overruling }) => {
    const requestId = requestIdOf(said);
    const isOpen = journal?.allocation(requestId)?.outcome === "open";
    return isTaken && isOpen && overruling.length === 0 && journal?.permits(requestId).some(({ signed }) => signed);
  });
  const one = out[day.chance(Math.max(1, out.length))];
  if (one === undefined) return;
  day.count("overruled");
  overruleOne(day, one);
};

const killReplica: Deed = async (day) => {
  day.count("kills");
  day.world.service.kill(day.anywhere());
  await day.world.schedule.quiet();
};

const killGate: Deed = (day) => {
  day.count("kills");
  day.world.gates.kill();
};

const killWitness: Deed = (day) => {
  day.count("kills");
  day.world.witness.kill();
};

/** A replica stands still for longer than its leases last, while the others go on. */
const haltReplica: Deed = (day) => {
  const { world } = day;
  day.count("halted");
  world.service.halt(day.anywhere());
  world.now += lease + 1;
};

/** Somebody looks after the machines. */
export const mend: Deed = ({ world }) => {
  world.token.isAway = false;
  world.witness.mend();
  world.sight.eyes = "clear";
  world.gates.isDiskFull = false;
  world.gates.isLineBad = false;
  world.gates.skew = 0;
  world.service.skew = 0;
  world.schedule.carryOn();
  world.gates.start();
  world.service.start();
};

/** Never below what is final. */
const reorganise: Deed = (day) => {
  const { chain } = day.world;
  const deepest = chain.head().number - chain.finalized().number;
  if (deepest === 0) return;
  day.count("reorgs");
  const depth = 1 + day.chance(deepest);
  chain.reorganise(depth, day.chance(2) === 0);
  for (let block = 0; block <= depth; block += 1) chain.mine();
};

const forgetPool: Deed = ({ world }) => {
  world.chain.forgetPool();
};

const mischief: Deed = (day) => {
  const kinds = ["lose-reply", "lose-bytes", "throw-after"] as const;
  day.world.chain.mischief.push(kinds[day.chance(kinds.length)]!);
};

const hideToken: Deed = ({ world }) => {
  world.token.isAway = !world.token.isAway;
};

const turnClocks: Deed = (day) => {
  const hours = [-3_600, 0, 3_600];
  day.world.gates.skew = hours[day.chance(3)]!;
  day.world.service.skew = hours[day.chance(3)]!;
};

const loseStore: Deed = ({ world }) => world.service.loseStore();

/** The witness is away, says no, or its clock is off. */
const upsetWitness: Deed = (day) => {
  const { witness } = day.world;
  const what = day.chance(3);
  if (what === 0) witness.isAway = true;
  if (what === 1) witness.refuses = true;
  if (what === 2) witness.skew = day.chance(2) === 0 ? -90 : 90;
};

/** The endpoint of one observer answers nothing, lies, or is on a fork. */
const blindObserver: Deed = (day) => {
  const kinds = (["silent", "lying", "forked", "clear"] as const).map((one) =>
    day.mood === "redeeming" && (one === "lying" || one === "forked") ? "hasty" : one,
  );
  day.world.sight.eyes = kinds[day.chance(kinds.length)]!;
};

/** Answers of the gate are lost, or asked for twice. */
const spoilLine: Deed = ({ world }) => {
  world.gates.isLineBad = true;
};

const fillDisk: Deed = (day) => {
  day.count("full disks");
  day.world.gates.isDiskFull = true;
};

const copyJournal: Deed = ({ world }) => {
  if (!world.gates.isDivided()) world.gates.copy(world.token.signed.length);
};

/** A crash, and the journal that the gate opens next is an earlier copy; mostly one that does not know of a signature. */
const putBack: Deed = (day) => {
  const { gates, service, token } = day.world;
  if (gates.isDivided() || gates.signedAtCopy === undefined) return;
  if (gates.signedAtCopy === token.signed.length && day.chance(4) > 0) return;
  day.count("put back");
  gates.putBack();
  service.taint();
};

/** A second gate on a copy of the journal, with the same token; half of the replicas speak to it. */
const openTwin: Deed = (day) => {
  const { gates, service } = day.world;
  if (gates.isDivided() || gates.running.length !== 1) return;
  day.count("twins");
  gates.twin();
  service.taint();
};

/** The operators keep one journal, begin a new store, and people who hold receipts of the other say their word again. */
export const putRight: Deed = async (day) => {
  const { world } = day;
  // Nothing of the journal that is given up is on its way to the witness any more.
  if (world.gates.isDivided()) world.witness.kill();
  if (!(world.gates.standby === undefined ? world.gates.reunite() : conclude(day))) return;
  await world.service.loseStore();
  world.gates.start();
  for (const { said, approvals, isTaken, ending, overruling } of day.asked) {
    if (!isTaken) continue;
    const words = [said, ...approvals, ...(ending === undefined ? [] : [ending]), ...overruling];
    world.schedule.begin(async () => {
      for (const word of words) await world.service.deliver(word, day.anywhere());
    });
  }
};

/** A service that forgot, or that wants more than it should, asks for a signature once more. */
export const askAgain = (day: Day): void => {
  const taken = day.asked.filter(({ isTaken }) => isTaken);
  const one = taken[day.chance(Math.max(1, taken.length))];
  if (one === undefined) return;
  if (day.mood === "redeeming" && day.chance(2) === 0) askForRelease(day, one);
  else askFor(day, one);
};

export function askForRelease(day: Day, { said }: Asked): void {
  const port = day.world.gates.port(day.anywhere());
  day.world.schedule.begin(async () => {
    await unlessAway(async () => {
      await port.sign({ verb: "sign", requestId: requestIdOf(said), release: true });
    });
  });
}

export function askFor(day: Day, { said }: Asked, at: number = day.anywhere()): void {
  const port = day.world.gates.port(at);
  day.world.schedule.begin(async () => {
    await unlessAway(async () => {
      await port.sign({ verb: "sign", requestId: requestIdOf(said), fees });
    });
  });
}

/** Somebody else uses the key: there is no lane after that. */
export const useKey: Deed = (day) => {
  if (day.mood !== "estranged" || day.counts.strangers > 0) return;
  day.count("strangers");
  day.world.chain.takeNonce();
};

export const deeds: readonly WeighedDeed[] = [
  [240, "", goOn],
  [96, "work", work],
  [40, "time", passTime],
  [16, "ask", ask],
  [8, "kill serve", killReplica],
  [8, "kill gate", killGate],
  [32, "mend", mend],
  [8, "reorganise", reorganise],
  [4, "forget pool", forgetPool],
  [8, "mischief", mischief],
  [4, "token", hideToken],
  [4, "clocks", turnClocks],
  [4, "lose store", loseStore],
  [16, "end one", endOne],
  [12, "overrule", overrule],
  [3, "kill witness", killWitness],
  [3, "witness", upsetWitness],
  [4, "observers", blindObserver],
  [4, "line", spoilLine],
  [4, "ask again", askAgain],
  [3, "disk", fillDisk],
  [3, "halt serve", haltReplica],
  [4, "copy", copyJournal],
  [1, "put back", putBack],
  [1, "twin", openTwin],
  [10, "put right", putRight],
];
