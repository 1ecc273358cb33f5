/** Every text that somebody else brings in, on every page: it stays text, nothing of it runs, and what deceives is marked. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { piecesOf } from "../../src/console/strange-text.ts";
import { InvalidValue } from "../../src/values/errors.ts";
import { toWire } from "../../src/values/wire.ts";
import type { ServicePlace } from "../e2e/cli/service-place.ts";
import { openChromium } from "../place/chromium.ts";
import {
  bringGenesis,
  bringWallet,
  builtConsole,
  flawsOf,
  looks,
  openAt,
  picture,
  unreached,
  wear,
  type Opened,
} from "../place/console.ts";
import { corpusLines, corpusRounds, sentinel } from "../place/corpus.ts";
import { treasury } from "../place/gold.ts";
import { testSecret } from "../place/people.ts";
import { done, everything, line, open, openCorpusService, type CorpusPlace } from "./corpus-pages.ts";

let browser: Browser;
let place: ServicePlace;
let saying: CorpusPlace["saying"];

beforeAll(async () => {
  browser = await openChromium();
  ({ place, saying } = await openCorpusService(await builtConsole()));
});

afterAll(async () => {
  await browser.close();
  await place.close();
});

async function signIn(): Promise<Opened> {
  place.lie = everything;
  const opened = await openAt(browser, `${place.api}/console/`);
  const { page } = opened;
  await page.clock.setSystemTime(place.serve.gatePlace.now * 1_000);
  await bringWallet(page, testSecret("cora"));
  await bringGenesis(page, place.genesis);
  await page.getByRole("button", { name: "Sign in with your wallet" }).click();
  await page.getByRole("heading", { name: "Inbox" }).waitFor();
  await go(page, "bundle");
  return opened;
}

/** How a text is to be seen, wherever it is. */
const seen = (text: string): string =>
  piecesOf(text)
    .map(({ text: shown, why }) => (why === undefined ? shown : `${shown} (${why})`))
    .join("");

type Looked = {
  /** Every element with the names of its attributes, but for marks. */
  readonly shape: readonly string[];
  readonly text: string;
  readonly ran: boolean;
  readonly wider: number;
};

async function look(page: Page): Promise<Looked> {
  return await page.evaluate<Looked>(`(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    return {
      shape: [...document.querySelectorAll("body *")]
        .filter((one) => one.closest("mark") === null)
        .map((one) => [one.localName, ...one.getAttributeNames().sort()].join(" ")),
      text: texts.filter((one) => one.parentElement.closest("pre") === null).map(({ data }) => data).join(""),
      ran: globalThis.${sentinel} !== undefined,
      wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
  })()`);
}

/** Once the expression holds; asked by the debugger, since the page's policy lets nobody evaluate a text. */
const until = (page: Page, expression: string): Promise<unknown> =>
  page.evaluate(`new Promise((go, stop) => {
    let left = 900;
    const look = () => {
      if (${expression}) go();
      else if ((left -= 1) < 0) stop(new Error(${JSON.stringify(expression)}));
      else requestAnimationFrame(look);
    };
    look();
  })`);

async function go(page: Page, where: string): Promise<void> {
  await page.evaluate(`document.activeElement.blur(), (location.hash = "#/${where}")`);
  await until(page, `document.activeElement === document.querySelector("main")`);
  await until(
    page,
    `document.querySelector("main .waiting") === null && document.querySelector("main h1 + *") !== null`,
  );
}

const fillAsk = async (page: Page): Promise<void> => {
  await page.getByLabel("How much").fill("25");
  await page.getByLabel("To", { exact: true }).fill(treasury);
  await page.getByLabel("Reference").fill("DEPOSIT-9");
  await page.locator(".verdict ul").waitFor();
};
const tryDraft = async (page: Page): Promise<void> => {
  const { policy, policyHash } = place.serve.gatePlace.deployment;
  const draft = toWire({ ...policy, version: 2, previous: `sha256:${policyHash.slice(2)}` });
  await page.getByLabel("The draft, in YAML").fill(JSON.stringify(draft));
  await page.getByRole("button", { name: "What would it change?" }).click();
  await page.getByText("It loosens").waitFor();
};

/** Every page that shows what a service says, and how often a text is there at least. */
const pages: readonly (readonly [where: string, times: number, act?: (page: Page) => Promise<void>])[] = [
  ["inbox", 1],
  ["inbox/ended", 1],
  [`request/${done}`, 12],
  [`request/${open}`, 12],
  ["ask", 2, fillAsk],
  ["assets", 6],
  ["policies", 12, tryDraft],
  ["changes", 4],
];

const plain = "plainwords";
const times = (text: string, part: string): number => text.split(part).length - 1;

