/** Commands about managed keys: tokens, the ceremonies held at them, and devices. */
import type { Command } from "./command.ts";
import { api, attestationOptions, ceremonyOptions, envOf, genesis, may, must, signing } from "./option-table.ts";

const tokenFile = must("config", "TOKEN.yaml", "the token's file");

export const keyCommands: readonly Command[] = [
  {
    words: "hsm init",
    operands: [],
    about: "make a SoftHSM token with random PINs in a folder of its own",
    options: [must("folder", "DIR", "where the token lives"), must("label", "LABEL", "the token's label")],
    load: async () => (await import("./hsm.ts")).init,
  },
  {
    words: "hsm keygen",
    operands: [],
    about: "two people make a managed key on a token, with a record that both sign; it is entered in the token's file",
    options: [
      tokenFile,
      must("label", "LABEL", "the key's label on the token"),
      may("name", "NAME", "the key's name in the roster (the last name in the label)"),
      ...ceremonyOptions,
      ...attestationOptions,
      { name: "backup", about: "the key may leave the token, wrapped under a key that its security officer trusts" },
      { name: "alone", about: "one person, no record: for trying things out" },
    ],
    load: async () => (await import("./hsm.ts")).keygen,
  },
  {
    words: "hsm record",
    operands: [],
    about: "two people look at a key that is on its token already, and make a record of it",
    options: [
      tokenFile,
      must("name", "NAME", "the key's name in the token's file"),
      ...ceremonyOptions,
      ...attestationOptions,
    ],
    load: async () => (await import("./hsm.ts")).record,
  },
  {
    words: "hsm sign",
    operands: ["RECORD"],
    about: "sign the record of a ceremony that you were at, with your own credential",
    options: [
      { ...may("api", "URL", "where the service answers; else what was signed is kept in a file"), ...envOf(api) },
      ...signing.filter((one) => one !== api),
    ],
    load: async () => (await import("./hsm-sign.ts")).sign,
  },
  {
    words: "hsm backup",
    operands: [],
    about: "two people take a key that was made for it off its token, wrapped, into a file; or restore it onto another",
    options: [
      tokenFile,
      may("name", "NAME", "the key to take"),
      may("out", "FILE", "where the wrapped key goes"),
      may("restore", "FILE", "a wrapped key to put onto this token"),
      {
        ...may("component", "FILE", "one person's half of the wrapping key, 64 hex digits; twice, or both are typed"),
        many: true,
      },
      may(
        "so-pin",
        "FILE",
        "the security officer's PIN, with which the token trusts the wrapping key; else it is typed",
      ),
      may("wrapping-key", "LABEL", "a wrapping key that the vendor's tool put on the token, instead of components"),
      ...ceremonyOptions,
    ],
    load: async () => (await import("./hsm-backup.ts")).backup,
  },
  {
    words: "hsm keys",
    operands: [],
    about:
      "list the keys of a token by its own word, and what differs from its file and from the records of ceremonies",
    options: [
      tokenFile,
      { ...may("record", "FILE", "a record to hold the token against"), many: true },
      may("log", "FILE", "an exported log, whose records the token is held against"),
      { ...may("genesis", "FILE", "the genesis you trust, for the log"), ...envOf(genesis) },
    ],
    load: async () => (await import("./hsm-keys.ts")).keys,
  },
  {
    words: "ledger list",
    operands: [],
    about: "say which Ledger devices are plugged in, how they are set, and which key they have",
    options: [may("path", "PATH", "the derivation path of the key (44'/60'/0'/0/0)")],
    load: async () => (await import("./ledger.ts")).list,
  },
  {
    words: "ledger check",
    operands: [],
    about: "say whether each configured Ledger is as the gate needs it, and what to do where it is not",
    options: [{ ...must("config", "DEVICE.yaml", "a device's file"), many: true }],
    load: async () => (await import("./ledger.ts")).check,
  },
  {
    words: "ledger clear",
    operands: [],
    about: "say that somebody looked at a device and its screen is clear; what was declined there may be shown again",
    options: [must("config", "DEVICE.yaml", "the device's file"), { name: "yes", about: "do not ask" }],
    load: async () => (await import("./ledger.ts")).clear,
  },
  {
    words: "hsm check",
    operands: [],
    about: "find out whether a module and its token can be trusted with money, with a throw-away key",
    options: [
      must("config", "TOKEN.yaml", "the token's file; keys that it names are looked at and never signed with"),
      {
        name: "token-key",
        about: "keep the throw-away key on the token and destroy it, where there are no session keys",
      },
      may("signatures", "N", "how many signatures to verify in a row (1024)"),
      may("deadline", "DURATION", "a check that takes longer has hung (10m)"),
      may("idle", "DURATION", "also leave the token alone for so long, then sign"),
    ],
    load: async () => (await import("./hsm-check.ts")).check,
  },
];
