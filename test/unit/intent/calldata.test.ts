/** The encoder writes what ethers and viem write; the decoder is its exact inverse and reads nothing else, for every standard. */
import { Interface } from "ethers/abi";
import fc from "fast-check";
import { decodeFunctionData, encodeFunctionData, parseAbi } from "viem";
import { describe, expect, it } from "vitest";
import { callOf, contractOf, decode, encode, type Call, type KnownCall } from "../../../src/intent/calldata.ts";
import type { Intent } from "../../../src/intent/intent.ts";
import { operationSchema } from "../../../src/intent/operation.ts";
import { callKinds, signatureOf } from "../../../src/intent/signature.ts";
import { isOffered, standardSchema, type Standard } from "../../../src/intent/standard.ts";
import { parse } from "../../../src/values/address.ts";
import { parse as parseBytes32 } from "../../../src/values/bytes32.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import { fromBytes, type Hex } from "../../../src/values/hex.ts";
import { intents } from "./intents.ts";

const role = keccak256(utf8("MINTER_ROLE"));
const everything = 2n ** 256n - 1n;

type Case = { readonly standard: Standard; readonly intent: Intent; readonly call: KnownCall };

/** An intent on a token of a standard that offers its operation. */
const cases: fc.Arbitrary<Case> = fc
  .tuple(intents, fc.constantFrom(...standardSchema.options))
  .filter(([intent, standard]) => isOffered(standard, intent.operation))
  .map(([intent, standard]) => ({ intent, standard, call: callOf(intent, standard)! }));

/** The arguments of the function, written down once more from what the standards say. */
function argumentsOf(call: KnownCall, standard: Standard): readonly unknown[] {
  switch (call.kind) {
    case "mint":
    case "transfer":
      return [call.to, call.amount];
    case "burn":
      return [call.amount];
    case "agentBurn":
      return [call.from, call.amount];
    case "pause":
    case "unpause":
      return standard === "backed-token" ? [call.kind === "pause"] : [];
    case "grantRole":
    case "revokeRole":
      return [role, call.to];
    case "freeze":
    case "unfreeze":
      if (standard === "fiat-token") return [call.to];
      if (standard === "erc3643") return [call.to, call.kind === "freeze"];
      return [call.to, call.kind === "freeze" ? everything : 0n];
    case "registerIdentity":
      return [call.to, call.identity, call.country];
    case "forcedTransfer":
      return [call.from, call.to, call.amount];
    case "addClaim":
      return [call.topic, 1n, call.issuer, call.signature, call.claim, ""];
    case "removeClaim":
      return [call.claimId];
    case "raiseMultiplier":
      return [call.newMultiplier, call.oldMultiplier, BigInt(call.activationTime)];
  }
}

const abiOf = (call: KnownCall, standard: Standard): string => `function ${signatureOf(standard, call.kind)!.text}`;
const lower = (value: unknown): unknown =>
  typeof value === "string" && value.length === 42 ? value.toLowerCase() : value;

