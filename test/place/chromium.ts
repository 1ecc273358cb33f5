/** Debian's Chromium for the tests of pages, driven by playwright-core; no browser of its own is ever downloaded. */
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";
// @ts-expect-error plain JavaScript of the set-up, untyped
import * as machine from "../../scripts/machine.js";

const { chromiums } = machine as { readonly chromiums: readonly string[] };

export function openChromium(): Promise<Browser> {
  const executablePath = chromiums.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error("no Chromium is on this machine; `npm test` installs one");
  // Its sandbox refuses to run as root, which is who runs tests in a container.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}
