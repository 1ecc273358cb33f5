/** A redemption in two legs with real parts: SoftHSM burns, the chain undoes the burn, observers see it final elsewhere, and one release comes of it. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { moveTokens } from "../../src/adapters/anvil/holder.ts";
import { connectGate } from "../../src/adapters/socket/client.ts";
import { loadCredential } from "../../src/adapters/credential/credential-file.ts";
import { nobleChecks } from "../../src/adapters/crypto-noble/checks.ts";
import { verifyBundle } from "../../src/bundle/verify.ts";
import type { RequestView } from "../../src/request/api.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { rpcOf } from "../place/chain.ts";
import {
  eventually,
  openDeployment,
  postUntilDelivered,
  prepareMint,
  prepareRequest,
  startAll,
  type Place,
} from "../place/deployment.ts";
import { burnEvents } from "../place/ledger.ts";

const run = promisify(execFile);
const gold = (whole: number): bigint => BigInt(whole) * 10n ** 18n;
let place: Place;

beforeAll(async () => {
  place = await openDeployment();
  await startAll(place);
});
afterAll(async () => {
  await place.close();
});

async function viewOf(requestId: Bytes32): Promise<RequestView> {
  const found = await place.person("ida").client.request(requestId);
  if (found.kind === "absent") throw new Error("there is no such request");
  return found.value;
}

async function askGate(requestId: Bytes32): Promise<string> {
  const gate = connectGate(place.folder.socket, { timeoutMs: 5_000 });
  const answer = await gate.sign({ verb: "sign", requestId, release: true });
  gate.close();
  return "code" in answer ? answer.code : answer.kind;
}

const command = async (...args: readonly string[]): Promise<string> =>
  (await run(process.execPath, ["src/main.ts", ...args])).stdout;

test("what blocks undid releases nothing; final elsewhere, it releases once, and the vault's word closes it", async () => {
  const mint = await prepareMint(place, "50", "DEPOSIT");
  for (const statement of mint.statements) await postUntilDelivered(place, statement);
  await place.person("ida").client.watch(mint.requestId, ({ state }) => state === "final", { timeoutMs: 60_000 });
  const holder = loadCredential(place.folder.people("bank-a"));
  await moveTokens(place.chain.url, { token: place.demo.token, holder, to: place.demo.account, amount: "20" });

  const redeem = await prepareRequest(place, {
    operation: "redeem",
    amount: "20",
    reference: "RDM-1",
    approvers: ["cyril"],
  });
  const { requestId } = redeem;
  // What is mined from here on can be undone.
  await rpcOf(place.chain.url, "evm_setIntervalMining", 0);
  const before = await rpcOf(place.chain.url, "evm_snapshot");
  for (const statement of redeem.statements) await postUntilDelivered(place, statement);
  await eventually("the burn is sent", async () => (await viewOf(requestId)).state === "broadcast");
  await rpcOf(place.chain.url, "anvil_mine", "0x1");
  await eventually("the burn is in a block", async () => (await viewOf(requestId)).state === "mined");
  expect(await burnEvents(place)).toEqual([gold(20)]);
  expect(await askGate(requestId)).toBe("gate.burn-not-final");

  await rpcOf(place.chain.url, "evm_revert", before);
  await rpcOf(place.chain.url, "anvil_dropAllTransactions");
  expect(await burnEvents(place)).toEqual([]);
  expect(await askGate(requestId)).toBe("gate.burn-not-final");
  expect((await viewOf(requestId)).redemption).toBeNull();

  // Blocks go on, the same bytes go out again, and observers see the burn final where it is now.
  await rpcOf(place.chain.url, "evm_setIntervalMining", 1);
  await eventually(
    "the gate signed a release",
    async () => ((await viewOf(requestId)).redemption?.instruction ?? null) !== null,
  );
  expect(await burnEvents(place)).toEqual([gold(20)]);
  const { redemption, txHash } = await viewOf(requestId);
  expect(redemption).toMatchObject({ kind: "released", instruction: { burn: txHash, destination: "vault-zrh-7" } });
  expect(await askGate(requestId)).toBe("released");

  const file = join(place.folder.root, "rdm-1.json");
  const reading = ["--api", place.api, "--genesis", place.folder.genesis, "--credential"];
  const shown = await command(
    "request",
    "show",
    requestId,
    ...reading,
    place.folder.people("ida"),
    "--instruction",
    file,
  );
  expect(shown).toContain("release what backs 20 GLD to vault-zrh-7");
  const forged = join(place.folder.root, "forged.json");
  writeFileSync(forged, readFileSync(file, "utf8").replace("vault-zrh-7", "vault-lon-2"));
  const say = ["attest", "delivery", ...reading, place.folder.people("vault"), "--reference", "WAYBILL-9", "--yes"];
  await expect(command(...say, "--instruction", forged)).rejects.toThrow("did not sign this instruction");
  await command(...say, "--instruction", file);
  await eventually("the redemption is closed", async () => (await viewOf(requestId)).redemption?.kind === "delivered");

  const { client, deploymentId } = place.person("audrey");
  await eventually("the witnesses cosigned all of it", async () =>
    JSON.stringify(await client.bundle(requestId)).includes('"kind":"Delivery"'),
  );
  const bundle = await client.bundle(requestId);
  const verdict = verifyBundle(bundle.kind === "found" ? bundle.value : null, deploymentId, nobleChecks);
  expect(verdict).toMatchObject({ kind: "verified", report: { redemption: { delivered: [{ person: "vault" }] } } });
  const entries = await client.entries(0, 500);
  expect(JSON.stringify(entries).split('\\"kind\\":\\"release\\"').length - 1).toBe(1);
  const log = await command("log", "verify", ...reading, place.folder.people("audrey"), "--json");
  expect(JSON.parse(log)).toMatchObject({ ok: true, lanes: { released: 1 } });
});
