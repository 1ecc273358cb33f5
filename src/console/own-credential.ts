/** The signer of a credential on this page: a wallet where the browser has one, or a passkey. */
import type { Credential, Roster } from "../roster/roster.ts";
import type { Deployment } from "../sdk/deployment.ts";
import type { Signer } from "../sdk/signer.ts";
import { InvalidValue } from "../values/errors.ts";
import { askPasskey } from "./own-passkey.ts";
import { ownWallet } from "./own-wallet.ts";
import type { PageCredential } from "./usable-here.ts";

export function credentialsOf({ people }: Pick<Roster, "people">): readonly Credential[] {
  return people.flatMap(({ credentials }) => credentials);
}

export const noWallet =
  "this browser has no wallet: install one that offers itself to pages, such as MetaMask; a Ledger signs through it";

/** Throws `InvalidValue` `console.no-wallet` where the browser has none. */
export function signerFor(deployment: Deployment, credential: PageCredential): Signer {
  if (credential.kind === "passkey") return deployment.passkey(credential, askPasskey);
  const provider = ownWallet();
  if (provider === undefined) throw new InvalidValue("console.no-wallet", noWallet);
  return deployment.wallet(credential, provider);
}

/** Signs one session, and is not asked again by itself: nobody's wallet opens without their doing. */
export function onceOnly(signer: Signer): Signer {
  let used = false;
  return {
    credential: signer.credential,
    sign: (kind, message) => {
      if (used) throw new InvalidValue("console.session-over", "your session is over: sign out, and sign in again");
      used = true;
      return signer.sign(kind, message);
    },
  };
}
