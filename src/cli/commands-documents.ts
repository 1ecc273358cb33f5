/** Commands about who may say what: credentials, the genesis, policies, rosters, and their changes. */
import type { Command } from "./command.ts";
import { policyCommands } from "./commands-policies.ts";
import { may, must, socket } from "./option-table.ts";

const roots: readonly Command[] = [
  {
    words: "credential create",
    operands: [],
    about: "make a credential of your own; its secret stays in the file",
    options: [
      must("kind", "KIND", "wallet (secp256k1) or key (Ed25519)"),
      must("id", "ID", "its name in the roster"),
      must("out", "FILE", "the file to make"),
    ],
    load: async () => (await import("./credential.ts")).create,
  },
  {
    words: "credential show",
    operands: ["FILE"],
    about: "print the public part, as a roster has it",
    options: [],
    load: async () => (await import("./credential.ts")).show,
  },
  {
    words: "credential prove",
    operands: ["FILE"],
    about: "sign that you hold it, for a genesis or a roster that names it",
    options: [
      must("deployment", "HASH", "the deployment"),
      must("holder", "ID", "the person or service it belongs to"),
      must("document", "HASH", "the genesis (its deployment hash), or the new roster"),
    ],
    load: async () => (await import("./credential.ts")).prove,
  },
  {
    words: "genesis create",
    operands: [],
    about: "make the root of a deployment from a description of it",
    options: [
      must("spec", "FILE", "roster, policies, chains, ceilings, lifetimes, change"),
      must("out", "FILE", "the genesis to make"),
      may("log-key", "FILE", "the gate's log key, made when it is missing; else the description names its public key"),
    ],
    load: async () => (await import("./genesis.ts")).create,
  },
  {
    words: "genesis sign",
    operands: ["FILE"],
    about: "add the proof that a credential in it is held",
    options: [
      may("credential", "FILE", "the credential to prove"),
      may("holder", "ID", "whose it is; refused when the genesis says otherwise"),
      may("proof", "FILE", "a proof made elsewhere with `credential prove`"),
    ],
    load: async () => (await import("./genesis.ts")).sign,
  },
  {
    words: "genesis check",
    operands: ["FILE"],
    about: "check all of it: proofs, documents, and whether the people can live by the policies",
    options: [may("genesis", "HASH", "the hash it must have")],
    load: async () => (await import("./genesis.ts")).check,
  },
  {
    words: "genesis follow",
    operands: ["FILE"],
    about: "write the gates that took over into the genesis file, from the log of the one in office",
    options: [socket, may("out", "FILE", "the file to make (FILE is written anew)")],
    load: async () => (await import("./genesis-follow.ts")).follow,
  },
];

export const documentCommands: readonly Command[] = [...roots, ...policyCommands];
