/** A yield on one sheet, in a real browser over a real gate: whoever has one part before them is offered all of its distribution, and nothing else passes for a part. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Envelope } from "../../src/statement/envelope.ts";
import { openService, type ServicePlace } from "../e2e/cli/service-place.ts";
import { openServe } from "../flow/serve/place.ts";
import { openChromium } from "../place/chromium.ts";
import { builtConsole, flawsOf, looks, picture, signIn, type Visiting } from "../place/console.ts";
import { bringEvidence, openPlace } from "../place/gate.ts";
import { approval, goldDeployment } from "../place/gold.ts";
import { documentOf, partOf, yieldOf, yieldPolicy } from "../place/yield.ts";

let browser: Browser;
let place: ServicePlace;
let parts: readonly Envelope[];
let others: readonly Envelope[];
const of = yieldOf();
const other = yieldOf(3, { recordBlock: 6, previous: of.hash });

beforeAll(async () => {
  const serve = await openServe(openPlace(goldDeployment({ policy: yieldPolicy() })));
  const files = await builtConsole();
  [browser, place] = await Promise.all([openChromium(), openService(serve, files)]);
  await bringEvidence(place.serve.gatePlace);
  const { deployment, now } = place.serve.gatePlace;
  parts = of.entitlements.map((_, index) => partOf(deployment, { now, of, index }));
  others = other.entitlements.map((_, index) =>
    partOf(deployment, { now, of: other, index, intent: { reference: `YIELD-2/${index}` } }),
  );
  for (const [index, part] of parts.entries())
    await place.serve.desk.post(part, index === 0 ? documentOf(of) : undefined);
  // What Carla agreed to by itself waits for her no more.
  for (const part of parts.slice(1)) await place.serve.desk.post(approval(deployment, part, "carla"), undefined);
  await place.serve.step();
});

afterAll(async () => {
  await browser.close();
  await place.close();
});

const all = (page: Page) => page.getByRole("button", { name: /^Look at all/ });

async function openBatch(look = {}): Promise<Visiting> {
  const visiting = await signIn(browser, place, "carla", look);
  await visiting.page.goto(`${place.api}/console/#/batch`);
  await visiting.page
    .getByRole("heading", { name: /^distribute GLD/ })
    .first()
    .waitFor();
  return visiting;
}

test.each(looks)("one part offers all parts: %s", async (name, look) => {
  const { page, complaints } = await openBatch(look);
  await all(page).waitFor();
  expect(await all(page).innerText()).toBe(`Look at all ${parts.length} open parts of this distribution`);
  expect(await page.getByRole("heading", { name: of.hash }).innerText()).toMatch(/\(1\)$/);
  expect(await page.getByRole("button", { name: /together$/ }).count()).toBe(0);
  await picture(page, `distribution-${name}`);
  expect([...(await flawsOf(page)), ...complaints]).toEqual([]);
  await page.close();
});

test("a service that passes a part of another distribution off as one of these has nothing chosen", async () => {
  const { deployment, now } = place.serve.gatePlace;
  const strange = partOf(deployment, { now, of: other, index: 0 });
  const listed = await place.serve.desk.requests({ distribution: of.hash, limit: 50 });
  place.lie = {
    requests: async (filter) =>
      filter.distribution === undefined
        ? await place.serve.desk.requests(filter)
        : listed.map((view, index) => (index === 2 ? { ...view, submission: strange.message } : view)),
  };
  try {
    const { page } = await openBatch();
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/is no part of 0x/);
    expect(await all(page).count()).toBe(0);
    await page.close();
  } finally {
    place.lie = {};
  }
});

test("one word is about all of them, and about no part of another distribution", async () => {
  for (const [index, part] of others.entries())
    expect(await place.serve.desk.post(part, index === 0 ? documentOf(other) : undefined)).toMatchObject({
      kind: "receipt",
    });
  await place.serve.step();
  const { page, asked } = await openBatch();
  expect(await page.getByRole("heading", { name: /^distribute GLD/ }).count()).toBe(2);
  await page.getByText("These are all open parts of this distribution.").waitFor();
  await all(page).click();
  await page.getByText(`Lines 1 to ${parts.length} of ${parts.length}.`).waitFor();
  await page.getByLabel("Approve all").check();
  await page.getByRole("button", { name: /^Sign:/ }).click();
  await page.getByText("Delivered", { exact: true }).waitFor();
  expect(asked.at(-1)?.message).toMatchObject({ operation: "distribute", decision: "approve", count: parts.length });
  await page.close();
});
