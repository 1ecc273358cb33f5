/** Commands about policies and rosters before and while they are changed. */
import type { Command } from "./command.ts";
import {
  further,
  may,
  mayRead,
  must,
  mustReason,
  operationNames,
  reading,
  readingLog,
  signing,
} from "./option-table.ts";

const roster = may("roster", "FILE", "a roster, or the genesis that has one");

const policies: readonly Command[] = [
  {
    words: "policy check",
    operands: ["FILE"],
    about: "find what overlaps, what is never reached, what nobody can sign; exact over all requests",
    options: [roster],
    load: async () => (await import("./policy.ts")).check,
  },
  {
    words: "policy test",
    operands: ["FILE"],
    about: "run the examples in a policy",
    options: [must("roster", "FILE", "the people whom the examples name: a roster, or the genesis that has one")],
    load: async () => (await import("./policy.ts")).test,
  },
  {
    words: "policy prove",
    operands: ["FILE"],
    about: "prove what a policy claims with `never` and `always`, over all requests, or show one that it is not so of",
    options: [roster],
    load: async () => (await import("./policy.ts")).prove,
  },
  {
    words: "policy explain",
    operands: ["FILE"],
    about: "say in plain words what a policy permits and forbids",
    options: [],
    load: async () => (await import("./policy.ts")).explain,
  },
  {
    words: "policy diff",
    operands: ["FILE", "NEXT"],
    about: "say which requests come out otherwise under the next policy, and whether it tightens or loosens",
    options: [
      roster,
      may("log", "FILE", "an export of the log, for the past requests that it would have flipped"),
      ...mayRead.filter(({ name }) => name === "genesis"),
    ],
    load: async () => (await import("./policy.ts")).diff,
  },
  {
    words: "policy replay",
    operands: ["FILE"],
    about: "decide the requests of the log again under a policy: which come out otherwise, and why",
    options: [...readingLog],
    load: async () => (await import("./replay.ts")).replay,
  },
  {
    words: "policy simulate",
    operands: [],
    about:
      "say what would be decided of one request, with nothing written: by the gate, or here with --policy and --roster",
    options: [
      must("operation", "NAME", `${operationNames}; here also signTypedData`),
      must("by", "ID", "who asks"),
      may("asset", "ASSET", "which asset, under the policy in force"),
      may("amount", "AMOUNT", "in the asset's own unit"),
      may("to", "ADDRESS", "the recipient"),
      ...further,
      may("account", "KEY", "the managed key that signs (the one the policy's rule names)"),
      may("reference", "TEXT", "what backs it"),
      may("max-fee", "AMOUNT", "the most that gas may cost"),
      may("policy", "FILE", "a draft, in place of the policy in force"),
      may("roster", "FILE", "decide here, for these people, everything else as it should be"),
      { ...may("vote", "ID", "here: who agrees, in this order; ID:CREDENTIAL when it matters with which"), many: true },
      { ...may("veto", "ID", "here: who objects"), many: true },
      may("waited", "DURATION", "here: since it was asked for"),
      may("at", "TIME", "here: when, such as 2026-10-05T10:00:00+02:00"),
      may("typed-data", "FILE", "here: what a key would sign, as EIP-712 has it"),
      {
        ...may("given", "KEY=VALUE", "here: `reserves=10 GLD`, `used.mint-day=4000 GLD`, `missing=supply` …"),
        many: true,
      },
      ...mayRead,
    ],
    load: async () => (await import("./simulate.ts")).simulate,
  },
  {
    words: "policy propose",
    operands: ["FILE"],
    about: "make the report of a policy, and sign that it shall come into force",
    options: signing,
    load: async () => (await import("./propose.ts")).proposePolicy,
  },
];

const rosters: readonly Command[] = [
  {
    words: "roster check",
    operands: ["FILE"],
    about: "check a roster, and what its people make of the policies: those named, or those in force",
    options: [{ ...may("policy", "FILE", "a policy to analyse with these people"), many: true }, ...mayRead],
    load: async () => (await import("./roster.ts")).check,
  },
  {
    words: "roster propose",
    operands: ["FILE"],
    about: "make the report of a roster, and sign that it shall come into force",
    options: [...signing, { ...may("possession", "FILE", "the proof of a credential that it adds"), many: true }],
    load: async () => (await import("./propose.ts")).proposeRoster,
  },
];

const changes: readonly Command[] = [
  {
    words: "change list",
    operands: [],
    about: "list what was proposed",
    options: reading,
    load: async () => (await import("./change.ts")).list,
  },
  {
    words: "change show",
    operands: ["HASH"],
    about: "say what a proposed document changes, and who signed it",
    options: reading,
    load: async () => (await import("./change.ts")).show,
  },
  {
    words: "change sign",
    operands: ["HASH"],
    about: "sign a document that somebody else proposed, when its report is the one they signed",
    options: signing,
    load: async () => (await import("./change.ts")).sign,
  },
  {
    words: "change veto",
    operands: ["HASH"],
    about: "stop a proposed document within its wait",
    options: [...signing, mustReason],
    load: async () => (await import("./change.ts")).veto,
  },
];

export const policyCommands: readonly Command[] = [...policies, ...rosters, ...changes];
