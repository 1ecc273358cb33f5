/** What a service shows as in force is held against its hashes, and no two documents claim one asset. */
import { expect, it } from "vitest";
import type { PolicyView, RosterView } from "../../../src/request/api.ts";
import { checkAsset, checkDocuments, followDocuments, type Following } from "../../../src/sdk/in-force.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { hash, type Json } from "../../../src/values/json.ts";

function policyOf(asset: string, version: number): PolicyView {
  const document: Json = { asset, version };
  return { asset: parseName(asset), hash: hash(document), version, document };
}

const rosterDocument: Json = { version: 1 };
const roster: RosterView = { hash: hash(rosterDocument), version: 1, document: rosterDocument };

function check(...policies: readonly PolicyView[]): ReturnType<typeof checkDocuments> {
  const standing = { policies: new Map(), roster: { hash: roster.hash } };
  return checkDocuments(policies, roster, standing as unknown as Parameters<typeof checkDocuments>[2]);
}

it("takes one policy of each asset", () => {
  expect([...check(policyOf("GLD", 2), policyOf("SLV", 1)).policies.keys()]).toEqual(["GLD", "SLV"]);
});

it("refuses an old policy beside the one of the same asset, in either order", () => {
  const [old, now] = [policyOf("GLD", 1), policyOf("GLD", 2)];
  for (const both of [
    [old, now],
    [now, old],
  ])
    expect(() => check(...both)).toThrow(/nothing is signed: the service shows two policies of one asset/);
});

const standing = { policies: new Map(), roster: { hash: roster.hash } } as unknown as Following["standing"];
const client = (policies: readonly PolicyView[], shown = roster) => ({
  policies: () => Promise.resolve(policies),
  roster: () => Promise.resolve(shown),
  changes: () => Promise.resolve(["the changes"]),
});

it("asks for changes, and follows them, only where a document is later than the genesis", async () => {
  const next = { ...standing };
  const heard: unknown[] = [];
  const following: Following = { standing, checkFollowed: (...said) => (heard.push(said), next) };
  expect((await followDocuments(client([]), following)).standing).toBe(standing);
  expect(heard).toEqual([]);
  const policies = [policyOf("GLD", 2)];
  expect((await followDocuments(client(policies), following)).standing).toBe(next);
  expect(heard).toEqual([[{ policies, roster }, ["the changes"]]]);
});

it("follows nothing that is not what the service calls it", async () => {
  const checkFollowed = (): never => {
    throw new Error("not followed");
  };
  const other = { ...roster, hash: hash({ version: 2 }) };
  await expect(followDocuments(client([], other), { standing, checkFollowed })).rejects.toThrow(
    /the roster does not hash to/,
  );
});

it("takes reserves of the policy's own token and of no other", () => {
  const policy = { asset: "GLD", token: { address: "0x11", decimals: 18 } } as unknown as Parameters<
    typeof checkAsset
  >[1];
  const view = { asset: "GLD", token: "0x11", decimals: 18 } as unknown as Parameters<typeof checkAsset>[0];
  expect(checkAsset(view, policy)).toBe(view);
  for (const other of [{ asset: "SLV" }, { token: "0x22" }, { decimals: 6 }])
    expect(() => checkAsset({ ...view, ...other } as typeof view, policy)).toThrow(/not of GLD as its policy has it/);
});
