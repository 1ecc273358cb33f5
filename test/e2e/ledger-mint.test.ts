/** Small mints are signed on the token, larger ones by a person at a Ledger: mined on a chain by real processes, over the public API. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nobleChecks } from "../../src/adapters/crypto-noble/checks.ts";
import { verifyBundle } from "../../src/bundle/verify.ts";
import { addColdKey, coldKey } from "../place/cold-key.ts";
import {
  eventually,
  openDeployment,
  postUntilDelivered,
  prepareRequest,
  startAll,
  type Mint,
  type Place,
  type RequestAsked,
} from "../place/deployment.ts";
import { EthereumApp } from "../place/ethereum-app/ethereum-app.ts";
import { openSpeculosPort, type SpeculosPort } from "../place/ethereum-app/speculos-port.ts";
import { mintEvents } from "../place/ledger.ts";

const gold = (whole: number): bigint => BigInt(whole) * 10n ** 18n;
const app = new EthereumApp({ person: () => "ignore" });
let port: SpeculosPort;
let place: Place;

beforeAll(async () => {
  port = await openSpeculosPort(app);
  place = await openDeployment(addColdKey);
  await startAll(place, { LEDGER_SPECULOS: `${port.host}:${port.port}` });
});
afterAll(async () => {
  await place.close();
  await port.close();
});

async function posted(asked: RequestAsked): Promise<Mint> {
  const mint = await prepareRequest(place, asked);
  for (const statement of mint.statements) await postUntilDelivered(place, statement);
  return mint;
}

const isSigning = (apdu: Buffer): boolean => apdu[1] === 0x04;

test("a mint of the lower tier is signed on the token, and the Ledger hears of no transaction", async () => {
  const { requestId } = await posted({ amount: "100", reference: "SMALL" });
  await place.person("ida").client.watch(requestId, ({ state }) => state === "final", { timeoutMs: 60_000 });
  expect(await mintEvents(place)).toEqual([gold(100)]);
  expect(app.heard.some(isSigning)).toBe(false);
});

test("a mint over the tier's ceiling waits for a person at the Ledger, who compares the digest, and is mined", async () => {
  const { requestId } = await posted({ amount: "101", reference: "LARGE", account: coldKey.account });
  const { client, deploymentId } = place.person("carla");
  await eventually("the request says whom it waits for", async () => {
    const found = await client.request(requestId);
    return (
      found.kind === "found" && found.value.waitsFor.includes("a person at ledger-cold") && app.review() !== undefined
    );
  });
  const onScreen = new Map(app.review()?.screens).get("Tx hash");

  // On a second machine: nothing but the file and the hash of the genesis.
  const waiting = await client.bundle(requestId, "permitted");
  if (waiting.kind === "absent") throw new Error("a request that waits at a device has a bundle");
  const file = join(place.folder.root, "waiting.json");
  writeFileSync(file, JSON.stringify(waiting.value));
  const words = ["src/main.ts", "bundle", "digest", file, "--genesis", deploymentId, "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, words, { env: {} });
  const { transactions, report } = JSON.parse(stdout) as {
    transactions: { digest: string; isSigned: boolean }[];
    report: { intent: string; key: { id: string } };
  };
  expect(transactions).toMatchObject([{ digest: onScreen, isSigned: false }]);
  expect(report.key.id).toBe("ledger-cold");
  expect(report.intent).toMatch(/^mint 101 GLD to /);

  app.press("approve");
  const view = await client.watch(requestId, ({ state }) => state === "final", { timeoutMs: 60_000 });
  expect(view.state).toBe("final");
  expect(await mintEvents(place)).toEqual([gold(100), gold(101)]);
  await eventually("the bundle has the outcome", async () =>
    JSON.stringify(await client.bundle(requestId)).includes('"outcome"'),
  );
  const bundle = await client.bundle(requestId);
  const verdict = verifyBundle(bundle.kind === "found" ? bundle.value : undefined, deploymentId, nobleChecks);
  expect(verdict).toMatchObject({ kind: "verified", report: { key: { backend: "ledger" } } });
  expect(app.heard.filter(isSigning)).toHaveLength(1);
});

test("neither key signs the other's mints", async () => {
  const { requestId } = await posted({ amount: "102", reference: "WRONG-KEY" });
  const { client } = place.person("ida");
  const view = await client.watch(requestId, ({ state }) => state === "refused", { timeoutMs: 60_000 });
  expect(view.state).toBe("refused");
  expect(await mintEvents(place)).toEqual([gold(100), gold(101)]);
});
