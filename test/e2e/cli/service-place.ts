/** The real API in this process, over a real gate and store, with the gate's socket beside it; what the service says may be turned into a lie. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { saveCredential } from "../../../src/adapters/credential/credential-file.ts";
import { serveGate } from "../../../src/adapters/socket/server.ts";
import { silent } from "../../../src/http/access-log.ts";
import { createApi } from "../../../src/http/api.ts";
import type { ConsoleFile } from "../../../src/http/console-files.ts";
import type { Desk } from "../../../src/http/desk.port.ts";
import { listen } from "../../../src/http/listen.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { openServe, type ServePlace } from "../../flow/serve/place.ts";
import { credentialOf, personIds, type PersonId } from "../../place/people.ts";
import { countersign, type Said, type Setting } from "../../unit/cli/terminal.ts";

export type ServicePlace = {
  readonly serve: ServePlace;
  readonly folder: string;
  readonly socket: string;
  readonly genesis: string;
  readonly api: string;
  /** What the service says instead of the truth. */
  lie: Partial<Desk>;
  readonly envOf: (id: PersonId) => Readonly<Record<string, string>>;
  /** Runs a command as somebody, with the service's address and the genesis in the environment. */
  readonly as: (id: PersonId, args: readonly string[], setting?: Setting) => Promise<Said>;
  /** The same with `--json`: its answer, and the exit code as `exit`. */
  readonly answer: (id: PersonId, args: readonly string[]) => Promise<Record<string, unknown>>;
  readonly at: (name: string) => string;
  readonly close: () => Promise<void>;
};

export async function openService(given?: ServePlace, console: readonly ConsoleFile[] = []): Promise<ServicePlace> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-cli-"));
  const at = (name: string): string => join(folder, name);
  const serve = given ?? (await openServe());
  const { gatePlace } = serve;
  await serve.step();
  for (const id of personIds) saveCredential(at(`${id}.json`), credentialOf(id));
  writeFileSync(at("genesis.json"), JSON.stringify(gatePlace.deployment.file));
  const gateSocket = await serveGate({
    path: at("run/gate.sock"),
    answer: (request) => gatePlace.gate.answer(request),
  });
  const clock = { now: () => parseInstant(gatePlace.now) };
  // Every call asks anew what is said now: the truth, or the lie of the hour.
  const said: Pick<ServicePlace, "lie"> = { lie: {} };
  const desk = new Proxy({} as Desk, {
    get: (_, name: string) => ({ ...serve.desk, ...said.lie })[name as keyof Desk],
  });
  const server = await listen(createApi(desk, { clock, console, log: silent }), { host: "127.0.0.1", port: 0 });
  const envOf = (id: PersonId): Record<string, string> => ({
    COUNTERSIGN_API: server.url,
    COUNTERSIGN_CREDENTIAL: at(`${id}.json`),
    COUNTERSIGN_GENESIS: at("genesis.json"),
    COUNTERSIGN_SOCKET: gateSocket.path,
  });
  const place: ServicePlace = Object.assign(said, {
    serve,
    folder,
    socket: gateSocket.path,
    genesis: at("genesis.json"),
    api: server.url,
    at,
    envOf,
    as: (id: PersonId, args: readonly string[], setting: Setting = {}) =>
      countersign(args, { now: gatePlace.now, env: envOf(id), ...setting }),
    answer: async (id: PersonId, args: readonly string[]) => {
      const said = await place.as(id, [...args, "--json"]);
      return { exit: said.code, ...(JSON.parse(said.out.join("\n")) as Record<string, unknown>) };
    },
    close: async () => {
      await server.close();
      await gateSocket.close();
      await serve.close();
      rmSync(folder, { recursive: true, force: true });
    },
  });
  return place;
}
