/** What a service shows as in force is held against its hashes, and no two documents claim one asset. */
import { expect, it } from "vitest";
import type { PolicyView, RosterView } from "../../../src/request/api.ts";
import { checkDocuments } from "../../../src/sdk/in-force.ts";
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
