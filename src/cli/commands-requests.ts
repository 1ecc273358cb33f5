/** Commands about requests and what they rest on: asking, answering, stopping, attesting, and reading what happened. */
import type { Command, Option } from "./command.ts";
import {
  api,
  further,
  genesis,
  lives,
  may,
  must,
  mustReason,
  operationNames,
  reading,
  readingLog,
  reason,
  scope,
  signing,
  socket,
} from "./option-table.ts";

/** Many requests that are agreed to, or rejected, with one word. */
const ofMany = [
  may("batch", "FILE", "many requests, with one word: their ids, one a line"),
  may("distribution", "HASH", "every part of a distribution that was asked for, with one word"),
];

const requests: readonly Command[] = [
  {
    words: "request submit",
    operands: [],
    about: "ask for a mint, a redemption or another operation",
    options: [
      ...signing,
      must("operation", "NAME", `as far as the token has it: ${operationNames}`),
      must("asset", "ASSET", "which asset"),
      may("amount", "AMOUNT", "in the asset's own unit, such as 100 or 0.5"),
      may("to", "ADDRESS", "the recipient; of a freeze or a registration, the holder"),
      ...further,
      must("reference", "TEXT", "what backs it: a deposit receipt, a redemption number"),
      may("fee-ceiling", "AMOUNT", "the most that gas may cost (0.02 ETH)"),
      lives("24h"),
      may("request-id", "HASH", "32 bytes that name the request; the same again is the same request (random)"),
      may("account", "ADDRESS", "the account that signs (the one the policy's rule names)"),
      may("distribution", "FILE", "ask for every part of a distribution that nobody asks for yet"),
    ],
    load: async () => (await import("./request.ts")).submit,
  },
  {
    words: "distribution make",
    operands: [],
    about: "work out who gets which part of a yield, from who holds the token at a final block",
    options: [
      ...reading,
      must("asset", "ASSET", "which asset"),
      must("pool", "AMOUNT", "how much is distributed, in the asset's own unit"),
      must("rpc", "URL", "an endpoint of your own that has the state of the record block"),
      must("record-block", "N", "whose holders count; `final` is the newest final one"),
      may("previous", "HASH", "the last distribution of the asset of which anything was paid (none)"),
      may("ineligible", "FILE", "addresses that may not have their share, one a line"),
      may("escrow", "ADDRESS", "where their shares go (the first on the policy's list `escrow`)"),
      may("treasury", "ADDRESS", "where what is nobody's goes (the first on the policy's list `treasury`)"),
      may("out", "FILE", "where to write it (a name of its own, in this folder)"),
    ],
    load: async () => (await import("./distribution.ts")).make,
  },
  {
    words: "distribution show",
    operands: ["FILE"],
    about: "say what a distribution gives to whom, with the hash that every request for a part of it names",
    options: reading,
    load: async () => (await import("./distribution.ts")).show,
  },
  {
    words: "request list",
    operands: [],
    about: "list requests, newest first",
    options: [
      ...reading,
      may("state", "STATE", "only those in this state"),
      may("asset", "ASSET", "only those of this asset"),
      may("distribution", "HASH", "only parts of this distribution"),
      may("limit", "N", "at most so many (100)"),
    ],
    load: async () => (await import("./request.ts")).list,
  },
  {
    words: "request show",
    operands: ["ID"],
    about: "say what a request is, what it waits for, and what the policy says of it",
    options: [
      ...reading,
      may("instruction", "FILE", "also make the file by which what backs a redemption is released"),
    ],
    load: async () => (await import("./request.ts")).show,
  },
  {
    words: "request approve",
    operands: ["[ID]"],
    about: "read a request in words made from its raw fields, and sign that you approve; or many at once",
    options: [...signing, reason, ...ofMany, lives("as long as the genesis allows")],
    load: async () => (await import("./request.ts")).approve,
  },
  {
    words: "request reject",
    operands: ["[ID]"],
    about: "read a request in words made from its raw fields, and reject it for good; or many at once",
    options: [
      ...signing,
      { ...reason, about: "what others will read; needed for one request" },
      ...ofMany,
      lives("as long as the genesis allows"),
    ],
    load: async () => (await import("./request.ts")).reject,
  },
  {
    words: "request veto",
    operands: ["ID"],
    about: "object to a request within its wait, where the policy gives your group a veto",
    options: [...signing, mustReason],
    load: async () => (await import("./request.ts")).veto,
  },
  {
    words: "request cancel",
    operands: ["ID"],
    about:
      "take back a request of your own that is not signed yet, or with the rest of its quorum overrule one that is",
    options: [...signing, mustReason],
    load: async () => (await import("./request.ts")).cancel,
  },
  {
    words: "rpc",
    operands: [],
    about: "answer JSON-RPC on this machine: what ethers, viem, hardhat or cast send becomes a request signed by you",
    options: [
      ...reading,
      must("endpoint", "URL", "a node of the chain, for reads"),
      may("reference", "TEXT", "what backs the calls (else it stands at the end of their address)"),
      may("chain", "ID", "which chain (the only one of the genesis)"),
      may("port", "N", "where to answer on loopback (8555); 0 takes a free one"),
      may("fee-ceiling", "AMOUNT", "the most that the gas of a request may cost (0.02 ETH)"),
      may("wait", "DURATION", "how long a call waits for people before it says whom it waits for (8s)"),
      lives("24h"),
    ],
    load: async () => (await import("./rpc.ts")).rpc,
  },
  {
    words: "console",
    operands: [],
    about: "serve the web app from this very copy, on this machine, against the service",
    options: [api, genesis, may("port", "N", "where to answer on loopback (8490); passkeys are made for one port")],
    load: async () => (await import("./own-console.ts")).ownConsole,
  },
  {
    words: "bundle fetch",
    operands: ["ID"],
    about: "fetch what a stranger needs to check a signed request",
    options: [
      ...reading,
      must("out", "FILE", "the file to make"),
      { name: "unsigned", about: "also when it waits for its signature, for `bundle digest` on another machine" },
    ],
    load: async () => (await import("./request-bundle.ts")).fetchBundle,
  },
];

