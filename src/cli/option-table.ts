/** Options that several commands have, worded once. */
import { operationSchema } from "../intent/operation.ts";
import type { Option } from "./command.ts";

export const must = (name: string, value: string, about: string): Option => ({ name, value, about, required: true });
export const may = (name: string, value: string, about: string): Option => ({ name, value, about });

/** For an option that is like one of these and may be left out. */
export function envOf({ env }: { readonly env?: string }): { readonly env?: string } {
  return env === undefined ? {} : { env };
}

export const api: Option = { ...must("api", "URL", "where the service answers"), env: "COUNTERSIGN_API" };
export const credential: Option = {
  ...must("credential", "FILE", "your own credential"),
  env: "COUNTERSIGN_CREDENTIAL",
};
/** Without it nobody could tell a receipt of the gate from one that the service made up. */
export const genesis: Option = {
  ...must("genesis", "FILE", "the genesis you trust; receipts are checked with its log key"),
  env: "COUNTERSIGN_GENESIS",
};
export const socket: Option = { ...must("socket", "PATH", "the gate's socket"), env: "COUNTERSIGN_SOCKET" };

/** To read from a service. */
export const reading: readonly Option[] = [api, credential, genesis];
/** To read from a service, where a command can do without. */
export const mayRead: readonly Option[] = reading.map(({ name, value, about, env }) => ({
  ...may(name, value ?? "", about),
  ...(env === undefined ? {} : { env }),
}));
/** To read a whole log: an export, with nobody asked, or the service's. */
export const readingLog: readonly Option[] = [
  may("log", "FILE", "an export of the log (else it is read from the service)"),
  ...mayRead.filter(({ name }) => name !== "genesis"),
  genesis,
];
/** To sign something as a person, with a file or a device, and have it delivered. */
export const signing: readonly Option[] = [
  ...reading,
  { name: "yes", about: "do not ask: the words were read" },
  may("save", "FILE", "where to keep what was signed when it is not delivered"),
  may("ledger", "ID", "sign with the Ledger that is plugged in here, as this wallet credential of yours"),
  may("ledger-path", "PATH", "where its key is (44'/60'/0'/0/0)"),
  may("review", "FILE", "write what will be signed first, for `bundle digest` on another machine"),
];

export const reason = may("reason", "TEXT", "what others will read");
export const mustReason: Option = { ...reason, required: true };
export const lives = (usual: string): Option =>
  may("expires", "DURATION", `how long it counts, such as 30m or 48h (${usual})`);
export const scope: readonly Option[] = [
  must("scope", "SCOPE", "deployment, asset or key"),
  may("target", "NAME", "which asset or key"),
];

/** Of every ceremony. */
export const ceremonyOptions: readonly Option[] = [
  { ...may("operator", "PERSON", "who is there, as the roster names them; give it twice"), many: true },
  may("record", "FILE", "where to write the record (a name of its own, in this folder)"),
];

/** Of a ceremony in which the vendor may say something of the key. */
export const attestationOptions: readonly Option[] = [
  may("attestation", "FILE", "what the vendor says of the key; the record has its hash"),
  may("attestation-type", "TYPE", "yubihsm-x509, luna-pkc, nfkmattest or marvell"),
  { name: "attestation-verified", about: "you verified it with the vendor's tool" },
];

/** Arguments that only some operations have. */
export const further: readonly Option[] = [
  may("from", "ADDRESS", "whose tokens a forced transfer moves"),
  may("identity", "ADDRESS", "the identity contract of the holder who is registered, or of whom a claim is made"),
  may("country", "NUMBER", "that holder's country, ISO 3166-1 numeric"),
  may("destination", "NAME", "where what backs redeemed tokens is released to, by its name in the policy"),
  may("issuer", "ADDRESS", "the contract of whoever makes a claim"),
  may("topic", "NUMBER", "what a claim is about, as the token's registry numbers it"),
  may("claim", "HASH", "all that a claim holds: the hash, with a salt in it, of what its issuer has seen"),
  may("signature", "BYTES", "the issuer's signature of a claim, 65 bytes"),
  may(
    "new-multiplier",
    "NUMBER",
    "what a share of the token becomes, such as 1.0042; --amount is the most that it adds",
  ),
  may("old-multiplier", "NUMBER", "what a share of it is now"),
  may("activation-time", "TIME", "from when on, such as 2026-12-01T00:00:00Z"),
];

/** As `--operation` names them; which of them there are, the token's standard says. */
export const operationNames = operationSchema.options.join(", ");
