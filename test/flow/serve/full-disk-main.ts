/** A gate and a service, one of them on a disk of 1 MiB that fills up in the midst of requests and gets its space back: prints what was seen. */
import { execFileSync } from "node:child_process";
import { Fault } from "../../../src/values/errors.ts";
import { openPlace } from "../../place/gate.ts";
import { approval, goldDeployment, submission } from "../../place/gold.ts";
import { openServe } from "./place.ts";

const [small = "", large = "", who = ""] = process.argv.slice(2);
const most = 60;

// Both take their folder from here when they are made.
process.env["TMPDIR"] = who === "gate" ? small : large;
const gatePlace = openPlace(goldDeployment());
process.env["TMPDIR"] = who === "gate" ? large : small;
const refusals = new Set<string>();
/** The words of whoever could not write; anything but a fault in words is a bug, and ends this process. */
const trying = async (work: () => Promise<unknown>): Promise<boolean> => {
  try {
    const answer = await work();
    const isRefused = typeof answer === "object" && answer !== null && "kind" in answer && answer.kind === "refused";
    if (isRefused && "code" in answer) refusals.add(String(answer.code));
    return !isRefused;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    refusals.add(`${error.code} ${error.retry}: ${error.message}`);
    return false;
  }
};
const place = await openServe(gatePlace);
const { deployment } = gatePlace;
let delivered = 0;
let isFull = false;
for (let number = 0; number < most && !isFull; number += 1) {
  const said = submission(deployment, {
    now: gatePlace.now,
    intent: { reference: `D-${String(number)}`, amount: "1" },
  });
  let all = true;
  for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
    all = (await trying(() => place.desk.post(one, undefined))) && all;
  if (all) delivered += 1;
  for (let round = 0; round < 2; round += 1) {
    await trying(place.step);
    await trying(place.tick);
  }
  isFull = refusals.size > 0;
}
// Full, and asked again and again: nothing half is written, and nobody falls over.
for (let round = 0; round < 3; round += 1) {
  await trying(place.step);
  await trying(place.tick);
}
const mintedFull = place.chain.mints().length;
execFileSync("sh", ["-c", `mount -o remount,size=64m ${small}`]);
await place.settle();
const states = (await place.store.requests({ limit: 1_000 })).map(({ state }) => state);
const { size } = await place.parts.gate.head();
const result = {
  ...{ delivered, isFull, refusals: [...refusals].sort(), mintedFull },
  ...{ finals: states.filter((state) => state === "final").length, requests: states.length },
  ...{
    mints: place.chain.mints().length,
    whole: (await place.store.mirrored()) === size,
    doubt: place.parts.mirror.doubt() ?? "",
  },
};
process.stdout.write(`${JSON.stringify(result)}\n`);
await place.close();
