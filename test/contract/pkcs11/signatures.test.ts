/** Signatures made by a real token: form, parity, and whose they are. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPkcs11Backend, type Pkcs11Backend } from "../../../src/adapters/pkcs11/backend.ts";
import type { CreatedKey } from "../../../src/adapters/pkcs11/key-ceremony.ts";
import { makeTestToken, type TestToken } from "../../place/softhsm.ts";
import { permit, randomDigest, recovered } from "./permits.ts";

/** The stated count: small enough for every run of the tests. */
const count = 1_024;
const callers = 16;
const half = 0x7fff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_5d57_6e73_57a4_501d_dfe9_2f46_681b_20a0n;

let token: TestToken;
let backend: Pkcs11Backend;

beforeAll(async () => {
  token = await makeTestToken("hot", "cold");
  backend = await openPkcs11Backend(token.token.config, { faults: { at: () => undefined } });
});
afterAll(async () => {
  await backend.close();
  token.remove();
});

test(`${count} signatures by ${callers} callers are 64 bytes, low-S, of both parities, and each its own caller's`, async () => {
  const digests = Array.from({ length: count }, (_, i) => ({
    name: i % 2 === 0 ? "hot" : "cold",
    digest: randomDigest(),
  }));
  const next = digests.values();
  const signed: { r: string; yParity: number; by: ReturnType<typeof recovered>; key: CreatedKey }[] = [];
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (const { name, digest } of next) {
        const key = token.keys[name]!;
        const answer = await backend.sign(permit(name, key, digest));
        if (answer.kind !== "signed") throw new Error(`${answer.kind}: ${answer.why}`);
        const { r, s, yParity } = answer.signature;
        expect(r).toMatch(/^0x[0-9a-f]{64}$/);
        expect(s).toMatch(/^0x[0-9a-f]{64}$/);
        expect(BigInt(s) > 0n && BigInt(s) <= half).toBe(true);
        const by = recovered(answer.signature, digest);
        expect(by.native).toBe(key.publicKey);
        signed.push({ r, yParity, by, key });
      }
    }),
  );
  expect(signed).toHaveLength(count);
  // The second library is thirty times slower; it looks at every one, the third at a few.
  for (const { by, key } of signed) expect(by.ethers()).toBe(key.address);
  for (const { by, key } of signed.slice(0, 64)) expect(by.noble()).toBe(key.publicKey);
  expect(new Set(signed.map(({ r }) => r)).size).toBe(count);
  for (const parity of [0, 1])
    expect(signed.filter(({ yParity }) => yParity === parity).length).toBeGreaterThan(count / 3);
  const { highS, signed: made, inFlight, queued } = backend.health();
  expect({ made, inFlight, queued }).toEqual({ made: count, inFlight: 0, queued: 0 });
  expect(highS).toBeGreaterThan(count / 3);
  expect(highS).toBeLessThan((count * 2) / 3);
});

test("the native recovery is in use", () => {
  expect(backend.health().recovery).toBe("native");
});
