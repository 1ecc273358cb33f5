/** The numbers of PKCS#11 2.40 that we use, so that templates and error classes are known without a native package. */

export const flags = { osLockingOk: 0x2, rwSession: 0x2, serialSession: 0x4 } as const;

/** Bits of `CK_TOKEN_INFO.flags`. */
export const tokenFlags = {
  userPinInitialized: 0x8,
  initialized: 0x400,
  userPinFinalTry: 0x2_0000,
  userPinLocked: 0x4_0000,
  userPinToBeChanged: 0x8_0000,
} as const;

export const user = { so: 0, normal: 1, contextSpecific: 2 } as const;

export const objectClass = { publicKey: 2, privateKey: 3, secretKey: 4 } as const;

export const keyType = { ec: 3, aes: 0x1f } as const;

export const mechanism = {
  ecKeyPairGen: 0x1040,
  ecdsa: 0x1041,
  ecdsaSha256: 0x1044,
  ecdh1Derive: 0x1050,
  aesKeyGen: 0x1080,
  aesKeyWrap: 0x2109,
  aesKeyWrapPad: 0x210a,
  aesKeyWrapKwp: 0x210b,
} as const;

export const attribute = {
  CKA_CLASS: 0x0,
  CKA_TOKEN: 0x1,
  CKA_PRIVATE: 0x2,
  CKA_LABEL: 0x3,
  CKA_VALUE: 0x11,
  CKA_TRUSTED: 0x86,
  CKA_KEY_TYPE: 0x100,
  CKA_ID: 0x102,
  CKA_SENSITIVE: 0x103,
  CKA_ENCRYPT: 0x104,
  CKA_DECRYPT: 0x105,
  CKA_WRAP: 0x106,
  CKA_UNWRAP: 0x107,
  CKA_SIGN: 0x108,
  CKA_SIGN_RECOVER: 0x109,
  CKA_VERIFY: 0x10a,
  CKA_DERIVE: 0x10c,
  CKA_VALUE_LEN: 0x161,
  CKA_EXTRACTABLE: 0x162,
  CKA_LOCAL: 0x163,
  CKA_NEVER_EXTRACTABLE: 0x164,
  CKA_ALWAYS_SENSITIVE: 0x165,
  CKA_KEY_GEN_MECHANISM: 0x166,
  CKA_MODIFIABLE: 0x170,
  CKA_COPYABLE: 0x171,
  CKA_EC_PARAMS: 0x180,
  CKA_EC_POINT: 0x181,
  CKA_ALWAYS_AUTHENTICATE: 0x202,
  CKA_WRAP_WITH_TRUSTED: 0x210,
  CKA_ALLOWED_MECHANISMS: 0x4000_0600,
} as const;

export type AttributeName = keyof typeof attribute;

/** A `CK_ULONG` as 64-bit modules keep it in an attribute: eight bytes, least significant first. */
export function ulong(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
