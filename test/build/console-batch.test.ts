/** One word about many requests, in a real browser over a real gate: every line shown and added up, signed once, and every lie of a service before it. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BatchTree, weigh } from "../../src/gate/batch.ts";
import type { Desk, RequestView } from "../../src/http/desk.port.ts";
import { intentOf } from "../../src/gate/submission.ts";
import { sentence } from "../../src/intent/words.ts";
import { hashesOf } from "../../src/statement/digest.ts";
import { sha256, utf8 } from "../../src/values/digest.ts";
import { openService, type ServicePlace } from "../e2e/cli/service-place.ts";
import { openServe } from "../flow/serve/place.ts";
import { batchPolicy, documentOf, legsOf, submissionIn } from "../place/batch.ts";
import { openChromium } from "../place/chromium.ts";
import { builtConsole, flawsOf, looks, picture, signIn, tabTo, unreached, type Visiting } from "../place/console.ts";
import { bringEvidence, openPlace } from "../place/gate.ts";
import { goldDeployment, idOf, submission, units } from "../place/gold.ts";

let browser: Browser;
let place: ServicePlace;
let legs: ReturnType<typeof legsOf>;

beforeAll(async () => {
  const serve = await openServe(openPlace(goldDeployment({ policy: batchPolicy() })));
  const files = await builtConsole();
  [browser, place] = await Promise.all([openChromium(), openService(serve, files)]);
  await bringEvidence(place.serve.gatePlace);
  const { deployment, now } = place.serve.gatePlace;
  legs = legsOf(deployment, now, [400, 300, 500]);
  for (const leg of legs) await place.serve.desk.post(leg, undefined);
  await place.serve.step();
});

afterAll(async () => {
  await browser.close();
  await place.close();
});

const signButton = (page: Page) => page.getByRole("button", { name: /^Sign:/ });

async function openBatch(look = {}): Promise<Visiting> {
  const visiting = await signIn(browser, place, "carla", look);
  await visiting.page.goto(`${place.api}/console/#/batch`);
  await visiting.page.getByRole("heading", { name: /mint GLD on chain 31337/ }).waitFor();
  return visiting;
}

const look = (page: Page) => page.getByRole("button", { name: /^Look at \d+ together/ }).click();

test.each(looks)("is legible, when it is chosen and when it is read: %s", async (name, how) => {
  const { page, complaints } = await openBatch(how);
  await page.getByText("Take some out").click();
  await picture(page, `batch-choice-${name}`);
  const flaws = await flawsOf(page);
  await look(page);
  await page.getByText("Lines 1 to 3 of 3.").waitFor();
  await page.getByLabel("Approve all").check();
  await page.locator(".digests").waitFor();
  await picture(page, `batch-${name}`);
  expect([...flaws, ...(await flawsOf(page)), ...complaints]).toEqual([]);
  await page.close();
});

test("shows every line, adds them up, and signs with the root that they come to", async () => {
  const { page, asked } = await openBatch();
  await look(page);
  await page.getByText("Lines 1 to 3 of 3.").waitFor();
  const text = await page.locator("main").innerText();
  for (const part of ["1,200 GLD", "500 GLD", "mint 400 GLD", "mint 300 GLD", "Bank A omnibus", "LEG-1", "LEG-3"])
    expect(text.replaceAll("\n", " ")).toContain(part.startsWith("1,200") ? "1,200" : part);
  const { root } = new BatchTree(documentOf(legs).legs);
  expect(text.replaceAll(/\s/g, "")).toContain(root);
  await page.getByLabel("Approve all").check();
  const shown = (await page.locator(".digests").innerText()).replaceAll(/\s/g, "");
  await signButton(page).click();
  await page.getByText("Delivered", { exact: true }).waitFor();
  const { message, primaryType } = asked.at(-1)!;
  expect(primaryType).toBe("BatchApproval");
  const weight = weigh(legs.map(submissionIn), 18);
  expect(message).toMatchObject({ decision: "approve", count: 3, total: units(1_200), merkleRoot: root });
  expect(message["totalText"]).toBe(weight.totalText);
  const { digest } = hashesOf(place.serve.gatePlace.deployment.deploymentId, "BatchApproval", message);
  expect(shown).toContain(digest);
  await page.close();
});

test.each([
  ["approved", "approve", "A", "Space"],
  ["rejected for good", "reject", "R", "ArrowDown"],
] as const)(
  "by keyboard alone, from the inbox on: two of three are chosen, and %s",
  async (_, decision, name, choosing) => {
    const { deployment, now } = place.serve.gatePlace;
    for (const reference of [`${name}-1`, `${name}-2`, `${name}-3`])
      await place.serve.desk.post(submission(deployment, { now, intent: { reference, amount: units(7) } }), undefined);
    await place.serve.step();
    const { page, asked } = await signIn(browser, place, "carla");
    const press = async (element: Locator, key: string): Promise<void> => {
      await tabTo(element);
      await page.keyboard.press(key);
    };
    await press(page.getByRole("link", { name: "Say one word about many" }), "Enter");
    await press(page.locator("summary", { hasText: "Take some out" }), "Enter");
    expect(await unreached(page)).toEqual([]);
    const others = page.getByRole("checkbox", { name: new RegExp(`^(?!.*${name}-[12])`) });
    for (const box of await others.all()) await press(box, "Space");
    await press(page.getByRole("button", { name: "Look at 2 together" }), "Enter");
    await page.getByText("Lines 1 to 2 of 2.").waitFor();
    await press(page.getByLabel("Approve all"), choosing);
    expect(await unreached(page)).toEqual([]);
    await press(signButton(page), "Enter");
    await page.getByText("Delivered", { exact: true }).waitFor();
    expect(asked.at(-1)?.message).toMatchObject({ decision, count: 2, total: units(14) });
    await page.close();
  },
);

test("nobody signs an approval that is more than the policy takes at once, and is told so", async () => {
  const { deployment, now } = place.serve.gatePlace;
  for (const [index] of Array.from({ length: 4 }).entries())
    await place.serve.desk.post(
      submission(deployment, { now, intent: { reference: `BIG-${index}`, amount: units(900) } }),
      undefined,
    );
  await place.serve.step();
  const { page } = await openBatch();
  await look(page);
  await page.getByLabel("Approve all").check();
  await page.getByText("comes to more, than a rule of the policy takes at once").waitFor();
  expect(await signButton(page).isDisabled()).toBe(true);
  await page.getByLabel("Reject all, for good").check();
  expect(await signButton(page).isEnabled()).toBe(true);
  await page.close();
});

/** So many open requests, as a service lists them; every one is whole. */
async function listed(count: number): Promise<readonly RequestView[]> {
  const [first] = await place.serve.desk.requests({ state: "pending", limit: 1 });
  const { deployment, now } = place.serve.gatePlace;
  return Array.from({ length: count }, (_, index): RequestView => {
    const requestId = sha256(utf8(`line ${String(index)}`));
    const intent = { reference: `L-${String(index)}`, amount: units(index + 1) };
    const said = submission(deployment, { now, requestId, intent });
    const words = sentence(intentOf(submissionIn(said), 18), 18);
    return { ...first!, requestId, submission: said.message, words };
  });
}

