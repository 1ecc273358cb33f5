/** The pages of issuers, auditors and officers in a real browser over a real gate: filled with data, legible in every look, by keyboard alone, and refusing what is not so. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Desk } from "../../src/http/desk.port.ts";
import { parse as parseAmount } from "../../src/values/amount.ts";
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
  tabTo,
  wear,
  type Look,
} from "../place/console.ts";
import { openPlace } from "../place/gate.ts";
import { approval, goldDeployment, goldPolicy, idOf, submission, treasury, units } from "../place/gold.ts";
import { testSecret } from "../place/people.ts";
import { firstWitness, witnessesOf } from "../place/witness.ts";

/** Who asks has a wallet here, so that a browser can. */
function askedByCompliance(): ReturnType<typeof goldPolicy> {
  const { rules } = goldPolicy();
  const initiator = { group: "compliance" };
  return goldPolicy({
    rules: rules.map((rule) => toWire({ ...rule, when: { ...rule.when, initiator } })),
    tests: [
      {
        name: "a stranger gets nothing",
        request: { operation: "mint", amount: "1 GLD", to: `0x${"de".repeat(20)}`, by: "cora" },
        expect: { deny: "mint.to" },
      },
    ],
    never: [{ operation: "mint", amount: { gt: "1000 GLD" }, withFewerPeopleThan: 2 }],
  });
}

let browser: Browser;
let place: ServicePlace;
/** Cora sees what an issuer, an auditor and an officer see. */
const everything: Partial<Desk> = {
  member: (credential) =>
    Promise.resolve({
      kind: "found",
      value: {
        member: parseName("cora"),
        groups: ["compliance", "issuers", "auditors", "officers"].map(parseName),
        service: false,
      },
      credential,
    }),
};

beforeAll(async () => {
  const overrides = { witnesses: witnessesOf(1, firstWitness) };
  const gatePlace = openPlace(goldDeployment({ policy: askedByCompliance(), overrides }));
  const [files, chromium, serve] = await Promise.all([builtConsole(), openChromium(), openServe(gatePlace)]);
  browser = chromium;
  place = await openService(serve, files);
  place.lie = everything;
  const { deployment, now } = gatePlace;
  const said = submission(deployment, { now, by: "cora" });
  for (const one of [
    said,
    approval(deployment, said, "carla", { reason: "=receipt seen" }),
    approval(deployment, said, "chris"),
  ])
    await serve.desk.post(one, undefined);
  await serve.settle();
  await serve.desk.post(
    submission(deployment, { now: gatePlace.now, by: "cora", intent: { reference: "DEPOSIT-2" } }),
    undefined,
  );
  await serve.step();
});

afterAll(async () => {
  await browser.close();
  await place.close();
});

async function signIn(look: Look = {}): Promise<{ page: Page; complaints: string[] }> {
  const opened = await openAt(browser, `${place.api}/console/`, look);
  const { page } = opened;
  await page.clock.setSystemTime(place.serve.gatePlace.now * 1_000);
  await bringWallet(page, testSecret("cora"));
  await bringGenesis(page, place.genesis);
  await page.getByRole("button", { name: "Sign in with your wallet" }).click();
  await page.getByRole("heading", { name: "Inbox" }).waitFor();
  return opened;
}

async function go(page: Page, where: string, words: string | RegExp): Promise<void> {
  await page.evaluate((hash) => {
    (globalThis as unknown as { location: { hash: string } }).location.hash = hash;
  }, `#/${where}`);
  await page.getByText(words).first().waitFor();
}

/** Every page, and words that are there once it is filled. */
const pages: readonly (readonly [where: string, words: string | RegExp])[] = [
  ["ask", "Not asked yet"],
  ["assets", "Limits used"],
  ["log", /^\d+ leaves$/],
  ["log/3", /^Leaf 3 is in this log/],
  ["report", /requests from/],
  ["policies", "Every test"],
  ["changes", "Nothing was proposed"],
  ["roster", "Managed keys"],
];

test.each(looks)("every page is legible when it is filled: %s", async (name, look) => {
  const { page, complaints } = await signIn(look);
  for (const [where, words] of pages) {
    await go(page, where, words);
    if (where === "assets") {
      await page.getByRole("button", { name: /over time/ }).click();
      await page.getByRole("img", { name: /reserves/ }).waitFor();
    }
    await picture(page, `${where.replace("/", "-")}-${name}`);
    expect([where, await flawsOf(page)]).toEqual([where, []]);
  }
  expect(complaints).toEqual([]);
  await page.close();
});

