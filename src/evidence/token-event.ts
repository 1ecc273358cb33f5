/** Events by which a token says that its supply, its rulers or its code changed: each must be of a transaction that the gate signed. */
import { z } from "zod";
import { keccak256, utf8 } from "../values/digest.ts";
import type { Instant } from "../values/instant.ts";
import { canonical, readStrict } from "../values/json.ts";
import { countSchema, instantSchema } from "../values/schema.ts";

const words = [
  "a mint",
  "a burn",
  "a grant of a role",
  "a revocation of a role",
  "a change of a role's administrator",
  "a change of owner",
  "a pause",
  "the end of a pause",
  "a pause or its end",
  "a change of code",
  "an announced multiplier",
  "a change of the list of sanctions",
] as const;

export type TokenChange = (typeof words)[number];

/**
 * Of the standards that we know: OpenZeppelin's roles, T-REX's agents, Circle's minters, the four whom Backed's owner names, ERC-1967.
 * That a share is worth more says whoever moves Backed's token next; that it will be, only its updater. Whom Backed's list names decides
 * what of a holder is frozen, and another list may name nobody.
 */
const forms: Readonly<Record<string, TokenChange>> = {
  "RoleGranted(bytes32,address,address)": "a grant of a role",
  "RoleRevoked(bytes32,address,address)": "a revocation of a role",
  "RoleAdminChanged(bytes32,bytes32,bytes32)": "a change of a role's administrator",
  "AgentAdded(address)": "a grant of a role",
  "AgentRemoved(address)": "a revocation of a role",
  "MinterConfigured(address,uint256)": "a grant of a role",
  "MinterRemoved(address)": "a revocation of a role",
  "MasterMinterChanged(address)": "a change of a role's administrator",
  "NewMinter(address)": "a grant of a role",
  "NewBurner(address)": "a grant of a role",
  "NewPauser(address)": "a grant of a role",
  "NewMultiplierUpdater(address)": "a grant of a role",
  "MultiplierScheduled(uint256,uint256)": "an announced multiplier",
  "NewSanctionsList(address)": "a change of the list of sanctions",
  "OwnershipTransferred(address,address)": "a change of owner",
  "Paused(address)": "a pause",
  "Unpaused(address)": "the end of a pause",
  "PauseModeChange(bool)": "a pause or its end",
  "Pause()": "a pause",
  "Unpause()": "the end of a pause",
  "Upgraded(address)": "a change of code",
};

const topicOf = (signature: string): string => keccak256(utf8(signature));
const named: ReadonlyMap<string, TokenChange> = new Map(
  Object.entries(forms).map(([signature, change]) => [topicOf(signature), change]),
);

export const transferTopic = topicOf("Transfer(address,address,uint256)");
/** Sender of what is minted, and recipient of what is burned. */
export const nobodyTopic = `0x${"0".repeat(64)}`;
/** First topics of every other event here. */
export const changeTopics: readonly string[] = [...named.keys()];

/** Undefined for an event that changes none of it, a transfer between holders too. */
export function changeIn([first = "", from, to]: readonly string[]): TokenChange | undefined {
  if (first !== transferTopic) return named.get(first);
  return from === nobodyTopic ? "a mint" : to === nobodyTopic ? "a burn" : undefined;
}

const minterTopic = topicOf("MinterConfigured(address,uint256)");

/** Whose allowance Circle's master minter set, in an event that does so. */
export function minterIn([first = "", who = ""]: readonly string[]): string | undefined {
  return first === minterTopic ? `0x${who.slice(-40)}` : undefined;
}

/** A mint or burn of nothing, which anybody can make and which changes no supply. Any other data than one zero word counts as an amount. */
export function isOfNothing({ topics, data }: { readonly topics: readonly string[]; readonly data: string }): boolean {
  return topics[0] === transferTopic && data === nobodyTopic;
}

/** All that one transaction changed of one token, and the block that it is in. */
export type SeenTokenEvent = {
  readonly block: number;
  readonly time: Instant;
  readonly what: readonly TokenChange[];
};

const seenSchema = z.strictObject({
  block: countSchema,
  time: instantSchema,
  what: z.array(z.enum(words)).min(1).max(words.length),
});

/** Value of the fact `event`: canonical JSON, each change once and in the order of its words. */
export function tokenEventText({ block, time, what }: SeenTokenEvent): string {
  return canonical({ block, time, what: [...new Set(what)].sort() });
}

/** The exact inverse; a text it would not have written is undefined. */
export function readTokenEvent(text: string): SeenTokenEvent | undefined {
  const read = seenSchema.safeParse(readStrict(text));
  return read.success && tokenEventText(read.data) === text ? read.data : undefined;
}
