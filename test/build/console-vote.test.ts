/** What stands beside a recipient and around the vote: history, look-alikes, locks, seats that take another credential, documents that change meanwhile. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { documentName } from "../../src/genesis/genesis.ts";
import type { Desk, RequestView } from "../../src/http/desk.port.ts";
import { policyChange } from "../../src/sdk/change.ts";
import { hash } from "../../src/values/json.ts";
import { toWire } from "../../src/values/wire.ts";
import { openService, type ServicePlace } from "../e2e/cli/service-place.ts";
import { openServe } from "../flow/serve/place.ts";
import { openChromium } from "../place/chromium.ts";
import { builtConsole, flawsOf, looks, picture, signIn, type Visiting } from "../place/console.ts";
import { bringEvidence, openPlace } from "../place/gate.ts";
import { approval, goldDeployment, idOf, submission, treasury, units } from "../place/gold.ts";
import { sign as signAs } from "../place/people.ts";

const id = idOf("DEPOSIT-1");
const twin = `0xaaaa${"7".repeat(32)}aaaa`;
let browser: Browser;
let place: ServicePlace;

beforeAll(async () => {
  const serve = await openServe(openPlace(goldDeployment()));
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

async function openRequest(lie: Partial<Desk>, look = {}): Promise<Visiting> {
  const visiting = await signIn(browser, place, "carla", look);
  place.lie = lie;
  await visiting.page.goto(`${place.api}/console/#/request/${id}`);
  return visiting;
}

async function done({ page }: Visiting): Promise<void> {
  place.lie = {};
  await page.close();
}

const signButton = (page: Page) => page.getByRole("button", { name: /^Sign:/ });

/** Final requests to these recipients, as the service shows them. */
async function finalOnes(...recipients: readonly string[]): Promise<Partial<Desk>> {
  const found = await place.serve.desk.request(id);
  if (found.kind === "absent") throw new Error("the request is there");
  const views = recipients.map((to, index): RequestView => {
    const requestId = idOf(`EARLIER-${String(index)}`);
    const message = { ...(found.value.submission as object), requestId, to, amount: units(40) };
    return { ...found.value, requestId, state: "final", submission: message };
  });
  return {
    requests: async ({ state, after, limit }) => {
      const from = views.findIndex(({ requestId }) => requestId === after) + 1;
      return state === "final" ? views.slice(from, from + limit) : [];
    },
  };
}

test("says how often and how much was sent to the recipient before, and since when the list has them", async () => {
  const visiting = await openRequest(await finalOnes(treasury, treasury, `0x${"12".repeat(20)}`));
  await visiting.page.getByText("Sent there before: 2 times, 80 GLD in all").waitFor();
  await visiting.page.getByText("treasury: there since version 1 of the policy, which the genesis brought").waitFor();
  await done(visiting);
});

test("says of how many, when there are more final requests than it looks through", async () => {
  const visiting = await openRequest(await finalOnes(...Array.from({ length: 1_201 }, () => treasury)));
  await visiting.page.getByText("Of the newest 1000 that are final. As the service shows it.").waitFor();
  await visiting.page.getByText("Sent there before: 1000 times, 40,000 GLD in all").waitFor();
  await done(visiting);
});

