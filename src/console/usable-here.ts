/** Which credentials of a roster can sign on this page: wallets where the browser has one, passkeys of this very address. */
import { signsStatements } from "../roster/passkey-place.ts";
import type { Credential } from "../roster/roster.ts";

export type PageCredential = Exclude<Credential, { kind: "key" }>;

/** Of people; services sign by themselves. A passkey of another origin cannot be asked here. */
export function usableHere(credentials: readonly Credential[], origin: string): readonly PageCredential[] {
  return credentials.flatMap((credential) => {
    if (credential.kind === "key") return [];
    return credential.kind === "wallet" || credential.origin === origin ? [credential] : [];
  });
}

/** Those among them whose word the gate takes: a passkey that was made at a service's site opens sessions only. */
export function signingHere(credentials: readonly Credential[], origin: string): readonly PageCredential[] {
  return usableHere(credentials.filter(signsStatements), origin);
}
