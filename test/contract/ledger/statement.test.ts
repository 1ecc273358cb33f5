/** Approvals signed with a person's own Ledger: what its screen shows, what is printed, and what the gate then accepts. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { signOnLedger } from "../../../src/compose/ledger-statement.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { readStatement } from "../../../src/statement/read.ts";
import { verifyStatement } from "../../../src/statement/verify.ts";
import { fromPublicKey } from "../../../src/values/address.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { EthereumApp } from "../../place/ethereum-app/ethereum-app.ts";
import type { Review } from "../../place/ethereum-app/review.ts";
import { openSpeculosPort, type SpeculosPort } from "../../place/ethereum-app/speculos-port.ts";
import { approval, goldDeployment, submission } from "../../place/gold.ts";
import { publicKeyOf } from "./slot-place.ts";

const deployment = goldDeployment();
const id = parseName("carla-ledger");
const { message } = approval(deployment, submission(deployment, { now: 1_800_000_000 }), "carla");
const words = { deploymentId: deployment.deploymentId, kind: "Approval", message } as const;

let app: EthereumApp;
let port: SpeculosPort;
let reviews: Review[];
let printed: string[];
let expected: ReturnType<typeof fromPublicKey>;
beforeEach(async () => {
  expected = fromPublicKey(publicKeyOf());
  reviews = [];
  printed = [];
  app = new EthereumApp({
    person: (review) => {
      reviews.push(review);
      return "approve";
    },
  });
  port = await openSpeculosPort(app);
});
afterEach(() => port.close());

function signed(given: Partial<Parameters<typeof signOnLedger>[0]> = {}): Promise<Envelope> {
  const env = { LEDGER_SPECULOS: `127.0.0.1:${String(port.port)}` };
  return signOnLedger({ ...words, ...given }, { id, env, address: expected }, (lines) => printed.push(...lines));
}

test("an approval is a wallet's, and what the screen shows is printed beside it", async () => {
  const envelope = await signed();
  const address = fromPublicKey(publicKeyOf());
  const verdict = verifyStatement({
    deploymentId: deployment.deploymentId,
    statement: readStatement(envelope),
    credential: { kind: "wallet", id, address },
    checks: nativeChecks(),
  });
  expect(verdict).toEqual({ kind: "valid" });
  const [review] = reviews;
  const shown = new Map(review?.screens);
  for (const field of ["decision", "amount", "amountText", "reason", "intentHash"]) {
    expect(shown.get(field)).toBe(String(message[field]));
    expect(printed).toContain(`  ${field}: ${String(message[field])}`);
  }
  // Field by field, never the two hashes alone.
  expect(app.heard.some((apdu) => apdu[1] === 0x0c && apdu[3] === 0x00)).toBe(false);
});

test("a rejection, a locked device and another app are said in the operators' words", async () => {
  app.settings.person = () => "reject";
  await expect(signed()).rejects.toMatchObject({ code: "ledger.rejected" });
  app.settings.locked = true;
  await expect(signed()).rejects.toThrow("unlock the device");
  Object.assign(app.settings, { locked: false, app: "Bitcoin" });
  await expect(signed()).rejects.toThrow("open the Ethereum app");
});

test("another device than the credential's is told before anything is on its screen", async () => {
  expected = fromPublicKey(publicKeyOf(undefined, "another"));
  await expect(signed()).rejects.toMatchObject({ code: "ledger.other-key" });
  expect(reviews).toEqual([]);
});

test("a signature over anything else is none", async () => {
  app.settings.bend = (answer) => Buffer.concat([answer.subarray(0, 1), Buffer.alloc(64, 7), answer.subarray(65)]);
  await expect(signed()).rejects.toMatchObject({ code: "ledger.wrong-signature", retry: "never" });
});

test("a text that the library would cut is refused before the screen shows anything", async () => {
  await expect(signed({ message: { ...message, reason: "é".repeat(127) } })).rejects.toThrow(/`reason` has 254 bytes/);
  expect(reviews).toEqual([]);
});
