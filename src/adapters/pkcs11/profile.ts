/** What is known of each kind of token: whether this code was ever run on one, which of our wishes it may lack, and what is wrong with it. */
import type { AttributeName } from "./cryptoki.ts";

export const profileNames = ["softhsm", "opencryptoki", "cloudhsm", "luna", "yubihsm2", "nshield", "generic"] as const;

export type ProfileName = (typeof profileNames)[number];

export type Profile = {
  /** `unverified`: written from the vendor's documents and other people's reports; never run on the device. */
  readonly standing: "verified" | "unverified";
  /** Attributes that the device may refuse in a template, in the order in which they are given up. What is given up is shown. */
  readonly optional: readonly AttributeName[];
  /** The device refuses to sign in sessions that may only read. */
  readonly readWrite: boolean;
  /** Where the public point may be read: a device may keep it on the private object alone. */
  readonly point: "public" | "either";
  /** Checks that the device is known to fail, each with where that is written; `hsm check` names them and goes on. */
  readonly known: Readonly<Partial<Record<string, string>>>;
};

const usual = { standing: "unverified", optional: [], readWrite: false, point: "public", known: {} } as const;

/** The sources of each stand in the file of the same name in `hsm-config/`. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  softhsm: {
    ...usual,
    standing: "verified",
    known: {
      logout:
        "SoftHSM 2.6.1 signs once more after C_Logout when the operation was begun before (softhsm/SoftHSMv2#900)",
    },
  },
  opencryptoki: { ...usual, optional: ["CKA_COPYABLE"] },
  cloudhsm: {
    ...usual,
    optional: ["CKA_ALLOWED_MECHANISMS", "CKA_COPYABLE", "CKA_SIGN_RECOVER", "CKA_MODIFIABLE"],
    readWrite: true,
    point: "either",
  },
  luna: { ...usual, optional: ["CKA_ALLOWED_MECHANISMS", "CKA_COPYABLE", "CKA_SIGN_RECOVER"] },
  yubihsm2: {
    ...usual,
    optional: ["CKA_ALLOWED_MECHANISMS", "CKA_COPYABLE", "CKA_SIGN_RECOVER", "CKA_MODIFIABLE", "CKA_UNWRAP"],
    point: "either",
  },
  nshield: { ...usual, optional: ["CKA_ALLOWED_MECHANISMS", "CKA_COPYABLE"] },
  generic: usual,
};
