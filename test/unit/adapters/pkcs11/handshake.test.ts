/** The marks by which two ends of a socket know each other: each part counts, and none stands for another. */
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { about, derive, isMark, type Meeting } from "../../../../src/adapters/pkcs11/handshake.ts";
import { checkTokenConfig } from "../../../../src/adapters/pkcs11/token-config.ts";

const meeting: Meeting = {
  secret: new Uint8Array(32).fill(1),
  gateNonce: new Uint8Array(32).fill(2),
  agentNonce: new Uint8Array(32).fill(3),
  about: new Uint8Array(32).fill(4),
};

test("a mark is an HMAC over whose it is, both numbers and the keys", () => {
  const expected = createHmac("sha256", Buffer.alloc(32, 1))
    .update("countersign agent: the gate's mark")
    .update(Buffer.concat([Buffer.alloc(32, 2), Buffer.alloc(32, 3), Buffer.alloc(32, 4)]))
    .digest("hex");
  expect(Buffer.from(derive("gate", meeting)).toString("hex")).toBe(expected);
  expect(isMark(derive("gate", meeting), "gate", meeting)).toBe(true);
});

test("one end's mark is not the other's, nor the key of frames", () => {
  const all = (["agent", "gate", "frames"] as const).map((what) => Buffer.from(derive(what, meeting)).toString("hex"));
  expect(new Set(all).size).toBe(3);
  expect(isMark(derive("agent", meeting), "gate", meeting)).toBe(false);
  expect(isMark(derive("gate", meeting).subarray(1), "gate", meeting)).toBe(false);
});

test.each(["secret", "gateNonce", "agentNonce", "about"] as const)("another %s makes another mark", (part) => {
  const other = { ...meeting, [part]: new Uint8Array(32).fill(9) };
  expect(isMark(derive("agent", other), "agent", meeting)).toBe(false);
});

test("the numbers change places in no mark", () => {
  const turned = { ...meeting, gateNonce: meeting.agentNonce, agentNonce: meeting.gateNonce };
  expect(isMark(derive("gate", turned), "gate", meeting)).toBe(false);
});

test("keys in another order, or another health key, are other keys", () => {
  const key = (name: string, fill: string): object => ({
    name,
    id: fill,
    label: name,
    publicKey: `0x04${fill.repeat(64)}`,
  });
  const config = (keys: readonly object[], more: object = {}): Parameters<typeof about>[0] =>
    checkTokenConfig({
      apiVersion: "countersign/v1",
      kind: "Token",
      name: "test",
      profile: "softhsm",
      module: { path: "/nowhere.so" },
      token: { label: "test", serial: "1" },
      login: { pin: { file: "/nowhere" }, latch: "/nowhere" },
      keys,
      ...more,
    });
  const [one, two] = [key("one", "aa"), key("two", "bb")];
  const hashes = [
    about(config([one, two])),
    about(config([two, one])),
    about(config([one])),
    about(config([one], { health: { key: two } })),
  ].map((hash) => Buffer.from(hash).toString("hex"));
  expect(new Set(hashes.slice(0, 3)).size).toBe(3);
  // The health key has the next number after those of requests.
  expect(hashes[3]).toBe(hashes[0]);
});