test("flags an earlier recipient who looks like this one, and looks into the log for whoever asks", async () => {
  const visiting = await openRequest(await finalOnes(twin));
  const { page } = visiting;
  await page.locator(".warning").getByText("Looks like an earlier recipient, who got tokens once").waitFor();
  await page.getByText("Nothing was sent there before.").waitFor();
  await page.getByRole("button", { name: "Look it up in the log" }).click();
  await page.getByText(/By all \d+ leaves of the log, which the gate's key signed/).waitFor();
  expect(await page.locator(".warning").getByText("Looks like an earlier").count()).toBe(0);
  await done(visiting);
});

test.each(looks)("a recipient with a history is legible: %s", async (name, look) => {
  const visiting = await openRequest(await finalOnes(treasury, twin), look);
  await visiting.page.getByText("Sent there before: once").waitFor();
  await picture(visiting.page, `recipient-${name}`);
  expect(await flawsOf(visiting.page)).toEqual([]);
  await done(visiting);
});

test("nothing of a vote can be changed while the wallet shows it", async () => {
  const visiting = await openRequest({});
  const { page } = visiting;
  await page.getByLabel("Approve").check();
  await page.evaluate("window.ethereum.request = () => new Promise((_, fail) => (window.declineIt = fail))");
  await signButton(page).click();
  await page.getByText("Waiting for your wallet").waitFor();
  for (const name of ["Approve", "Reject, for good", "Reason"])
    expect(await page.getByLabel(name).isDisabled(), name).toBe(true);
  await page.evaluate("window.declineIt(new Error('no'))");
  await page.getByRole("alert").waitFor();
  expect(await page.getByLabel("Reason").isEnabled()).toBe(true);
  await done(visiting);
});

test("nobody signs an approval that fills no seat, and is told which kind the seat asks for; a rejection still counts", async () => {
  const found = await place.serve.desk.decision(id);
  if (found.kind === "absent") throw new Error("there is a decision");
  const requires = { group: "custodians", min: 2, credentials: ["passkey"] };
  const value = { ...found.value, requires } as unknown as typeof found.value;
  const visiting = await openRequest({ decision: async () => ({ kind: "found", value }) });
  const { page } = visiting;
  await page.getByLabel("Approve").check();
  await page
    .getByText("Your approval would fill no seat: a seat of custodians asks for a passkey, and carla-1 is a wallet.")
    .waitFor();
  expect(await signButton(page).isDisabled()).toBe(true);
  expect(await flawsOf(page)).toEqual([]);
  await page.getByLabel("Reject, for good").check();
  expect(await signButton(page).isEnabled()).toBe(true);
  await done(visiting);
});

test("a decision that lacks a group with nobody in it is shown, with what has to be done", async () => {
  const found = await place.serve.desk.decision(id);
  if (found.kind === "absent") throw new Error("there is a decision");
  const missing = [{ group: "directors", count: 1, candidates: [] }];
  const value = { ...found.value, missing } as unknown as typeof found.value;
  const visiting = await openRequest({ decision: async () => ({ kind: "found", value }) });
  await visiting.page.getByText("1 more of directors, and nobody is in directors: officers must bring").waitFor();
  await done(visiting);
});

test("signing out says what it did, and coming back takes the words away", async () => {
  const visiting = await openRequest({});
  const { page } = visiting;
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("This page has forgotten carla's session").waitFor();
  await page.getByText("It could only read, and the service ends it at").waitFor();
  expect(await flawsOf(page)).toEqual([]);
  await page.getByRole("button", { name: "Sign in with your wallet" }).click();
  await page.getByText("Your word").waitFor();
  expect(await page.getByText("has forgotten").count()).toBe(0);
  await done(visiting);
});

test("a policy that comes into force while somebody reads is read before they sign under it", async () => {
  const visiting = await openRequest({});
  const { page } = visiting;
  await signButton(page).waitFor();
  const { deployment, admit, now } = place.serve.gatePlace;
  const next = toWire({
    ...deployment.policy,
    version: 2,
    previous: documentName(deployment.policyHash),
    limits: deployment.policy.limits?.map((limit) => ({ ...limit, max: "4000 GLD" })),
  });
  const { message, attachment } = policyChange(next, toWire(deployment.policy));
  await admit(signAs("otto", deployment.deploymentId, "PolicyChange", message), attachment);
  await place.serve.step();
  await page.getByText("Your word").waitFor();
  // Something happens to the request that is read: the page looks again.
  const said = submission(deployment, { now });
  await place.serve.desk.post(approval(deployment, said, "cyril", { policyHash: hash(next) }), undefined);
  await place.serve.step();
  const note = page.getByRole("alert").filter({ hasText: "Read it again" });
  await note.getByText("another version of the policy came into force").waitFor();
  expect(await signButton(page).count()).toBe(0);
  await place.serve.desk.post(approval(deployment, said, "chris", { policyHash: hash(next) }), undefined);
  await place.serve.step();
  await note.waitFor();
  await note.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Policy version 2, roster version 1.").waitFor();
  expect(await note.count()).toBe(0);
  await done(visiting);
});