const stops: readonly Command[] = [
  {
    words: "freeze",
    operands: [],
    about: "stop all signing of the deployment, an asset or a key, at once",
    options: [...signing, ...scope, mustReason],
    load: async () => (await import("./freeze.ts")).freeze,
  },
  {
    words: "unfreeze",
    operands: [],
    about: "sign the lifting of the freezes you name; it takes the quorum",
    options: [...signing, ...scope, { ...must("freeze-id", "HASH", "a freeze to lift"), many: true }, lives("24h")],
    load: async () => (await import("./freeze.ts")).unfreeze,
  },
  {
    words: "gate resume",
    operands: [],
    about: "sign that a gate which was restored from this log may sign again; it takes the quorum",
    options: [...signing, must("log", "FILE", "the export that it was restored from"), lives("1h")],
    load: async () => (await import("./gate-restore.ts")).resume,
  },
  {
    words: "gate promote",
    operands: [],
    about: "sign that another gate, which was restored from this log, takes over; it takes the quorum",
    options: [
      ...signing,
      must("log", "FILE", "the export that it was restored from"),
      must("log-key", "HEX", "its log key, as its operators read it out"),
      lives("1h"),
    ],
    load: async () => (await import("./gate-restore.ts")).promote,
  },
  {
    words: "gate object",
    operands: ["FILE"],
    about: "hand a signed statement straight to the gate, past the service",
    options: [socket, genesis],
    load: async () => (await import("./gate-object.ts")).object,
  },
];

/** What every word has that is good until a later one. */
const attested: readonly Option[] = [
  must("source", "NAME", "where you have it from, such as lbma-pm; never a person's name"),
  may("as-of", "TIME", "when it was so, such as 2026-11-23T10:00:00Z (now)"),
  lives("24h"),
];

