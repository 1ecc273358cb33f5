/** Each part of a rule's condition decides, is told with what was seen and what must be, and names the refusal. */
import { describe, expect, it } from "vitest";
import { partsOf } from "../../../../src/policy/decide/part.ts";
import {
  bankA,
  calendar,
  clause,
  day,
  decideWith,
  document,
  gld,
  inputWith,
  key,
  mintRule,
  now,
  permit,
  tierWith,
  type Bend,
} from "../example.ts";
import { checksum } from "../../../../src/values/address.ts";

const rule = (when: Readonly<Record<string, unknown>>, bend: Bend = {}): Bend => ({
  ...bend,
  policy: { calendar, holidays: { target2: ["2027-01-15"] }, rules: [mintRule(when)], ...bend.policy },
});
const refused = (when: Readonly<Record<string, unknown>>, bend: Bend = {}): unknown => {
  const { verdict, code, nearest } = decideWith(rule(when, bend));
  const [first] = nearest;
  return { verdict, code, id: first?.clause.id, observed: first?.clause.observed, bound: first?.clause.bound };
};
const seen = "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa";

describe("a rule's condition", () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      "recipient on no list",
      { to: { notIn: "treasury" } },
      {
        code: "policy.recipient-excluded",
        id: "mint.to",
        observed: `${seen} (Bank A omnibus)`,
        bound: "nobody on list treasury",
      },
    ],
    [
      "key",
      { account: { in: ["cold", "hsm-other"] } },
      { code: "policy.wrong-account", id: "mint.account", bound: "key cold or hsm-other" },
    ],
    [
      "amount",
      { amount: { gt: "100 GLD", lte: "200 GLD" } },
      {
        code: "policy.amount-outside",
        id: "mint.amount",
        observed: "100 GLD",
        bound: "more than 100 GLD and at most 200 GLD",
      },
    ],
    [
      "fee",
      { maxFee: { lt: "0.01 ETH" } },
      {
        code: "policy.fee-outside",
        id: "mint.maxFee",
        observed: "fees up to 0.01 ETH",
        bound: "at most 0.009999999999999999 ETH",
      },
    ],
    [
      "argument that is an amount",
      { args: { amount: { eq: "7 GLD" } } },
      { code: "policy.argument", id: "mint.args.amount", observed: "100 GLD", bound: "exactly 7 GLD" },
    ],
    [
      "argument that is an address",
      { args: { to: { notIn: "treasury" } } },
      { code: "policy.argument", id: "mint.args.to", observed: seen, bound: "nobody on list treasury" },
    ],
    [
      "weekday",
      { time: { days: ["sat", "sun"] } },
      {
        verdict: "pending",
        code: "policy.outside-hours",
        id: "mint.time",
        observed: "fri 2027-01-15 09:00",
        bound: "sat, sun",
      },
    ],
    [
      "hour",
      { time: { from: "09:01", to: "18:00" } },
      { verdict: "pending", code: "policy.outside-hours", bound: "from 09:01 to 18:00" },
    ],
    [
      "end of the hours",
      { time: { from: "08:00", to: "09:00" } },
      { verdict: "pending", code: "policy.outside-hours" },
    ],
    [
      "holiday",
      { time: { holidays: "target2" } },
      { verdict: "pending", code: "policy.outside-hours", bound: "no holiday" },
    ],
  ])("refuses by its %s", (_, when, wanted) => {
    expect(refused(when)).toMatchObject({ verdict: "refused", ...wanted });
  });

  it.each<[string, Record<string, unknown>]>([
    ["key", { account: "hsm-mint" }],
    ["amount", { amount: { eq: "100 GLD" } }],
    ["fee", { maxFee: { lte: "0.01 ETH" } }],
    ["argument", { args: { to: { in: "treasury" }, amount: { lte: "100000000000000000000" } } }],
    ["argument said outright", { args: { to: { is: bankA } } }],
    ["hours", { time: { days: ["fri"], from: "09:00", to: "09:01" } }],
  ])("permits by its %s, and shows it in a clause", (_, when) => {
    const decision = decideWith(rule(when));
    expect(decision.verdict).toBe("allowed");
    const part =
      Object.keys(when)[0] === "args"
        ? `args.${Object.keys(Object.values(when)[0] as object)[0]!}`
        : Object.keys(when)[0]!;
    expect(clause(decision, `mint.${part}`).ok).toBe(true);
  });

  it("shows what it says of the amount in the clause of the tiers", () => {
    const decision = decideWith(rule({ amount: { gte: "100 GLD" } }));
    expect(decision.clauses.filter(({ id }) => id === "mint.amount")).toEqual([
      expect.objectContaining({ bound: "more than 99.999999999999999999 GLD, and at most 5,000 GLD" }),
    ]);
  });

  it("waits for the hour when nothing else is lacking, and not when something is", () => {
    const time = { days: ["sat"] };
    expect(decideWith(rule({ time })).verdict).toBe("pending");
    expect(decideWith(rule({ time }, { initiator: "otto" })).verdict).toBe("refused");
    expect(decideWith(rule({ time }, { facts: { now: calendar.until, firstSeen: now } })).verdict).toBe("refused");
  });

  it("asks the age of every list that lets in", () => {
    const lists = { treasury: { minAge: "48h", entries: document.lists!["treasury" as never]!.entries } };
    const bend = rule({ to: undefined, args: { to: { in: "treasury" } } }, { policy: { lists } });
    const fresh = decideWith(bend);
    expect(fresh).toMatchObject({ verdict: "pending", code: "policy.recipient-too-new" });
    expect(clause(fresh, "mint.args.to.age").ok).toBe(false);
    const since = now - 2 * day;
    const old = decideWith({ ...bend, facts: { listedSince: { [`treasury ${bankA}`]: since } } });
    expect(old.verdict).toBe("allowed");
  });
});

