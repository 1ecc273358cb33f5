/** The whole story with all its real parts: asked for with a wallet, approved with a wallet and a passkey in one's own console, mined, and verified in the browser. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
// @ts-expect-error plain JavaScript of the build, untyped
import * as builder from "../../scripts/console.js";
import { freePort } from "../../src/adapters/anvil/process.ts";
import { loadCredential, secretCredential } from "../../src/adapters/credential/credential-file.ts";
import { publicPart, signStatement } from "../../src/adapters/credential/credential.ts";
import { startOwnConsole } from "../../src/compose/own-console.ts";
import { deploymentId as deploymentIdOf, genesisFileSchema } from "../../src/genesis/genesis.ts";
import { parseStrict } from "../../src/values/json.ts";
import { parse as parseName } from "../../src/values/name.ts";
import { openChromium } from "../place/chromium.ts";
import { bringWallet, openAt, picture } from "../place/console.ts";
import { openDeployment, startAll, type Place } from "../place/deployment.ts";
import { mintEvents } from "../place/ledger.ts";
import { bringPasskey, makePasskey, signerOf, type TestPasskey } from "../place/passkey.ts";
import { testSecret } from "../place/people.ts";
import { refound } from "../place/refound.ts";

const { buildConsole } = builder as { readonly buildConsole: (folder: string) => Promise<void> };
const folder = mkdtempSync(join(tmpdir(), "countersign-own-"));
/** An issuer's wallet, beside the key that asks from the command line. */
const wallet = secretCredential({ kind: "wallet", id: parseName("ida-wallet"), privateKey: testSecret("ida-wallet") });
let browser: Browser;
let place: Place;
let passkey: TestPasskey;
let own: Awaited<ReturnType<typeof startOwnConsole>>;

beforeAll(async () => {
  const port = await freePort();
  passkey = makePasskey("chris-phone", `http://localhost:${String(port)}`);
  const { credential } = passkey;
  place = await openDeployment((at) =>
    refound(at, {
      policy: (policy) => ({
        ...policy,
        groups: { ...policy.groups, custodians: { min: 3, credentials: ["wallet", "passkey", "key"] } },
      }),
      genesis: (genesis) => ({
        ...genesis,
        roster: {
          ...genesis.roster,
          people: genesis.roster.people.map((person) =>
            person.id === "chris"
              ? { ...person, credentials: [...person.credentials, credential] }
              : person.id === "ida"
                ? { ...person, credentials: [...person.credentials, publicPart(wallet)] }
                : person,
          ),
        },
      }),
      possessions: async (documentHash) => [
        await signerOf(passkey, documentHash).sign("Possession", {
          holder: "chris",
          credential: credential.id,
          documentHash,
        }),
        signStatement(wallet, documentHash, "Possession", { holder: "ida", credential: wallet.id, documentHash }),
      ],
    }),
  );
  await Promise.all([startAll(place), buildConsole(join(folder, "built"))]);
  const genesis = readFileSync(place.folder.genesis, "utf8");
  [own, browser] = await Promise.all([
    startOwnConsole({ api: place.api, genesis, port, folder: join(folder, "built") }),
    openChromium(),
  ]);
});

afterAll(async () => {
  await browser.close();
  await own.close();
  await place.close();
  rmSync(folder, { recursive: true, force: true });
});

const sign = (page: Page) => page.getByRole("button", { name: "Sign: approve mint 15 GLD" });
const delivered = (page: Page) => page.getByText("Delivered", { exact: true }).waitFor();

test("an issuer asks with a wallet, a wallet and a passkey approve in one's own console, it is mined, and the browser verifies the bundle", async () => {
  const ida = await openAt(browser, `${own.url}/console/`);
  const wished = await bringWallet(ida.page, wallet.privateKey);
  await ida.page.getByRole("button", { name: "Sign in with your wallet" }).click();
  await ida.page.getByRole("link", { name: "Ask" }).click();
  await ida.page.getByLabel("How much").fill("15");
  await ida.page.getByLabel("To", { exact: true }).fill(place.demo.bank);
  await ida.page.getByLabel("Reference").fill("CONSOLE");
  await ida.page.getByRole("button", { name: "Sign it and ask" }).click();
  await ida.page.getByText("that signature was verified here").waitFor();
  const { requestId } = wished[1]!.message;

  const carla = await openAt(browser, `${own.url}/console/`);
  const asked = await bringWallet(carla.page, loadCredential(place.folder.people("carla")).privateKey);
  await carla.page.getByText("Your own copy.").waitFor();
  await carla.page.getByRole("button", { name: "Sign in with your wallet" }).click();
  await carla.page.getByRole("link", { name: "mint 15 GLD" }).click();
  await carla.page.getByLabel("Approve").check();
  await carla.page.getByLabel("Reason").fill("receipt seen");
  await sign(carla.page).click();
  await delivered(carla.page);
  expect(asked.map(({ primaryType }) => primaryType)).toEqual(["Session", "Approval"]);
  expect(asked[1]?.message).toMatchObject({ amountText: "15 GLD", reason: "receipt seen", requestId });

  const chris = await openAt(browser, `${own.url}/console/`);
  await bringPasskey(chris.page, passkey);
  await chris.page.getByRole("button", { name: "Sign in as chris-phone" }).click();
  await chris.page.getByRole("link", { name: "mint 15 GLD" }).click();
  await chris.page.getByText("✓ Carla, custodian (carla) for custodians: receipt seen").waitFor();
  await chris.page.getByLabel("Approve").check();
  await sign(chris.page).click();
  await delivered(chris.page);

  const { page } = carla;
  await page.getByText("final: it did what was approved", { exact: true }).waitFor({ timeout: 90_000 });
  expect(await mintEvents(place)).toEqual([15n * 10n ** 18n]);
  await page.getByRole("button", { name: "Fetch the bundle and verify it here" }).click();
  await page.getByText("Verified in your browser").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Keep the bundle" }).click(),
  ]);
  const file = join(folder, "bundle.json");
  writeFileSync(file, readFileSync(await download.path()));
  await picture(page, "request-final");
  await page.getByRole("link", { name: "Assets" }).click();
  await page.getByRole("button", { name: "Show GLD over time, from the log" }).click();
  await page.getByRole("img", { name: "reserves 10,000 GLD; supply from 0 GLD to 15 GLD", exact: true }).waitFor();
  // So much stands behind each unit; the drawing ends at twice what must.
  await page.getByRole("img", { name: "ratio 666.6666; mints stop below 1.0000", exact: true }).waitFor();
  await page.getByText("Issued 15 GLD and burned 0 GLD in all").waitFor();
  await picture(page, "assets-over-time");
  expect([...ida.complaints, ...carla.complaints, ...chris.complaints]).toEqual([]);

  // The auditor trusts the hash on paper and nobody's server.
  const auditor = await openAt(browser, `${own.url}/console/#/bundle`);
  const { genesis } = genesisFileSchema.parse(parseStrict(readFileSync(place.folder.genesis, "utf8")));
  await auditor.page.getByLabel("Hash of the genesis that you trust").fill(deploymentIdOf(genesis));
  await auditor.page.getByLabel("File of the bundle").setInputFiles(file);
  await auditor.page.getByText("Everything that can be checked without the service holds.").waitFor();
  expect(await auditor.page.locator("main").innerText()).toContain("with passkey chris-phone");
}, 180_000);
