/** What this machine has for the parts that need more than JavaScript. */
import { createRequire } from "node:module";
import { recoveryKind } from "../adapters/crypto-native/checks.ts";
import { findSoftHsm } from "../adapters/pkcs11/soft-token.ts";

export type Machine = {
  readonly pkcs11: boolean;
  readonly postgres: boolean;
  readonly secp256k1: "native" | "noble";
  readonly softHsm: string | undefined;
};

export function machine(): Machine {
  return { pkcs11: loads("pkcs11js"), postgres: loads("pg"), secp256k1: recoveryKind, softHsm: findSoftHsm() };
}

function loads(name: string): boolean {
  try {
    createRequire(import.meta.url)(name);
    return true;
  } catch {
    return false;
  }
}
