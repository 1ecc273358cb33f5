/** Plays the main job through the public API: a mint, a yield and a redemption in two legs, each step in plain words with its hash. */
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadCredential } from "../../adapters/credential/credential-file.ts";
import { moveTokens } from "../../adapters/anvil/holder.ts";
import type { RequestView } from "../../request/api.ts";
import { approvalMessage } from "../../sdk/approval.ts";
import type { Posted } from "../../sdk/delivery.ts";
import { submissionMessage } from "../../sdk/submission.ts";
import type { Address } from "../../values/address.ts";
import { format, parse as parseAmount } from "../../values/amount.ts";
import * as bytes32 from "../../values/bytes32.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { Fault } from "../../values/errors.ts";
import { fromBytes } from "../../values/hex.ts";
import { parse as parseInstant } from "../../values/instant.ts";
import { canonical, type Json } from "../../values/json.ts";
import { parse as parseName } from "../../values/name.ts";
import { personOf, type Person } from "../person.ts";
import { bank, chainId } from "./cast.ts";
import { runOnce } from "./children.ts";
import type { DevFolder } from "./folder.ts";
import type { Demo } from "./found.ts";
import { destination, playRelease } from "./second-leg.ts";
import { playYield } from "./yield.ts";

export type Stage = {
  readonly folder: DevFolder;
  readonly demo: Demo;
  readonly api: string;
  readonly chain: string;
  readonly say: (sentence: string) => void;
};

/** What the last line of the demo says. */
export type Ending = {
  readonly requestId: Bytes32;
  readonly txHash: string;
  readonly from: Address;
  readonly amount: string;
  readonly bundle: string;
  readonly genesis: string;
};

const minted = "100";
const redeemed = "40";
/** What was minted by a slip of the hand elsewhere, on a day of October 2025. */
const slip = "300000000000000";

export async function playStory(stage: Stage): Promise<Ending> {
  const { say, demo } = stage;
  await attest(stage);
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const number = `${day}-${randomBytes(3).toString("hex")}`;
  const mint = await play(stage, {
    operation: "mint",
    amount: minted,
    to: demo.bank,
    reference: `DEPOSIT-${number}`,
    approvers: ["carla", "chris"],
  });
  await overIssue(stage, `SLIP-${number}`);
  await playYield(stage, `YIELD-${number}`);
  const moved = await moveTokens(stage.chain, {
    token: demo.token,
    holder: loadCredential(stage.folder.people(bank)),
    to: demo.account,
    amount: redeemed,
  });
  say(`Bank A sent ${redeemed} GLD back to the managed account: transaction ${moved}`);
  const { requestId } = await play(stage, {
    operation: "redeem",
    amount: redeemed,
    destination,
    reference: `REDEMPTION-${number}`,
    approvers: ["cyril", "cora"],
  });
  await playRelease(stage, requestId);
  return mint;
}

async function attest({ folder, api, say }: Stage): Promise<void> {
  mkdirSync(folder.reports, { recursive: true });
  const report = join(folder.reports, `${new Date().toISOString().slice(0, 10)}.txt`);
  writeFileSync(report, "Demo vault: 25 bars of 400 troy ounces each, counted and weighed.\n");
  const { supply, block } = await seenSupply(personOf(api, folder.people("vault"), folder.genesis));
  const who = ["--api", api, "--credential", folder.people("vault"), "--genesis", folder.genesis, "--yes"];
  const what = [
    "--asset",
    "GLD",
    "--reserves",
    "10000",
    "--supply",
    supply,
    "--supply-block",
    block,
    "--unit",
    "troy ounce",
  ];
  await runOnce(["attest", "reserve", ...who, ...what, "--report", report]);
  say(
    `the vault auditor attested reserves of 10,000 GLD against a supply of ${supply}, from a process and with a key of its own`,
  );
}