describe("typed data", () => {
  const domain = { chainId: permit.domain.chainId, verifyingContract: permit.domain.verifyingContract };
  const fields = { spender: { in: "treasury" }, value: { lte: "100 GLD" }, deadline: { within: "10m" } };
  const signing = (typedData: Readonly<Record<string, unknown>>, asked: unknown = permit): Bend => ({
    policy: {
      rules: [
        {
          id: "permit",
          when: {
            operation: "signTypedData",
            initiator: { group: "issuers" },
            typedData: { domain, primaryType: "Permit", ...typedData },
          },
          ...tierWith({}),
        },
      ],
    },
    typedData: asked,
  });
  const message = (more: Readonly<Record<string, unknown>>): unknown => ({
    ...permit,
    message: { ...permit.message, ...more },
  });

  it("is permitted by its domain, type and fields, each with a clause", () => {
    const decision = decideWith(signing({ fields }));
    expect(decision).toMatchObject({ verdict: "allowed", rule: "permit" });
    for (const id of ["typedData", "typedData.spender", "typedData.value", "typedData.deadline"])
      expect(clause(decision, `permit.${id}`).ok).toBe(true);
    expect(clause(decision, "permit.typedData").bound).toBe(`Permit of ${domain.verifyingContract} on chain 31337`);
  });

  it.each<[string, Record<string, unknown>, unknown, string]>([
    ["another contract", { domain: { ...domain, verifyingContract: bankA } }, permit, "permit.typedData"],
    ["another chain", { domain: { ...domain, chainId: 1 } }, permit, "permit.typedData"],
    ["another name", { domain: { ...domain, name: "Silver" } }, permit, "permit.typedData"],
    ["another version", { domain: { ...domain, version: "2" } }, permit, "permit.typedData"],
    ["another type", { primaryType: "Order" }, permit, "permit.typedData"],
    [
      "a spender who is not listed",
      { fields },
      message({ spender: `0x${"01".repeat(20)}` }),
      "permit.typedData.spender",
    ],
    ["more than it may be", { fields }, message({ value: (gld("100") + 1n).toString() }), "permit.typedData.value"],
    ["a deadline too far", { fields }, message({ deadline: now + 601 }), "permit.typedData.deadline"],
    ["a field that is not there", { fields: { memo: { is: "x" } } }, permit, "permit.typedData.memo"],
    ["a field of another kind", { fields: { value: { in: "treasury" } } }, permit, "permit.typedData.value"],
  ])("is refused for %s", (_, typedData, asked, id) => {
    const decision = decideWith(signing(typedData, asked));
    expect(decision).toMatchObject({ verdict: "refused", code: "policy.typed-data" });
    expect(decision.nearest[0]?.clause).toMatchObject({ id, ok: false });
  });

  it("that nobody brought is refused, and no other operation is typed data", () => {
    const input = inputWith(signing({}));
    const { parts, mint } = { parts: partsOf(input.policy.rules[0]!.when), mint: inputWith().intent };
    const about = parts.find(({ id }) => id === "typedData")!;
    expect(about.answer({ ...input, typedData: undefined })).toBe("unknown");
    expect(about.answer({ ...input, intent: mint })).toBe("no");
    expect(about.observed({ ...input, typedData: undefined })).toBe("no typed data");
  });

  it("shows addresses with their checksum", () => {
    const decision = decideWith(signing({ fields }));
    expect(clause(decision, "permit.typedData.spender").observed).toBe(checksum(bankA));
  });

  it("tells name and version where it has them, and numbers as they are", () => {
    const of = `of ${domain.verifyingContract} on chain 31337`;
    const about = (more: object, asked: unknown = permit): unknown => {
      const { observed, bound } = clause(
        decideWith(signing({ domain: { ...domain, ...more } }, asked)),
        "permit.typedData",
      );
      return { observed, bound };
    };
    expect(about({ name: "Gold", version: "1" })).toEqual({
      observed: `Permit ${of}, Gold, 1`,
      bound: `Permit ${of}, Gold, 1`,
    });
    expect(about({}, { ...permit, domain })).toEqual({ observed: `Permit ${of}`, bound: `Permit ${of}` });
    expect(
      clause(decideWith(signing({ fields: { value: { lte: "100 GLD" } } })), "permit.typedData.value"),
    ).toMatchObject({
      observed: gld("100").toString(),
      bound: `at most ${gld("100").toString()}`,
    });
  });

  it("has an age of texts alone", () => {
    const input = inputWith(signing({ fields: { value: { in: "treasury" }, spender: { in: "treasury" } } }));
    const ages = partsOf(input.policy.rules[0]!.when).flatMap(({ id, aged }) =>
      aged === undefined ? [] : [[id, aged.list, aged.value(input)]],
    );
    expect(ages).toEqual([
      ["typedData.value", "treasury", ""],
      ["typedData.spender", "treasury", bankA],
    ]);
  });
});