describe("what a service says", () => {
  test("is text on every page, marked where it deceives, and the page is the same as with plain words", async () => {
    const { page, complaints } = await signIn();
    const shapes = new Map<string, Looked>();
    const faults: unknown[] = [];
    for (const [round, text] of [["plain", plain] as const, ...corpusRounds]) {
      place.lie = saying(text);
      for (const [where, least, act] of pages) {
        await go(page, where);
        await act?.(page);
        const now = await look(page);
        const first = shapes.get(where) ?? now;
        shapes.set(where, first);
        const found = times(now.text, seen(text));
        const wanted = times(first.text, plain);
        if (wanted < least || found !== wanted) faults.push([round, where, { found, wanted, least }]);
        if (now.shape.join() !== first.shape.join())
          faults.push([round, where, "other elements", ...differing(first, now)]);
        if (now.ran || now.wider !== 0) faults.push([round, where, { ran: now.ran, wider: now.wider }]);
      }
    }
    expect(faults).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);

  test("is text where it is why nothing is shown", async () => {
    const { page, complaints } = await signIn();
    for (const [round, text] of corpusRounds) {
      const refusing = (): never => {
        throw new InvalidValue("http.refused", text);
      };
      const names = ["requests", "request", "assets", "policies", "changes", "checkpoint", "entries"];
      place.lie = { ...everything, ...Object.fromEntries(names.map((name) => [name, refusing])) };
      for (const where of ["inbox", `request/${open}`, "assets", "log", "policies", "changes", "roster"]) {
        await go(page, where);
        await page.getByRole("alert").waitFor();
        const now = await look(page);
        const dangerous = now.shape.filter((one) =>
          /^(?:img|iframe|object|svg|form|style|base|meta|math|b)\b| on/.test(one),
        );
        expect([round, where, now.ran, now.wider, dangerous]).toEqual([round, where, false, 0, []]);
        expect([round, where, times(now.text, seen(text))]).toEqual([round, where, 1]);
      }
    }
    expect(complaints.filter((one) => !one.includes("status of 4"))).toEqual([]);
    await page.close();
  }, 60_000);
});

const differing = (first: Looked, now: Looked): readonly unknown[] => {
  const index = now.shape.findIndex((one, place) => one !== first.shape[place]);
  return [index, first.shape.slice(index, index + 3), now.shape.slice(index, index + 3)];
};

test("every page that is full is reached by keyboard alone, and axe finds nothing", async () => {
  const { page } = await signIn();
  place.lie = saying(plain);
  const more = ["log", "log/3", "report", `proof/${done}`, "roster", "bundle"] as const;
  for (const [where, , act] of [...pages, ...more.map((one) => [one, 0] as const)] as typeof pages) {
    await go(page, where);
    await act?.(page);
    expect([where, await unreached(page)]).toEqual([where, []]);
    for (const [name, look] of looks) {
      await wear(page, look);
      expect([where, name, await flawsOf(page)]).toEqual([where, name, []]);
      await picture(page, `full-${where.replace(open, "open").replace(done, "done").replace("/", "-")}-${name}`);
    }
    await wear(page);
  }
  await page.close();
}, 120_000);

test("what people signed is text on every page that shows it", async () => {
  const { page, complaints } = await signIn();
  const texts = new Map<string, string>();
  for (const where of ["roster", `request/${open}`, "policies", "report", `proof/${done}`, "log", "assets"]) {
    await go(page, where);
    const { shape, text, ran } = await look(page);
    texts.set(where, text);
    expect([where, ran, shape.filter((one) => /^(?:img|iframe|object|base|meta|math|script)\b| on/.test(one))]).toEqual(
      [where, false, []],
    );
  }
  const shows = (where: string, ...lines: readonly string[]): void => {
    expect([where, lines.filter((one) => !texts.get(where)!.includes(seen(one)))]).toEqual([where, []]);
  };
  const { people } = (await place.serve.desk.roster()).document as { people: { name: string }[] };
  shows("roster", ...people.map(({ name }) => name));
  shows(`request/${open}`, line(1));
  shows("policies", ...corpusLines);
  shows("report", line(2), line(7));
  shows(`proof/${done}`, line(2), line(7));
  shows("assets", line(4));
  expect(complaints).toEqual([]);
  await page.close();
}, 60_000);

test("what the visitor brings is text: addresses, files and their names, and what they type", async () => {
  const { page, complaints } = await openAt(
    browser,
    `${place.api}/console/?${encodeURIComponent(line(0))}#/${line(1)}`,
  );
  for (const [round, text] of corpusRounds.slice(0, 2)) {
    await page.goto(`${place.api}/console/?q=${encodeURIComponent(text)}#/request/${encodeURI(text)}`);
    const given = `${Array.from(text.replaceAll("/", "_").replaceAll("\0", "_")).slice(0, 100).join("")}.json`;
    const file = (content: string): { name: string; mimeType: string; buffer: Buffer } => ({
      name: given,
      mimeType: "application/json",
      buffer: Buffer.from(content),
    });
    await page.getByLabel("Genesis file").setInputFiles(file(JSON.stringify({ [text]: text })));
    await page.getByRole("alert").waitFor();
    await page.evaluate(`location.hash = "#/bundle"`);
    await page.getByLabel("Hash of the genesis that you trust").fill(text);
    await page.getByLabel("File of the bundle").setInputFiles(file(JSON.stringify({ [text]: text })));
    await page.getByText("Not checked yet").waitFor();
    const wrong = await look(page);
    await page.getByLabel("Hash of the genesis that you trust").fill(testSecret("any"));
    await page.getByText("Do not rely on it").waitFor();
    const now = await look(page);
    const name = await page.evaluate<string>(`[...document.querySelectorAll("input[type=file]")].at(-1).files[0].name`);
    expect([round, times(now.text, seen(name))]).toEqual([round, 1]);
    for (const { ran, shape } of [wrong, now])
      expect([
        round,
        ran,
        shape.filter((one) => /^(?:img|iframe|object|svg|base|meta|style|math)\b| on/.test(one)),
      ]).toEqual([round, false, []]);
  }
  expect(complaints).toEqual([]);
  await page.close();
}, 60_000);
