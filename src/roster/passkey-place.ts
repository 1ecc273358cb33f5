/** Where a passkey was made: in one's own console, where it signs what its person reads there, or at a site, where it opens sessions and nothing more. */
import type { Credential } from "./roster.ts";

/**
 * Pages can ask for the passkeys of their own site and no others. A service that lies can therefore have its visitors' passkeys of
 * its own site sign what it likes; those of `localhost` belong to the pages of one's own copy.
 */
export function signsStatements(credential: Credential): boolean {
  return credential.kind !== "passkey" || credential.rpId === "localhost";
}
