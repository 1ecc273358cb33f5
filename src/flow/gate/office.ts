/** Which log key speaks for the log of this journal, and whether it is the one that this gate has. */
import { isKnownKey } from "../../gate/promotion.ts";
import type { Standing } from "../../gate/standing.ts";
import { Fault } from "../../values/errors.ts";
import { fromBytes, type Hex } from "../../values/hex.ts";
import type { Core, Parts } from "./core.ts";

/** Of the epoch that the journal is in. */
export function keyInOffice({ journal }: Pick<Core, "journal">, { genesis }: Pick<Standing, "genesis">): Hex {
  return journal.promotions().at(-1)?.logKey ?? genesis.log.publicKey;
}

export function ownLogKey({ logKey }: Pick<Core, "logKey">): Hex {
  return fromBytes(logKey.publicKey);
}

/** Whether no gate before had this key: what people promote is a gate with a key of its own. */
export function isNewKey(core: Pick<Core, "journal">, standing: Standing, logKey: Hex): boolean {
  const known = core.journal.promotions().some((one) => one.logKey === logKey);
  return !known && !isKnownKey(standing, logKey);
}

/** Another key would sign receipts and checkpoints that nobody believes; a gate that waits for its promotion has one of its own. */
export function refuseOtherLogKey(
  parts: Pick<Parts, "journal" | "logKey">,
  standing: Standing,
  waitsToBe: "resumed" | "promoted" | "either" = "either",
): void {
  const own = ownLogKey(parts);
  const isInOffice = own === keyInOffice(parts, standing);
  if (isInOffice && waitsToBe !== "promoted") return;
  const mayBePromoted = awaitsResumption(parts) !== undefined && isNewKey(parts, standing, own);
  if (mayBePromoted && waitsToBe !== "resumed") return;
  throw new Fault("log-key.other", "the log key is not the one that speaks for this journal's log", "never");
}

/** Why nothing is signed over a journal that was rebuilt; undefined once people resumed or promoted it, and for any other journal. */
export function awaitsResumption({ journal }: Pick<Core, "journal">): string | undefined {
  const restored = journal.restoration();
  if (restored === undefined || restored.resumed) return undefined;
  return `frozen since its start: the journal was rebuilt from ${String(restored.size)} leaves under ${restored.root}, and people must resume it, or promote it where it takes over from another`;
}
