/** The page of one request, in a real browser over a real gate: what a custodian reads, signs and keeps, and every lie of a service before it. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { documentName } from "../../src/genesis/genesis.ts";
import { policyChange } from "../../src/sdk/change.ts";
import { hashesOf } from "../../src/statement/digest.ts";
import { Fault, InvalidValue } from "../../src/values/errors.ts";
import { hash } from "../../src/values/json.ts";
import { toWire } from "../../src/values/wire.ts";
import { openService, type ServicePlace } from "../e2e/cli/service-place.ts";
import { openServe } from "../flow/serve/place.ts";
import { openChromium } from "../place/chromium.ts";
import { builtConsole, flawsOf, looks, picture, signIn, tabTo, unreached, type Visiting } from "../place/console.ts";
import { bringEvidence, openPlace } from "../place/gate.ts";
import { approval, goldDeployment, goldPolicy, idOf, submission, units } from "../place/gold.ts";
import { sign as signAs } from "../place/people.ts";
import { changedView, requestLies, swapped, withRoster, type Truth } from "../place/request-lies.ts";

const id = idOf("DEPOSIT-1");
const shut = `0x${"dd".repeat(20)}`;
let browser: Browser;
let place: ServicePlace;

/** Whoever is on `sanctioned` gets nothing. */
function shuttingPolicy(): ReturnType<typeof goldPolicy> {
  const { lists, guards = [] } = goldPolicy();
  return goldPolicy({
    lists: { ...lists, sanctioned: { entries: [{ address: shut, label: "A thief" }] } },
    guards: [...guards, { id: "shut", when: { operation: "mint", to: { in: "sanctioned" } }, deny: true }],
  });
}

beforeAll(async () => {
  const serve = await openServe(openPlace(goldDeployment({ policy: shuttingPolicy() })));
  const files = await builtConsole();
  [browser, place] = await Promise.all([openChromium(), openService(serve, files)]);
  await bringEvidence(place.serve.gatePlace);
  const { deployment, now } = place.serve.gatePlace;
  await place.serve.desk.post(submission(deployment, { now }), undefined);
  await place.serve.step();
});

afterAll(async () => {
  await browser.close();
  await place.close();
});

async function openRequest(look = {}): Promise<Visiting> {
  const visiting = await signIn(browser, place, "carla", look);
  await visiting.page.goto(`${place.api}/console/#/request/${id}`);
  return visiting;
}

const signButton = (page: Page) => page.getByRole("button", { name: /^Sign:/ });
const choose = (page: Page) => page.getByLabel("Approve").check();

const truth = (): Truth => ({ serve: place.serve, id });

test("says what it does, for whom, who is missing and what is signed", async () => {
  const { page, complaints } = await openRequest();
  await signButton(page).waitFor();
  const text = await page.locator("main").innerText();
  expect(await page.locator(".quantity").innerText()).toBe("100 GLD");
  for (const part of [
    "Bank A omnibus",
    "on the list treasury of the policy",
    "2 more of custodians: carla, chris, cyril",
    "what is out is not known",
    "mint 100 GLD to 0x",
    "hash of the calldata",
    "reserves, by vault-auditor",
  ])
    expect(text).toContain(part);
  expect(complaints).toEqual([]);
  await page.close();
});

test("by keyboard alone, from the inbox on: shows before signing the digest that the wallet then signs, and says delivered on the gate's receipt", async () => {
  const { page, asked } = await signIn(browser, place, "carla");
  await tabTo(page.locator(`.inbox a[href$="${id}"]`));
  await page.keyboard.press("Enter");
  await signButton(page).waitFor();
  await tabTo(page.getByLabel("Approve"));
  await page.keyboard.press("Space");
  await tabTo(page.getByLabel("Reason"));
  await page.keyboard.type("seen in the vault");
  expect(await unreached(page)).toEqual([]);
  const shown = await page.locator(".digests").innerText();
  await tabTo(signButton(page));
  await page.keyboard.press("Enter");
  await page.getByText("Delivered", { exact: true }).waitFor();
  const { message } = asked.at(-1)!;
  expect(message).toMatchObject({
    decision: "approve",
    requestId: id,
    amountText: "100 GLD",
    reason: "seen in the vault",
  });
  const { deploymentId } = place.serve.gatePlace.deployment;
  const { domainHash, messageHash, digest } = hashesOf(deploymentId, "Approval", message);
  for (const one of [domainHash, messageHash, digest]) expect(shown.replaceAll(/\s/g, "")).toContain(one);
  await page.getByText("✓ Carla (carla) for custodians").waitFor();
  await page.close();
});

