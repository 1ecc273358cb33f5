/** What an identity contract says of a claim is what was approved, in every part. */
import { AbiCoder } from "ethers/abi";
import { describe, expect, it } from "vitest";
import { compareClaim } from "../../../src/chain/claim-event.ts";
import { topic } from "../../../src/chain/mismatch.ts";
import type { SeenLog } from "../../../src/evidence/outcome.ts";
import { claimIdOf } from "../../../src/intent/claim.ts";
import { fromBigInt } from "../../../src/values/amount.ts";
import { parse as parseBytes32 } from "../../../src/values/bytes32.ts";
import { parse as parseHex } from "../../../src/values/hex.ts";
import { addressOf, claimOf } from "../../place/profiles.ts";

const identity = addressOf("identity");
const issuer = addressOf("claim issuer");
const made = claimOf(identity);
const [claim, signature] = [parseBytes32(made["claim"]), parseHex(made["signature"])];
const approved = { identity, issuer, topic: fromBigInt(1n), claim, signature };
const word = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;

function logged(
  name: string,
  change: { scheme?: number; data?: string; signature?: string; uri?: string; topics?: readonly string[] } = {},
): SeenLog {
  const types = ["uint256", "bytes", "bytes", "string"];
  const held = [change.scheme ?? 1, change.signature ?? signature, change.data ?? claim, change.uri ?? ""];
  const indexed = change.topics ?? [claimIdOf(issuer, approved.topic), word(1n), word(BigInt(issuer))];
  return {
    address: identity,
    topics: [topic(`${name}(bytes32,uint256,uint256,address,bytes,bytes,string)`), ...indexed],
    data: AbiCoder.defaultAbiCoder().encode(types, held),
  } as unknown as SeenLog;
}

describe("a claim that was added", () => {
  it.each(["ClaimAdded", "ClaimChanged"])("is as approved: %s", (name) => {
    expect(compareClaim([logged(name)], "addClaim", approved)).toEqual({ kind: "as-approved" });
  });

  it.each<[string, readonly SeenLog[], string]>([
    ["nothing", [], "event"],
    ["two", [logged("ClaimAdded"), logged("ClaimChanged")], "event"],
    ["one that was removed", [logged("ClaimRemoved")], "event"],
    ["another claim", [logged("ClaimAdded", { topics: [word(7n), word(1n), word(BigInt(issuer))] })], "claim"],
    ["another shape", [logged("ClaimAdded", { topics: [claimIdOf(issuer, approved.topic), word(1n)] })], "event"],
    ["another scheme", [logged("ClaimAdded", { scheme: 2 })], "claim"],
    ["other data", [logged("ClaimAdded", { data: word(1n) })], "claim"],
    ["another signature", [logged("ClaimAdded", { signature: `0x${"1b".repeat(65)}` })], "claim"],
    ["further text", [logged("ClaimAdded", { uri: "somebody's name" })], "claim"],
  ])("is none in %s", (_, logs, field) => {
    const found = compareClaim(logs, "addClaim", approved);
    expect(found.kind === "mismatch" ? found.field : found.kind).toBe(field);
  });
});

describe("a claim that was taken away", () => {
  it("is known by its name, whatever it held", () => {
    expect(compareClaim([logged("ClaimRemoved", { data: "0x01" })], "removeClaim", approved)).toEqual({
      kind: "as-approved",
    });
  });

  it("is none that was added", () => {
    expect(compareClaim([logged("ClaimAdded")], "removeClaim", approved)).toMatchObject({ kind: "mismatch" });
  });
});
