/** What a freeze stops: the whole deployment, one asset, or one key. */
import type { Name } from "../values/name.ts";
import type { Operation } from "../intent/operation.ts";
import { refusal, type Refusal } from "./refusal.ts";
import { readStranger } from "./stranger.ts";

export type Scope = "deployment" | "asset" | "key";
export type FreezeInForce = {
  readonly scope: Scope;
  readonly target: string;
  readonly reason: string;
  readonly by: Name;
};

/**
 * The first freeze that stops a signing of this asset with this key; of no asset, when it is about none. A stranger's transaction stops
 * all of an asset but its pause, which is what people may want then.
 */
export function frozen(
  freezes: readonly FreezeInForce[],
  asset: Name | undefined,
  key: Name | undefined,
  operation?: Operation,
): Refusal | undefined {
  const stops = (freeze: FreezeInForce): boolean =>
    freeze.scope === "deployment" ||
    (freeze.scope === "asset" && freeze.target === asset && !(operation === "pause" && isStranger(freeze))) ||
    (freeze.scope === "key" && freeze.target === key);
  const found = freezes.find(stops);
  if (found === undefined) return undefined;
  const what = found.scope === "deployment" ? "everything is" : `${found.scope} ${found.target} is`;
  return refusal("gate.frozen", `${what} frozen by ${found.by}: ${found.reason}`);
}

function isStranger({ reason }: FreezeInForce): boolean {
  return readStranger(reason) !== undefined;
}
