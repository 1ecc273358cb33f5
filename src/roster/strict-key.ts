/** What a token must say of a key that was made on it, and what it says instead. */
type Flags = Readonly<Record<string, boolean>>;

/** Of a record: what the token says of the key, and the attributes that it gave up. */
type Told = {
  readonly selfReported: Readonly<Record<string, string | number | boolean>>;
  readonly givenUp: readonly string[];
};

/** Without these a key could be read, or was elsewhere before: silence is an answer only where the record says that it was given up. */
const told: Flags = {
  CKA_SENSITIVE: true,
  CKA_EXTRACTABLE: false,
  CKA_LOCAL: true,
  CKA_ALWAYS_SENSITIVE: true,
  CKA_NEVER_EXTRACTABLE: true,
};

/** For what a signing key is there, and for what not. A device may know nothing of these; none may say the contrary. */
export const strictUsage = {
  CKA_TOKEN: true,
  CKA_PRIVATE: true,
  CKA_SIGN: true,
  CKA_MODIFIABLE: false,
  CKA_COPYABLE: false,
  CKA_DECRYPT: false,
  CKA_UNWRAP: false,
  CKA_SIGN_RECOVER: false,
  CKA_DERIVE: false,
} as const satisfies Flags;

/** A key of which there is to be a backup leaves its token, wrapped under a key that the security officer trusts, and not otherwise. */
const leaving: Flags = { CKA_EXTRACTABLE: true, CKA_NEVER_EXTRACTABLE: false };

export function mayLeaveWrapped({ selfReported }: Pick<Told, "selfReported">): boolean {
  return selfReported["CKA_EXTRACTABLE"] === true && selfReported["CKA_WRAP_WITH_TRUSTED"] === true;
}

/** One phrase for each flag that is not as it must be of a key that was made on its token; none when it is as strict as a key can be. */
export function weaknesses(record: Told): readonly string[] {
  const { selfReported, givenUp } = record;
  const wanted = { ...told, ...strictUsage, ...(mayLeaveWrapped(record) ? leaving : {}) };
  return Object.entries(wanted)
    .filter(([name, value]) => selfReported[name] !== value)
    .filter(([name]) => selfReported[name] !== undefined || (name in told && !givenUp.includes(name)))
    .map(([name, value]) => `${name} is ${String(selfReported[name] ?? "absent")} instead of ${String(value)}`);
}