const listing = (views: readonly RequestView[]): Partial<Desk> => ({
  requests: async ({ state, after, limit }) => {
    if (state !== "pending") return [];
    const from = views.findIndex(({ requestId }) => requestId === after) + 1;
    return views.slice(from, from + limit);
  },
});

test("ten thousand lines are gone through page by page, and the page lives meanwhile", async () => {
  const { page } = await signIn(browser, place, "carla");
  place.lie = listing(await listed(10_000));
  try {
    await page.goto(`${place.api}/console/#/batch`);
    await page.getByRole("button", { name: "Look at 10000 together" }).click();
    await page.getByText(/every line to be made again \(\d+ of 10000\)/).waitFor();
    await page.getByText("Lines 1 to 100 of 10000.").waitFor({ timeout: 60_000 });
    expect(await page.locator(".inbox li").count()).toBe(100);
    await page.getByRole("button", { name: "The largest first" }).click();
    await page.locator(".inbox li").first().getByText("mint 10,000 GLD").first().waitFor();
    await page.getByRole("button", { name: "Lines behind" }).click();
    await page.getByText("Lines 101 to 200 of 10000.").waitFor();
    await page.getByText("50,005,000").waitFor();
    await page.close();
  } finally {
    place.lie = {};
  }
});

describe("a service that lies has nothing signed:", () => {
  const changed = (views: readonly RequestView[], at: number, change: object): readonly RequestView[] =>
    views.map((view, index) =>
      index === at ? { ...view, submission: { ...(view.submission as object), ...change } } : view,
    );
  const lies: readonly (readonly [string, (views: readonly RequestView[]) => readonly RequestView[], RegExp])[] = [
    ["another amount in a line", (views) => changed(views, 7, { amount: units(1) }), /amountText says|intentHash says/],
    ["another recipient in a line", (views) => changed(views, 7, { to: `0x${"bb".repeat(20)}` }), /intentHash says/],
    ["another text of an amount", (views) => changed(views, 7, { amountText: "1 GLD" }), /amountText says/],
    [
      "other words of a line",
      (views) => views.map((view, index) => (index === 7 ? { ...view, words: "mint 1 GLD" } : view)),
      /the server says/,
    ],
    ["a line under another id", (views) => changed(views, 7, { requestId: idOf("X") }), /another id inside/],
    ["a line twice", (views) => [...views.slice(0, 8), ...views.slice(7)], /twice/],
  ];
  test.each(lies)("%s", async (_, lie, why) => {
    const { page, asked } = await signIn(browser, place, "carla");
    place.lie = listing(lie(await listed(30)));
    try {
      await page.goto(`${place.api}/console/#/batch`);
      await look(page);
      const alert = page.getByRole("alert");
      await alert.waitFor();
      expect(await alert.innerText()).toMatch(why);
      expect(await signButton(page).count()).toBe(0);
      expect(asked).toHaveLength(1);
    } finally {
      place.lie = {};
      await page.close();
    }
  });

  test("and where lines are chosen, a line is told in our own words, or called false", async () => {
    const { page } = await signIn(browser, place, "carla");
    const [, , words] = lies[3]!;
    place.lie = listing(lies[3]![1](await listed(30)));
    try {
      await page.goto(`${place.api}/console/#/batch`);
      await page.getByText("Take some out").click();
      const lines = await page.locator("details label").allInnerTexts();
      expect(lines).toHaveLength(30);
      expect(lines.filter((line) => line.includes("Not as the service shows it"))).toEqual([
        expect.stringMatching(words),
      ]);
      expect(lines[8]).toContain("mint 9 GLD to 0x");
    } finally {
      place.lie = {};
      await page.close();
    }
  });

  const few: readonly (readonly [string, () => Promise<Partial<Desk>>, RegExp])[] = [
    [
      "a line that is gone when it is read",
      async () => ({ request: async () => ({ kind: "absent" }) }),
      /no request .* any more/,
    ],
    [
      "another request in place of a line",
      async () => {
        const found = await place.serve.desk.request(submissionIn(legs[0]!).requestId);
        return { request: async () => found };
      },
      /another request than/,
    ],
    [
      "a line that nobody signed",
      async () => ({
        request: async (id) => {
          const found = await place.serve.desk.request(id);
          return found.kind === "absent" ? found : { kind: "found", value: { ...found.value, signed: [] } };
        },
      }),
      /not signed/,
    ],
  ];
  test.each(few)("%s", async (_, lie, why) => {
    const { page, asked } = await openBatch();
    place.lie = await lie();
    try {
      await look(page);
      const alert = page.getByRole("alert");
      await alert.waitFor();
      expect(await alert.innerText()).toMatch(why);
      expect(await signButton(page).count()).toBe(0);
      expect(asked).toHaveLength(1);
    } finally {
      place.lie = {};
      await page.close();
    }
  });
});
