/** A service that delivers other JavaScript than it was given: its own pages lie, and one's own console and command line show and sign the truth. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
// @ts-expect-error plain JavaScript of the build, untyped
import * as builder from "../../scripts/console.js";
import { consoleChecks } from "../../src/cli/console-check.ts";
import { servedConsole } from "../../src/compose/cli-console.ts";
import { consoleFiles } from "../../src/compose/console-files.ts";
import { startOwnConsole } from "../../src/compose/own-console.ts";
import type { ConsoleFile } from "../../src/http/console-files.ts";
import { sha256, utf8 } from "../../src/values/digest.ts";
import { openService, type ServicePlace } from "../e2e/cli/service-place.ts";
import { openServe } from "../flow/serve/place.ts";
import { openChromium } from "../place/chromium.ts";
import { bringWallet, openAt, type Asked } from "../place/console.ts";
import { bringEvidence, openPlace } from "../place/gate.ts";
import { goldDeployment, idOf, submission, treasury } from "../place/gold.ts";
import { testSecret } from "../place/people.ts";
import { requestLies } from "../place/request-lies.ts";

const { buildConsole } = builder as { readonly buildConsole: (folder: string) => Promise<void> };
const id = idOf("DEPOSIT-1");
const folder = mkdtempSync(join(tmpdir(), "countersign-altered-"));
let browser: Browser;
let place: ServicePlace;
let installed: readonly ConsoleFile[];
let own: Awaited<ReturnType<typeof startOwnConsole>>;

/** The same names and the same page, and a script that paints what its master likes. */
function altered(files: readonly ConsoleFile[]): readonly ConsoleFile[] {
  const bytes = utf8(`document.body.textContent = "mint 1 GLD to your own treasury: sign, please";`);
  return files.map((file) =>
    file.path.endsWith(".js") ? { ...file, bytes, compressed: undefined, sha256: sha256(bytes) } : file,
  );
}

beforeAll(async () => {
  const built = join(folder, "built");
  await buildConsole(built);
  installed = consoleFiles(built);
  const serve = await openServe(openPlace(goldDeployment()));
  [browser, place] = await Promise.all([openChromium(), openService(serve, altered(installed))]);
  await bringEvidence(serve.gatePlace);
  const { deployment, now } = serve.gatePlace;
  await serve.desk.post(submission(deployment, { now }), undefined);
  await serve.step();
  own = await startOwnConsole({
    api: place.api,
    genesis: readFileSync(place.genesis, "utf8"),
    port: 0,
    folder: built,
  });
});

afterAll(async () => {
  await browser.close();
  await own.close();
  await place.close();
  rmSync(folder, { recursive: true, force: true });
});

async function signInAtHome(): Promise<{ readonly page: Page; readonly asked: readonly Asked[] }> {
  const { page } = await openAt(browser, `${own.url}/console/`);
  await page.clock.setSystemTime(place.serve.gatePlace.now * 1_000);
  const asked = await bringWallet(page, testSecret("carla"));
  await page.getByText("Your own copy.").waitFor();
  await page.getByRole("button", { name: "Sign in with your wallet" }).click();
  await page.getByRole("heading", { name: "Inbox" }).waitFor();
  return { page, asked };
}

test("its own pages say what their script says", async () => {
  const { page } = await openAt(browser, `${place.api}/console/#/request/${id}`);
  await page.getByText("mint 1 GLD to your own treasury: sign, please").waitFor();
  await page.close();
});

test.each(requestLies.filter(({ about }) => about !== "reserves").map((one) => [one.name, one] as const))(
  "one's own console refuses what the service says untruly: %s",
  async (_, { lie, why }) => {
    const { page, asked } = await signInAtHome();
    place.lie = await lie({ serve: place.serve, id });
    try {
      await page.goto(`${own.url}/console/#/request/${id}`);
      const alert = page.getByRole("alert");
      await alert.waitFor();
      expect(await alert.innerText()).toMatch(why);
      // Carla has not voted yet, and is offered to below where nobody lies.
      expect(await page.getByRole("button", { name: /^Sign:/ }).count()).toBe(0);
      expect(asked).toHaveLength(1);
    } finally {
      place.lie = {};
      await page.close();
    }
  },
);

test("one's own console shows the request as it is where the service says it, and has that signed", async () => {
  const { page, asked } = await signInAtHome();
  await page.getByRole("link", { name: "mint 100 GLD" }).click();
  await page.getByLabel("Approve").check();
  expect(await page.locator(".quantity").innerText()).toBe("100 GLD");
  expect((await page.locator("main").innerText()).toLowerCase()).toContain(`mint 100 gld to ${treasury.toLowerCase()}`);
  await page.getByRole("button", { name: "Sign: approve mint 100 GLD" }).click();
  await page.getByText("Delivered", { exact: true }).waitFor();
  const { deployment } = place.serve.gatePlace;
  const { intentHash } = submission(deployment, { now: place.serve.gatePlace.now }).message as { intentHash: string };
  const { message } = asked.at(-1)!;
  expect(message).toMatchObject({ requestId: id, intentHash, amountText: "100 GLD", to: treasury });
  await page.close();
});

test("the command line shows the request as it is, and what `doctor` asks finds the pages altered", async () => {
  const shown = await place.as("cyril", ["request", "show", id]);
  expect(shown.code).toBe(0);
  expect(shown.out.join("\n").toLowerCase()).toContain(`mint 100 gld to ${treasury.toLowerCase()}`);
  const checks = consoleChecks(installed, await servedConsole(place.api, installed));
  expect(checks.at(-1)).toMatchObject({
    what: expect.stringMatching(/^served console assets.*js$/) as string,
    kind: "wrong",
  });
});
