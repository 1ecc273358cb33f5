/** The encoder writes what ethers and viem write; the decoder is its exact inverse and reads nothing else. */
import { Interface } from "ethers/abi";
import fc from "fast-check";
import { decodeFunctionData, encodeFunctionData, parseAbi } from "viem";
import { describe, expect, it } from "vitest";
import { callOf, decode, encode, type Call } from "../../../src/intent/calldata.ts";
import { operations, type Operation } from "../../../src/intent/operation.ts";
import { parse } from "../../../src/values/address.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import { fromBytes, type Hex } from "../../../src/values/hex.ts";
import { intents } from "./intents.ts";

const abi = parseAbi([
  "function mint(address to, uint256 amount)",
  "function transfer(address to, uint256 amount)",
  "function burn(uint256 amount)",
  "function pause()",
  "function unpause()",
  "function grantRole(bytes32 role, address account)",
  "function revokeRole(bytes32 role, address account)",
]);
const role = keccak256(utf8("MINTER_ROLE"));
const known = intents.map(callOf);
const argumentsOf = (call: Call): readonly unknown[] =>
  "to" in call ? ("amount" in call ? [call.to, call.amount] : [role, call.to]) : "amount" in call ? [call.amount] : [];

describe("calldata", () => {
  it("is what viem and ethers encode", () => {
    const ethers = new Interface(Object.values(operations).map(({ signature }) => `function ${signature}`));
    fc.assert(
      fc.property(known, (call) => {
        const data = encode(call);
        const request: unknown = { abi, functionName: call.kind, args: argumentsOf(call) };
        expect(data).toBe(encodeFunctionData(request as Parameters<typeof encodeFunctionData>[0]));
        expect(data).toBe(ethers.encodeFunctionData(call.kind, argumentsOf(call)));
      }),
    );
  });

  it("decodes to exactly the call it came from, as viem does", () => {
    fc.assert(
      fc.property(known, (call) => {
        const data = encode(call);
        expect(decode(data)).toEqual(call);
        const theirs = decodeFunctionData({ abi, data });
        expect(theirs.functionName).toBe(call.kind);
        expect((theirs.args ?? []).map((one) => (typeof one === "string" && one !== role ? parse(one) : one))).toEqual(
          argumentsOf(call),
        );
      }),
    );
  });

  it("that is understood is encoded back to the same bytes, whatever bytes came", () => {
    const selector = fc.constantFrom(
      "40c10f19",
      "a9059cbb",
      "42966c68",
      "8456cb59",
      "3f4ba83a",
      "2f2ff15d",
      "d547741f",
      "095ea7b3",
      "00000000",
    );
    const word = fc.oneof(
      fc.stringMatching(/^[0-9a-f]{64}$/),
      fc.stringMatching(/^[0-9a-f]{40}$/).map((digits) => digits.padStart(64, "0")),
    );
    const rest = fc.oneof(
      fc.array(word, { maxLength: 3 }).map((words) => words.join("")),
      fc.stringMatching(/^(?:[0-9a-f]{2}){0,70}$/),
    );
    fc.assert(
      fc.property(selector, rest, (head, tail) => {
        const data: Hex = `0x${head}${tail}`;
        const call = decode(data);
        if (call.kind !== "opaque") expect(encode(call)).toBe(data);
      }),
      { numRuns: 1_000 },
    );
  });

  it("with any byte added, cut or out of place in the padding is opaque", () => {
    fc.assert(
      fc.property(
        known,
        fc.uint8Array({ minLength: 1, maxLength: 70 }),
        fc.nat(11),
        fc.integer({ min: 1, max: 255 }),
        (call, tail, at, dirt) => {
          const data = encode(call);
          expect(decode(`${data}${fromBytes(tail).slice(2)}` as Hex).kind).toBe("opaque");
          expect(decode(data.slice(0, -2) as Hex).kind).toBe("opaque");
          if (!("to" in call)) return;
          const place = 10 + 2 * at;
          const dirty = data.slice(0, place) + dirt.toString(16).padStart(2, "0") + data.slice(place + 2);
          expect(decode(dirty as Hex).kind).toBe("opaque");
        },
      ),
    );
  });

  it.each(["0x", "0x40", "0x40c10f", "0x095ea7b3", "0xffffffff", "0x00000000"] as Hex[])("of %s is opaque", (data) => {
    expect(decode(data).kind).toBe("opaque");
  });

  it("with every other selector is opaque", () => {
    const seven = new Set(Object.values(operations).map(({ signature }) => encode(sample(signature)).slice(0, 10)));
    expect(seven.size).toBe(7);
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{8}$/), (head) => {
        fc.pre(!seven.has(`0x${head}`));
        for (const words of [0, 1, 2])
          expect(decode(`0x${head}${"00".repeat(32 * words)}`)).toMatchObject({ kind: "opaque" });
      }),
    );
  });

  it("differs for different calls", () => {
    const text = (call: Call): string => [call.kind, ...argumentsOf(call)].join(" ");
    fc.assert(
      fc.property(known, known, (a, b) => {
        expect(encode(a) === encode(b)).toBe(text(a) === text(b));
      }),
    );
  });

  it("of a redemption is that of a burn", () => {
    const burn = { operation: "burn" as Operation, to: parse(`0x${"0".repeat(40)}`), amount: 5n as never };
    expect(callOf({ ...burn, operation: "redeem" })).toEqual(callOf(burn));
  });

  it.each(["grantRole", "revokeRole"] as const)("of a %s is understood of the minting role alone", (kind) => {
    const to = parse(`0x${"2".repeat(40)}`);
    const data = encode({ kind, to });
    const other = data.replace(role.slice(2), "0".repeat(64)) as Hex;
    expect(decode(other)).toEqual({ kind: "opaque", why: `${kind} of another role than MINTER_ROLE` });
    expect(decode(data)).toEqual({ kind, to });
  });
});

/** Some call of a function. */
function sample(signature: string): Exclude<Call, { kind: "opaque" }> {
  const kind = signature.slice(0, signature.indexOf("(")) as Exclude<Call["kind"], "opaque">;
  return { kind, to: parse(`0x${"1".repeat(40)}`), amount: 1n } as never;
}
