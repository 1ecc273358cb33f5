/** What this machine has for the parts that need more than JavaScript, how full its disks are, and the figures that a service serves. */
import { statfsSync } from "node:fs";
import { createRequire } from "node:module";
import { recoveryKind } from "../adapters/crypto-native/checks.ts";
import { findSoftHsm } from "../adapters/pkcs11/soft-token.ts";
import { Fault } from "../values/errors.ts";

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

/** Bytes of the disk that a file or folder is on. Throws a `Fault` `doctor.no-disk`. */
export function roomAt(path: string): { readonly free: number; readonly total: number } {
  try {
    const { bavail, blocks, bsize } = statfsSync(path);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch (error) {
    throw new Fault("doctor.no-disk", `\`${path}\` is nowhere`, "never", error);
  }
}

/** The text of `/metrics`. Throws a `Fault` `doctor.no-figures` when the service serves none. */
export async function figuresOf(api: string): Promise<string> {
  const url = `${api.replace(/\/+$/, "")}/metrics`;
  try {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(10_000) });
    if (response.status === 200) return await response.text();
  } catch (error) {
    throw new Fault("doctor.no-figures", `${url} does not answer`, "safe", error);
  }
  throw new Fault("doctor.no-figures", `${url} serves no figures`, "safe");
}
