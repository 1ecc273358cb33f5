/** Events that say a token or a holder was stopped or let go, or a holder made known, in the forms of the standards we know. */
import type { SeenLog } from "../evidence/outcome.ts";
import type { Address } from "../values/address.ts";
import * as amount from "../values/amount.ts";
import { mismatch, readAddress, times, topic, type Mismatch } from "./mismatch.ts";

type Compared = { readonly kind: "as-approved" } | Mismatch;
type Reading = {
  readonly to: boolean;
  /** Undefined where the form does not name anybody. */
  readonly by?: Address | undefined;
  readonly holder?: Address | undefined;
};

/** What an event of one form says; undefined when its words have another shape. `to` is true for a stop. */
type Form = { readonly topic: string; readonly read: (log: SeenLog) => Reading | undefined };

const yes = `0x${"1".padStart(64, "0")}`;
const no = `0x${"0".repeat(64)}`;

const bare = (signature: string, to: boolean): Form => ({
  topic: topic(signature),
  read: ({ topics, data }) => (topics.length === 1 && data === "0x" ? { to } : undefined),
});

const byAccount = (signature: string, to: boolean): Form => ({
  topic: topic(signature),
  read: ({ topics, data }) => {
    const by = topics.length === 1 && data.length === 66 ? readAddress(data) : undefined;
    return by === undefined ? undefined : { to, by };
  },
});

const ofHolder = (signature: string, to: boolean): Form => ({
  topic: topic(signature),
  read: ({ topics, data }) => {
    const holder = topics.length === 2 && data === "0x" ? readAddress(topics[1]) : undefined;
    return holder === undefined ? undefined : { to, holder };
  },
});

/** OpenZeppelin and T-REX name who paused; Circle's token says only that it is, Backed's whether it is. */
const pauseForms: readonly Form[] = [
  {
    topic: topic("PauseModeChange(bool)"),
    read: ({ topics, data }) =>
      topics.length === 1 && (data === yes || data === no) ? { to: data === yes } : undefined,
  },
  byAccount("Paused(address)", true),
  byAccount("Unpaused(address)", false),
  bare("Pause()", true),
  bare("Unpause()", false),
];

/** T-REX names the holder, yes or no, and the agent; ERC-7943 the frozen amount; Circle's token has an event for each. */
const freezeForms: readonly Form[] = [
  {
    topic: topic("AddressFrozen(address,bool,address)"),
    read: ({ topics, data }) => {
      const [, holder, frozen, agent] = topics;
      const [who, by] = [readAddress(holder), readAddress(agent)];
      if (topics.length !== 4 || data !== "0x" || who === undefined || by === undefined) return undefined;
      return frozen === yes || frozen === no ? { to: frozen === yes, holder: who, by } : undefined;
    },
  },
  {
    topic: topic("Frozen(address,uint256)"),
    read: ({ topics, data }) => {
      const holder = topics.length === 2 && data.length === 66 ? readAddress(topics[1]) : undefined;
      const value = holder === undefined ? undefined : BigInt(data);
      return value === amount.max || value === 0n ? { to: value !== 0n, holder } : undefined;
    },
  },
  ofHolder("Blacklisted(address)", true),
  ofHolder("UnBlacklisted(address)", false),
];

export function comparePause(logs: readonly SeenLog[], to: boolean, account: Address): Compared {
  return compareOne(logs, pauseForms, { to, by: account }, ["Paused", "Unpaused"]);
}

export function compareFreeze(
  logs: readonly SeenLog[],
  to: boolean,
  { account, holder }: { readonly account: Address; readonly holder: Address },
): Compared {
  return compareOne(logs, freezeForms, { to, by: account, holder }, ["freeze", "unfreeze"]);
}

/** Exactly one event of any form, in the right direction, about the right holder, by the account where the form says by whom. */
function compareOne(
  logs: readonly SeenLog[],
  forms: readonly Form[],
  wanted: { readonly to: boolean; readonly by: Address; readonly holder?: Address },
  names: readonly [stopped: string, letGo: string],
): Compared {
  const [name, opposite] = wanted.to ? names : [names[1], names[0]];
  const found = logs.flatMap((log) => {
    const form = forms.find((one) => one.topic === log.topics[0]);
    return form === undefined ? [] : [form.read(log)];
  });
  if (found.length !== 1) return mismatch("event", `1 ${name}`, times(found.length, names.join(" or ")));
  const [seen] = found;
  if (seen === undefined) return mismatch("event", name, "an event of another shape");
  if (seen.to !== wanted.to) return mismatch("event", name, opposite);
  if (seen.holder !== wanted.holder) return mismatch("to", wanted.holder ?? "nobody", seen.holder ?? "nobody");
  if (seen.by !== undefined && seen.by !== wanted.by) return mismatch("account", wanted.by, seen.by);
  return { kind: "as-approved" };
}

const registrations: readonly string[] = [
  topic("IdentityRegistered(address,address)"),
  topic("IdentityRemoved(address,address)"),
  topic("IdentityUpdated(address,address)"),
  topic("CountryUpdated(address,uint16)"),
];

/** T-REX's registry: the holder and the identity, both indexed. */
export function compareRegistration(
  logs: readonly SeenLog[],
  { holder, identity }: { readonly holder: Address; readonly identity: Address | undefined },
): Compared {
  const found = logs.filter((log) => registrations.includes(log.topics[0] ?? ""));
  const [only] = found;
  if (only === undefined || found.length > 1)
    return mismatch("event", "1 IdentityRegistered", times(found.length, "change of the registry"));
  const [first, who, as] = only.topics;
  if (first !== registrations[0]) return mismatch("event", "IdentityRegistered", "another change of the registry");
  const [seen, known] = [readAddress(who), readAddress(as)];
  if (only.topics.length !== 3 || only.data !== "0x" || seen === undefined || known === undefined)
    return mismatch("event", "IdentityRegistered(address,address)", "IdentityRegistered of another shape");
  if (seen !== holder) return mismatch("to", holder, seen);
  return known === identity ? { kind: "as-approved" } : mismatch("identity", identity ?? "none", known);
}
