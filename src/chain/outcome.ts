/** What a mined transaction did, compared with what was approved: the expected event exactly once, and no other movement of the token. */
import type { SeenLog, SeenReceipt } from "../evidence/outcome.ts";
import type { FurtherArguments } from "../intent/further-argument.ts";
import type { Intent } from "../intent/intent.ts";
import { isIssuing, mintingRole, operations } from "../intent/operation.ts";
import * as address from "../values/address.ts";
import type { Address } from "../values/address.ts";
import * as amount from "../values/amount.ts";
import { keccak256, utf8 } from "../values/digest.ts";
import { mismatch, readAddress, times, topic, type Mismatch } from "./mismatch.ts";
import { compareClaim } from "./claim-event.ts";
import { compareRaise } from "./raise-event.ts";
import { compareFreeze, comparePause, compareRegistration } from "./state-event.ts";

export type Outcome = { readonly kind: "as-approved" } | { readonly kind: "reverted" } | Mismatch;

type Approved = Pick<Intent, "operation" | "account" | "to" | "amount"> & FurtherArguments;
type Transfer = { readonly from: Address; readonly to: Address; readonly amount: amount.Amount };

const transferTopic = topic("Transfer(address,address,uint256)");

const roleTopic = (name: string): string => topic(`${name}(bytes32,address,address)`);
/** Of OpenZeppelin's AccessControl. */
const roleTopics: readonly string[] = [
  roleTopic("RoleGranted"),
  roleTopic("RoleRevoked"),
  topic("RoleAdminChanged(bytes32,bytes32,bytes32)"),
];

/** Logs of other contracts say nothing here; every log of the token that claims to be a `Transfer` counts. */
export function compare(
  receipt: Pick<SeenReceipt, "status" | "from" | "to" | "logs">,
  intent: Approved,
  token: Address,
): Outcome {
  if (receipt.from !== intent.account) return mismatch("sender", intent.account, receipt.from);
  if (receipt.to !== token) return mismatch("contract", token, receipt.to ?? "a new contract");
  if (receipt.status === "reverted") return { kind: "reverted" };
  const logs = receipt.logs.filter((log) => log.address === token);
  const transfers = logs.filter((log) => log.topics[0] === transferTopic);
  if (moves(intent.operation)) return compareTransfer(transfers, expectedTransfer(intent));
  if (transfers.length > 0) return mismatch("event", "no Transfer", times(transfers.length, "Transfer"));
  return compareStanding(logs, intent);
}

/** What moves nothing, and changes who may or what is so. */
function compareStanding(logs: readonly SeenLog[], intent: Approved): Outcome {
  const { operation, account } = intent;
  switch (operation) {
    case "pause":
    case "unpause":
      return comparePause(logs, operation === "pause", account);
    case "freeze":
    case "unfreeze":
      return compareFreeze(logs, operation === "freeze", { account, holder: intent.to });
    case "registerIdentity":
      return compareRegistration(logs, { holder: intent.to, identity: intent.identity });
    case "raiseMultiplier":
      return compareRaise(logs, intent);
    case "addClaim":
    case "removeClaim":
      return compareClaim(logs, operation, intent);
    default:
      return compareRole(logs, intent);
  }
}

/** What everybody holds grows without a transfer. */
function moves(operation: Approved["operation"]): boolean {
  return operations[operation].amount && operation !== "raiseMultiplier";
}

/** ERC-20: what is issued comes from the zero address, a burn goes to it. */
function expectedTransfer({ operation, account, to, amount: value, from: holder }: Approved): Transfer {
  const from = isIssuing(operation)
    ? address.zero
    : operation === "forcedTransfer"
      ? (holder ?? address.zero)
      : account;
  return { from, to: operations[operation].recipient ? to : address.zero, amount: value };
}

function compareTransfer(transfers: readonly SeenLog[], expected: Transfer): Outcome {
  const [only] = transfers;
  if (only === undefined || transfers.length > 1)
    return mismatch("event", "1 Transfer", times(transfers.length, "Transfer"));
  const seen = readTransfer(only);
  if (seen === undefined) return mismatch("event", "Transfer(address,address,uint256)", "a Transfer of another shape");
  if (seen.from !== expected.from) return mismatch("from", expected.from, seen.from);
  if (seen.to !== expected.to) return mismatch("to", expected.to, seen.to);
  if (seen.amount !== expected.amount) return mismatch("amount", String(expected.amount), String(seen.amount));
  return { kind: "as-approved" };
}

/** Role, account and sender are indexed. A grant of what was held already has no event, and is a mismatch that a person looks at. */
function compareRole(logs: readonly SeenLog[], { operation, account, to }: Approved): Outcome {
  const name = operation === "grantRole" ? "RoleGranted" : "RoleRevoked";
  const changes = logs.filter((log) => roleTopics.includes(log.topics[0] ?? ""));
  const [only] = changes;
  if (only === undefined || changes.length > 1)
    return mismatch("event", `1 ${name}`, times(changes.length, "change of a role"));
  const [event, role, holder, sender] = only.topics;
  if (event !== roleTopic(name)) return mismatch("event", name, "another change of a role");
  const [seen, by] = [readAddress(holder), readAddress(sender)];
  if (only.topics.length !== 4 || only.data !== "0x" || seen === undefined || by === undefined)
    return mismatch("event", `${name}(bytes32,address,address)`, `${name} of another shape`);
  if (role !== keccak256(utf8(mintingRole))) return mismatch("event", mintingRole, "another role");
  if (seen !== to) return mismatch("to", to, seen);
  return by === account ? { kind: "as-approved" } : mismatch("account", account, by);
}

/** Sender and recipient indexed, the amount one word of data; anything else is not this event. */
function readTransfer(log: SeenLog): Transfer | undefined {
  const [, fromWord, toWord] = log.topics;
  if (log.topics.length !== 3 || log.data.length !== 66) return undefined;
  const from = readAddress(fromWord);
  const to = readAddress(toWord);
  if (from === undefined || to === undefined) return undefined;
  return { from, to, amount: amount.fromBigInt(BigInt(log.data)) };
}
