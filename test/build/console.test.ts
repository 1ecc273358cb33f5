/** The console's ground in a real browser: built the same every time, served under a policy that holds, legible, and judging as the command line does. */
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// @ts-expect-error plain JavaScript of the build, untyped
import * as builder from "../../scripts/console.js";
import { consoleFiles } from "../../src/compose/console-files.ts";
import { consolePolicy } from "../../src/http/console-files.ts";
import { mostScript, scriptSize } from "../bench/pages.ts";
import { fakeDesk, start, type Running } from "../http/fake-desk.ts";
import { openChromium } from "../place/chromium.ts";
import { anotherGenesis, newestBundle } from "./bundle-vector.ts";
import { root } from "./package.ts";

const { buildConsole } = builder as { readonly buildConsole: (folder: string) => Promise<void> };
const folder = mkdtempSync(join(tmpdir(), "countersign-console-"));
const pictures = join(root, "coverage", "console");
const bundle = newestBundle();
let files: ReturnType<typeof consoleFiles>;
let server: Running;
let browser: Browser;

beforeAll(async () => {
  await buildConsole(join(folder, "one"));
  files = consoleFiles(join(folder, "one"));
  [server, browser] = await Promise.all([start(fakeDesk(), { console: files }), openChromium()]);
  mkdirSync(pictures, { recursive: true });
});

afterAll(async () => {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

type Look = { readonly colorScheme?: "light" | "dark"; readonly width?: number };

/** The page, and everything that the browser complained of. */
async function openPage({ colorScheme = "light", width = 1_000 }: Look = {}): Promise<{
  page: Page;
  complaints: string[];
}> {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
  const complaints: string[] = [];
  page.on("console", (message) => void complaints.push(message.text()));
  page.on("pageerror", (error) => void complaints.push(error.message));
  await page.goto(`${server.url}/console/#/bundle`);
  await page.getByLabel("File of the bundle").waitFor();
  return { page, complaints };
}

let checked = 0;
async function check(page: Page, text: string, genesis: string): Promise<string> {
  const name = `bundle-${(checked += 1)}.json`;
  const path = join(folder, name);
  writeFileSync(path, text);
  await page.getByLabel("Hash of the genesis that you trust").fill(genesis);
  await page.getByLabel("File of the bundle").setInputFiles(path);
  const status = page.getByRole("status");
  await status.getByText(name).waitFor();
  return status.innerText();
}

describe("the files", () => {
  test("are the same when they are built again, and small", async () => {
    await buildConsole(join(folder, "two"));
    const again = consoleFiles(join(folder, "two"));
    expect(again.map(({ path, sha256 }) => [path, sha256])).toEqual(files.map(({ path, sha256 }) => [path, sha256]));
    const scripts = files.filter(({ path }) => path.endsWith(".js"));
    expect(scripts).toHaveLength(1);
    expect(scripts[0]?.compressed).toBeDefined();
    expect(scriptSize(files)).toBeLessThan(mostScript);
  });

  test("are not served when a compressed one holds something else", async () => {
    cpSync(join(folder, "one"), join(folder, "three"), { recursive: true });
    const [script = ""] = globSync("assets/*.js", { cwd: join(folder, "three") });
    writeFileSync(join(folder, "three", `${script}.gz`), gzipSync("alert(1)"));
    expect(() => consoleFiles(join(folder, "three"))).toThrow(/holds something else/);
  });

  test("are served under a policy without inline code, frames or other hosts", async () => {
    for (const { path, type } of files) {
      const answer = await fetch(`${server.url}/console/${path}`);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, type]);
      expect(answer.headers.get("content-security-policy")).toBe(consolePolicy);
      expect(answer.headers.get("x-frame-options")).toBe("DENY");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("set-cookie")).toBe(null);
    }
    const html = new TextDecoder().decode(files.find(({ path }) => path === "")?.bytes);
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=/i);
    expect((await fetch(`${server.url}/console`, { redirect: "manual" })).status).toBe(308);
    expect((await fetch(`${server.url}/console/../package.json`)).status).toBe(404);
    expect((await fetch(`${server.url}/console/assets/`)).status).toBe(404);
  });

  test("that were never built are a sentence that says how", async () => {
    const bare = await start();
    const answer = await fetch(`${bare.url}/console/`);
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { detail: "the console is not built here: run `npm run build`" },
    ]);
    await bare.close();
  });
});

