/** A service that lies about documents or bundles, on the pages beside the request's own: nothing of it is shown as true. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Desk } from "../../src/http/desk.port.ts";
import type { Json } from "../../src/values/json.ts";
import { openService, type ServicePlace } from "../e2e/cli/service-place.ts";
import { openServe } from "../flow/serve/place.ts";
import { openChromium } from "../place/chromium.ts";
import { builtConsole, signIn } from "../place/console.ts";
import { bringEvidence, openPlace } from "../place/gate.ts";
import { approval, goldDeployment, idOf, submission } from "../place/gold.ts";
import { requestLies } from "../place/request-lies.ts";

const id = idOf("DEPOSIT-1");
const other = idOf("DEPOSIT-2");
let browser: Browser;
let place: ServicePlace;

beforeAll(async () => {
  const [serve, files] = await Promise.all([openServe(openPlace(goldDeployment())), builtConsole()]);
  [browser, place] = await Promise.all([openChromium(), openService(serve, files)]);
  const { gatePlace } = place.serve;
  await bringEvidence(gatePlace);
  const { deployment, now } = gatePlace;
  for (const reference of ["DEPOSIT-1", "DEPOSIT-2"])
    await serve.desk.post(submission(deployment, { now, intent: { reference } }), undefined);
  await serve.step();
});

afterAll(async () => {
  await browser.close();
  await place.close();
});

/** The page as it is read afresh. */
async function go(page: Page, where: string): Promise<void> {
  await page.evaluate(`location.hash = "#/bundle"`);
  await page.getByRole("heading", { name: "Check a bundle" }).waitFor();
  await page.evaluate(`location.hash = "#/${where}"`);
}

const pages = ["inbox", "batch", "ask", "assets", "policies", "roster", "report", `request/${id}`] as const;

describe("no page shows what it makes of", () => {
  const lies = requestLies.filter(({ about }) => about === "documents");
  test.each(lies.map((one) => [one.name, one] as const))("%s", async (_, { lie, why }) => {
    const { page } = await signIn(browser, place, "carla");
    place.lie = await lie({ serve: place.serve, id });
    try {
      for (const where of pages) {
        await go(page, where);
        const alert = page.getByRole("alert");
        await alert.waitFor();
        expect([where, await alert.innerText()]).toEqual([where, expect.stringMatching(why)]);
        expect([where, await page.locator(".verdict.good, .inbox li, form, table").count()]).toEqual([where, 0]);
      }
    } finally {
      place.lie = {};
      await page.close();
    }
  });
});

describe("no bundle is said to hold", () => {
  beforeAll(async () => {
    const { deployment, now } = place.serve.gatePlace;
    for (const reference of ["DEPOSIT-1", "DEPOSIT-2"]) {
      const said = submission(deployment, { now, intent: { reference } });
      for (const who of ["carla", "chris"] as const)
        await place.serve.desk.post(approval(deployment, said, who), undefined);
    }
    await place.serve.settle();
  });

  const altered =
    (from: RegExp | string, to: string) =>
    async (desk: Desk): Promise<Awaited<ReturnType<Desk["bundle"]>>> => {
      const found = await desk.bundle(id);
      if (found.kind === "absent") throw new Error("there is a bundle");
      const text = JSON.stringify(found.value);
      const now = text.replaceAll(from, to);
      expect(now).not.toBe(text);
      return { kind: "found", value: JSON.parse(now) as Json };
    };
  const lies: readonly (readonly [string, (desk: Desk) => ReturnType<Desk["bundle"]>, RegExp])[] = [
    ["whose amount is another in every place", altered("100 GLD", "900 GLD"), /does not hold|Do not rely on it/],
    [
      "whose recipient is another in every place",
      altered(/a{40}/gi, "b".repeat(40)),
      /does not hold|Do not rely on it/,
    ],
    ["whose label of the recipient is another", altered("Bank A omnibus", "Bank B omnibus"), /does not hold|Do not/],
    ["whose roster calls somebody otherwise", altered('"Carla"', '"Karla"'), /does not hold|Do not rely on it/],
    ["of another request", (desk) => desk.bundle(other), /of another request/],
  ];
  test.each(lies)("%s", async (_, lie, why) => {
    const { page } = await signIn(browser, place, "carla");
    const truth = place.serve.desk;
    place.lie = { bundle: () => lie(truth) };
    try {
      await go(page, `request/${id}`);
      await page.getByRole("button", { name: "Fetch the bundle and verify it here" }).click();
      await page.locator("main").getByText(why).first().waitFor();
      expect(await page.getByText("Verified in your browser").count()).toBe(0);
      await go(page, `proof/${id}`);
      await page.locator("main").getByText(why).first().waitFor();
      expect(await page.locator(".verdict.good").count()).toBe(0);
    } finally {
      place.lie = {};
    }
    await go(page, `request/${id}`);
    await page.getByRole("button", { name: "Fetch the bundle and verify it here" }).click();
    await page.getByText("Verified in your browser").waitFor();
    await page.close();
  });
});
