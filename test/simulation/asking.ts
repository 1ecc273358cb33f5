/** How a request comes into a simulated day: somebody brings it, and two custodians approve it. */
import * as address from "../../src/values/address.ts";
import { approval, idOf, submission, units } from "../place/gold.ts";
import type { PersonId } from "../place/people.ts";
import { vault } from "../place/redemption.ts";
import type { Day } from "./day.ts";
import { deployment } from "./templates.ts";

/** Longer than any clock is off. */
const lifetime = 86_400;
export const custodians: readonly PersonId[] = ["chris", "cyril"];

export function ask(day: Day): void {
  const { world } = day;
  const number = day.asked.length + 1;
  const amount = units(number);
  const redeems = day.mood === "redeeming" && number % 2 === 0;
  const said = submission(deployment, {
    now: world.now,
    requestId: idOf(`request ${number}`),
    intent: {
      reference: `DEPOSIT-${number}`,
      amount,
      expiresAt: world.now + lifetime,
      ...(redeems ? { operation: "redeem", to: address.zero, destination: vault } : {}),
    },
  });
  const approvals = custodians.map((by) => approval(deployment, said, by));
  const asked = {
    ...{ said, approvals, amount: BigInt(amount), ending: undefined },
    ...{ isTaken: false, overruling: [] },
  };
  day.asked.push(asked);
  world.schedule.begin(async () => {
    // A clock that is off may refuse it; whoever asked knows then.
    asked.isTaken = await world.service.deliver(said, day.anywhere());
    if (!asked.isTaken) return;
    for (const word of approvals) await world.service.deliver(word, day.anywhere());
  });
}
