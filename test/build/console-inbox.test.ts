/** Signing in and the inbox, in a real browser over a real gate: who may read, what is urgent, what is live, and how fast it is. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RequestView } from "../../src/http/desk.port.ts";
import { sha256, utf8 } from "../../src/values/digest.ts";
import { openService, type ServicePlace } from "../e2e/cli/service-place.ts";
import { openChromium } from "../place/chromium.ts";
import {
  arrive,
  builtConsole,
  flawsOf,
  looks,
  manyRequests,
  openAt,
  picture,
  signIn,
  tabTo,
  unreached,
} from "../place/console.ts";
import { bringEvidence } from "../place/gate.ts";
import { submission } from "../place/gold.ts";

let browser: Browser;
let place: ServicePlace;

beforeAll(async () => {
  const files = await builtConsole();
  [browser, place] = await Promise.all([openChromium(), openService(undefined, files)]);
  await bringEvidence(place.serve.gatePlace);
  for (const reference of ["DEPOSIT-1", "DEPOSIT-2"]) await ask(reference);
});

afterAll(async () => {
  await browser.close();
  await place.close();
});

async function ask(reference: string): Promise<void> {
  const { deployment, now } = place.serve.gatePlace;
  await place.serve.desk.post(submission(deployment, { now, intent: { reference } }), undefined);
  await place.serve.step();
}

describe("a custodian signs in with a wallet", () => {
  test("by one signature, and finds what waits for them", async () => {
    const { page, complaints, asked } = await signIn(browser, place, "carla");
    await page.getByRole("heading", { name: "Waits for you (2)" }).waitFor();
    expect(asked.map(({ primaryType }) => primaryType)).toEqual(["Session"]);
    const row = await page.locator(".inbox li").first().innerText();
    expect(row).toContain("mint 100 GLD");
    expect(row).toContain("Bank A omnibus");
    expect(row).toContain("waits for 2 more of custodians");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("and is told of a new request without asking", async () => {
    const { page } = await signIn(browser, place, "carla");
    await page.getByRole("heading", { name: "Waits for you" }).waitFor();
    await ask("DEPOSIT-3");
    await page.getByText("DEPOSIT-3").waitFor();
    await page.close();
  });

  test("and is told that the line is lost only for as long as it is, though nothing happens", async () => {
    const { page } = await arrive(browser, place, "carla");
    await page.route("**/v1/events", (route) => route.abort());
    await page.getByRole("button", { name: "Sign in with your wallet" }).click();
    const lost = page.getByText("The service does not answer; asking again…");
    await lost.waitFor();
    await page.unroute("**/v1/events");
    await lost.waitFor({ state: "detached" });
    await page.close();
  });

  test("and is sent to a release that they verified, and to no registry", async () => {
    const { page } = await arrive(browser, place, "carla");
    const note = await page.locator("details.ground").textContent();
    expect(note).toContain("install the release that you verified");
    expect(note).not.toMatch(/npm/);
    await page.close();
  });

  test("with a wallet that nobody in the genesis has, and is told what to do", async () => {
    const { page, asked } = await arrive(browser, place, "otto");
    await page.getByRole("button", { name: "Sign in with your wallet" }).click();
    expect(await page.getByRole("alert").innerText()).toMatch(/nobody's wallet in the genesis: choose another account/);
    expect(asked).toEqual([]);
    await page.close();
  });
});

test("a thousand open requests are on the screen", async () => {
  place.lie = await manyRequests(place, 1_000);
  try {
    const { page } = await arrive(browser, place, "carla");
    await page.getByRole("button", { name: "Sign in with your wallet" }).click();
    const begun = performance.now();
    await page.getByRole("heading", { name: "Waits for you (1000)" }).waitFor();
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(await page.locator(".inbox li").count()).toBeLessThan(100);
    await page.getByRole("button", { name: /Show more/ }).click();
    expect(await page.locator(".inbox li").count()).toBeGreaterThan(200);
    await page.close();
  } finally {
    place.lie = {};
  }
});

test("what is over is read back page by page, to the first", async () => {
  const [first] = await place.serve.desk.requests({ limit: 1 });
  const many = Array.from({ length: 1_100 }, (_, number): RequestView => {
    const requestId = sha256(utf8(`request ${String(number)}`));
    const state = number < 600 ? "pending" : "final";
    return { ...first!, requestId, state, submission: { ...(first!.submission as object), requestId } };
  });
  place.lie = {
    requests: async ({ state, after, limit }) => {
      if (state !== undefined) return [];
      const from = many.findIndex(({ requestId }) => requestId === after) + 1;
      return many.slice(from, from + limit);
    },
  };
  try {
    const { page } = await signIn(browser, place, "carla");
    await page.getByRole("link", { name: "Over" }).click();
    const older = page.getByRole("button", { name: "Ask for older ones" });
    await older.click();
    await page.getByRole("heading", { name: "Over (400)" }).waitFor();
    await page.getByRole("button", { name: "Show more" }).click();
    await older.click();
    await page.getByRole("heading", { name: "Over (500)" }).waitFor();
    expect(await older.count()).toBe(0);
    expect(await page.locator(".inbox li").count()).toBe(500);
    await page.close();
  } finally {
    place.lie = {};
  }
});

test("the sign-in page is reached by keyboard alone, before a genesis is brought and after", async () => {
  const { page } = await openAt(browser, `${place.api}/console/`);
  await page.getByLabel("Genesis file").waitFor();
  expect(await unreached(page)).toEqual([]);
  await page.close();
  const arrived = await arrive(browser, place, "carla");
  await tabTo(arrived.page.locator("summary", { hasText: "newer than the genesis" }));
  await arrived.page.keyboard.press("Enter");
  await arrived.page.getByLabel("Record of your credential").waitFor();
  expect(await unreached(arrived.page)).toEqual([]);
  await arrived.page.close();
});

test.each(looks)("pages are legible: %s", async (name, look) => {
  const { page } = await arrive(browser, place, "carla", look);
  await picture(page, `sign-in-${name}`);
  const flaws = await flawsOf(page);
  await page.getByRole("button", { name: "Sign in with your wallet" }).click();
  await page.getByRole("heading", { name: /Waits for you/ }).waitFor();
  await picture(page, `inbox-${name}`);
  expect([...flaws, ...(await flawsOf(page))]).toEqual([]);
  await page.close();
});