describe("an issuer", () => {
  test("asks by keyboard alone, sees the decision before, and is told it is delivered", async () => {
    const { page } = await signIn();
    await go(page, "ask", "Not asked yet");
    const before = place.serve.gatePlace.journal.size();
    for (const [id, text] of [
      ["amount", "25"],
      ["to", treasury],
      ["reference", "DEPOSIT-9"],
    ] as const) {
      await tabTo(page.locator(`#${id}`));
      await page.keyboard.type(text);
    }
    const outlook = page.locator(".verdict", { hasText: "It would wait for this" });
    await outlook.waitFor();
    expect(await outlook.innerText()).toContain("waits for 2 more of custodians");
    expect(await page.locator(".amount").innerText()).toMatch(/^mint 25 GLD to 0xaAaA/);
    expect(place.serve.gatePlace.journal.size()).toBe(before);
    await picture(page, "ask-decided");
    await tabTo(page.getByRole("button", { name: "Sign it and ask" }));
    await page.keyboard.press("Enter");
    await page.getByText("that signature was verified here").waitFor();
    await page.getByRole("link", { name: "See the request" }).waitFor();
    expect(place.serve.gatePlace.journal.size()).toBe(before + 1);
    expect(await flawsOf(page)).toEqual([]);
    await page.close();
  });

  test("cannot change the form while the wallet shows it, and keeps what the service says was refused", async () => {
    const { page } = await signIn();
    await go(page, "ask", "Not asked yet");
    await page.getByLabel("How much").fill("20");
    await page.getByLabel("To", { exact: true }).fill(treasury);
    await page.getByLabel("Reference").fill("DEPOSIT-7");
    await page.evaluate(`{
      const { request } = window.ethereum;
      window.ethereum.request = (asked) => new Promise((go) => (window.confirmIt = go)).then(() => request(asked));
    }`);
    const refused = { kind: "refused", code: "gate.refused", message: "not today", field: "" } as const;
    place.lie = { ...everything, post: () => Promise.resolve(refused as never) };
    try {
      await page.getByRole("button", { name: "Sign it and ask" }).click();
      await page.getByText("Waiting for your signature").waitFor();
      for (const name of ["How much", "Reference", "What"])
        expect(await page.getByLabel(name).first().isDisabled()).toBe(true);
      await page.evaluate("window.confirmIt()");
      const note = page.getByRole("alert").filter({ hasText: "Not delivered" });
      await note.getByText("not today").waitFor();
      expect(await page.getByLabel("How much").isEnabled()).toBe(true);
      await page.getByLabel("How much").fill("21");
      for (const words of ["keep it as a file", "See the request"])
        expect(await note.getByRole("link", { name: words }).count()).toBe(1);
      expect(await page.getByText("It was refused").count()).toBe(0);
      place.lie = everything;
      await note.getByRole("button", { name: "Send the same again" }).click();
      await page.getByText("Delivered", { exact: true }).waitFor();
    } finally {
      place.lie = everything;
      await page.close();
    }
  });

  test("is told what stands in the way while typing, and what is wrong with a field", async () => {
    const { page } = await signIn();
    await go(page, "ask", "Not asked yet");
    await page.getByLabel("How much").fill("1,5");
    await page.getByText("is not a decimal number").first().waitFor();
    await page.getByLabel("How much").fill("20");
    await page.getByLabel("To", { exact: true }).fill(`0x${"de".repeat(20)}`);
    await page.getByLabel("Reference").fill("DEPOSIT-8");
    await page.getByText("It would be refused, and waiting would not help").waitFor();
    expect(await page.locator(".verdict").innerText()).toContain("mint.to");
    await page.close();
  });
});

describe("an auditor", () => {
  test("takes along who agreed to what, in cells that are no formulas", async () => {
    const { page } = await signIn();
    await go(page, "report", /requests from/);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Keep it as CSV" }).click(),
    ]);
    const text = readFileSync(await download.path(), "utf8");
    expect(text).toMatch(/^request,what,asked for by,words of people,decided,outcome\r\n/);
    expect(text).toContain("Carla with carla-1: approve");
    expect(text).toContain("(=receipt seen)");
    expect(text).toContain("success, block");
    await page.getByRole("link", { name: /^0x/ }).first().click();
    await page.getByText("Everything that can be checked without the service holds").waitFor();
    await picture(page, "proof");
    expect(await flawsOf(page)).toEqual([]);
    await page.close();
  });

  test.each([
    ["covered", "Covered"],
    ["warning", "Covered, and near its limit: more people are asked"],
    ["short", "Short: nothing is minted"],
  ] as const)("sees the ratio and its bands, legible in every look: %s", async (band, words) => {
    const { page } = await signIn();
    const known = { band, headroom: parseAmount(units(band === "short" ? 0 : 400)) };
    const ratios = { coverage: "1.0416", ratio: "1.00", warnRatio: "0.95" };
    const assets = (await place.serve.desk.assets()).map((view) => ({
      ...{ ...view, ...known, supply: parseAmount(units(9_600)) },
      cover: view.cover.map((one) => ({ ...one, ...known, ...ratios })),
    }));
    place.lie = { ...everything, assets: async () => assets };
    try {
      await go(page, "assets", words);
      await page.getByText("ratio 1.0416, at most 1.00 out for each unit, warned of above 0.95;").waitFor();
      for (const [name, look] of looks) {
        await wear(page, look);
        await picture(page, `assets-${band}-${name}`);
        expect([name, await flawsOf(page)]).toEqual([name, []]);
      }
    } finally {
      place.lie = everything;
    }
    await page.close();
  });

  test("is shown no proof of another request than the one in the address", async () => {
    const { page } = await signIn();
    const truth = place.serve.desk;
    const signed = idOf("DEPOSIT-1");
    const other = idOf("DEPOSIT-2");
    try {
      place.lie = { ...everything, bundle: async (_, stage) => truth.bundle(signed, stage) };
      await go(page, `proof/${other}`, "the bundle that the service gave is of another request");
      expect(await page.locator(".verdict.good").count()).toBe(0);
    } finally {
      place.lie = everything;
    }
    await page.close();
  });

  test("is shown no log that is not the one that the gate's key signed", async () => {
    const { page } = await signIn();
    const truth = place.serve.desk;
    const altered = async (from: number, limit: number): ReturnType<Desk["entries"]> => {
      const shown = (await truth.entries(from, limit)) as { leaves: { index: number; leaf: string }[] };
      const leaves = shown.leaves.map((one) =>
        one.index === 3 ? { ...one, leaf: one.leaf.replace(/"instant":\d+/, '"instant":1') } : one,
      );
      return toWire({ ...shown, leaves });
    };
    try {
      place.lie = { ...everything, entries: altered };
      await go(page, "log", "the leaves are not those that the log key signed");
      await go(page, "log/3", "leaf 3 is not in the tree that the log key signed");
      place.lie = { ...everything, checkpoint: async () => (await truth.checkpoint()).replace(/\n\d+\n/, "\n1\n") };
      await go(page, "report", "the log key did not sign this checkpoint");
    } finally {
      place.lie = everything;
    }
    await page.close();
  });
});

