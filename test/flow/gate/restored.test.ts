/** A gate whose key came to its second token by a backup: when the first token is lost, the same account goes on signing. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transaction } from "ethers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPkcs11Backend } from "../../../src/adapters/pkcs11/backend.ts";
import { backUpKey, restoreKey } from "../../../src/adapters/pkcs11/key-backup.ts";
import { createKey } from "../../../src/adapters/pkcs11/key-ceremony.ts";
import { addKey, initSoftToken, type SoftToken } from "../../../src/adapters/pkcs11/soft-token.ts";
import type { TokenKey } from "../../../src/adapters/pkcs11/token-config.ts";
import type { KeyPlace } from "../../../src/flow/gate/key-places.ts";
import type { Address } from "../../../src/values/address.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, softBackend, type GatePlace } from "../../place/gate.ts";
import { goldDeployment, units } from "../../place/gold.ts";
import { changed } from "../../place/softhsm.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-restored-"));
const name = parseName("hsm-mint");
let place: GatePlace;
let account: Address;

/** Two people's components, and the first token's security officer for the one that wraps. */
function under(token: string): Parameters<typeof backUpKey>[2] {
  const [one, other] = ["one", "other"].map((person) => ({ file: join(folder, person) }));
  if (one === undefined || other === undefined) throw new Error("there are two");
  return { components: [one, other], soPin: { file: join(folder, token, "so-pin") } };
}

async function makeTokens(): Promise<readonly [SoftToken, SoftToken]> {
  for (const person of ["one", "other"])
    writeFileSync(join(folder, person), randomBytes(32).toString("hex"), { mode: 0o600 });
  const first = await initSoftToken(join(folder, "first"), "first");
  const second = await initSoftToken(join(folder, "second"), "second");
  const made = await createKey({ config: first.config, label: "countersign/test/hsm-mint/1", origin: "wrappable" });
  account = made.address;
  const key: TokenKey = { name, id: made.id, label: made.label, publicKey: made.publicKey };
  const { backup } = await backUpKey(first.config, key, under("first"));
  await restoreKey(second.config, backup, under("second"));
  return [addKey(first, { ...key, origin: "wrappable" }), addKey(second, { ...key, origin: "restored" })];
}

beforeAll(async () => {
  const tokens = await makeTokens();
  const places: KeyPlace[] = [];
  for (const { config } of tokens) {
    const quick = changed(config, (draft) => {
      draft["limits"] = { signTimeoutMs: 2_000, heartbeatMs: 200, missedBeats: 5, startTimeoutMs: 5_000 };
    });
    const backend = await openPkcs11Backend(quick, { faults: { at: () => undefined }, alternatives: true });
    places.push({ name: config.name, kind: "pkcs11", keys: [name], backend });
  }
  const [{ publicKey } = { publicKey: undefined }] = tokens[0].config.keys;
  if (publicKey === undefined) throw new Error("the first token has the key");
  const key = { id: name, account, publicKey, backend: "pkcs11" } as const;
  place = openPlace(goldDeployment({ key }), softBackend(), places);
  await bringEvidence(place);
});
afterAll(async () => {
  await place.close();
  rmSync(folder, { recursive: true, force: true });
});

async function signerOf(reference: string): Promise<string | undefined> {
  const intent = { amount: units(1), reference };
  const requestId = requestIdOf(await approvedMint(place, { intent }));
  for (let tries = 0; tries < 400; tries += 1) {
    const answer = await place.sign(requestId);
    if (answer.kind === "signed") return Transaction.from(answer.raw).from?.toLowerCase();
    if (answer.kind !== "signing") throw new Error(JSON.stringify(answer));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it was never signed");
}

/** Which token the key's next signature is asked of. */
async function serving(): Promise<readonly string[]> {
  const health = await place.gate.answer({ verb: "health" });
  return "backends" in health
    ? health.backends.filter(({ serves }) => serves.includes(name)).map((one) => one.name)
    : [];
}

test("the first token signs while it is there, and the second when it is not, as one account", async () => {
  expect(await signerOf("WITH-FIRST")).toBe(account);
  expect(await serving()).toEqual(["first"]);
  rmSync(join(folder, "first", "tokens"), { recursive: true });
  expect(await signerOf("WITHOUT-FIRST")).toBe(account);
  expect(await serving()).toEqual(["second"]);
});