describe("a visitor", () => {
  test("has a bundle judged in the browser, and nothing leaves it", async () => {
    const { page, complaints } = await openPage();
    const asked: string[] = [];
    page.on("request", (request) => void asked.push(request.url()));
    expect(await check(page, bundle.text, "")).toContain("say which genesis you trust");
    expect(await check(page, bundle.text, bundle.genesis)).toMatch(/^Verified/);
    expect(await page.locator(".amount").innerText()).toMatch(/^(mint|redeem|burn|transfer) /);
    expect(await check(page, bundle.text, anotherGenesis(bundle.genesis))).toMatch(/^Do not rely on it/);
    expect(await check(page, bundle.text, "0x12")).toMatch(/^Not checked yet/);
    expect(await page.locator(".amount").count()).toBe(0);
    expect(await check(page, "{}", bundle.genesis)).toMatch(/^Do not rely on it/);
    expect({ asked, complaints }).toEqual({ asked: [], complaints: [] });
    await page.close();
  });

  test("is shown markup as text, and what is strange in it marked", async () => {
    const { page, complaints } = await openPage();
    const evil = '<img src=x onerror="document.title=1"> B\u0430nk \u202e';
    const whole = JSON.parse(bundle.text) as object;
    const field = await check(page, JSON.stringify({ ...whole, [evil]: "" }), bundle.genesis);
    const value = await check(page, JSON.stringify({ ...whole, engine: evil }), bundle.genesis);
    for (const said of [field, value]) {
      expect(said).toMatch(/^Do not rely on it/);
      expect(said).toContain("<img src=x onerror=");
      expect(said).toContain("letters of Latin and Cyrillic in one word");
      expect(said).toContain("[U+202E]");
    }
    expect(await page.locator("img").count()).toBe(0);
    expect([await page.title(), complaints]).toEqual(["Check a bundle · Countersign", []]);
    await page.close();
  });

  test("is in a page where no text becomes markup or code", async () => {
    const { page, complaints } = await openPage();
    const marked = await page.evaluate(() => {
      const { body } = (globalThis as unknown as { document: { body: { innerHTML: string } } }).document;
      try {
        body.innerHTML = "<b>x</b>";
        return "done";
      } catch (error) {
        return (error as Error).name;
      }
    });
    expect(marked).toBe("TypeError");
    const inline = page.addScriptTag({ content: "document.title = 'inline'" }).catch(() => undefined);
    const foreign = page.addScriptTag({ url: "http://elsewhere.test/x.js" }).catch(() => undefined);
    await Promise.all([inline, foreign]);
    expect(await page.title()).toBe("Check a bundle · Countersign");
    const blocked = ["TrustedHTML", "TrustedScript'", "TrustedScriptURL"];
    expect(complaints).toEqual(blocked.map((what) => expect.stringContaining(what) as string));
    const framed = await browser.newPage();
    await framed.route("http://elsewhere.test/", (route) =>
      route.fulfill({ contentType: "text/html", body: `<iframe src="${server.url}/console/"></iframe>` }),
    );
    await framed.goto("http://elsewhere.test/");
    await expect.poll(() => framed.frames().some((frame) => frame.url().startsWith("chrome-error:"))).toBe(true);
    await Promise.all([page.close(), framed.close()]);
  });

  test("reaches everything by keyboard alone", async () => {
    const { page } = await openPage();
    // A page that opens has the focus on its contents, once they are drawn.
    await page.waitForFunction("document.activeElement.localName === 'main'");
    const focused: string[] = [];
    for (let key = 0; key < 2; key += 1) {
      await page.keyboard.press("Tab");
      focused.push(await page.evaluate("document.activeElement.id"));
    }
    expect(focused).toEqual(["trusted", "bundle"]);
    await page.close();
  });

  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  test.each<[string, Look]>([
    ["light", {}],
    ["dark", { colorScheme: "dark" }],
    ["narrow", { width: 320 }],
  ])("finds it legible: %s", async (name, look) => {
    const { page } = await openPage(look);
    await check(page, bundle.text, bundle.genesis);
    await page.screenshot({ path: join(pictures, `bundle-${name}.png`), fullPage: true });
    const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(overflow).toBe(0);
    await page.evaluate(axe);
    const found = await page.evaluate(
      "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html]))",
    );
    expect(found).toEqual([]);
    await page.close();
  });
});