describe("an officer", () => {
  test("sees what a draft would change before anybody signs it", async () => {
    const { page } = await signIn();
    await go(page, "policies", "Every test");
    const text = page.getByLabel("The draft, in YAML");
    const attempt = page.getByRole("button", { name: "What would it change?" });
    await page.getByRole("button", { name: "Begin with GLD as it is in force" }).click();
    const begun = await text.inputValue();
    expect(begun).toContain("version: 2\n");
    await text.fill(begun.replace("operation: mint", "operation: mintt"));
    await attempt.click();
    const toLine = page.getByRole("button", { name: /^Go to line/ });
    await toLine.click();
    const line = Number((await toLine.innerText()).replace(/\D/g, ""));
    expect(begun.split("\n")[line - 1]).toContain("operation: mint");
    expect(await page.evaluate("document.activeElement.id")).toBe("draft-text");
    await text.fill(begun.replaceAll(/max: "?5000 GLD"?/g, 'max: "50 GLD"'));
    await attempt.click();
    await page.getByText("It tightens").waitFor();
    await page.getByText("countersign policy propose draft.yaml").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "keep the draft" }).click(),
    ]);
    expect(readFileSync(await download.path(), "utf8")).toBe(await text.inputValue());
    await picture(page, "draft");
    expect(await flawsOf(page)).toEqual([]);
    await page.close();
  });

  test.each(looks)(
    "is offered what may stand at the cursor, and takes it by keyboard alone: %s",
    async (name, look) => {
      const { page } = await signIn(look);
      await go(page, "policies", "Every test");
      const text = page.getByLabel("The draft, in YAML");
      await text.fill("guards:\n  - { id: fee, d");
      await text.press("Control+Space");
      const offers = page.getByRole("listbox", { name: "What may stand here" });
      await offers.getByRole("option", { name: "deny" }).waitFor();
      await text.press("Enter");
      await offers.getByRole("option", { name: "true" }).waitFor();
      await text.press("Enter");
      expect(await text.inputValue()).toBe("guards:\n  - { id: fee, deny: true");
      await text.press("Escape");
      expect(await offers.count()).toBe(0);
      await text.fill("rules:\n  - when: { operation: ");
      await text.press("Control+Space");
      await offers.waitFor();
      await text.press("ArrowDown");
      await text.press("ArrowUp");
      await text.press("ArrowDown");
      expect(await offers.getByRole("option", { selected: true }).innerText()).toMatch(/^burn/);
      await picture(page, `policy-offers-${name}`);
      expect(await flawsOf(page)).toEqual([]);
      await text.press("Enter");
      expect(await text.inputValue()).toBe("rules:\n  - when: { operation: burn");
      await page.getByText("The language knows nothing more here.").waitFor();
      await page.close();
    },
  );

  test("is offered nothing for another text than the one that stands there", async () => {
    const { page } = await signIn();
    await go(page, "policies", "Every test");
    const text = page.getByLabel("The draft, in YAML");
    const offers = page.getByRole("listbox", { name: "What may stand here" });
    const typed = "rules:\n  - when: { operation: ";
    await text.fill(typed);
    await text.press("Control+Space");
    await offers.waitFor();
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/v1/policies/completions", async (route) => {
      await held;
      await route.continue();
    });
    await text.press("b");
    await text.press("Enter");
    expect(await text.inputValue()).toBe(`${typed}b`);
    answer();
    await page.getByText("1 may stand here.").waitFor();
    await text.press("Enter");
    expect(await text.inputValue()).toBe(`${typed}burn`);
    await text.press("Control+Space");
    await text.press("Tab");
    expect(await offers.count()).toBe(0);
    await page.close();
  });
});