test("nothing is chosen for anybody: the button waits for a choice by keyboard, and Enter elsewhere signs nothing", async () => {
  const { page, asked } = await openRequest();
  await signButton(page).waitFor();
  expect(await signButton(page).isDisabled()).toBe(true);
  expect(await page.getByRole("radio", { checked: true }).count()).toBe(0);
  expect(await page.locator(".digests").count()).toBe(0);
  await tabTo(page.getByLabel("Reason"));
  await page.keyboard.press("Enter");
  await tabTo(page.getByLabel("Approve"));
  await page.keyboard.press("ArrowDown");
  expect(await signButton(page).innerText()).toBe("Sign: reject mint 100 GLD, for good");
  expect(await signButton(page).isEnabled()).toBe(true);
  await page.keyboard.press("Enter");
  await tabTo(page.getByLabel("Reason"));
  await page.keyboard.press("Enter");
  expect(asked).toHaveLength(1);
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.textContent")).toMatch(/^Sign: reject/);
  await page.close();
});

test("says once where shares, reserves and headroom come from", async () => {
  const { page } = await openRequest();
  await page.getByText("As the service shows it; no signature was checked here.").waitFor();
  await page.getByText("what is out is not known; headroom is not known, as the service shows it").waitFor();
  await page.close();
});

test("a recipient on a list that forbids is warned of, though everybody knows the address", async () => {
  const { page } = await openRequest();
  const { deployment, now } = place.serve.gatePlace;
  const intent = { reference: "DEPOSIT-9", to: shut };
  await place.serve.desk.post(submission(deployment, { now, intent }), undefined);
  await place.serve.step();
  await page.goto(`${place.api}/console/#/request/${idOf("DEPOSIT-9")}`);
  await page.locator(".warning").getByText("The list sanctioned forbids this").waitFor();
  await page.close();
});

test("a word that the service withholds is kept while it answers nothing more, and after the session", async () => {
  const { page } = await signIn(browser, place, "carla");
  const { deployment, now } = place.serve.gatePlace;
  const said = submission(deployment, { now, intent: { reference: "DEPOSIT-6" } });
  await place.serve.desk.post(said, undefined);
  await place.serve.step();
  await page.goto(`${place.api}/console/#/request/${idOf("DEPOSIT-6")}`);
  await page.getByLabel("Reject, for good").check();
  const silence = (): never => {
    throw new Fault("store.unavailable", "the store does not answer", "safe");
  };
  place.lie = { post: async () => silence(), request: async () => silence() };
  try {
    await signButton(page).click();
    const note = page.getByRole("alert").filter({ hasText: "Not delivered" });
    await note.waitFor();
    await place.serve.desk.post(approval(deployment, said, "cyril"), undefined);
    await place.serve.step();
    await page.getByRole("button", { name: "Try again" }).waitFor();
    expect(await flawsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), note.getByText("keep it as a file").click()]);
    expect(readFileSync(await download.path(), "utf8")).toContain('"decision":"reject"');
    place.lie = {};
    await page.getByRole("button", { name: "Send the same again" }).click();
    await page.getByText("Delivered", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Put away" }).click();
    expect(await page.getByText("Delivered", { exact: true }).count()).toBe(0);
  } finally {
    place.lie = {};
    await page.close();
  }
});

