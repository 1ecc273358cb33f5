/** What of a roster may be removed at once: what opens nothing when it is gone. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { rosterChangeClass } from "../../../../src/policy/change/roster-change-class.ts";
import { indexRoster } from "../../../../src/roster/membership.ts";
import { rosterSchema, type Roster } from "../../../../src/roster/roster.ts";
import { changeSchema } from "../../../../src/policy/document/requirement.ts";
import { toWire } from "../../../../src/values/wire.ts";
import { goldPolicy } from "../../../place/gold.ts";
import { managedKey, rosterOf } from "../../../place/people.ts";

type Part = { groups: string[]; credentials: Record<string, unknown>[]; [field: string]: unknown };
type Draft = {
  people: (Part & { id: string })[];
  services: (Part & { id: string })[];
  keys: Part[];
  [field: string]: unknown;
};
type Groups = Readonly<Record<string, readonly string[]>>;

const officers = (min: number): object => ({ quorum: { group: "officers", min } });
const change = changeSchema.parse({
  tighten: officers(1),
  loosen: { ...officers(2), veto: { group: "compliance", min: 1 } },
});

/** Everybody, with other groups for some, and a second credential for each. */
function draftOf(groups: Groups = {}): Draft {
  const draft = toWire(rosterOf([managedKey("hsm-mint")])) as unknown as Draft;
  for (const [index, member] of [...draft.people, ...draft.services].entries()) {
    member.groups = [...(groups[member.id] ?? member.groups)];
    const address = `0x${(index + 1).toString(16).padStart(2, "0").repeat(20)}`;
    member.credentials.push({ kind: "wallet", id: `${member.id}-2`, address });
  }
  return draft;
}

const rosterIn = (draft: Draft): Roster => rosterSchema.parse(draft);

function classOf(
  edit: (draft: Draft) => void,
  {
    policy = {},
    groups = {},
    others = [],
    changedBy = change,
  }: {
    policy?: Readonly<Record<string, unknown>>;
    groups?: Groups;
    others?: readonly Readonly<Record<string, unknown>>[];
    changedBy?: typeof change;
  } = {},
): string {
  const next = draftOf(groups);
  edit(next);
  Object.assign(next, { version: 2, previous: `sha256:${"1".repeat(64)}` });
  const policies = [policy, ...others].map((fields) => compile(goldPolicy(fields)));
  const ground = { policies, change: changedBy };
  return rosterChangeClass(indexRoster(rosterIn(draftOf(groups))), indexRoster(rosterIn(next)), ground);
}

const member = (draft: Draft, id: string): Part => {
  const found = [...draft.people, ...draft.services].find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};
const without = (id: string) => (draft: Draft) => {
  draft.people = draft.people.filter((one) => one.id !== id);
  draft.services = draft.services.filter((one) => one.id !== id);
};
const losing = (id: string, group: string) => (draft: Draft) => {
  const part = member(draft, id);
  part.groups = part.groups.filter((one) => one !== group);
};
const losingCredential = (id: string) => (draft: Draft) => {
  member(draft, id).credentials.pop();
};

describe("tightens", () => {
  it.each<[string, (draft: Draft) => void]>([
    ["nothing but a new version", () => undefined],
    ["people in another order", (draft) => draft.people.reverse()],
    ["a custodian who leaves", without("carla")],
    ["an issuer who leaves", without("ida")],
    ["a custodian's second credential gone", losingCredential("chris")],
    ["an officer's second credential gone", losingCredential("otto")],
    ["somebody who is no custodian any more", losing("cyril", "custodians")],
    [
      "all of these at once",
      (draft) => {
        for (const edit of [without("carla"), without("ida"), losing("cyril", "custodians"), losingCredential("otto")])
          edit(draft);
      },
    ],
  ])("%s", (_, edit) => {
    expect(classOf(edit)).toBe("tighten");
  });

  it("a leaver who was in the group of a guard, since who is gone asks for nothing", () => {
    const guards = [{ id: "juniors", when: { initiator: { group: "juniors" } }, deny: true }];
    expect(classOf(without("ida"), { policy: { guards }, groups: { ida: ["issuers", "juniors"] } })).toBe("tighten");
  });

  it("a service that neither attests nor observes", () => {
    expect(
      classOf(without("vault-auditor"), { groups: { "vault-auditor": ["issuers"] }, policy: { guards: [] } }),
    ).toBe("tighten");
  });
});

