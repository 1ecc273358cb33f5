/** The console in a browser for tests: built from this source, opened by somebody with a wallet of their own, and looked at. */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { privateKeyToAccount } from "viem/accounts";
// @ts-expect-error plain JavaScript of the build, untyped
import * as builder from "../../scripts/console.js";
import { consoleFiles } from "../../src/compose/console-files.ts";
import type { ConsoleFile } from "../../src/http/console-files.ts";
import type { Desk, RequestView } from "../../src/http/desk.port.ts";
import { sha256, utf8 } from "../../src/values/digest.ts";
import type { Hex } from "../../src/values/hex.ts";
import type { ServicePlace } from "../e2e/cli/service-place.ts";
import { testSecret, type PersonId } from "./people.ts";

const { buildConsole } = builder as { readonly buildConsole: (folder: string) => Promise<void> };

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Not committed: for whoever wants to look at the pages. */
export const pictures = join(root, "coverage", "console");

/** Built once of sources as they are: whoever comes next finds it. */
export async function builtConsole(): Promise<readonly ConsoleFile[]> {
  const folder = join(tmpdir(), `countersign-console-${sourcesNow()}`);
  if (!existsSync(folder)) await buildConsole(folder);
  return consoleFiles(folder);
}

/** A hash of all that a build reads. */
function sourcesNow(): string {
  const files = ["package-lock.json", ...globSync(["src/**/*.*", "scripts/*.js"], { cwd: root }).sort()];
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(root, file)))
      .update("\0");
  return hash.digest("hex").slice(0, 16);
}

/** `timezoneId` is where the reader is; the machine's own where nothing is said. */
export type Look = {
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly timezoneId?: string;
};

export const looks: readonly (readonly [name: string, look: Look])[] = [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["narrow", { width: 320 }],
];

export type Opened = {
  readonly page: Page;
  /** Everything that the browser complained of. */
  readonly complaints: string[];
};

export async function openAt(browser: Browser, url: string, look: Look = {}): Promise<Opened> {
  const { colorScheme = "light", width = 1_000, ...where } = look;
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 }, ...where });
  const complaints: string[] = [];
  page.on("console", (message) => void complaints.push(message.text()));
  page.on("pageerror", (error) => void complaints.push(error.message));
  page.setDefaultTimeout(15_000);
  await page.goto(url);
  return { page, complaints };
}

/** What a wallet was asked to sign, as it would show it. */
export type Asked = { readonly primaryType: string; readonly message: Readonly<Record<string, unknown>> };

/** Puts a wallet that offers itself as EIP-1193 asks into whatever the page opens next; it signs whatever it is asked, and says what. */
export async function bringWallet(page: Page, secret: Hex): Promise<readonly Asked[]> {
  const account = privateKeyToAccount(secret);
  const asked: Asked[] = [];
  await page.exposeFunction("askWallet", (method: string, params: string[]) => {
    if (method === "eth_requestAccounts") return [account.address];
    if (method !== "eth_signTypedData_v4") throw new Error(`the wallet does not know ${method}`);
    const typed = JSON.parse(params[1]!) as Parameters<typeof account.signTypedData>[0] & Asked;
    asked.push(typed);
    return account.signTypedData(typed);
  });
  await page.addInitScript(
    "window.ethereum = { request: ({ method, params }) => window.askWallet(method, params ?? []) };",
  );
  await page.reload();
  return asked;
}

export async function bringGenesis(page: Page, file: string): Promise<void> {
  await page.getByLabel("Genesis file").setInputFiles(file);
}

export type Visiting = Opened & { readonly asked: readonly Asked[] };

/** At the sign-in page, with a wallet and the genesis, at the time of the place. */
export async function arrive(browser: Browser, place: ServicePlace, id: PersonId, look: Look = {}): Promise<Visiting> {
  const opened = await openAt(browser, `${place.api}/console/`, look);
  const { page } = opened;
  await page.clock.setSystemTime(place.serve.gatePlace.now * 1_000);
  const asked = await bringWallet(page, testSecret(id));
  await bringGenesis(page, place.genesis);
  await page.getByRole("button", { name: "Sign in with your wallet" }).waitFor();
  return { ...opened, asked };
}

export async function signIn(browser: Browser, place: ServicePlace, id: PersonId, look: Look = {}): Promise<Visiting> {
  const arrived = await arrive(browser, place, id, look);
  await arrived.page.getByRole("button", { name: "Sign in with your wallet" }).click();
  await arrived.page.getByRole("heading", { name: "Inbox" }).waitFor();
  return arrived;
}

/** So many open requests, each like the newest one but for its id. */
export async function manyRequests(place: ServicePlace, count: number): Promise<Partial<Desk>> {
  const [first] = await place.serve.desk.requests({ limit: 1 });
  const many = Array.from({ length: count }, (_, number): RequestView => {
    const requestId = sha256(utf8(`request ${String(number)}`));
    return { ...first!, requestId, submission: { ...(first!.submission as object), requestId } };
  });
  return {
    requests: async ({ state, after, limit }) => {
      if (state !== "pending") return [];
      const from = many.findIndex(({ requestId }) => requestId === after) + 1;
      return many.slice(from, from + limit);
    },
  };
}

/** What axe finds, and whether anything is wider than the screen. */
export async function flawsOf(page: Page): Promise<readonly unknown[]> {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  const found = await page.evaluate<unknown[]>(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html]))",
  );
  const wide = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  return wide === 0 ? found : [...found, ["wider than the screen", wide]];
}

/** Runs in the page. */
const hasFocus = (one: unknown): boolean =>
  (globalThis as unknown as { readonly document: { readonly activeElement: unknown } }).document.activeElement === one;

/** Presses Tab, and nothing else, until the element has the focus. */
export async function tabTo(element: Locator): Promise<void> {
  const page = element.page();
  for (let pressed = 0; pressed < 150; pressed += 1) {
    if (await element.evaluate(hasFocus)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("it is not reached by keyboard");
}

/** What can be used on a page and is not reached by Tab. */
export async function unreached(page: Page): Promise<readonly string[]> {
  await page.evaluate("document.activeElement.blur(), (globalThis.stops = new Set()), (globalThis.last = undefined)");
  for (let pressed = 0; pressed < 250; pressed += 1) {
    await page.keyboard.press("Tab");
    // A date has several stops of its own; whatever has no end is seen by what is not reached after it.
    const isRound = await page.evaluate<boolean>(`((now, before) => {
      if (now === document.body || now === before) return false;
      globalThis.last = now;
      return stops.size === stops.add(now).size;
    })(document.activeElement, last)`);
    if (isRound) break;
  }
  return await page.evaluate<string[]>(`[...document.querySelectorAll(
    "a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, pre, [tabindex='0']")]
    .filter((one) => one.checkVisibility() && !stops.has(one))
    .filter((one) => one.type !== "radio" || ![...stops].some((other) => other.name === one.name))
    .map((one) => one.outerHTML.slice(0, 100))`);
}

/** The page that is open, in another look. */
export async function wear(page: Page, { colorScheme = "light", width = 1_000 }: Look = {}): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 800 });
}

export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}
