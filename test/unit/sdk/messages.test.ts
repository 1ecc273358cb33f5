/** Messages made from what people type: exact amounts, our own words and hashes, and the reader's field in every refusal. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intentOf } from "../../../src/gate/submission.ts";
import { unsound } from "../../../src/evidence/attested.ts";
import {
  documentAttestation,
  identityAttestation,
  priceAttestation,
  reserveAttestation,
} from "../../../src/sdk/attestation.ts";
import { policyChange, rosterChange, vetoMessage } from "../../../src/sdk/change.ts";
import { freezeMessage, unfreezeMessage } from "../../../src/sdk/freeze.ts";
import { submissionMessage, submissionWords, type Wish } from "../../../src/sdk/submission.ts";
import { readStatement } from "../../../src/statement/read.ts";
import { checksum, parse as parseAddress } from "../../../src/values/address.ts";
import { zero } from "../../../src/values/bytes32.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { now, policy, requestId, roster, signed, someId, wish } from "../../http/fake-desk.ts";
import { goldPolicy } from "../../place/gold.ts";
import { testSecret } from "../../place/people.ts";

/** The wish without some of its fields. */
function without(...fields: readonly (keyof Wish)[]): Wish {
  return Object.fromEntries(Object.entries(wish).filter(([name]) => !fields.some((field) => field === name))) as Wish;
}

describe("a submission", () => {
  it("carries the words and hashes that the gate computes", () => {
    const message = submissionMessage(wish, { requestId, decimals: 18 });
    expect(message).toMatchObject({
      amount: `1000${"0".repeat(18)}`,
      amountText: "1,000 GLD",
      feeCeilingWei: "20000000000000000",
    });
    const statement = readStatement(signed("ida", "Submission", message));
    if (statement.kind !== "Submission") throw new Error("kind");
    expect(() => intentOf(statement.message, 18)).not.toThrow();
    expect(submissionWords(wish, 18)).toMatch(/^mint 1,000 GLD to 0x/);
  });

  it("keeps every amount that the asset's decimals can say, exactly", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 30n), fc.integer({ min: 0, max: 24 }), (units, decimals) => {
        const digits = units.toString().padStart(decimals + 1, "0");
        const fraction = digits.slice(digits.length - decimals);
        const text = digits.slice(0, digits.length - decimals) + (decimals === 0 ? "" : `.${fraction}`);
        expect(submissionMessage({ ...wish, amount: text }, { requestId, decimals }).amount).toBe(units.toString());
      }),
    );
  });

  it("leaves out what an operation does not have", () => {
    expect(submissionMessage({ ...without("to"), operation: "redeem" }, { requestId, decimals: 18 }).to).toMatch(
      /^0x0{40}$/,
    );
    const pause = { ...without("to", "amount"), operation: "pause" };
    expect(submissionMessage(pause, { requestId, decimals: 18 }).amountText).toBe("no amount");
  });

  it.each([
    [{ amount: "" }, "amount"],
    [{ amount: "0x10" }, "amount"],
    [{ amount: "1e3" }, "amount"],
    [{ amount: "+1" }, "amount"],
    [{ amount: " 1" }, "amount"],
    [{ amount: "1,000" }, "amount"],
    [{ amount: "0" }, "amount"],
    [{ amount: `0.${"0".repeat(18)}1` }, "amount"],
    [{ amount: (2n ** 256n).toString() }, "amount"],
    [{ feeCeiling: "cheap" }, "feeCeiling"],
    [{ operation: "mintAll" }, ""],
    [{ account: "0x12" }, "account"],
    [{ to: wish.account }, "to"],
    [{ reference: "two words" }, "reference"],
    [{ expiresAt: now }, "expiresAt"],
  ])("refuses %j at the field that was typed", (overrides, field) => {
    expect(() => submissionMessage({ ...wish, ...overrides }, { requestId, decimals: 18 })).toThrow(
      expect.objectContaining({ name: "InvalidValue", field }) as Error,
    );
  });

  it("refuses a missing amount or recipient where there must be one", () => {
    expect(() => submissionMessage(without("amount"), { requestId, decimals: 18 })).toThrow(/needs one/);
    expect(() => submissionMessage(without("to"), { requestId, decimals: 18 })).toThrow(/needs one/);
  });
});

describe("a freeze", () => {
  it("names what it stops, and a deployment by its one name", () => {
    const message = freezeMessage({ scope: "asset", target: "GLD" }, "odd receipts", someId);
    expect(readStatement(signed("otto", "Freeze", message)).kind).toBe("Freeze");
    expect(() => freezeMessage({ scope: "deployment", target: "GLD" }, "x", someId)).toThrow(/`deployment`/);
    expect(freezeMessage({ scope: "deployment", target: "deployment" }, "x", someId).target).toBe("deployment");
  });

  it("is lifted by the sorted list of its ids, each once, whose hash is signed", () => {
    const ids = [testSecret("b"), testSecret("a"), testSecret("b")];
    const { message, attachment } = unfreezeMessage({ scope: "asset", target: "GLD" }, ids, now);
    expect(attachment).toEqual([...new Set(ids)].sort());
    expect(message.freezesHash).toBe(hash(attachment));
    expect(() => unfreezeMessage({ scope: "asset", target: "GLD" }, [], now)).toThrow(/name the freezes/);
  });
});