describe("loosens whatever is not only removed", () => {
  it.each<[string, (draft: Draft) => void]>([
    [
      "a person added",
      (draft) =>
        draft.people.push({
          ...member(draft, "carla"),
          id: "zoe",
          credentials: [{ kind: "wallet", id: "zoe-1", address: `0x${"77".repeat(20)}` }],
        }),
    ],
    [
      "a service added",
      (draft) =>
        draft.services.push({
          ...member(draft, "obs-1"),
          id: "obs-3",
          credentials: [{ kind: "wallet", id: "obs-3-1", address: `0x${"77".repeat(20)}` }],
        }),
    ],
    [
      "a credential added",
      (draft) =>
        member(draft, "carla").credentials.push({ kind: "wallet", id: "carla-3", address: `0x${"77".repeat(20)}` }),
    ],
    [
      "a credential exchanged",
      (draft) => {
        member(draft, "carla").credentials[1] = { kind: "wallet", id: "carla-2", address: `0x${"77".repeat(20)}` };
      },
    ],
    ["a membership added", (draft) => member(draft, "carla").groups.push("juniors")],
    [
      "a membership exchanged",
      (draft) => {
        member(draft, "carla").groups = ["compliance"];
      },
    ],
    [
      "an addition hidden behind a leaver",
      (draft) => {
        without("cyril")(draft);
        member(draft, "ivan").groups.push("custodians");
      },
    ],
    [
      "somebody renamed",
      (draft) => {
        member(draft, "carla")["name"] = "Charles";
      },
    ],
    [
      "somebody called otherwise",
      (draft) => {
        member(draft, "carla")["id"] = "charles";
      },
    ],
    [
      "a person who becomes a service",
      (draft) => {
        const carla = member(draft, "carla");
        without("carla")(draft);
        draft.services.push(carla as Draft["services"][number]);
      },
    ],
    [
      "a service that becomes a person",
      (draft) => {
        const one = member(draft, "vault-auditor");
        without("vault-auditor")(draft);
        draft.people.push(one as Draft["people"][number]);
      },
    ],
    [
      "a managed key removed",
      (draft) => {
        draft.keys = [];
      },
    ],
  ])("%s", (_, edit) => {
    expect(classOf(edit)).toBe("loosen");
  });
});

describe("loosens what silences somebody", () => {
  const custodiansVeto = {
    tighten: officers(1),
    loosen: { ...officers(2), delay: "1h", veto: { group: "custodians", min: 1 } },
  };
  const tier = { upTo: "max", quorum: { group: "officers", min: 1 }, delay: "1h", sign: "hsm-mint" };
  const rules = [
    {
      id: "mint",
      when: { operation: "mint", initiator: { group: "issuers" } },
      tiers: [{ ...tier, veto: { group: "custodians", min: 1 } }],
    },
  ];
  const adds = { delay: "1h", veto: { group: "custodians", min: 1 } };
  const limit = {
    id: "day",
    when: { operation: "mint" },
    metric: "sum",
    window: "rolling 24h",
    per: "asset",
    max: "1 GLD",
  };
  const evidence = {
    evidence: "price",
    by: { group: "custodians", min: 1 },
    maxAge: "1h",
    sources: 1,
    deviation: "0.1",
  };

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["a change of the policy", { change: custodiansVeto }],
    ["a tier", { rules }],
    ["a guard", { guards: [{ id: "new", when: { operation: "mint" }, add: adds }] }],
    ["a full limit", { limits: [{ ...limit, over: { add: adds } }] }],
  ])("a group that vetoes %s", (_, policy) => {
    for (const edit of [without("carla"), losing("carla", "custodians"), losingCredential("carla")]) {
      expect(classOf(edit)).toBe("tighten");
      expect(classOf(edit, { policy })).toBe("loosen");
    }
  });

  it("a group that attests", () => {
    const policy = { guards: [{ id: "new", when: { operation: "mint" }, require: evidence }] };
    for (const edit of [without("carla"), losing("carla", "custodians"), losingCredential("carla")])
      expect(classOf(edit, { policy })).toBe("loosen");
  });

  it.each(["cora", "vault-auditor", "obs-1"])(
    "%s, by the change block of the genesis, the reserves or the chain",
    (id) => {
      const groups = {
        cora: ["compliance", "juniors"],
        "vault-auditor": ["attestors", "juniors"],
        "obs-1": ["observers", "juniors"],
      };
      for (const edit of [without(id), losingCredential(id), losing(id, groups[id as keyof typeof groups][0]!)])
        expect(classOf(edit, { groups })).toBe("loosen");
      expect(classOf(losing(id, "juniors"), { groups })).toBe("tighten");
    },
  );

  it("who says what reserves are worth, like who says any other price", () => {
    const price = { by: { group: "pricers", min: 1 }, par: "2.00", maxAge: "1h", sources: 1, deviation: "0.05" };
    const cover = { ratio: "1.00", price };
    const reserve = { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "24h", cover };
    const policy = { guards: [{ id: "backed", when: { operation: "mint" }, require: reserve }] };
    const leaves = (draft: Draft): void => {
      draft.services = draft.services.filter(({ id }) => id !== "kyc-desk");
    };
    const groups = { "kyc-desk": ["pricers"] };
    expect(classOf(leaves, { policy, groups })).toBe("loosen");
    expect(classOf(leaves, { groups })).toBe("tighten");
  });

  it("attestors by the name that every policy takes when it names none", () => {
    const guards = [{ id: "holder", when: { operation: "mint" }, require: { evidence: "identity" } }];
    expect(classOf(without("vault-auditor"), { policy: { guards } })).toBe("loosen");
  });
});

