/** An intent in words for people; canonical, recomputed by gate, CLI and console, so that a different text is a refusal. */
import * as address from "../values/address.ts";
import * as amount from "../values/amount.ts";
import * as instant from "../values/instant.ts";
import * as multiplier from "../values/multiplier.ts";
import { furtherWords, type FurtherArguments } from "./further-argument.ts";
import { mintingRole, operations, type Operation } from "./operation.ts";

/** What words need of an intent. */
export type Worded = {
  readonly operation: Operation;
  readonly asset: string;
  readonly chainId: number;
  readonly account: address.Address;
  readonly to: address.Address;
  readonly amount: amount.Amount;
  readonly reference: string;
  readonly feeCeilingWei: amount.Amount;
  readonly notBefore: instant.Instant;
  readonly expiresAt: instant.Instant;
} & FurtherArguments;

/** `1,000 GLD`, or `no amount`. */
export function amountText(intent: Pick<Worded, "operation" | "asset" | "amount">, decimals: number): string {
  return operations[intent.operation].amount
    ? `${amount.format(intent.amount, decimals)} ${intent.asset}`
    : "no amount";
}

/** One line for every argument that has no field of its own in an approval. */
export function details(
  intent: Pick<Worded, "operation" | "reference" | "notBefore" | "expiresAt"> & FurtherArguments,
): string {
  const role = intent.operation === "grantRole" || intent.operation === "revokeRole" ? `role ${mintingRole}; ` : "";
  return `${role}${furtherWords(intent)}reference ${intent.reference}; not before ${instant.toIso(intent.notBefore)}; expires ${instant.toIso(intent.expiresAt)}`;
}

/** The second leg, once the burn is final. */
function releaseText({ destination }: FurtherArguments): string {
  return destination === undefined ? "" : `, then release what backs it to ${destination}`;
}

/** ` from 1 to 1.0042 (+0.42 %) as of 2026-12-01T00:00:00Z`. */
function riseText({ oldMultiplier: from, newMultiplier: to, activationTime: at }: FurtherArguments): string {
  if (from === undefined || to === undefined || at === undefined) return "";
  return ` from ${multiplier.stepText({ from, to })} as of ${instant.toIso(at)}`;
}

/** The whole intent as one sentence. */
export function sentence(intent: Worded, decimals: number): string {
  const text = amountText(intent, decimals);
  const account = address.checksum(intent.account);
  const to = address.checksum(intent.to);
  const act = {
    mint: `mint ${text} to ${to}`,
    burn: `burn ${text} held by ${account}`,
    redeem: `redeem ${text}: burn what ${account} holds${releaseText(intent)}`,
    transfer: `transfer ${text} from ${account} to ${to}`,
    pause: `pause ${intent.asset}`,
    unpause: `unpause ${intent.asset}`,
    grantRole: `let ${to} mint ${intent.asset}`,
    freeze: `freeze all ${intent.asset} of ${to}`,
    unfreeze: `unfreeze all ${intent.asset} of ${to}`,
    registerIdentity: `let ${to} hold ${intent.asset}, known by the identity in the details`,
    forcedTransfer: `take ${text} from ${intent.from === undefined ? "nobody" : address.checksum(intent.from)} and give it to ${to}, without the holder's consent`,
    revokeRole: `let ${to} no longer mint ${intent.asset}`,
    addClaim: `say of ${to} what the claim in the details says, so that they may hold ${intent.asset}`,
    removeClaim: `take back what the claim in the details says of ${to}, who may then no longer hold ${intent.asset}`,
    distribute: `distribute ${text} to ${to} as their part of a yield`,
    raiseMultiplier: `raise the multiplier of ${intent.asset}${riseText(intent)}, which is the same as issuing at most ${text} to everybody who holds it`,
  }[intent.operation];
  return `${act} on chain ${String(intent.chainId)}, signed by ${account}, fees at most ${amount.format(intent.feeCeilingWei, 18)} ETH; ${details(intent)}`;
}
