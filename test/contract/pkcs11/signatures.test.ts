/** Signatures made by a real token: form, parity, and whose they are, across restarts and under forced garbage collection. */
import { expect, test } from "vitest";
import { signMany } from "./storm.ts";

/** Small enough for every run of the tests; the evidence makes a hundred thousand. */
const count = 2_000;
const restarts = 3;

test(`${count} signatures with two keys, across ${restarts} restarts and while garbage is collected, are low-S, of both parities, never of one nonce, and each its own caller's`, async () => {
  const { signatures, odd, highS, collecting, recovery } = await signMany(count, restarts);
  expect(signatures).toBe(count);
  expect(collecting, "agents that were made to collect").toBe(restarts + 1);
  for (const seen of [odd, highS]) {
    expect(seen).toBeGreaterThan(count / 3);
    expect(seen).toBeLessThan((count * 2) / 3);
  }
  expect(recovery).toBe("native");
});