describe("a service that lies has nothing signed:", () => {
  test.each(requestLies.map((one) => [one.name, one] as const))("%s", async (_, { lie, why }) => {
    const { page, asked } = await signIn(browser, place, "carla");
    place.lie = await lie(truth());
    try {
      await page.goto(`${place.api}/console/#/request/${id}`);
      const alert = page.getByRole("alert");
      await alert.waitFor();
      expect(await alert.innerText()).toMatch(why);
      expect(await alert.innerText()).toMatch(/^Nothing is signed here/);
      expect(await signButton(page).count()).toBe(0);
      expect(asked).toHaveLength(1);
    } finally {
      place.lie = {};
      await page.close();
    }
  });

  test("documents whose changes it says are for others", async () => {
    const { page } = await signIn(browser, place, "carla");
    place.lie = {
      ...(await withRoster(truth(), (text) => text.replace('"version":1', '"version":2'))),
      changes: () => Promise.reject(new InvalidValue("http.not-for-you", "this is for members of other groups")),
    };
    try {
      await page.goto(`${place.api}/console/#/request/${id}`);
      const alert = page.getByRole("alert");
      await alert.waitFor();
      expect(await alert.innerText()).toContain("this is for members of other groups");
      expect(await signButton(page).count()).toBe(0);
    } finally {
      place.lie = {};
      await page.close();
    }
  });

  test("a request that is swapped while it is read, by another that its issuer signed", async () => {
    const { page } = await openRequest();
    await page.getByText("Your word").waitFor();
    const { deployment, now } = place.serve.gatePlace;
    place.lie = {
      ...(await swapped(truth(), { amount: units(7) }, "ida")),
      decision: async () => ({ kind: "absent" }),
    };
    try {
      await place.serve.desk.post(approval(deployment, submission(deployment, { now }), "cyril"), undefined);
      await place.serve.step();
      await page.getByText("showed another request under the same id").waitFor();
      expect(await signButton(page).count()).toBe(0);
    } finally {
      place.lie = {};
      await page.close();
    }
  });

  test("a receipt that the gate did not sign is not called delivered, and what was signed is kept", async () => {
    const visiting = await signIn(browser, place, "carla");
    const { page } = visiting;
    const { deployment, now } = place.serve.gatePlace;
    const other = idOf("DEPOSIT-7");
    await place.serve.desk.post(submission(deployment, { now, intent: { reference: "DEPOSIT-7" } }), undefined);
    await place.serve.step();
    await page.goto(`${place.api}/console/#/request/${other}`);
    await signButton(page).waitFor();
    place.lie = {
      post: async (statement) => ({
        kind: "receipt",
        repeated: false,
        receipt: {
          deployment: deployment.deploymentId,
          statementHash: hash({ kind: statement.kind, message: statement.message, credential: statement.credential }),
          leafIndex: 7,
          instant: now as never,
          epoch: 0,
          signature: `0x${"2".repeat(128)}`,
        },
      }),
    };
    try {
      await choose(page);
      await signButton(page).click();
      await page.getByText("Not delivered").waitFor();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByText("keep it as a file").click(),
      ]);
      const kept = JSON.parse(readFileSync(await download.path(), "utf8")) as {
        statement: { kind: string; message: { requestId: string } };
      };
      expect([kept.statement.kind, kept.statement.message.requestId]).toEqual(["Approval", other]);
      place.lie = {};
      await page.getByRole("button", { name: "Send the same again" }).click();
      await page.getByText("Delivered", { exact: true }).waitFor();
    } finally {
      place.lie = {};
      await page.close();
    }
  });
});

test("markup and disguises in what people wrote are text, marked", async () => {
  const evil = '<img src=x onerror="document.title=1"> B\u0430nk';
  const { now } = place.serve.gatePlace;
  const { page, complaints } = await signIn(browser, place, "carla");
  place.lie = await changedView(truth(), ({ votes }) => ({
    waitsFor: evil,
    alarm: evil,
    votes: [...votes, { person: "left-since", decision: evil, reason: evil, at: now }],
    events: [{ at: now, event: evil, detail: evil }],
    closing: { why: evil, txHash: null, closed: false },
    state: evil,
  }));
  try {
    await page.goto(`${place.api}/console/#/request/${id}`);
    await page.getByText("Every event").click();
    const text = await page.locator("main").innerText();
    expect(text.split("<img src=x onerror=").length - 1).toBeGreaterThan(6);
    expect(text).toContain("the service says so and shows no signature of it");
    expect(text).toContain("letters of Latin and Cyrillic in one word");
    expect(await page.locator("img").count()).toBe(0);
    expect(complaints).toEqual([]);
  } finally {
    place.lie = {};
    await page.close();
  }
});

test.each(looks)("is legible: %s", async (name, look) => {
  const { page } = await openRequest(look);
  await page.getByText("hash of the calldata").waitFor();
  await picture(page, `request-${name}`);
  expect(await flawsOf(page)).toEqual([]);
  await page.close();
});

test("is read under a policy that officers brought into force, followed from the genesis", async () => {
  const { deployment, admit, now } = place.serve.gatePlace;
  const next = toWire({
    ...shuttingPolicy(),
    version: 2,
    previous: documentName(deployment.policyHash),
    limits: deployment.policy.limits?.map((limit) => ({ ...limit, max: "4000 GLD" })),
  });
  const { message, attachment } = policyChange(next, toWire(deployment.policy));
  await admit(signAs("otto", deployment.deploymentId, "PolicyChange", message), attachment);
  await place.serve.step();
  await place.serve.desk.post(submission(deployment, { now, intent: { reference: "DEPOSIT-8" } }), undefined);
  await place.serve.step();
  const { page } = await openRequest();
  await page.goto(`${place.api}/console/#/request/${idOf("DEPOSIT-8")}`);
  await page.getByText("Policy version 2, roster version 1.").waitFor();
  expect(await signButton(page).count()).toBe(1);
  await page.close();
});
