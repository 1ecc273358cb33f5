/** When something was, for people of several zones, and an asset over time: what its page says about the past. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ServicePlace } from "../e2e/cli/service-place.ts";
import { openChromium } from "../place/chromium.ts";
import { builtConsole, flawsOf, picture, signIn } from "../place/console.ts";
import { done, everything, open, openCorpusService } from "./corpus-pages.ts";

let browser: Browser;
let place: ServicePlace;

beforeAll(async () => {
  browser = await openChromium();
  ({ place } = await openCorpusService(await builtConsole()));
  place.lie = everything;
});

afterAll(async () => {
  await browser.close();
  await place.close();
});

const abroad = { timezoneId: "America/New_York" };

async function go(page: Page, where: string, words: string | RegExp): Promise<void> {
  await page.evaluate(`location.hash = "#/${where}"`);
  await page.getByText(words).first().waitFor();
}

/** As a clock on the wall there shows it, to the second. */
const clockIn = (timeZone: string, iso: string): string =>
  new Date(iso).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone });

test.each([
  ["inbox", "expires"],
  [`request/${open}`, "expires"],
  ["assets", "Limits used"],
] as const)("times stand in the zone of the policy, and in the reader's own beside it: %s", async (where, words) => {
  const { page } = await signIn(browser, place, "cora", abroad);
  await go(page, where, words);
  const times = await page.evaluate<readonly (readonly [iso: string, text: string])[]>(
    `[...document.querySelectorAll("main .time")].map((one) => [one.querySelector("time").dateTime, one.textContent])`,
  );
  expect(times.length).toBeGreaterThan(0);
  for (const [iso, text] of times)
    expect(text).toBe(
      `${clockIn("Europe/Zurich", iso)} Europe/Zurich (${clockIn("America/New_York", iso)} America/New York, where you are)`,
    );
  await page.close();
});

test("times that belong to no policy stand in UTC, and in the reader's own zone beside it", async () => {
  const { page } = await signIn(browser, place, "cora", abroad);
  await go(page, "log", /^\d+ leaves$/);
  const first = page.locator("main .time").first();
  expect(await first.innerText()).toMatch(/ UTC \(.* America\/New York, where you are\)$/);
  await page.close();
});

test("an asset over time: reserves beside supply, and every issue with its request, in the zone of the policy", async () => {
  const { page, complaints } = await signIn(browser, place, "cora", abroad);
  await go(page, "assets", "Limits used");
  await page.getByRole("button", { name: /over time/ }).click();
  await page.getByRole("img", { name: /^reserves .*; supply / }).waitFor();
  for (const name of ["Issues and burns", "Reserves and supply"]) await page.getByText(name, { exact: true }).click();
  const said = await page.locator("main").innerText();
  expect(said).toMatch(/Issued \S+ GLD and burned 0 GLD in all/);
  expect(said).toMatch(/Europe\/Zurich to .* Europe\/Zurich; the top is /);
  const issue = page.getByRole("link", { name: /^issued \S+ GLD$/ });
  expect(await issue.getAttribute("href")).toBe(`#/proof/${done}`);
  expect(await flawsOf(page)).toEqual([]);
  await picture(page, "assets-abroad");
  expect(complaints).toEqual([]);
  await page.close();
});
