/** `countersign notify test`: whether each receiver takes what it is told, before anything depends on it. */
import type { Given } from "./command.ts";
import { no, yes, UsageError, type Outcome } from "./outcome.ts";

export async function notifyTest(given: Given): Promise<Outcome> {
  const { tryReceivers } = await import("../compose/receivers.ts");
  const only = given.maybe("receiver");
  const tried = await tryReceivers(given.text("config"), only);
  if (tried.length === 0)
    throw new UsageError(
      only === undefined ? "the configuration names no receiver" : `--receiver: no receiver is called \`${only}\``,
    );
  const lines = tried.map(({ name, answer }) =>
    answer.kind === "delivered" ? `delivered  ${name}` : `failed     ${name}: ${answer.why}`,
  );
  const ok = tried.every(({ answer }) => answer.kind === "delivered");
  const json = { ok, receivers: tried.map(({ name, answer }) => ({ name, ...answer })) };
  return ok ? yes(lines, json) : no(lines, json);
}