describe("calldata", () => {
  it("is what viem and ethers encode", () => {
    fc.assert(
      fc.property(cases, ({ call, standard }) => {
        const text = abiOf(call, standard);
        const functionName = /function (\w+)/.exec(text)![1]!;
        const args = argumentsOf(call, standard);
        const data = encode(call, standard);
        const request: unknown = { abi: parseAbi([text]), functionName, args };
        expect(data).toBe(encodeFunctionData(request as Parameters<typeof encodeFunctionData>[0]));
        expect(data).toBe(new Interface([text]).encodeFunctionData(functionName, args));
        const theirs = decodeFunctionData({ abi: parseAbi([text]), data });
        expect((theirs.args ?? []).map(lower)).toEqual(args);
      }),
    );
  });

  it("decodes to exactly the call it came from", () => {
    fc.assert(
      fc.property(cases, ({ call, standard }) => {
        expect(decode(encode(call, standard), standard)).toEqual(call);
      }),
    );
  });

  it("is of a call exactly where the standard offers the operation", () => {
    fc.assert(
      fc.property(intents, fc.constantFrom(...standardSchema.options), (intent, standard) => {
        expect(callOf(intent, standard) !== undefined).toBe(isOffered(standard, intent.operation));
      }),
    );
    expect(operationSchema.options).toHaveLength(16);
  });

  it("that is understood is encoded back to the same bytes, whatever bytes came", () => {
    const standard = fc.constantFrom(...standardSchema.options);
    const known = standardSchema.options.flatMap((one) =>
      callKinds.flatMap((kind) => {
        const signature = signatureOf(one, kind);
        return signature === undefined ? [] : [keccak256(utf8(signature.text)).slice(2, 10)];
      }),
    );
    const selector = fc.constantFrom(...known, "095ea7b3", "00000000");
    const word = fc.oneof(
      fc.stringMatching(/^[0-9a-f]{64}$/),
      fc.stringMatching(/^[0-9a-f]{40}$/).map((digits) => digits.padStart(64, "0")),
      fc.constantFrom("0".repeat(64), "f".repeat(64), "1".padStart(64, "0"), role.slice(2)),
    );
    const rest = fc.oneof(
      fc.array(word, { maxLength: 4 }).map((words) => words.join("")),
      fc.stringMatching(/^(?:[0-9a-f]{2}){0,100}$/),
    );
    fc.assert(
      fc.property(standard, selector, rest, (one, head, tail) => {
        const data: Hex = `0x${head}${tail}`;
        const call = decode(data, one);
        if (call.kind !== "opaque") expect(encode(call, one)).toBe(data);
      }),
      { numRuns: 1_000 },
    );
  });

  it("with any byte added, cut or out of place in the padding is opaque", () => {
    fc.assert(
      fc.property(
        cases,
        fc.uint8Array({ minLength: 1, maxLength: 70 }),
        fc.nat(11),
        fc.integer({ min: 1, max: 255 }),
        ({ call, standard }, tail, at, dirt) => {
          const data = encode(call, standard);
          expect(decode(`${data}${fromBytes(tail).slice(2)}` as Hex, standard).kind).toBe("opaque");
          expect(decode(data.slice(0, -2) as Hex, standard).kind).toBe("opaque");
          if (!("to" in call)) return;
          const place = 10 + 2 * at;
          const other = Number.parseInt(data.slice(place, place + 2), 16) ^ dirt;
          const dirty = data.slice(0, place) + other.toString(16).padStart(2, "0") + data.slice(place + 2);
          expect(decode(dirty as Hex, standard).kind).toBe("opaque");
        },
      ),
    );
  });

  it.each(["0x", "0x40", "0x40c10f", "0x095ea7b3", "0xffffffff", "0x00000000"] as Hex[])("of %s is opaque", (data) => {
    for (const standard of standardSchema.options) expect(decode(data, standard).kind).toBe("opaque");
  });

  it("of a claim is understood in one layout alone: a byte that is another makes another claim, or none", () => {
    const claim = parseBytes32(`0x${"c1".repeat(32)}`);
    const signature: Hex = `0x${"5e".repeat(65)}`;
    const call = {
      kind: "addClaim",
      issuer: parse(`0x${"3".repeat(40)}`),
      topic: 5n as never,
      claim,
      signature,
    } as const;
    const data = encode(call, "erc3643");
    const understood = new Set<number>();
    for (let at = 0; at < 13 * 32; at += 1) {
      const place = 10 + 2 * at;
      const other = Number.parseInt(data.slice(place, place + 2), 16) ^ 0x41;
      const dirty = (data.slice(0, place) + other.toString(16).padStart(2, "0") + data.slice(place + 2)) as Hex;
      const read = decode(dirty, "erc3643");
      if (read.kind === "opaque") continue;
      understood.add(at);
      expect(encode(read, "erc3643")).toBe(dirty);
    }
    const bytes = (word: number, from: number, below: number): readonly number[] =>
      Array.from({ length: below - from }, (_, index) => word * 32 + from + index);
    expect([...understood]).toEqual([
      ...[...bytes(0, 0, 32), ...bytes(2, 12, 32), ...bytes(7, 0, 32), ...bytes(8, 0, 32), ...bytes(9, 0, 1)],
      ...bytes(11, 0, 32),
    ]);
  });

  it("of another standard's calls is opaque, however well it is written", () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(...standardSchema.options), ({ call, standard }, other) => {
        const same = signatureOf(other, call.kind)?.text === signatureOf(standard, call.kind)?.text;
        const read = decode(encode(call, standard), other);
        expect(read).toEqual(same ? call : expect.objectContaining({ kind: "opaque" }));
      }),
    );
  });

  it("differs for different calls", () => {
    const text = (call: Call): string =>
      JSON.stringify(call, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    fc.assert(
      fc.property(cases, intents, ({ call, standard }, intent) => {
        const other = callOf(intent, standard);
        if (other !== undefined)
          expect(encode(call, standard) === encode(other, standard)).toBe(text(call) === text(other));
      }),
    );
  });

  it("of a redemption is that of a burn, of what the account holds", () => {
    const account = parse(`0x${"3".repeat(40)}`);
    const burn = { account, to: parse(`0x${"0".repeat(40)}`), amount: 5n as never };
    for (const standard of standardSchema.options) {
      const call = callOf({ ...burn, operation: "burn" }, standard);
      expect(callOf({ ...burn, operation: "redeem" }, standard)).toEqual(call);
      expect(call).toEqual(
        standard === "erc3643" || standard === "backed-token"
          ? { kind: "agentBurn", from: account, amount: 5n }
          : { kind: "burn", amount: 5n },
      );
    }
  });

  it("goes to the token, but for registrations, which go to its registry, and claims, which go to the identity they are about", () => {
    fc.assert(
      fc.property(cases, ({ call, standard }) => {
        const ofClaim = call.kind === "addClaim" || call.kind === "removeClaim";
        const other = call.kind === "registerIdentity" ? "registry" : "token";
        expect(contractOf(call, standard)).toBe(ofClaim ? "identity" : other);
      }),
    );
  });

  it.each(["grantRole", "revokeRole"] as const)("of a %s is understood of the minting role alone", (kind) => {
    const to = parse(`0x${"2".repeat(40)}`);
    const data = encode({ kind, to }, "role-erc20");
    const other = data.replace(role.slice(2), "0".repeat(64)) as Hex;
    expect(decode(other, "role-erc20")).toEqual({ kind: "opaque", why: `${kind} of another role than MINTER_ROLE` });
    expect(decode(data, "role-erc20")).toEqual({ kind, to });
  });

  it("of a raise is what Backed's token takes, byte for byte", () => {
    const [newMultiplier, oldMultiplier] = [1_004_200_000_000_000_000n, 10n ** 18n] as never[];
    const call = { kind: "raiseMultiplier", newMultiplier, oldMultiplier, activationTime: 1_893_456_000 } as never;
    const words = ["0defa2945b728000", "0de0b6b3a7640000", "70dbd880"].map((digits) => digits.padStart(64, "0"));
    expect(encode(call, "backed-token")).toBe(`0x8038cb58${words.join("")}`);
    expect(decode(`0x8038cb58${words.join("")}` as Hex, "backed-token")).toEqual(call);
  });

  it.each<[string, readonly [to: bigint, from: bigint, at: bigint], string]>([
    ["to less", [1n, 2n, 0n], "raiseMultiplier to no more than it is"],
    ["to the same", [2n, 2n, 0n], "raiseMultiplier to no more than it is"],
    ["from nothing", [2n, 0n, 0n], "raiseMultiplier to no more than it is"],
    ["at a time that there is not", [2n, 1n, 253_402_300_800n], "raiseMultiplier with padding that is not zero"],
  ])("of a raise is understood of no change %s", (_, values, why) => {
    const words = values.map((value) => value.toString(16).padStart(64, "0")).join("");
    expect(decode(`0x8038cb58${words}` as Hex, "backed-token")).toEqual({ kind: "opaque", why });
  });

  it("of a freeze is understood of everything that is held alone, never of a part", () => {
    const to = parse(`0x${"2".repeat(40)}`);
    const data = encode({ kind: "freeze", to }, "erc7943");
    const part = data.slice(0, -64) + "5".padStart(64, "0");
    expect(decode(part as Hex, "erc7943").kind).toBe("opaque");
    expect(decode((data.slice(0, -64) + "0".repeat(64)) as Hex, "erc7943")).toEqual({ kind: "unfreeze", to });
  });
});
