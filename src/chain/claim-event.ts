/** Events that say a claim was put on an identity contract, put in another's place, or taken away (ERC-735, as ONCHAINID says it). */
import type { SeenLog } from "../evidence/outcome.ts";
import { claimIdOf } from "../intent/claim.ts";
import type { FurtherArguments } from "../intent/further-argument.ts";
import { mismatch, times, topic, type Mismatch } from "./mismatch.ts";

const shape = "(bytes32,uint256,uint256,address,bytes,bytes,string)";
/** The same claim again, or another one of that issuer about that topic, is a change. */
const added: readonly string[] = [topic(`ClaimAdded${shape}`), topic(`ClaimChanged${shape}`)];
const removed: readonly string[] = [topic(`ClaimRemoved${shape}`)];

/**
 * Exactly one of them. The claim's name, topic and issuer are indexed; the rest is scheme, signature, data and address of further
 * text, which of an added claim are those that were approved. What a removed one held, nobody approved.
 */
export function compareClaim(
  logs: readonly SeenLog[],
  operation: "addClaim" | "removeClaim",
  { issuer, topic: about, claim, signature }: FurtherArguments,
): { readonly kind: "as-approved" } | Mismatch {
  const [wanted, name] = operation === "addClaim" ? [added, "ClaimAdded"] : [removed, "ClaimRemoved"];
  const found = logs.filter((log) => [...added, ...removed].includes(log.topics[0] ?? ""));
  const [only] = found;
  if (only === undefined || found.length > 1)
    return mismatch("event", `1 ${name}`, times(found.length, "change of a claim"));
  const [event = "", id = "none", ...indexed] = only.topics;
  if (!wanted.includes(event)) return mismatch("event", name, "another change of a claim");
  if (issuer === undefined || about === undefined) return mismatch("claim", "none", id);
  const expected = claimIdOf(issuer, about);
  if (id !== expected) return mismatch("claim", expected, id);
  if (indexed.join() !== [word(about), word(BigInt(issuer))].map((one) => `0x${one}`).join())
    return mismatch("event", name, `${name} of another shape`);
  return operation === "removeClaim" ? { kind: "as-approved" } : compareHeld(only, heldBy(claim, signature));
}

function compareHeld({ data }: SeenLog, held: string): { readonly kind: "as-approved" } | Mismatch {
  return data === held ? { kind: "as-approved" } : mismatch("claim", held, data);
}

/** ECDSA's scheme, where each part begins, a signature of 65 bytes, a hash of 32, no further text. */
function heldBy(claim = "0x", signature = "0x"): string {
  const head = [1n, 0x80n, 0x100n, 0x140n, 65n].map(word).join("");
  return `0x${head}${signature.slice(2).padEnd(192, "0")}${word(32n)}${claim.slice(2)}${word(0n)}`;
}

function word(value: bigint): string {
  return value.toString(16).padStart(64, "0");
}
