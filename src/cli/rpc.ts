/** `countersign rpc`: a JSON-RPC endpoint on the caller's own machine, so that the tools of Ethereum ask for operations as they send transactions. */
import type { ChainId } from "../values/chain-id.ts";
import { parseUnits } from "../values/amount.ts";
import * as duration from "../values/duration.ts";
import { parseReference } from "../values/line.ts";
import type { Given } from "./command.ts";
import { openService, type Service } from "./connection.ts";
import { followingFrom } from "./in-force.ts";
import type { Io } from "./io.ts";
import { option, parseCount } from "./option-value.ts";
import { UsageError, type Outcome } from "./outcome.ts";
import { readPort, untilTold } from "./process.ts";
import { withoutUnit } from "./quantity.ts";

const usualPort = "8555";
const usualWait = "8s";

export async function rpc(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const { startRpc } = await import("../compose/rpc.ts");
  const reference = given.maybe("reference");
  const ceiling = withoutUnit("fee-ceiling", given.maybe("fee-ceiling") ?? "0.02 ETH", "ETH");
  const running = await startRpc({
    client: service.client,
    credential: service.own.known.id,
    deploymentId: service.standing.deploymentId,
    following: followingFrom(service.standing),
    chainId: chainOf(given, service),
    now: io.now,
    feeCeilingWei: option("fee-ceiling", ceiling, (text) => parseUnits(text, 18)).toString(),
    lifeSeconds: option("expires", given.maybe("expires") ?? "24h", duration.parse),
    waitMs: option("wait", given.maybe("wait") ?? usualWait, duration.parse) * 1_000,
    endpoint: given.text("endpoint"),
    port: readPort(given.maybe("port") ?? usualPort),
    reference: reference === undefined ? undefined : option("reference", reference, parseReference),
  });
  io.out(
    `JSON-RPC answers at ${running.url}, as ${service.own.known.id}; the reference of a call stands at the end of its address`,
  );
  return untilTold({ stop: running.close });
}

/** The only chain of the genesis, or the one that is said. */
function chainOf(given: Given, { standing }: Service): ChainId {
  const { chains } = standing.genesis;
  const said = given.maybe("chain");
  const wanted = said === undefined ? undefined : option("chain", said, parseCount);
  const [found, ...others] = chains.filter(({ id }) => wanted === undefined || id === wanted);
  const ids = chains.map(({ id }) => String(id)).join(", ");
  if (found === undefined) throw new UsageError(`--chain: \`${said ?? ""}\` is no chain of the genesis; it has ${ids}`);
  if (others.length > 0) throw new UsageError(`--chain is missing: the genesis has ${ids}`);
  return found.id;
}
