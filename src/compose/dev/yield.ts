/** Plays a yield in kind: who held gold at a block, a document that says who gets what, and one word of each of two people about all of it. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadCredential } from "../../adapters/credential/credential-file.ts";
import { moveTokens } from "../../adapters/anvil/holder.ts";
import { chainReader } from "../../adapters/json-rpc/chain-reader.ts";
import { connect } from "../../adapters/json-rpc/connection.ts";
import { apportion, readDistribution, type Apportioned } from "../../evidence/distribution.ts";
import { approveBatch } from "../../sdk/batch.ts";
import { parse as parseAddress } from "../../values/address.ts";
import { format } from "../../values/amount.ts";
import { parse as parseChainId } from "../../values/chain-id.ts";
import { Fault } from "../../values/errors.ts";
import { fromBytes } from "../../values/hex.ts";
import { parse as parseInstant } from "../../values/instant.ts";
import { parseStrict } from "../../values/json.ts";
import { personOf } from "../person.ts";
import { bank, chainId, clients } from "./cast.ts";
import { runOnce } from "./children.ts";
import type { DevFolder } from "./folder.ts";
import type { Demo } from "./found.ts";

type Stage = {
  readonly folder: DevFolder;
  readonly demo: Demo;
  readonly api: string;
  readonly chain: string;
  readonly say: (sentence: string) => void;
};

const pool = "3";
const decimals = 18;
const barred = clients.flatMap(({ name, mayHave }) => (mayHave ? [] : [name])).join(", ");

/** What the bank holds, three clients share; one of them may not have their part. */
export async function playYield(stage: Stage, reference: string): Promise<void> {
  const { demo, folder, chain, say } = stage;
  const holder = loadCredential(folder.people(bank));
  for (const { address, bought } of clients)
    await moveTokens(chain, { token: demo.token, holder, to: parseAddress(address), amount: bought });
  say(`Bank A sold gold to ${clients.map(({ name, bought }) => `${name} (${bought} GLD)`).join(", ")}`);
  await soldForGood(stage);
  mkdirSync(folder.reports, { recursive: true });
  const file = join(folder.reports, `${reference}.json`);
  const of = await recorded(stage, file);
  const { recordBlock, holders } = of.document;
  say(
    `${holders.length} held gold at the end of block ${recordBlock}; who gets which part of ${pool} GLD stands in ${file}`,
  );
  const terms = ["--operation", "distribute", "--asset", "GLD", "--reference", reference, "--yes"];
  await runOnce(["request", "submit", ...reading(stage), ...terms, "--distribution", file]);
  say(`Ida (issuer) asked for all ${of.entitlements.length} parts with one command: distribution ${of.hash}`);
  for (const id of ["carla", "chris"]) await approveAll(stage, id, of);
  await allFinal(stage, of);
  for (const { to, amount } of of.entitlements) say(`  ${format(amount, decimals)} GLD to ${to}`);
  say(`every part is final and paid once, ${pool} GLD together; what ${barred} may not have waits in escrow`);
}

function reading({ api, folder }: Stage): readonly string[] {
  return ["--api", api, "--credential", folder.people("ida"), "--genesis", folder.genesis];
}

/** The document, made by the command that people use. */
async function recorded(stage: Stage, file: string): Promise<Apportioned> {
  const list = `${file}.barred.txt`;
  writeFileSync(list, clients.flatMap(({ address, mayHave }) => (mayHave ? [] : [`${address}\n`])).join(""));
  const asked = ["--asset", "GLD", "--pool", pool, "--rpc", stage.chain, "--ineligible", list, "--out", file];
  const order = ["--record-block", "final", "--previous", await lastPaid(stage)];
  await runOnce(["distribution", "make", ...reading(stage), ...asked, ...order]);
  return apportion(readDistribution(parseStrict(readFileSync(file, "utf8"))));
}

/** The story may have been played before: each yield names the one before it. */
async function lastPaid({ api, folder }: Stage): Promise<string> {
  const { client } = personOf(api, folder.people("ida"), folder.genesis);
  const { requests } = await client.requests({ asset: "GLD", state: "final", limit: 500 });
  return requests.find(({ distribution }) => distribution !== null)?.distribution ?? "none";
}

/** Until nothing that was sold can be undone: the record block is the last final one. */
async function soldForGood({ chain }: Stage): Promise<void> {
  const connection = connect({ url: chain, chainId: parseChainId(chainId) });
  try {
    const reader = chainReader(connection);
    const sold = (await reader.head()).number;
    for (let i = 0; i < 600; i += 1) {
      const final = await reader.finalized();
      if (final !== undefined && final.number >= sold) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Fault("dev.story", "what the bank sold did not become final", "never");
  } finally {
    connection.close();
  }
}

async function approveAll({ api, folder, say }: Stage, id: string, of: Apportioned): Promise<void> {
  const { client } = personOf(api, folder.people(id), folder.genesis);
  const [{ requests }, policies, roster] = await Promise.all([
    client.requests({ distribution: of.hash, limit: 500 }),
    client.policies(),
    client.roster(),
  ]);
  const expiresAt = parseInstant(Math.floor(Date.now() / 1000) + 3_600);
  const batchId = fromBytes(randomBytes(32));
  const posted = await approveBatch(client, requests, { policies, roster, decision: "approve", expiresAt, batchId });
  if (posted.kind !== "delivered")
    throw new Fault("dev.story", posted.kind === "refused" ? `${posted.code}: ${posted.message}` : posted.why, "never");
  say(`${id} approved all ${requests.length} of them with one signature over what they come to together`);
}

async function allFinal({ api, folder }: Stage, of: Apportioned): Promise<void> {
  const { client } = personOf(api, folder.people("ida"), folder.genesis);
  let last = "";
  for (let i = 0; i < 1_200; i += 1) {
    const { requests } = await client.requests({ distribution: of.hash, limit: 500 });
    const open = requests.filter(({ state }) => state !== "final");
    if (open.length === 0) return;
    last = `${String(open[0]?.state)}: ${String(open[0]?.waitsFor)}`;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Fault("dev.story", `the yield does not become final: ${last}`, "never");
}