describe("a change", () => {
  const next = { ...policy, version: 2, previous: `sha256:${hash(policy).slice(2)}` };

  it("of a policy binds document, version, what it follows and its class", () => {
    const { message, attachment } = policyChange(next, policy);
    expect(message).toEqual({
      documentHash: hash(next),
      version: 2,
      previous: hash(policy),
      class: "tighten",
      reportHash: zero,
    });
    expect(attachment).toEqual({ document: next });
    const looser = { ...next, change: { ...policy.change, tighten: { quorum: { group: "issuers", min: 1 } } } };
    expect(policyChange(looser, policy).message.class).toBe("loosen");
    expect(policyChange(policy, undefined).message).toMatchObject({ previous: zero, class: "loosen" });
  });

  it("of the roster brings its possessions, and tightens when it only removes what opens nothing", () => {
    const rest = { possessions: [], place: { policies: [policy], change: goldPolicy().change } };
    const classOf = (people: readonly unknown[]): string => {
      const after = toWire({ ...roster, people, version: 2, previous: `sha256:${hash(roster).slice(2)}` });
      const { message, attachment } = rosterChange(after, toWire(roster), rest);
      expect(message).toMatchObject({ documentHash: hash(after), version: 2, previous: hash(roster) });
      expect(attachment).toEqual({ document: after, possessions: [] });
      return message.class;
    };
    expect(classOf(roster.people.filter(({ id }) => id !== "carla"))).toBe("tighten");
    expect(classOf(roster.people.map((one) => (one.id === "carla" ? { ...one, name: "Charles" } : one)))).toBe(
      "loosen",
    );
    expect(() => rosterChange({ version: 2 }, toWire(roster), rest)).toThrow();
  });

  it("is vetoed by the hash of the very document that is shown", () => {
    expect(vetoMessage(hash(next), next as Json, "no")).toEqual({ target: hash(next), intentHash: zero, reason: "no" });
    expect(() => vetoMessage(hash(policy), next as Json, "no")).toThrow(/nothing is signed/);
  });
});

describe("a reserve attestation", () => {
  const said = {
    asset: "GLD",
    chainId: 31_337,
    token: policy.token.address,
    unit: "fine gold",
    decimals: 18,
    reserves: "10000.5",
    supply: "0",
    supplyBlock: 0,
    asOf: now,
    validFor: "24h",
    reportHash: someId,
    sequence: 1,
  };

  it("turns units into base units and a duration into an end", () => {
    const message = reserveAttestation(said);
    expect(message).toMatchObject({ reserves: `100005${"0".repeat(17)}`, supply: "0", expiresAt: now + 86_400 });
    expect(readStatement(signed("vault-auditor", "ReserveAttestation", message)).kind).toBe("ReserveAttestation");
  });

  it.each([{ reserves: "1.2.3" }, { decimals: 78 }, { validFor: "1 day" }, { sequence: -1 }, { reportHash: "0x" }])(
    "refuses %j",
    (bad) => {
      expect(() => reserveAttestation({ ...said, ...bad })).toThrow(
        expect.objectContaining({ name: "InvalidValue" }) as Error,
      );
    },
  );
});

describe("a word about a price, a holder or a document", () => {
  const said = { source: "lbma-pm", asOf: now, validFor: "10m" };
  const address = `0x${"aB".repeat(20)}`.toLowerCase();

  it("is sound, names what it is about in one way, and has its end", () => {
    const made = {
      PriceAttestation: priceAttestation({ ...said, asset: "GLD", quote: "USD", price: "64.105" }),
      IdentityAttestation: identityAttestation({
        ...said,
        address: checksum(parseAddress(address)),
        status: "revoked",
      }),
      DocumentAttestation: documentAttestation({ ...said, reference: "RCPT-42", hash: someId }),
    };
    expect(Object.values(made).map(({ subject, value }) => `${subject} ${value}`)).toEqual([
      "GLD/USD 64.105",
      `address:${address} revoked`,
      `reference:RCPT-42 ${someId}`,
    ]);
    for (const [kind, message] of Object.entries(made) as [keyof typeof made, (typeof made)["PriceAttestation"]][]) {
      expect(message).toMatchObject({ source: "lbma-pm", asOf: now, expiresAt: now + 600 });
      expect(unsound(kind, message)).toBeUndefined();
      expect(readStatement(signed("vault-auditor", kind, message)).kind).toBe(kind);
    }
  });

  const wrong: readonly [string, () => unknown][] = [
    ["a price of nothing", () => priceAttestation({ ...said, asset: "GLD", quote: "USD", price: "0" })],
    ["a price in two currencies", () => priceAttestation({ ...said, asset: "GLD", quote: "USD/EUR", price: "1" })],
    [
      "a source with a space",
      () => priceAttestation({ ...said, asset: "GLD", quote: "USD", price: "1", source: "a b" }),
    ],
    ["a maybe", () => identityAttestation({ ...said, address, status: "maybe" })],
    ["a name", () => identityAttestation({ ...said, address: "Ida Muster", status: "verified" })],
    ["a hash cut short", () => documentAttestation({ ...said, reference: "RCPT-42", hash: "0x12" })],
    ["a reference of two words", () => documentAttestation({ ...said, reference: "RCPT 42", hash: someId })],
    ["an end that is none", () => documentAttestation({ ...said, reference: "R", hash: someId, validFor: "soon" })],
  ];
  it.each(wrong)("is not made with %s", (_, make) => {
    expect(make).toThrow(expect.objectContaining({ name: "InvalidValue" }) as Error);
  });
});
