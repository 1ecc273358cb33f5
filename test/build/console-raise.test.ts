/** A raise of a multiplier in a real browser: asked for by a form, and read by whoever agrees as a step, a time and the most that it adds. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Desk } from "../../src/http/desk.port.ts";
import { parse as parseName } from "../../src/values/name.ts";
import { toWire } from "../../src/values/wire.ts";
import { openService, type ServicePlace } from "../e2e/cli/service-place.ts";
import { openServe } from "../flow/serve/place.ts";
import { openChromium } from "../place/chromium.ts";
import {
  bringGenesis,
  bringWallet,
  builtConsole,
  flawsOf,
  looks,
  openAt,
  picture,
  type Look,
} from "../place/console.ts";
import { openPlace, requestIdOf } from "../place/gate.ts";
import { goldDeployment, goldPolicy, submission, units } from "../place/gold.ts";
import { testSecret } from "../place/people.ts";
import { raise, tokenOf } from "../place/profiles.ts";

const written = goldPolicy();
const issuing = { operation: { in: ["mint", "raiseMultiplier"] } };
const [rule] = written.rules;
const policy = goldPolicy({
  token: tokenOf("backed-token", toWire(written.token) as Readonly<Record<string, unknown>>),
  guards: [{ ...written.guards![0], when: issuing }],
  limits: [{ ...written.limits![0], when: issuing }],
  rules: [
    toWire({ ...rule!, id: "yield", when: { operation: "raiseMultiplier", initiator: { group: "compliance" } } }),
  ],
});

let browser: Browser;
let place: ServicePlace;
let asked: string;
/** Cora asks and agrees, so that one browser shows both. */
const everything: Partial<Desk> = {
  member: (credential) =>
    Promise.resolve({
      kind: "found",
      value: { member: parseName("cora"), groups: ["compliance", "issuers"].map(parseName), service: false },
      credential,
    }),
};

beforeAll(async () => {
  const gatePlace = openPlace(goldDeployment({ policy }));
  const [files, chromium, serve] = await Promise.all([builtConsole(), openChromium(), openServe(gatePlace)]);
  browser = chromium;
  place = await openService(serve, files);
  place.lie = everything;
  const intent = {
    ...{ operation: "raiseMultiplier", to: `0x${"0".repeat(40)}`, amount: units(42), reference: "YIELD-1" },
    ...raise,
  };
  const said = submission(gatePlace.deployment, { now: gatePlace.now, by: "cora", intent });
  asked = requestIdOf(said);
  await serve.desk.post(said, undefined);
  await serve.step();
});

afterAll(async () => {
  await browser.close();
  await place.close();
});

async function openedAt(where: string, look: Look = {}): Promise<{ page: Page; complaints: string[] }> {
  const opened = await openAt(browser, `${place.api}/console/`, { timezoneId: "America/New_York", ...look });
  const { page } = opened;
  await page.clock.setSystemTime(place.serve.gatePlace.now * 1_000);
  await bringWallet(page, testSecret("cora"));
  await bringGenesis(page, place.genesis);
  await page.getByRole("button", { name: "Sign in with your wallet" }).click();
  await page.getByRole("heading", { name: "Inbox" }).waitFor();
  await page.evaluate((hash) => {
    (globalThis as unknown as { location: { hash: string } }).location.hash = hash;
  }, `#/${where}`);
  return opened;
}

test.each(looks)(
  "whoever agrees reads the step, its time in two zones, and the most that it adds: %s",
  async (name, look) => {
    const { page, complaints } = await openedAt(`request/${asked}`, look);
    const head = page.getByRole("region", { name: "What it does" });
    await head.getByText("Issue to all who hold it, at most").waitFor();
    const words = await head.innerText();
    expect(words).toContain("42");
    expect(words).toMatch(
      /1 to 1\.0042 \(\+0\.42 %\) as of 1 Jan 2030, 01:00:00 Europe\/Zurich \(31 Dec 2029, 19:00:00 America\/New York, where you are\)/,
    );
    expect(words).toContain("which is the same as issuing at most 42 GLD to everybody who holds it");
    await picture(page, `raise-${name}`);
    expect([await flawsOf(page), complaints]).toEqual([[], []]);
    await page.close();
  },
);

test("an issuer asks for one by its form, and what is wrong is said at its field", async () => {
  const { page } = await openedAt("ask");
  await page.getByText("Not asked yet").waitFor();
  await page.getByLabel("The most that all who hold it get by this").fill("42");
  await page.getByLabel("What a share is now").fill("1");
  await page.getByLabel("What a share becomes").fill("1,0042");
  await page.locator("#newMultiplier-wrong").waitFor();
  await page.getByLabel("What a share becomes").fill("1.0042");
  await page.getByLabel("From when on").fill("2030-01-01");
  await page.locator("#activationTime-wrong").waitFor();
  await picture(page, "raise-form-wrong");
  await page.getByLabel("From when on").fill("2030-01-01T00:00:00Z");
  await page.getByLabel("Reference").fill("YIELD-2");
  await page.getByText("It would wait for this").waitFor();
  expect(await page.locator(".amount").innerText()).toMatch(/^raise the multiplier of GLD from 1 to 1\.0042/);
  await picture(page, "raise-form");
  expect(await flawsOf(page)).toEqual([]);
  await page.close();
});
