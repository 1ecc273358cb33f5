/** What a browser loads before anybody can read, all JavaScript of the console compressed; and how soon a full inbox is on the screen. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
// @ts-expect-error plain JavaScript of the build, untyped
import * as builder from "../../scripts/console.js";
import { consoleFiles } from "../../src/compose/console-files.ts";
import { openService } from "../e2e/cli/service-place.ts";
import { openChromium } from "../place/chromium.ts";
import { manyRequests, openAt, signIn } from "../place/console.ts";
import { submission } from "../place/gold.ts";
import { median, milliseconds, under, type Figure } from "./figure.ts";

const { buildConsole } = builder as { readonly buildConsole: (folder: string) => Promise<void> };

/** KiB of all scripts together, as a browser gets them. */
export const mostScript = 120;

export async function measurePages(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-pages-"));
  try {
    await buildConsole(join(folder, "console"));
    const files = consoleFiles(join(folder, "console"));
    const size = scriptSize(files);
    return [
      {
        name: "JavaScript of the console, gzipped once when it is built, as it is served",
        value: `${size.toFixed(1)} KiB`,
        reference: `${scriptSize(files.map((file) => ({ ...file, compressed: gzipSync(file.bytes, { level: 9 }) }))).toFixed(1)} KiB by zlib at its best`,
        demand: `under ${String(mostScript)} KiB in all`,
        missed: !(size < mostScript),
      },
      await measureInbox(files),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const rounds = 5;
const requests = 1_000;
/** From asking for the inbox to the frame that has it, requests read and checked, over loopback. */
const mostToInboxMs = 1_000;

/** Beside how soon the same pages are there with nothing to read, loaded from the service. */
async function measureInbox(files: ReturnType<typeof consoleFiles>): Promise<Figure> {
  const [browser, place] = await Promise.all([openChromium(), openService(undefined, files)]);
  try {
    const { deployment, now } = place.serve.gatePlace;
    await place.serve.desk.post(submission(deployment, { now }), undefined);
    await place.serve.step();
    place.lie = await manyRequests(place, requests);
    const begun = performance.now();
    const front = await openAt(browser, `${place.api}/console/`);
    await front.page.getByRole("heading", { name: "Sign in" }).first().waitFor();
    const empty = performance.now() - begun;
    const { page } = await signIn(browser, place, "carla");
    const taken: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await page.evaluate(`location.hash = "#/bundle"`);
      await page.getByRole("heading", { name: "Check a bundle" }).waitFor();
      const asked = performance.now();
      await page.evaluate(untilInbox);
      taken.push(performance.now() - asked);
    }
    const ms = median(taken);
    return {
      name: `an inbox of ${String(requests)} requests, from asking for it to its first frame (median of ${String(rounds)})`,
      value: milliseconds(ms),
      reference: `${milliseconds(empty)} until the front page is loaded and drawn`,
      ...under(ms, mostToInboxMs, milliseconds),
    };
  } finally {
    await browser.close();
    await place.close();
  }
}

/** In the page: resolves in the frame after the one in which the rows are there. */
const untilInbox = `new Promise((resolve) => {
  const look = () =>
    requestAnimationFrame(document.querySelector(".inbox li") === null ? look : () => resolve(undefined));
  location.hash = "#/inbox";
  look();
})`;

/** In KiB; the whole of a file that is not served compressed. */
export function scriptSize(files: ReturnType<typeof consoleFiles>): number {
  const scripts = files.filter(({ path }) => path.endsWith(".js"));
  return scripts.reduce((sum, { bytes, compressed = bytes }) => sum + compressed.length, 0) / 1_024;
}
