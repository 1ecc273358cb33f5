/** One key in several files: what may stand there twice, and what contradicts itself. */
import { expect, test } from "vitest";
import { parseSlotConfig } from "../../../src/adapters/ledger/slot-file.ts";
import { checkTokenConfig, type TokenConfig } from "../../../src/adapters/pkcs11/token-config.ts";
import { refuseContradictions, sharedKeys } from "../../../src/compose/shared-keys.ts";
import { managedKey } from "../../place/people.ts";

const hot = managedKey("hot");
const cold = managedKey("cold");

type Held = readonly (readonly [string, string])[];

const token = (name: string, held: Held, serial = name): TokenConfig =>
  checkTokenConfig({
    apiVersion: "countersign/v1",
    kind: "Token",
    name,
    profile: "softhsm",
    module: { path: "/usr/lib/softhsm/libsofthsm2.so" },
    token: { label: "hsm", serial },
    login: { pin: { file: "/etc/pin" }, latch: "/var/latch" },
    keys: held.map(([key, publicKey]) => ({ name: key, id: "aa", label: key, publicKey })),
  });
const slot = (name: string, key: string, publicKey: string): ReturnType<typeof parseSlotConfig> =>
  parseSlotConfig(
    JSON.stringify({
      apiVersion: "countersign/v1",
      kind: "Ledger",
      name,
      app: { blindSigning: "required" },
      memory: "/var/cold",
      keys: [{ name: key, path: "44'/60'/0'/0/0", publicKey }],
    }),
  );

test("one key on two tokens is what it takes to survive one of them", () => {
  const tokens = [
    token("one", [["hot", hot.publicKey]]),
    token("two", [
      ["hot", hot.publicKey],
      ["cold", cold.publicKey],
    ]),
  ];
  expect(() => {
    refuseContradictions(tokens, []);
  }).not.toThrow();
  expect([...sharedKeys(tokens)]).toEqual(["hot"]);
});

test.each([
  [
    "two public keys of one name",
    [token("one", [["hot", hot.publicKey]]), token("two", [["hot", cold.publicKey]])],
    "`one` and `two` pin different public keys for `hot`",
  ],
  [
    "two names of one public key",
    [token("one", [["hot", hot.publicKey]]), token("two", [["other", hot.publicKey]])],
    "`one` and `two` call one key `hot` and `other`",
  ],
  ["one name for two tokens", [token("one", [], "1"), token("one", [], "2")], "two files call their token `one`"],
  [
    "one token in two files",
    [token("one", [], "1"), token("two", [], "1")],
    "two files name the token `hsm` (1); one process speaks with a token",
  ],
])("%s are refused", (_, tokens, why) => {
  expect(() => {
    refuseContradictions(tokens, []);
  }).toThrow(expect.objectContaining({ code: "gate.keys", message: why }) as Error);
});

test("a health key that any file has as a key of requests is refused", () => {
  const health = { key: { name: "health", id: "bb", label: "health", publicKey: hot.publicKey } };
  const watched = checkTokenConfig({ ...token("one", [["cold", cold.publicKey]]), health });
  expect(() => {
    refuseContradictions([watched], []);
  }).not.toThrow();
  expect(() => {
    refuseContradictions([watched, token("two", [["hot", hot.publicKey]])], []);
  }).toThrow("the health key of `one` is the `hot` of `two`");
});

test("a key on a Ledger has one place, so that nobody is asked twice", () => {
  const why = "both hold `cold`; a key on a Ledger has one place";
  expect(() => {
    refuseContradictions([token("one", [["cold", cold.publicKey]])], [slot("two", "cold", cold.publicKey)]);
  }).toThrow(`\`one\` and \`two\` ${why}`);
  expect(() => {
    refuseContradictions([], [slot("one", "cold", cold.publicKey), slot("two", "cold", cold.publicKey)]);
  }).toThrow(`\`one\` and \`two\` ${why}`);
});