const evidence: readonly Command[] = [
  {
    words: "attest reserve",
    operands: [],
    about: "sign what you vouch for: the reserves behind an asset",
    options: [
      ...signing,
      must("asset", "ASSET", "which asset"),
      must("reserves", "AMOUNT", "what is held, in the asset's own unit"),
      must("supply", "AMOUNT", "the supply you saw, in the asset's own unit"),
      must("supply-block", "N", "the block at which you saw it"),
      must("report", "FILE", "the report you keep; its hash is signed"),
      may("lots", "FILE", "the lots, a serial and an amount on each line; they travel with it"),
      must("unit", "TEXT", "what one unit is, such as troy ounce"),
      may("as-of", "TIME", "when it was so, such as 2026-11-23T10:00:00Z (now)"),
      lives("24h"),
      may("sequence", "N", "more than in your last attestation (the time)"),
    ],
    load: async () => (await import("./attestation.ts")).reserve,
  },
  {
    words: "attest price",
    operands: [],
    about: "sign what you vouch for: what one unit of an asset costs",
    options: [
      ...signing,
      must("asset", "ASSET", "which asset"),
      must("price", "AMOUNT", "of one unit, such as 64.105"),
      may("quote", "NAME", "what the price is in (USD)"),
      ...attested,
    ],
    load: async () => (await import("./attestation.ts")).price,
  },
  {
    words: "attest identity",
    operands: [],
    about: "sign what you vouch for: that the holder of an address is verified, or no longer",
    options: [
      ...signing,
      must("address", "ADDRESS", "whose holder; nothing else about them is signed"),
      must("status", "STATUS", "verified or revoked"),
      ...attested,
    ],
    load: async () => (await import("./attestation.ts")).identity,
  },
  {
    words: "attest document",
    operands: [],
    about: "sign what you vouch for: the document behind a request's reference",
    options: [
      ...signing,
      must("reference", "TEXT", "the reference of the request"),
      must("document", "FILE", "the document you keep; its hash is signed"),
      ...attested,
    ],
    load: async () => (await import("./attestation.ts")).document,
  },
  {
    words: "attest delivery",
    operands: [],
    about: "sign that what a redemption released came to its destination",
    options: [
      ...signing,
      must("instruction", "FILE", "what the gate signed, as `request show --instruction` makes it"),
      must("reference", "TEXT", "of the delivery, such as a waybill"),
      may("as-of", "TIME", "when it came there, such as 2026-11-23T10:00:00Z (now)"),
    ],
    load: async () => (await import("./instruction.ts")).delivery,
  },
  {
    words: "asset show",
    operands: ["ASSET"],
    about: "say what is attested, what is out, what room that leaves, and what is frozen",
    options: reading,
    load: async () => (await import("./asset.ts")).show,
  },
  {
    words: "log export",
    operands: [],
    about: "fetch the whole log with its signed checkpoint, checked",
    options: [...reading, must("out", "FILE", "the file to make")],
    load: async () => (await import("./log.ts")).exportLog,
  },
  {
    words: "log verify",
    operands: [],
    about: "check every leaf of the log, or of an export, under the checkpoint that log key and witnesses signed",
    options: [...readingLog, may("since", "FILE", "an earlier export, which must be the beginning of it")],
    load: async () => (await import("./log.ts")).verify,
  },
  {
    words: "log reconcile",
    operands: [],
    about: "match every mint, burn, role event and nonce of a chain to a leaf of the log, at an endpoint of your own",
    options: [
      ...readingLog,
      must("rpc", "URL", "your own endpoint, with the state of old blocks"),
      may("chain", "ID", "which chain, where the genesis has several"),
    ],
    load: async () => (await import("./reconcile.ts")).reconcileLog,
  },
];

export const requestCommands: readonly Command[] = [...requests, ...stops, ...evidence];