describe("the parts of a condition", () => {
  it("are made once", () => {
    const { when } = inputWith().policy.rules[0]!;
    expect(partsOf(when)).toBe(partsOf(when));
  });

  it("tell several operations and keys in the order of their names", () => {
    const when = { operation: { in: ["redeem", "burn"] }, to: undefined, account: { in: ["hsm-other", "cold"] } };
    const input = inputWith(rule(when));
    expect(partsOf(input.policy.rules[0]!.when).map((part) => part.bound(input))).toEqual([
      "burn or redeem",
      "group issuers",
      "key cold or hsm-other",
    ]);
  });

  it("tell the key of the account, or that it has none", () => {
    const account = clause(decideWith(rule({ account: "hsm-mint" })), "mint.account");
    expect(account).toMatchObject({ observed: `${key.account} is hsm-mint`, bound: "key hsm-mint" });
    for (const managed of [undefined, { key: key.id, account: bankA }])
      expect(refused({ account: "hsm-mint" }, { bounds: { managed } })).toEqual({
        verdict: "refused",
        code: "policy.wrong-account",
        id: "mint.account",
        observed: `${key.account} is no managed account`,
        bound: "key hsm-mint",
      });
  });

  it("tell the moment where no local time is known of it", () => {
    const over = refused({ time: { from: "08:00" } }, { facts: { now: calendar.until } });
    expect(over).toMatchObject({
      id: "mint.time",
      observed: "no local time is known of 2027-11-11T08:00:00Z",
      bound: "from 08:00 to 24:00",
    });
  });

  it("tell a recipient without a label where there is no such list", () => {
    const input = inputWith();
    const to = partsOf(input.policy.rules[0]!.when).find(({ id }) => id === "to")!;
    const listless = { ...input, policy: { ...input.policy, lists: new Map() } };
    expect([to.answer(listless), to.observed(listless)]).toEqual(["unknown", seen]);
  });
});
