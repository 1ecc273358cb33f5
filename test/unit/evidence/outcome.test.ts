/** An outcome is one text for one receipt, and no other text is read. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outcomeText, readOutcome, type SeenLog, type SeenOutcome } from "../../../src/evidence/outcome.ts";
import { messages } from "../../../src/statement/message.ts";
import type { Address } from "../../../src/values/address.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import type { Hex } from "../../../src/values/hex.ts";
import { canonical } from "../../../src/values/json.ts";

const hexOf = (bytes: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${bytes * 2}}$`)).map((digits) => `0x${digits}`);
const address = hexOf(20) as fc.Arbitrary<Address>;
const word = hexOf(32) as fc.Arbitrary<Bytes32>;
const log: fc.Arbitrary<SeenLog> = fc.record({
  address,
  topics: fc.array(word, { maxLength: 4 }),
  data: fc.integer({ min: 0, max: 96 }).chain(hexOf) as fc.Arbitrary<Hex>,
});
const outcome: fc.Arbitrary<SeenOutcome> = fc.record({
  status: fc.constantFrom("success", "reverted"),
  blockNumber: fc.nat(),
  from: address,
  nonce: fc.nat(),
  to: fc.option(address),
  logs: fc.array(log, { maxLength: 6 }),
});

const one: SeenOutcome = {
  status: "success",
  blockNumber: 7,
  from: `0x${"1".repeat(40)}` as Address,
  nonce: 3,
  to: null,
  logs: [],
};
const text = outcomeText(one);

describe("an outcome as text", () => {
  it("is canonical JSON of what was seen", () => {
    expect(text).toBe(`{"block":7,"from":"0x${"1".repeat(40)}","logs":[],"nonce":3,"status":"success","to":null}`);
  });

  it("reads back as it was, or without logs that were too long", () => {
    fc.assert(
      fc.property(outcome, (seen) => {
        const { logs, ...rest } = seen;
        const read = readOutcome(outcomeText(seen));
        if (read?.kind === "too-long") {
          expect(JSON.stringify(logs).length).toBeGreaterThan(1_500);
          expect(read).toEqual({ kind: "too-long", ...rest });
        } else expect(read).toEqual({ kind: "receipt", ...seen });
      }),
    );
  });

  it("always fits an observation", () => {
    const [, value] = messages.ChainObservation.value;
    fc.assert(fc.property(outcome, (seen) => value.safeParse(outcomeText(seen)).success));
  });

  it("leaves out what stands beside it: the hashes of transaction and block", () => {
    const zero = `0x${"0".repeat(64)}` as Bytes32;
    expect(outcomeText({ ...one, txHash: zero, blockHash: zero } as SeenOutcome)).toBe(text);
  });
});

describe("a text that no honest observer writes", () => {
  const changed = (from: string, to: string): string => text.replace(from, to);

  it.each([
    "",
    "null",
    "{}",
    "not json",
    ` ${text}`,
    changed('"block":7,', ""),
    changed('"nonce":3', '"nonce":3,"nonce":3'),
    changed('"nonce":3', '"nonce":-0'),
    changed('"nonce":3', '"nonce":"3"'),
    changed('"status":"success"', '"status":"maybe"'),
    changed('"logs":[]', '"logs":"0 logs"'),
    changed('"logs":[]', '"logs":"many logs"'),
    changed('"logs":[]', '"logs":[{}]'),
    changed('"to":null', '"to":"0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B"'),
    changed('"to":null', '"to":null,"x":1'),
  ])("is not read: %s", (bad) => {
    expect(readOutcome(bad)).toBeUndefined();
  });

  it("is not read with whole logs where only their count may stand", () => {
    const seen: SeenLog = { address: one.from, topics: [], data: `0x${"00".repeat(1_000)}` };
    expect(readOutcome(text.replace("[]", canonical([seen])))).toBeUndefined();
    expect(readOutcome(outcomeText({ ...one, logs: [seen] }))?.kind).toBe("too-long");
  });
});
