/** The messages that stop things and let them go on. */
import { InvalidValue } from "../values/errors.ts";
import * as bytes32 from "../values/bytes32.ts";
import * as instant from "../values/instant.ts";
import { hash } from "../values/json.ts";
import * as line from "../values/line.ts";
import * as name from "../values/name.ts";
import type { WireMessage } from "./wire-message.ts";

export type Scope = "deployment" | "asset" | "key";
export type Frozen = { readonly scope: Scope; readonly target: string };

/** `freezeId` is 32 random bytes that were never used before. The target of a deployment is `deployment`. */
export function freezeMessage(frozen: Frozen, reason: string, freezeId: string): WireMessage<"Freeze"> {
  return { ...checked(frozen), reason: line.parse(reason), freezeId: bytes32.parse(freezeId) };
}

/** `attachment` travels with the statement: the freezeIds that the message binds, sorted, each once. */
export function unfreezeMessage(
  frozen: Frozen,
  freezeIds: readonly string[],
  expiresAt: number,
): { readonly message: WireMessage<"Unfreeze">; readonly attachment: readonly bytes32.Bytes32[] } {
  const attachment = [...new Set(freezeIds.map(bytes32.parse))].sort();
  if (attachment.length === 0) throw new InvalidValue("client.no-freeze", "name the freezes to lift", "freezeIds");
  return {
    message: { freezesHash: hash(attachment), ...checked(frozen), expiresAt: instant.parse(expiresAt) },
    attachment,
  };
}

function checked({ scope, target }: Frozen): Frozen {
  if (scope !== "deployment") return { scope, target: name.parse(target) };
  if (target !== "deployment")
    throw new InvalidValue(
      "client.freeze-target",
      `\`${target}\`: the target of a deployment is \`deployment\``,
      "target",
    );
  return { scope, target };
}
