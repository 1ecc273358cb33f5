/** Which of a deployment's witnesses cosigned a checkpoint, and whether these are enough. */
import type { Genesis } from "../genesis/genesis.ts";
import type { Instant } from "../values/instant.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import type { SignedCheckpoint } from "./checkpoint.ts";
import { verifyCosignature } from "./cosignature.ts";

/** As the genesis pins them: `min` of the `keys` must have cosigned. */
export type Witnesses = Genesis["witnesses"];

/** `at` is the witness's own clock. */
export type Cosigner = { readonly name: string; readonly at: Instant };

/** Those whose line verifies, in the order of the genesis; lines of strangers count for nothing. */
export function cosigners(
  signed: SignedCheckpoint,
  { keys }: Witnesses,
  checks: Pick<SignatureChecks, "verifyEd25519">,
): readonly Cosigner[] {
  return keys.flatMap((witness) => {
    const verdict = verifyCosignature(signed, witness, checks);
    return verdict.kind === "cosigned" ? [{ name: witness.name, at: verdict.at }] : [];
  });
}

/** What is missing in words; nothing when there are enough. */
export function lacksWitnesses(by: readonly Cosigner[], { min, keys }: Witnesses): string | undefined {
  if (by.length >= min) return undefined;
  const others = keys.map(({ name }) => name).filter((name) => !by.some((one) => one.name === name));
  return `${by.length} of ${min} witnesses cosigned the checkpoint; not ${others.join(", ")}`;
}
