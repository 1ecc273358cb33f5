/** The lots behind reserves: bound by the attestation, in one order, and together what is attested. */
import { describe, expect, it } from "vitest";
import { readLots } from "../../../src/evidence/lots.ts";
import type { ReserveAttestation } from "../../../src/statement/message.ts";
import { parse as parseAmount } from "../../../src/values/amount.ts";
import { hash } from "../../../src/values/json.ts";

const lot = (id: string, quantity: string): Readonly<Record<string, unknown>> => ({ id, quantity });
const of = (...lots: readonly unknown[]): Record<string, unknown> => ({ report: `0x${"5e".repeat(32)}`, lots });
const two = of(lot("AU-1", "400"), lot("AU-2", "600"));
const read = (attachment: unknown, reserves = "1000", bound: unknown = attachment): unknown =>
  readLots(attachment, { reserves: parseAmount(reserves), reportHash: hash(bound) } as ReserveAttestation);

describe("lots", () => {
  it("are read with their quantities", () => {
    expect(read(two)).toMatchObject({
      lots: [
        { id: "AU-1", quantity: 400n },
        { id: "AU-2", quantity: 600n },
      ],
    });
  });

  it.each([
    ["that the attestation does not bind", two, "1000", of(lot("AU-1", "1000"))],
    ["that are a unit less than attested", two, "1001", two],
    ["that are a unit more than attested", two, "999", two],
    ["of which one stands twice", of(lot("AU-1", "400"), lot("AU-1", "600")), "1000", undefined],
    ["in another order", of(lot("AU-2", "600"), lot("AU-1", "400")), "1000", undefined],
    ["of which one is nothing", of(lot("AU-1", "0"), lot("AU-2", "1000")), "1000", undefined],
    ["of which there are none", of(), "0", undefined],
    ["without a report", { lots: two["lots"] }, "1000", undefined],
    ["with something else beside them", { ...two, more: 1 }, "1000", undefined],
    ["whose serial has a space", of(lot("AU 1", "1000")), "1000", undefined],
  ])("%s are refused", (_, attachment, reserves, bound) => {
    expect(() => read(attachment, reserves, bound ?? attachment)).toThrow();
  });

  it("say what is wrong with them", () => {
    expect(() => read(two, "1001")).toThrow("the lots are 1000 together, and 1001 are attested");
  });
});