describe("loosens what cures a lack", () => {
  it("of separation, also by leaving", () => {
    const groups = { ida: ["issuers", "custodians", "juniors"] };
    for (const edit of [losing("ida", "custodians"), losing("ida", "issuers"), without("ida")])
      expect(classOf(edit, { groups })).toBe("loosen");
    expect(classOf(losing("ida", "juniors"), { groups })).toBe("tighten");
    expect(classOf(without("ivan"), { groups })).toBe("tighten");
  });

  const rule = (id: string, group: string, to: string): object => ({
    id,
    when: { operation: "mint", initiator: { group }, to: { in: to } },
    tiers: [{ upTo: "max", quorum: { group: "custodians", min: 2 }, sign: "hsm-mint" }],
  });
  const list = (...bytes: string[]): object => ({
    entries: bytes.map((byte) => ({ address: `0x${byte.repeat(20)}`, label: byte })),
  });
  const lists = { treasury: list("aa", "bb"), partners: list("bb", "cc"), others: list("dd") };
  const groups = { ida: ["issuers", "desk", "juniors"] };

  it("of two rules that both match what somebody asks", () => {
    const policy = { lists, rules: [rule("mint", "issuers", "treasury"), rule("mint-2", "desk", "partners")] };
    expect(classOf(losing("ida", "desk"), { policy, groups })).toBe("loosen");
    expect(classOf(losing("ida", "issuers"), { policy, groups })).toBe("loosen");
    expect(classOf(losing("ida", "juniors"), { policy, groups })).toBe("tighten");
    expect(classOf(without("ida"), { policy, groups })).toBe("tighten");
    const both = (draft: Draft): void => {
      member(draft, "ida").groups = ["juniors"];
    };
    expect(classOf(both, { policy, groups })).toBe("tighten");
  });

  it("also in one of several policies only", () => {
    const policy = { lists, rules: [rule("mint", "issuers", "treasury"), rule("mint-2", "desk", "partners")] };
    expect(classOf(losing("ida", "desk"), { policy, groups, others: [{}] })).toBe("loosen");
    expect(classOf(losing("ida", "desk"), { policy: {}, groups, others: [{}] })).toBe("tighten");
  });

  it("but not of two rules that never meet", () => {
    const policy = { lists, rules: [rule("mint", "issuers", "treasury"), rule("mint-2", "desk", "others")] };
    expect(classOf(losing("ida", "desk"), { policy, groups })).toBe("tighten");
  });

  it.each(["guards", "limits"])("of the group that one of the %s speaks of", (field) => {
    const when = { operation: "mint", initiator: { group: "juniors" } };
    const one =
      field === "guards"
        ? { id: "new", when, deny: true }
        : { id: "new", when, metric: "sum", window: "rolling 24h", per: "asset", max: "1 GLD", over: "deny" };
    expect(classOf(losing("ida", "juniors"), { policy: { [field]: [one] }, groups })).toBe("loosen");
  });
});

describe("loosens what the others could not take back", () => {
  it("when too few officers are left without any one of them", () => {
    expect(classOf(without("olga"))).toBe("loosen");
    expect(classOf(losing("olga", "officers"))).toBe("loosen");
    const groups = { ida: ["officers"] };
    expect(classOf(without("olga"), { groups })).toBe("tighten");
    expect(
      classOf(
        (draft) => {
          for (const id of ["olga", "ida"]) without(id)(draft);
        },
        { groups },
      ),
    ).toBe("loosen");
  });

  it("as a policy's own change block has it, with the credentials that its groups take", () => {
    const policy = {
      groups: { custodians: { min: 1 }, officers: { min: 1, credentials: ["wallet"] }, observers: { min: 2 } },
    };
    expect(classOf(losingCredential("otto"))).toBe("tighten");
    expect(classOf(losingCredential("otto"), { policy })).toBe("loosen");
  });

  it("also where already nobody could be missed, but not where too few were there all the time", () => {
    const pair = { loosen: { quorum: { group: "board", min: 2 } }, tighten: officers(1) };
    const changedBy = changeSchema.parse(pair);
    const policy = { change: pair };
    const two = { otto: ["board"], olga: ["board"] };
    expect(classOf(without("carla"), { policy, changedBy, groups: two })).toBe("tighten");
    expect(classOf(without("otto"), { policy, changedBy, groups: two })).toBe("loosen");
    expect(classOf(without("otto"), { policy, changedBy, groups: { otto: ["board"] } })).toBe("tighten");
  });

  it("but not where one of them could never be missed, as long as the rest are enough", () => {
    const both = {
      quorum: {
        all: [
          { group: "officers", min: 2 },
          { group: "compliance", min: 1 },
        ],
      },
    };
    const pair = { loosen: both, tighten: officers(1) };
    expect(classOf(without("olga"), { policy: { change: pair }, changedBy: changeSchema.parse(pair) })).toBe("tighten");
  });
});
