/** A safeguard that is taken away is found by a broken day; the same days with it are whole. */
import { expect, it } from "vitest";
import { withoutIt } from "./planted.ts";
import { safeguards } from "./safeguards.ts";
import { simulated } from "./simulated.ts";

const events = 100;
const mostDays = 60;

it.concurrent.each(safeguards)(
  "days are broken without: $name",
  async (safeguard) => {
    const { soon: first, breaks, mood } = safeguard;
    const { broken } = await withoutIt(safeguard, { first, count: mostDays, events });
    expect(broken, `not found in ${mostDays} days from seed ${first}`).toBeDefined();
    if (broken === undefined) return;
    const said = broken.broken ?? "";
    expect(
      breaks.some((sentence) => said.includes(sentence)),
      said,
    ).toBe(true);
    const control = await simulated({ first, count: broken.seed - first + 1, events, mood });
    expect(control.broken).toBeUndefined();
  },
  600_000,
);

it("an edit whose place is gone is no edit", async () => {
  const edits = [{ takes: "nothing", file: "gate/lane.ts", from: "nowhere to be found", to: "" }];
  const lost = { name: "lost", breaks: [], mood: "plain", soon: 1, edits } as const;
  await expect(withoutIt(lost, { first: 1, count: 1, events: 1 })).rejects.toThrow("0 times, not once");
});
