/** A passkey is made in one's own console, proves itself, is brought into the roster by officers, and then approves; one of a site opens sessions and nothing more. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
// @ts-expect-error plain JavaScript of the build, untyped
import * as builder from "../../scripts/console.js";
import { startOwnConsole } from "../../src/compose/own-console.ts";
import { hash, type Json } from "../../src/values/json.ts";
import { openService, type ServicePlace } from "../e2e/cli/service-place.ts";
import { openServe } from "../flow/serve/place.ts";
import { openChromium } from "../place/chromium.ts";
import { bringWallet, flawsOf, looks, openAt, picture, unreached } from "../place/console.ts";
import { openPlace } from "../place/gate.ts";
import { goldDeployment, goldPolicy, idOf, submission } from "../place/gold.ts";
import { bringAuthenticator } from "../place/passkey.ts";
import { testSecret } from "../place/people.ts";

const { buildConsole } = builder as { readonly buildConsole: (folder: string) => Promise<void> };
const folder = mkdtempSync(join(tmpdir(), "countersign-enrol-"));
let browser: Browser;
let place: ServicePlace;
let own: Awaited<ReturnType<typeof startOwnConsole>>;

beforeAll(async () => {
  const groups = { ...goldPolicy().groups, compliance: { min: 1, credentials: ["wallet"] } };
  const serve = await openServe(openPlace(goldDeployment({ policy: goldPolicy({ groups }) })));
  [place, browser] = await Promise.all([openService(serve), openChromium(), buildConsole(join(folder, "built"))]);
  const genesis = readFileSync(place.genesis, "utf8");
  own = await startOwnConsole({ api: place.api, genesis, port: 0, folder: join(folder, "built") });
});

afterAll(async () => {
  await browser.close();
  await own.close();
  await place.close();
  rmSync(folder, { recursive: true, force: true });
});

async function kept(page: Page, words: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: words }).click(),
  ]);
  const file = join(folder, download.suggestedFilename());
  await download.saveAs(file);
  return file;
}

test("is made, proved, signed by officers and waited for, and only then approves", async () => {
  const { gatePlace } = place.serve;
  const { page } = await openAt(browser, `${own.url}/console/`);
  await page.clock.setSystemTime(gatePlace.now * 1_000);
  await bringWallet(page, testSecret("carla"));
  await bringAuthenticator(page);
  await page.getByRole("button", { name: "Sign in with your wallet" }).click();
  await page.getByRole("link", { name: "Roster" }).click();
  const before = gatePlace.journal.size();
  expect(await page.getByLabel("Whose it is").inputValue()).toBe("carla");
  await page.getByLabel("What it is called").fill("carla-phone");
  expect(await unreached(page)).toEqual([]);
  await page.getByRole("button", { name: "Make it here" }).click();
  await page.getByText("Made, and in no roster yet").waitFor();
  expect(gatePlace.journal.size()).toBe(before);
  for (const [name, { colorScheme = "light", width = 1_000 }] of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await picture(page, `passkey-made-${name}`);
    expect([name, await flawsOf(page)]).toEqual([name, []]);
  }
  const [roster, proof, record] = [
    await kept(page, "the roster that adds it"),
    await kept(page, "the proof that you hold it"),
    await kept(page, "its record"),
  ];
  const document = JSON.parse(readFileSync(roster, "utf8")) as Json & {
    people: { id: string; credentials: object[] }[];
  };
  const carla = document.people.find(({ id }) => id === "carla");
  expect(carla?.credentials.at(-1)).toEqual(JSON.parse(readFileSync(record, "utf8")));
  expect(carla?.credentials.at(-1)).toMatchObject({ kind: "passkey", rpId: "localhost", origin: own.url });

  // Nobody enrols themselves, and one officer is not enough.
  const words = ["roster", "propose", roster, "--possession", proof, "--yes"];
  expect((await place.as("carla", [...words, "--save", join(folder, "own.json")])).code).toBe(1);
  const proposed = await place.as("otto", words);
  expect(proposed).toMatchObject({ code: 0, err: [] });
  await place.serve.step();
  const sign = async (): Promise<void> => {
    await page.getByText("Your credential is newer than the genesis").click();
    await page.getByLabel("Record of your credential").setInputFiles(record);
    await page.getByRole("button", { name: "Sign in as carla-phone" }).click();
  };
  await page.getByRole("button", { name: "Sign out" }).click();
  await sign();
  await page.getByRole("alert").waitFor();
  expect(await place.as("olga", ["change", "sign", hash(document), "--yes"])).toMatchObject({ code: 0, err: [] });
  gatePlace.now += 3_601;
  await place.serve.tick();
  const { deployment, now } = gatePlace;
  await place.serve.desk.post(submission(deployment, { now }), undefined);
  await place.serve.step();
  await page.clock.setSystemTime(now * 1_000);
  await page.getByRole("button", { name: "Sign in as carla-phone" }).click();
  await page.getByRole("link", { name: "Inbox" }).click();
  await page.getByRole("link", { name: "mint 100 GLD" }).click();
  await page.getByLabel("Approve").check();
  await page.getByLabel("Sign with").selectOption("carla-phone");
  await page.getByRole("button", { name: /^Sign:/ }).click();
  await page.getByText("Delivered", { exact: true }).waitFor();
  const shown = await place.serve.desk.request(idOf("DEPOSIT-1"));
  if (shown.kind === "absent") throw new Error("the request is there");
  expect(shown.value.signed?.map(({ kind, credential }) => [kind, credential])).toEqual([
    ["Submission", "ida-1"],
    ["Approval", "carla-phone"],
  ]);
  await page.close();
});
