/** Plays the second leg of the demo's redemption: the gate's instruction, and the vault's word that the gold was delivered. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { RequestView } from "../../request/api.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { Fault } from "../../values/errors.ts";
import { personOf, type Person } from "../person.ts";
import { runOnce } from "./children.ts";
import type { DevFolder } from "./folder.ts";

type Stage = { readonly folder: DevFolder; readonly api: string; readonly say: (sentence: string) => void };

/** Of the demo's policy. */
export const destination = "vault-zrh-7";

/** The second leg: the vault checks the gate's own signature, and says that the gold came there. */
export async function playRelease({ api, folder, say }: Stage, requestId: Bytes32): Promise<void> {
  const ida = personOf(api, folder.people("ida"), folder.genesis);
  const signed = ({ redemption }: RequestView): boolean => (redemption?.instruction ?? null) !== null;
  await watchedFor(ida, requestId, signed);
  const file = join(folder.bundles, `${requestId}-release.json`);
  rmSync(file, { force: true });
  const reading = ["--api", api, "--genesis", folder.genesis, "--credential"];
  await runOnce(["request", "show", requestId, ...reading, folder.people("ida"), "--instruction", file]);
  say(`the burn is final, so the gate signed one instruction to release the gold to ${destination}: ${file}`);
  const word = ["--instruction", file, "--reference", "WAYBILL-1", "--yes"];
  await runOnce(["attest", "delivery", ...reading, folder.people("vault"), ...word]);
  await watchedFor(ida, requestId, ({ redemption }) => redemption?.kind === "delivered");
  say("the vault held it against the genesis and signed that the gold was delivered: the redemption is closed");
}

/** What goes on beside a state that is an end already. */
async function watchedFor(
  { client }: Person,
  requestId: Bytes32,
  holds: (view: RequestView) => boolean,
): Promise<void> {
  for (let i = 0; i < 600; i += 1) {
    const found = await client.request(requestId);
    if (found.kind === "found" && holds(found.value)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Fault("dev.story", `the redemption ${requestId} does not go on`, "never");
}
