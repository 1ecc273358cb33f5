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
  /** People alone, who have seats. */
  readonly people: (group: Name) => readonly Member[];
  readonly keyByAccount: (account: Address) => ManagedKey | undefined;
  readonly key: (id: Name) => ManagedKey | undefined;
};

/**
 * Checks what a schema cannot: every id once, every public key or address once, sound public keys, managed accounts that
 * belong to their public keys and are nobody's credential. Throws `InvalidValue` with a code `roster.*` and the field.
 */
export function indexRoster(roster: Roster): RosterIndex {
  const holders = holdersOf(roster);
  const fields = fieldsOf(roster);
  const members = once([...roster.people, ...roster.services], (member) => member.id, {
    code: "roster.duplicate-member",
    what: "a person or service",
    fields: fields.members.map((field) => `${field}.id`),
  });
  once(holders, (holder) => holder.credential.id, {
    code: "roster.duplicate-credential",
    what: "a credential",
    fields: fields.credentials.map((field) => `${field}.id`),
  });
  const owned = once(holders, (holder) => ownMark(holder.credential), {
    code: "roster.shared-credential",
    what: "the key or address of a credential",
    fields: fields.credentials,
  });
  for (const [index, holder] of holders.entries()) {
    const field = fields.credentials[index] ?? "";
    checkCredential(holder, field);
    checkIds(holder, members, field);
  }
  for (const [index, member] of [...members.values()].entries()) checkGroups(member, fields.members[index] ?? "");
  once(roster.keys, (key) => key.id, {
    code: "roster.duplicate-key",
    what: "a managed key",
    fields: fields.keys.map((field) => `${field}.id`),
  });
  once(roster.keys, (key) => key.account, {
    code: "roster.duplicate-key",
    what: "a managed account",
    fields: fields.keys.map((field) => `${field}.account`),
  });
  for (const [index, key] of roster.keys.entries()) checkKey(key, owned, fields.keys[index] ?? "");
  return lookUps(roster);
}

/** Look-ups over a roster that is consistent, which nobody checks here. */
export function lookUps(roster: Roster): RosterIndex {
  const all = [...roster.people, ...roster.services];
  const members = new Map(all.map((member) => [member.id, member]));
  const credentials = new Map(holdersOf(roster).map((holder) => [holder.credential.id, holder]));
  const keys = new Map(roster.keys.map((key) => [key.id, key]));
  const accounts = new Map(roster.keys.map((key) => [key.account, key]));
  const [everybody, people] = [byGroup(all), byGroup(roster.people)];
  return {
    roster,
    credential: (id) => credentials.get(id),
    member: (id) => members.get(id),
    inGroup: (memberId, group) => members.get(memberId)?.groups.includes(group) === true,
    members: (group) => everybody.get(group) ?? [],
    people: (group) => people.get(group) ?? [],
    keyByAccount: (account) => accounts.get(account),
    key: (id) => keys.get(id),
  };
}

function byGroup(members: readonly Member[]): ReadonlyMap<Name, readonly Member[]> {
  const found = new Map<Name, Member[]>();
  for (const member of members) {
    for (const group of member.groups) {
      const some = found.get(group);
      if (some === undefined) found.set(group, [member]);
      else some.push(member);
    }
  }
  return found;
}

/** Every credential of the roster with its holder, people first. */
export function holdersOf(roster: Roster): readonly Holder[] {
  const of = (members: readonly Member[], service: boolean): readonly Holder[] =>
    members.flatMap((member) => member.credentials.map((credential) => ({ member, credential, service })));
  return [...of(roster.people, false), ...of(roster.services, true)];
}

/** Paths in the document of members and of their credentials, in the order of `holdersOf`, and of managed keys. */
function fieldsOf({ people, services, keys }: Roster): Readonly<Record<"members" | "credentials" | "keys", string[]>> {
  const members = [...people.map((_, index) => `people.${index}`), ...services.map((_, index) => `services.${index}`)];
  const credentials = [...people, ...services].flatMap((member, index) =>
    member.credentials.map((_, place) => `${members[index] ?? ""}.credentials.${place}`),
  );
  return { members, credentials, keys: keys.map((_, index) => `keys.${index}`) };
}

/** What makes two credentials the same key. */
function ownMark(credential: Credential): Hex {
  return credential.kind === "wallet" ? credential.address : credential.publicKey;
}

function once<T, K extends string>(
  items: readonly T[],
  mark: (item: T) => K,
  { code, what, fields }: { code: string; what: string; fields: readonly string[] },
): ReadonlyMap<K, T> {
  const found = new Map<K, T>();
  for (const [index, item] of items.entries()) {
    const key = mark(item);
    if (found.has(key)) throw new InvalidValue(code, `\`${key}\` is ${what} twice in the roster`, fields[index]);
    found.set(key, item);
  }
  return found;
}

function checkCredential({ credential, member }: Holder, field: string): void {
  const refuse = (why: string): never => {
    throw new InvalidValue("roster.public-key", `credential \`${credential.id}\` of \`${member.id}\`: ${why}`, field);
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
function checkIds({ credential, member }: Holder, members: ReadonlyMap<Name, Member>, field: string): void {
  if (credential.id === member.id || !members.has(credential.id)) return;
  throw new InvalidValue(
    "roster.ambiguous-id",
    `credential \`${credential.id}\` of \`${member.id}\` has the name of somebody else`,
    `${field}.id`,
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

function checkGroups({ id, groups }: Member, field: string): void {
  const again = groups.findIndex((group, index) => groups.indexOf(group) < index);
  if (again === -1) return;
  throw new InvalidValue("roster.duplicate-group", `\`${id}\` is in a group twice`, `${field}.groups.${again}`);
}

function checkKey(key: ManagedKey, credentials: ReadonlyMap<Hex, Holder>, field: string): void {
  if (!isSoundSecp256k1(toBytes(key.publicKey))) {
    throw new InvalidValue(
      "roster.managed-key",
      `key \`${key.id}\`: not a secp256k1 public key of 65 bytes beginning with 0x04`,
      `${field}.publicKey`,
    );
  }
  if (fromPublicKey(key.publicKey) !== key.account) {
    throw new InvalidValue(
      "roster.managed-key",
      `key \`${key.id}\`: the account does not belong to the public key`,
      `${field}.account`,
    );
  }
  const holder = credentials.get(key.account);
  if (holder !== undefined) {
    throw new InvalidValue(
      "roster.managed-credential",
      `key \`${key.id}\` is also credential \`${holder.credential.id}\`; a managed key is nobody's credential`,
      field,
    );
  }
}
