/** The gate's journal is copied, a mint goes through, and the copy is put back: whoever runs the service then gets no further signature. */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import {
  eventually,
  openDeployment,
  postUntilDelivered,
  prepareMint,
  startAll,
  type Mint,
  type Place,
} from "../place/deployment.ts";
import { connectGate } from "../../src/adapters/socket/client.ts";
import { mintEvents } from "../place/ledger.ts";

const gold = (whole: number): bigint => BigInt(whole) * 10n ** 18n;
let place: Place;
let last: Mint;

async function posted(amount: string): Promise<Mint> {
  const mint = await prepareMint(place, amount, `DEPOSIT-${amount}`);
  for (const statement of mint.statements) await postUntilDelivered(place, statement);
  return mint;
}

async function minted(amount: string): Promise<void> {
  const { requestId } = await posted(amount);
  await place.person("audrey").client.watch(requestId, ({ state }) => state === "final", { timeoutMs: 60_000 });
}

const waitsFor = async (words: RegExp): Promise<string> => {
  const { client } = place.person("audrey");
  const view = await client.watch(last.requestId, (seen) => words.test(seen.waitsFor), { timeoutMs: 60_000 });
  return view.state;
};

/** serve begins with an empty store, and reaches the witness where it is told to. */
async function restartServe(change: (config: { witnesses: { url: string }[] }) => void): Promise<void> {
  await place.stop("serve");
  for (const end of ["", "-wal", "-shm"]) rmSync(`${place.folder.store}${end}`, { force: true });
  const config = parse(readFileSync(place.folder.serveConfig, "utf8")) as { witnesses: { url: string }[] };
  change(config);
  writeFileSync(place.folder.serveConfig, stringify(config));
  // Not until it is ready: a gate that knows what was done to it is not.
  await place.listen();
}

beforeAll(async () => {
  place = await openDeployment();
  await startAll(place);
  await minted("1");
  const copy = join(place.folder.root, "copy.sqlite");
  await place.stop("gate");
  copyFileSync(place.folder.journal, copy);
  await place.start("gate");
  await minted("2");
  await place.stop("serve");
  await place.stop("gate");
  copyFileSync(copy, place.folder.journal);
  await place.start("gate");
});
afterAll(async () => {
  await place.close();
});

test("a service that keeps the witness from the gate gets nothing signed", async () => {
  let url = "";
  await restartServe(({ witnesses: [witness] }) => {
    url = witness!.url;
    witness!.url = "http://127.0.0.1:9";
  });
  last = await posted("3");
  // Whichever is first: the witness is missed, or the observers' nonce is above the journal's and freezes the key.
  expect(await waitsFor(/waits for witness witness\.example\/w1|frozen/)).not.toBe("signing");
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect((await mintEvents(place)).sort()).toEqual([gold(1), gold(2)].sort());
  await restartServe(({ witnesses: [witness] }) => {
    witness!.url = url;
  });
});

test("a service that asks the witness shows the gate what it is, and the gate stops", async () => {
  const gate = connectGate(place.folder.socket);
  await eventually("the gate says that its journal is an older one, or that its key signed elsewhere", async () => {
    const { backends, frozen } = await gate.health();
    const isOlder = backends.every(({ why }) => why.includes("it was put back to an earlier state"));
    return isOlder || frozen.some(({ reason }) => /did not sign|somebody else used/.test(reason));
  });
  gate.close();
  expect(await waitsFor(/gate\.|frozen/)).not.toBe("signing");
  expect((await mintEvents(place)).sort()).toEqual([gold(1), gold(2)].sort());
});
