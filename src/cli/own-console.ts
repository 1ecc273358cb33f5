/** `countersign console`: the web app from this very copy, on the caller's own machine, so that no service can change what they read and sign. */
import { originOf } from "../sdk/transport.ts";
import type { Given } from "./command.ts";
import { readDocument } from "./document-file.ts";
import { openGenesis } from "./genesis-file.ts";
import type { Io } from "./io.ts";
import { option } from "./option-value.ts";
import type { Outcome } from "./outcome.ts";
import { readPort, untilTold } from "./process.ts";

/** A passkey of the console is made for `localhost` and this port, and the roster pins both. */
const usualPort = "8490";

export async function ownConsole(given: Given, io: Io): Promise<Outcome> {
  const api = option("api", given.text("api"), originOf);
  const file = given.text("genesis");
  const { deploymentId } = openGenesis(file);
  const { startOwnConsole } = await import("../compose/own-console.ts");
  const running = await startOwnConsole({
    api,
    genesis: JSON.stringify(readDocument(file)),
    port: readPort(given.maybe("port") ?? usualPort),
  });
  io.out(`open ${running.url}/console/ in your browser: the pages of this copy, against ${api}`);
  io.out(`deployment ${deploymentId}`);
  return untilTold({ stop: running.close });
}
