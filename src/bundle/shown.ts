/** What a device shows of each transaction in a bundle, made again from the raw data; its last signature may still be missing. */
import { digest as digestOf, encode } from "../chain/transaction.ts";
import { decode, type Call } from "../intent/calldata.ts";
import { mintingRole } from "../intent/operation.ts";
import type { Standard } from "../intent/standard.ts";
import { inEther } from "../policy/quantity.ts";
import { checksum, type Address } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Hex } from "../values/hex.ts";
import { hash } from "../values/json.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { isOf, openBundle, type EntryOf } from "./bundle.ts";
import { reportOf, type Report } from "./report.ts";
import { examineBundle } from "./verify.ts";

/** A line of a screen: what it is called there, and what it says. */
export type ScreenLine = readonly [title: string, text: string];

export type ShownTransaction = {
  /** Keccak-256 of `unsigned`: what the device shows as the transaction's hash. */
  readonly digest: Bytes32;
  readonly unsigned: Hex;
  readonly nonce: number;
  /** The call that its data is, in words with raw values; a filler does nothing. */
  readonly call: string;
  /** Closes the nonce of a request that had ended. */
  readonly isFiller: boolean;
  readonly screen: readonly ScreenLine[];
  readonly isSigned: boolean;
};

export type ShownBundle = {
  readonly report: Report;
  readonly token: { readonly address: Address; readonly decimals: number };
  /** In the order of the log; the last may wait for its signature. */
  readonly transactions: readonly ShownTransaction[];
};

export type Showing =
  | { readonly kind: "shown"; readonly shown: ShownBundle }
  | { readonly kind: "wrong"; readonly field: string; readonly why: string };

/**
 * Everything that verifying checks, and the digests. Without `genesisHash` the bundle's own genesis is taken, and it is for the
 * reader to know it. Total.
 */
export function showBundle(json: unknown, genesisHash: Bytes32 | undefined, checks: SignatureChecks): Showing {
  const pinned = genesisHash ?? ownGenesis(json);
  if (pinned === undefined) return { kind: "wrong", field: "leaves[0].entry", why: "the first leaf is the genesis" };
  const examined = examineBundle(json, pinned, checks, "permitted");
  if (examined.kind === "unsound") return { ...examined, kind: "wrong" };
  const { bundle, matter, seal } = examined;
  const { permits, fillers, signatures } = matter.roles;
  const inOrder = [...permits, ...fillers].sort((one, other) => one.position - other.position);
  const signed = new Set(signatures.map(({ entry }) => entry.digest));
  const { address, decimals, standard } = matter.policy.policy.token;
  return {
    kind: "shown",
    shown: {
      report: reportOf(bundle, matter, seal),
      token: { address, decimals },
      transactions: inOrder.map(({ entry }) => shownTransaction(entry, standard, signed.has(entry.digest))),
    },
  };
}

function ownGenesis(json: unknown): Bytes32 | undefined {
  const opened = openBundle(json);
  const [first] = opened.kind === "opened" ? opened.bundle.leaves : [];
  return first !== undefined && isOf(first, "genesis") ? hash(first.entry.file.genesis) : undefined;
}

type Permitted = Pick<EntryOf<"permit"> | EntryOf<"filler">, "kind" | "transaction">;

function shownTransaction({ kind, transaction }: Permitted, standard: Standard, isSigned: boolean): ShownTransaction {
  const { chainId, nonce, to, value, data, gasLimit, maxFeePerGas } = transaction;
  const digest = digestOf(transaction);
  return {
    digest,
    unsigned: encode(transaction),
    nonce,
    call: kind === "filler" ? "nothing: a filler that only uses up the nonce" : callWords(decode(data, standard)),
    isFiller: kind === "filler",
    screen: [
      ["Amount", inEther(value)],
      ["To", checksum(to)],
      ["Max fees", inEther(gasLimit * maxFeePerGas)],
      ["Network", String(chainId)],
      ["Transaction hash", digest],
    ],
    isSigned,
  };
}

/** Base units, as the contract is told them. */
function callWords(call: Call): string {
  switch (call.kind) {
    case "burn":
      return `burn(${String(call.amount)})`;
    case "pause":
    case "unpause":
      return `${call.kind}()`;
    case "agentBurn":
    case "registerIdentity":
    case "forcedTransfer":
      return furtherWords(call);
    case "addClaim":
      return `addClaim(topic ${String(call.topic)}, ${checksum(call.issuer)}, ${call.claim}, signature ${call.signature})`;
    case "removeClaim":
      return `removeClaim(${call.claimId})`;
    case "raiseMultiplier":
      return `updateMultiplierValue(${String(call.newMultiplier)}, ${String(call.oldMultiplier)}, ${String(call.activationTime)})`;
    case "opaque":
      return call.why;
    default:
      return recipientWords(call);
  }
}

function recipientWords(call: Extract<Call, { readonly to: Address }>): string {
  if ("amount" in call) return `${call.kind}(${checksum(call.to)}, ${String(call.amount)})`;
  const about = call.kind === "grantRole" || call.kind === "revokeRole" ? mintingRole : "all";
  return `${call.kind}(${about}, ${checksum(call.to)})`;
}

function furtherWords(call: Extract<Call, { kind: "agentBurn" | "registerIdentity" | "forcedTransfer" }>): string {
  switch (call.kind) {
    case "agentBurn":
      return `burn(${checksum(call.from)}, ${String(call.amount)})`;
    case "registerIdentity":
      return `registerIdentity(${checksum(call.to)}, ${checksum(call.identity)}, ${String(call.country)})`;
    case "forcedTransfer":
      return `forcedTransfer(${checksum(call.from)}, ${checksum(call.to)}, ${String(call.amount)})`;
  }
}
