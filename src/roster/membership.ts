/** Who somebody is at one version of the roster: look-ups over a roster that has been found consistent. */
import { fromPublicKey, type Address } from "../values/address.ts";
import { InvalidValue } from "../values/errors.ts";
import { toBytes, type Hex } from "../values/hex.ts";
import type { Name } from "../values/name.ts";
import type { Credential, ManagedKey, Member, Roster } from "./roster.ts";
import { isSoundEd25519, isSoundP256, isSoundSecp256k1 } from "./sound-key.ts";

export type Holder = {
  readonly member: Member;
  readonly credential: Credential;
  /** True when the member is a service: it attests and observes, and never has a seat. */
  readonly service: boolean;
};

export type RosterIndex = {
  readonly roster: Roster;
  /** Whose credential this is. */
  readonly credential: (id: Name) => Holder | undefined;
  /** A person or a service. */
  readonly member: (id: Name) => Member | undefined;
  readonly inGroup: (memberId: Name, group: Name) => boolean;
  /** People and services of a group, in roster order. */
  readonly members: (group: Name) => readonly Member[];
  readonly keyByAccount: (account: Address) => ManagedKey | undefined;
  readonly key: (id: Name) => ManagedKey | undefined;
};

/**
 * Checks what a schema cannot: every id once, every public key or address once, sound public keys, managed accounts that
 * belong to their public keys and are nobody's credential. Throws `InvalidValue` with a code `roster.*` and the field.
 */
export function indexRoster(roster: Roster): RosterIndex {
  const holders = holdersOf(roster);
  const members = once([...roster.people, ...roster.services], (member) => member.id, {
    code: "roster.duplicate-member",
    what: "a person or service",
  });
  const credentials = once(holders, (holder) => holder.credential.id, {
    code: "roster.duplicate-credential",
    what: "a credential",
  });
  const owned = once(holders, (holder) => ownMark(holder.credential), {
    code: "roster.shared-credential",
    what: "the key or address of a credential",
  });
  for (const holder of holders) {
    checkCredential(holder);
    checkIds(holder, members);
  }
  for (const member of members.values()) checkGroups(member);
  const keys = once(roster.keys, (key) => key.id, { code: "roster.duplicate-key", what: "a managed key" });
  const accounts = once(roster.keys, (key) => key.account, { code: "roster.duplicate-key", what: "a managed account" });
  for (const key of roster.keys) checkKey(key, owned);
  return {
    roster,
    credential: (id) => credentials.get(id),
    member: (id) => members.get(id),
    inGroup: (memberId, group) => members.get(memberId)?.groups.includes(group) === true,
    members: (group) => [...members.values()].filter((member) => member.groups.includes(group)),
    keyByAccount: (account) => accounts.get(account),
    key: (id) => keys.get(id),
  };
}

/** Every credential of the roster with its holder, people first. */
export function holdersOf(roster: Roster): readonly Holder[] {
  const of = (members: readonly Member[], service: boolean): readonly Holder[] =>
    members.flatMap((member) => member.credentials.map((credential) => ({ member, credential, service })));
  return [...of(roster.people, false), ...of(roster.services, true)];
}

/** What makes two credentials the same key. */
function ownMark(credential: Credential): Hex {
  return credential.kind === "wallet" ? credential.address : credential.publicKey;
}

function once<T, K extends string>(
  items: readonly T[],
  mark: (item: T) => K,
  refusal: { code: string; what: string },
): ReadonlyMap<K, T> {
  const found = new Map<K, T>();
  for (const item of items) {
    const key = mark(item);
    if (found.has(key)) throw new InvalidValue(refusal.code, `\`${key}\` is ${refusal.what} twice in the roster`, key);
    found.set(key, item);
  }
  return found;
}

function checkCredential({ credential, member }: Holder): void {
  const refuse = (why: string): never => {
    throw new InvalidValue(
      "roster.public-key",
      `credential \`${credential.id}\` of \`${member.id}\`: ${why}`,
      credential.id,
    );
  };
  switch (credential.kind) {
    case "wallet":
      if (/^0x0+$/.test(credential.address)) refuse("the zero address is nobody's wallet");
      return;
    case "key":
      if (!isSoundEd25519(toBytes(credential.publicKey))) refuse("not an Ed25519 public key of 32 bytes");
      return;
    case "passkey":
      if (!isSoundP256(toBytes(credential.publicKey))) refuse("not a P-256 public key of 65 bytes beginning with 0x04");
      if (credential.credentialId === "0x") refuse("the passkey has no credential id");
      checkOrigin(credential, refuse);
  }
}

/** A credential may be called as its own holder is, never as somebody else: a list of ids then has one reading. */
function checkIds({ credential, member }: Holder, members: ReadonlyMap<Name, Member>): void {
  if (credential.id === member.id || !members.has(credential.id)) return;
  throw new InvalidValue(
    "roster.ambiguous-id",
    `credential \`${credential.id}\` of \`${member.id}\` has the name of somebody else`,
    credential.id,
  );
}

/** The relying party is the host of the origin or a parent domain of it (WebAuthn §5.1.4.1). */
function checkOrigin(credential: Extract<Credential, { kind: "passkey" }>, refuse: (why: string) => never): void {
  const [, scheme = "", host = ""] = /^(https?):\/\/([a-z0-9.-]+)(?::[0-9]{1,5})?$/.exec(credential.origin) ?? [];
  if (host === "" || (scheme === "http" && host !== "localhost"))
    refuse(`\`${credential.origin}\` is not an https origin`);
  if (host !== credential.rpId && !host.endsWith(`.${credential.rpId}`)) {
    refuse(`the origin \`${credential.origin}\` does not belong to \`${credential.rpId}\``);
  }
}

function checkGroups(member: Member): void {
  if (new Set(member.groups).size === member.groups.length) return;
  throw new InvalidValue("roster.duplicate-group", `\`${member.id}\` is in a group twice`, member.id);
}

function checkKey(key: ManagedKey, credentials: ReadonlyMap<Hex, Holder>): void {
  if (!isSoundSecp256k1(toBytes(key.publicKey))) {
    throw new InvalidValue(
      "roster.managed-key",
      `key \`${key.id}\`: not a secp256k1 public key of 65 bytes beginning with 0x04`,
      key.id,
    );
  }
  if (fromPublicKey(key.publicKey) !== key.account) {
    throw new InvalidValue(
      "roster.managed-key",
      `key \`${key.id}\`: the account does not belong to the public key`,
      key.id,
    );
  }
  const holder = credentials.get(key.account);
  if (holder !== undefined) {
    throw new InvalidValue(
      "roster.managed-credential",
      `key \`${key.id}\` is also credential \`${holder.credential.id}\`; a managed key is nobody's credential`,
      key.id,
    );
  }
}
