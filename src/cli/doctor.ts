/** `countersign doctor`: whether this machine, the gate and the service are as they must be. */
import { installedConsole, servedConsole } from "../compose/cli-console.ts";
import { figuresOf, machine, roomAt } from "../compose/cli-doctor.ts";
import { withGate } from "../compose/cli-gate-socket.ts";
import { placesOf } from "../gate/key-standing.ts";
import type { Standing } from "../gate/standing.ts";
import type { Health } from "../gate/wire.ts";
import { createClient } from "../sdk/client.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { consoleChecks } from "./console-check.ts";
import { openGenesis } from "./genesis-file.ts";
import { diskCheck, figureChecks, worldChecks, type Check } from "./health-check.ts";
import type { Given } from "./command.ts";
import type { Io } from "./io.ts";
import { no, yes, type Outcome } from "./outcome.ts";

export async function doctor(given: Given, io: Io): Promise<Outcome> {
  const genesis = await attempt("genesis", () => Promise.resolve(genesisCheck(given.maybe("genesis"))));
  const gate = await attempt("gate", () => gateChecks(given.maybe("socket"), genesis.standing, io));
  const api = await attempt("service", () => apiCheck(given.maybe("api")));
  const disk = await attempt("disk", () => Promise.resolve(diskChecks(given.list("disk"))));
  const pages = await attempt("console", () => pageChecks(given.maybe("api")));
  const checks = [
    ...machineChecks(io),
    ...pages.checks,
    ...disk.checks,
    ...genesis.checks,
    ...gate.checks,
    ...api.checks,
  ];
  const marks = { good: "good   ", missing: "missing", wrong: "wrong  " };
  const lines = checks.map(({ what, kind, said }) => `${marks[kind]}  ${what}: ${said}`);
  const json = { ok: checks.every(({ kind }) => kind !== "wrong"), checks: checks.map((check) => ({ ...check })) };
  return json.ok ? yes(lines, json) : no(lines, json);
}

function machineChecks({ nodeVersion }: Io): readonly Check[] {
  const { pkcs11, postgres, secp256k1, softHsm } = machine();
  const has = (what: string, there: boolean, why: string): Check =>
    there ? { what, kind: "good", said: "loads" } : { what, kind: "missing", said: `not installed: ${why}` };
  return [
    { what: "Node", kind: "good", said: nodeVersion },
    has("pkcs11js", pkcs11, "the gate cannot reach an HSM from here"),
    has("secp256k1", secp256k1 === "native", "signatures are checked by slower JavaScript"),
    has("pg", postgres, "the service can use SQLite only"),
    softHsm === undefined
      ? {
          what: "SoftHSM",
          kind: "missing",
          said: "not found (Debian: `apt install softhsm2`, macOS: `brew install softhsm`)",
        }
      : { what: "SoftHSM", kind: "good", said: softHsm },
  ];
}

type Found = { readonly checks: readonly Check[]; readonly standing?: Standing };

function genesisCheck(path: string | undefined): Found {
  if (path === undefined) return { checks: [] };
  const standing = openGenesis(path);
  return { checks: [{ what: "genesis", kind: "good", said: standing.deploymentId }], standing };
}

function diskChecks(paths: readonly string[]): Found {
  return { checks: paths.map((path) => diskCheck(path, roomAt(path))) };
}

async function gateChecks(path: string | undefined, standing: Standing | undefined, { now }: Io): Promise<Found> {
  if (path === undefined) return { checks: [] };
  const health = await withGate(path, (gate) => gate.health());
  const foreign = standing !== undefined && standing.deploymentId !== health.deployment;
  const said = `answers, deployment ${health.deployment}, ${health.size} leaves`;
  const own: Check = foreign
    ? { what: "gate", kind: "wrong", said: `it is the gate of ${health.deployment}` }
    : { what: "gate", kind: "good", said };
  return { checks: [own, ...backendChecks(health), ...frozenChecks(health), ...worldChecks(health, now())] };
}

function backendChecks({ backends }: Health): readonly Check[] {
  return backends.map(({ name, keys, ready, why }) => {
    const elsewhere = keys.filter((key) => ![name, null].includes(placesOf(backends, key).servedBy));
    return {
      what: `key ${keys.join(", ")} on ${name}`,
      kind: ready ? "good" : "wrong",
      said: elsewhere.length === 0 ? why : `${why}; another token signs with ${elsewhere.join(", ")} now`,
    };
  });
}

function frozenChecks({ frozen }: Health): readonly Check[] {
  return frozen.map(({ scope, target, by, reason }) => ({
    what: "freeze",
    kind: "wrong",
    said: `${scope === "deployment" ? "everything is" : `${scope} ${target} is`} frozen by ${by}: ${reason}`,
  }));
}

async function pageChecks(url: string | undefined): Promise<Found> {
  const installed = installedConsole();
  return { checks: consoleChecks(installed, url === undefined ? undefined : await servedConsole(url, installed)) };
}

async function apiCheck(url: string | undefined): Promise<Found> {
  if (url === undefined) return { checks: [] };
  const { ready, why } = await createClient({ baseUrl: url, timeoutMs: 10_000 }).ready();
  return {
    checks: [{ what: "service", kind: ready ? "good" : "wrong", said: why }, ...figureChecks(await figuresOf(url))],
  };
}

/** What does not answer is a finding, not the end of the others. */
async function attempt(what: string, check: () => Promise<Found>): Promise<Found> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof Fault) && !(error instanceof InvalidValue)) throw error;
    return { checks: [{ what, kind: "wrong", said: error.message }] };
  }
}
