/** Signatures through gate and agent, each looked at by two libraries that the gate does not use. */
import { strict as assert } from "node:assert";
import { recoverPublicKey } from "@noble/secp256k1";
import { SigningKey, Transaction } from "ethers";
import { openPkcs11Backend, type Pkcs11Backend } from "../../src/adapters/pkcs11/backend.ts";
import type { ManagedKey } from "../../src/roster/roster.ts";
import { fromBytes } from "../../src/values/hex.ts";
import { parse as parseName } from "../../src/values/name.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf } from "../place/gate.ts";
import { goldDeployment, idOf } from "../place/gold.ts";
import { makeTestToken } from "../place/softhsm.ts";
import { signMany } from "../contract/pkcs11/storm.ts";
import { processes, progress, type Counts, type Item, type Round } from "./item.ts";

const half = 0x7fff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_5d57_6e73_57a4_501d_dfe9_2f46_681b_20a0n;
const callers = 8;
const perGate = 128;
const ceilings = {
  assets: {},
  otherAssets: { request: String(10n ** 24n), day: String(10n ** 25n) },
  keys: {},
  otherKeys: { feesPerDayWei: String(10n ** 22n) },
};
/** The token outlives each gate that signs with it. */
const close = (): Promise<void> => Promise.resolve();

type Seen = { readonly nonce: number; readonly r: string; readonly yParity: 0 | 1 };

/** Form of one signed transaction, and whose it is, by ethers and by noble. */
function look(raw: string, publicKey: string): Seen {
  const transaction = Transaction.from(raw);
  const { signature, unsignedHash, nonce } = transaction;
  assert.ok(signature !== null);
  const { r, s, yParity } = signature;
  assert.match(r + s.slice(2), /^0x[0-9a-f]{128}$/);
  assert.ok(BigInt(s) > 0n && BigInt(s) <= half, "s is high");
  assert.equal(SigningKey.recoverPublicKey(unsignedHash, signature), publicKey);
  const compact = Buffer.concat([Uint8Array.of(yParity), Buffer.from(r.slice(2) + s.slice(2), "hex")]);
  const again = recoverPublicKey(compact, Buffer.from(unsignedHash.slice(2), "hex"), {
    prehash: false,
    isCompressed: false,
  });
  assert.equal(fromBytes(again), publicKey);
  return { nonce, r, yParity };
}

/** One gate with a journal of its own signs its share; facts of all requests of a day are in every decision of that day. */
async function signShare(key: ManagedKey, backend: Pkcs11Backend, share: number, seen: Seen[]): Promise<void> {
  const place = openPlace(goldDeployment({ key, overrides: { ceilings } }), { ...backend, asked: () => 0, close });
  const own: Seen[] = [];
  try {
    await bringEvidence(place);
    const numbers = Array.from({ length: share }, (_, index) => index + 1).values();
    await Promise.all(
      Array.from({ length: callers }, async () => {
        for (const number of numbers) {
          const reference = `SIGN-${String(number)}`;
          // The amount differs from share to share too, so that no digest is signed twice.
          const intent = { reference, amount: String(seen.length * 1_000 + number) };
          const said = await approvedMint(place, { requestId: idOf(`${reference} ${intent.amount}`), intent });
          const answer = await place.sign(requestIdOf(said));
          if (answer.kind !== "signed") throw new Error(`not signed: ${JSON.stringify(answer).slice(0, 400)}`);
          own.push(look(answer.raw, key.publicKey));
        }
      }),
    );
  } finally {
    await place.close();
  }
  const nonces = own.map(({ nonce }) => nonce).sort((a, b) => a - b);
  assert.deepEqual(
    nonces,
    own.map((_, index) => index),
  );
  seen.push(...own);
}

async function sign({ scale, say }: Round): Promise<Counts> {
  const count = scale === "stated" ? 1_024 : 64;
  const token = await makeTestToken("hsm-mint");
  const { publicKey, address } = token.keys["hsm-mint"]!;
  const backend = await openPkcs11Backend(token.token.config, { faults: { at: () => undefined } });
  const key: ManagedKey = { id: parseName("hsm-mint"), account: address, publicKey, backend: "pkcs11" };
  try {
    const seen: Seen[] = [];
    while (seen.length < count) {
      await signShare(key, backend, Math.min(perGate, count - seen.length), seen);
      say(`${String(seen.length)} of ${String(count)} signed`);
    }
    const { highS, signed } = backend.health();
    assert.equal(signed, count);
    assert.equal(new Set(seen.map(({ r }) => r)).size, count, "two signatures share a nonce point");
    const odd = seen.filter(({ yParity }) => yParity === 1).length;
    assert.ok(odd > count / 4 && odd < (count * 3) / 4, `${String(odd)} of ${String(count)} are odd`);
    assert.ok(highS > count / 4 && highS < (count * 3) / 4, `${String(highS)} raw answers had a high s`);
    return {
      signatures: count,
      "of odd parity": odd,
      "of even parity": count - odd,
      "raw answers with a high s": highS,
      "recoveries to the pinned key": 2 * count,
    };
  } finally {
    await backend.close();
    token.remove();
  }
}

export const gateSignatureItem: Item = {
  name: "gate-signatures",
  shows:
    "signatures asked of the gate and made by the token's agent are 64 bytes, low-S, of both parities; raw answers with a high s were seen and lowered; each recovers to the pinned key with ethers and with noble",
  rounds: { small: 1, stated: 1 },
  reads: processes,
  run: sign,
};

async function signThroughRestarts({ scale, say }: Round): Promise<Counts> {
  const [count, restarts] = scale === "stated" ? [100_000, 100] : [500, 2];
  const seen = await signMany(count, restarts, progress(say, count, "signed"));
  assert.equal(seen.collecting, restarts + 1, "not every agent collected garbage");
  for (const number of [seen.odd, seen.highS])
    assert.ok(number > count / 3 && number < (count * 2) / 3, String(number));
  return {
    signatures: count,
    "agents killed": restarts,
    "of odd parity": seen.odd,
    "raw answers with a high s": seen.highS,
  };
}

export const signatureItem: Item = {
  name: "signatures",
  shows:
    "signatures of a token's agent that is killed every thousandth time and collects garbage all the while: each verifies with OpenSSL over the caller's own bytes and recovers to the pinned key with libsecp256k1, one in 32 with noble; none has a high s, no two share an r",
  rounds: { small: 1, stated: 1 },
  reads: processes,
  run: signThroughRestarts,
};
