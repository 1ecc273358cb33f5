/** Whose credentials are asked on a page: a passkey where it was made, and one of a service's site for a session alone. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { signingHere, usableHere } from "../../../src/console/usable-here.ts";
import type { Credential } from "../../../src/roster/roster.ts";
import { parse as parseName } from "../../../src/values/name.ts";

const publicKey = `0x04${"1".repeat(128)}` as const;
const site = "https://custody.example";
const own = "http://localhost:7417";
const passkey = (id: string, origin: string, rpId: string): Credential => ({
  kind: "passkey",
  id: parseName(id),
  publicKey,
  credentialId: "0x01",
  origin,
  rpId,
});
const credentials: readonly Credential[] = [
  { kind: "key", id: parseName("paper"), publicKey: `0x${"2".repeat(64)}` },
  { kind: "wallet", id: parseName("wallet"), address: `0x${"3".repeat(40)}` as never },
  passkey("of-the-site", site, "custody.example"),
  passkey("of-the-own-console", own, "localhost"),
];
const idsOf = (some: readonly Credential[]): readonly string[] => some.map(({ id }) => id);

describe("on the pages of a service", () => {
  it("opens a session with a wallet or its own passkey", () => {
    expect(idsOf(usableHere(credentials, site))).toEqual(["wallet", "of-the-site"]);
  });

  it("signs what counts with a wallet alone", () => {
    expect(idsOf(signingHere(credentials, site))).toEqual(["wallet"]);
  });
});

it("signs with a passkey that was made in one's own console there", () => {
  expect(idsOf(signingHere(credentials, own))).toEqual(["wallet", "of-the-own-console"]);
});

it.each(["ask-button.ts", "vote.ts", "batch-vote.ts"])("%s, which has people sign, offers no other", (file) => {
  const text = readFileSync(new URL(`../../../src/console/${file}`, import.meta.url), "utf8");
  expect(text).toContain("signingHere(");
  expect(text).not.toContain("usableHere");
});
