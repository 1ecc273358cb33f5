/** A log held against a real chain by an auditor: what has no leaf is named, and what has one is counted. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { grantRole } from "../../../src/adapters/anvil/demo-token.ts";
import { encode } from "../../../src/intent/calldata.ts";
import { readStranger } from "../../../src/gate/stranger.ts";
import * as amount from "../../../src/values/amount.ts";
import { tokenAdmin } from "../../place/chain.ts";
import { treasury } from "../../place/gold.ts";
import { managedKey } from "../../place/people.ts";
import { mintOf, sign } from "../../contract/json-rpc/signing.ts";
import { countersign, type Said } from "../../unit/cli/terminal.ts";
import { openEndpointPlace, stateOf, type EndpointPlace } from "./endpoint-place.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-reconcile-"));
const at = (name: string): string => join(folder, name);
let place: EndpointPlace;
let exports = 0;

beforeAll(async () => {
  place = await openEndpointPlace({ endpoints: 1 });
  writeFileSync(at("genesis.json"), JSON.stringify(place.serve.gatePlace.deployment.file));
});

afterAll(async () => {
  await place.close();
  rmSync(folder, { recursive: true, force: true });
});

/** To the end, with blocks on top that are final. */
async function minted(reference: string): Promise<void> {
  const said = await place.approved(reference);
  for (let round = 0; round < 20 && (await stateOf(place, said)).state !== "final"; round += 1) await place.round();
  expect((await stateOf(place, said)).state).toBe("final");
}

async function reconciled(...more: string[]): Promise<Said> {
  const { journal, gate } = place.serve.gatePlace;
  const leaves = journal.leaves(0, 10_000).map(({ bytes }) => new TextDecoder().decode(bytes));
  const head = await gate.answer({ verb: "head" });
  const checkpoint = "checkpoint" in head ? head.checkpoint : "";
  exports += 1;
  const file = at(`log-${String(exports)}.json`);
  writeFileSync(file, JSON.stringify({ format: "countersign/log/v1", checkpoint, leaves }));
  return await countersign([
    "log",
    "reconcile",
    "--log",
    file,
    "--genesis",
    at("genesis.json"),
    "--rpc",
    place.chain.url,
    ...more,
  ]);
}

/** What the gate froze the asset for. */
async function strangers(): Promise<readonly string[]> {
  const health = await place.serve.gatePlace.gate.answer({ verb: "health" });
  if (health.kind !== "health") throw new Error(health.kind);
  return health.frozen.flatMap(({ reason }) => readStranger(reason)?.what ?? []).sort();
}

const burnOf = (value: bigint) => encode({ kind: "burn", amount: amount.fromBigInt(value) }, "role-erc20");

/** By whoever holds a key with the role, past the gate. */
async function sentPast(raw: string): Promise<void> {
  await place.chain.rpc("eth_sendRawTransaction", raw);
  await place.round();
}

it("finds every event and every nonce of the chain in the log, and the grants from before it began in no account", async () => {
  await minted("R-1");
  // Whom nobody gave a token can burn none of them, and says so with an event: it changes nothing and counts for nothing.
  const nobodys = { ...mintOf(place.chain, 0).transaction, data: burnOf(0n) };
  await sentPast(sign(place.chain.minter, nobodys).raw);
  await minted("R-2");
  expect(await strangers()).toEqual([]);
  const said = await reconciled();
  expect(said.err).toEqual([]);
  expect(said.code).toBe(0);
  expect(said.out[0]).toMatch(/^all 2 events and 2 nonces of chain 31337 are in the log \(blocks \d+ to \d+, of /);
});

it("freezes nothing for what a holder burns of their own, which an auditor finds", async () => {
  await place.chain.rpc("anvil_setBalance", treasury, "0xde0b6b3a7640000");
  await place.chain.rpc("anvil_impersonateAccount", treasury);
  await place.chain.rpc("eth_sendTransaction", { from: treasury, to: place.chain.token, data: burnOf(1n) });
  for (let round = 0; round < 5; round += 1) await place.round();
  expect(await strangers()).toEqual([]);
});

it("does not call a transaction missing that is newer than the log, nor believe another chain", async () => {
  expect((await reconciled("--chain", "5")).code).toBe(1);
  const other = await countersign([
    ...["log", "reconcile", "--log", at("log-1.json"), "--genesis", at("genesis.json")],
    ...["--rpc", "http://127.0.0.1:1"],
  ]);
  expect(other.code).toBe(2);
  await place.round();
  await sentPast(mintOf(place.chain, 1).raw);
  expect(
    (
      await countersign([
        "log",
        "reconcile",
        "--log",
        at("log-1.json"),
        "--genesis",
        at("genesis.json"),
        "--rpc",
        place.chain.url,
      ])
    ).code,
  ).toBe(0);
});

it("names a mint that was made past the gate, a role that somebody granted, and a nonce of a managed key", async () => {
  await grantRole(place.chain.url, {
    token: place.chain.token,
    admin: tokenAdmin,
    role: "PAUSER_ROLE",
    to: tokenAdmin,
  }).catch(() => undefined);
  const thief = { privateKey: managedKey("hsm-mint").privateKey, address: managedKey("hsm-mint").account };
  const { raw } = sign(thief, {
    ...mintOf(place.chain, 0).transaction,
    nonce: 2,
    to: thief.address,
    data: "0x",
    value: amount.zero,
  });
  await sentPast(raw);
  for (let round = 0; round < 4; round += 1) await place.round();
  // The gate froze the key meanwhile, and says so in a leaf; a request that is refused leaves its statements in the log.
  place.serve.gatePlace.now += 5;
  await place.approved("R-3");
  const said = await reconciled();
  expect(said.code).toBe(1);
  const told = said.out.join("\n");
  expect(told).toMatch(/a burn of 0x[0-9a-f]{40} in block \d+: transaction 0x[0-9a-f]{64} is in no leaf of the log/);
  expect(told).toMatch(/a mint of 0x[0-9a-f]{40} in block \d+: transaction 0x[0-9a-f]{64} is in no leaf of the log/);
  expect(told).toMatch(/a grant of a role of 0x[0-9a-f]{40} in block \d+/);
  expect(told).toMatch(/nonce 2 of 0x[0-9a-f]{40}: it was used, and no leaf of the log has a signature on it/);
  expect(told).toContain("freeze what this is about, pause the token, and find out why");
  // The running deployment saw the same by itself, on its observers' word.
  expect(await strangers()).toEqual(["a grant of a role", "a mint"]);
});