/** The supply as the observers last saw it, in whole units; they need a moment after a start. */
async function seenSupply({ client }: Person): Promise<{ supply: string; block: string }> {
  for (let i = 0; i < 300; i += 1) {
    const asset = await client.asset(parseName("GLD"));
    const seen = asset.kind === "found" ? asset.value.observed : [];
    const supply = seen.find(({ fact }) => fact === "supply");
    if (supply !== undefined)
      return { supply: format(parseAmount(supply.value), 18).replaceAll(",", ""), block: String(supply.blockNumber) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Fault("dev.story", "the observers reported no supply within 30 s", "never");
}

type Scene = {
  readonly operation: "mint" | "redeem";
  readonly amount: string;
  readonly to?: Address;
  readonly destination?: string;
  readonly reference: string;
  readonly approvers: readonly string[];
};

/** Refused at once, with every reason, before anybody is asked to agree. */
async function overIssue(stage: Stage, reference: string): Promise<void> {
  const { demo, say } = stage;
  const { client } = actor(stage, "ida");
  const { requestId } = await ask(stage, { operation: "mint", amount: slip, to: demo.bank, reference, approvers: [] });
  const view = await client.watch(requestId, () => false, { timeoutMs: 60_000 });
  if (view.state !== "refused")
    throw new Fault("dev.story", `three hundred trillion is ${view.state}: ${view.waitsFor}`, "never");
  const decision = await client.decision(requestId);
  const reasons = decision.kind === "found" ? decision.value.clauses.filter(({ ok }) => !ok) : [];
  say(`refused before anybody was asked to agree, by ${reasons.length} clauses of which each is enough:`);
  for (const { id, observed, bound } of reasons) say(`  ${id}: ${observed}; must be: ${bound}`);
}

async function play(stage: Stage, scene: Scene): Promise<Ending> {
  const { say } = stage;
  const ida = actor(stage, "ida");
  const { requestId, amount } = await ask(stage, scene);
  for (const id of scene.approvers) await approve(stage, { id, requestId });
  const over = ({ state, waitsFor }: RequestView): boolean => state === "final" || waitsFor.includes("frozen");
  const view = await ida.client.watch(requestId, over, { timeoutMs: 120_000 });
  if (view.state !== "final")
    throw new Fault("dev.story", `request ${requestId} is ${view.state}: ${view.waitsFor}`, "never");
  say(
    `the gate decided, signed in the token and the transaction is final: ${String(view.txHash)} in block ${String(view.blockNumber)}`,
  );
  return endingOf(stage, view, amount, await saveBundle(stage, ida, requestId));
}

async function ask(stage: Stage, scene: Scene): Promise<{ readonly requestId: Bytes32; readonly amount: string }> {
  const { demo, say } = stage;
  const ida = actor(stage, "ida");
  const requestId = bytes32.parse(fromBytes(randomBytes(32)));
  const now = parseInstant(Math.floor(Date.now() / 1000));
  const message = submissionMessage(
    {
      operation: scene.operation,
      asset: "GLD",
      chainId,
      account: demo.account,
      ...(scene.to === undefined ? {} : { to: scene.to }),
      ...(scene.destination === undefined ? {} : { destination: scene.destination }),
      amount: scene.amount,
      reference: scene.reference,
      feeCeiling: "0.02",
      notBefore: now - 60,
      expiresAt: now + 86_400,
    },
    { requestId, decimals: 18 },
  );
  delivered(await ida.client.say("Submission", message));
  say(
    `Ida (issuer) asked to ${scene.operation} ${message.amountText} against ${scene.reference}: request ${requestId}`,
  );
  return { requestId, amount: message.amount };
}

async function approve(
  stage: Stage,
  { id, requestId }: { readonly id: string; readonly requestId: Bytes32 },
): Promise<void> {
  const person = actor(stage, id);
  const [found, policies, roster] = await Promise.all([
    person.client.request(requestId),
    person.client.policies(),
    person.client.roster(),
  ]);
  if (found.kind === "absent")
    throw new Fault("dev.story", `the service does not show request ${requestId} to ${id}`, "never");
  const now = parseInstant(Math.floor(Date.now() / 1000));
  const message = approvalMessage(found.value, {
    policies,
    roster,
    decision: "approve",
    reason: "checked against the receipt",
    expiresAt: now + 3_600,
    approvalId: fromBytes(randomBytes(32)),
  });
  const receipt = delivered(await person.client.say("Approval", message));
  stage.say(`${id} approved with a credential of their own; the gate's receipt names leaf ${String(receipt)}`);
}

async function saveBundle({ folder, say, demo }: Stage, { client }: Person, requestId: Bytes32): Promise<string> {
  const bundle = await wholeBundle(client, requestId);
  mkdirSync(folder.bundles, { recursive: true });
  const path = join(folder.bundles, `${requestId}.json`);
  writeFileSync(path, `${JSON.stringify(bundle, null, 2)}\n`);
  await runOnce(["bundle", "verify", path, "--genesis", demo.deployment]);
  say(`a stranger's check of the bundle, offline: verified. ${path}`);
  return path;
}

/** The bundle once it tells the outcome too, which the observers report a moment after the chain is final. */
async function wholeBundle(client: Person["client"], requestId: Bytes32): Promise<Json> {
  for (let i = 0; i < 200; i += 1) {
    const bundle = await client.bundle(requestId);
    if (bundle.kind === "found" && canonical(bundle.value).includes('"kind":"outcome"')) return bundle.value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Fault("dev.story", "the observers did not report the outcome within 20 s", "never");
}

function actor({ api, folder }: Stage, id: string): Person {
  return personOf(api, folder.people(id), folder.genesis);
}

function delivered(posted: Posted): number | null {
  if (posted.kind === "delivered") return posted.receipt.leafIndex;
  throw new Fault("dev.story", posted.kind === "refused" ? `${posted.code}: ${posted.message}` : posted.why, "never");
}

function endingOf({ demo }: Stage, view: RequestView, amount: string, bundle: string): Ending {
  return {
    requestId: view.requestId,
    txHash: view.txHash ?? "",
    from: demo.account,
    amount,
    bundle,
    genesis: demo.deployment,
  };
}
