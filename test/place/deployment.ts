/** A whole deployment for a test: SoftHSM, a local chain, gate, witness, serve and two observers as processes of their own, founded like the demo. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startAnvil, type Anvil } from "../../src/adapters/anvil/process.ts";
import { connectGate } from "../../src/adapters/socket/client.ts";
import { chainId } from "../../src/compose/dev/cast.ts";
import { devFolder, type DevFolder } from "../../src/compose/dev/folder.ts";
import { clearHalfFounded, found, type Demo } from "../../src/compose/dev/found.ts";
import { writeSettings } from "../../src/compose/dev/settings.ts";
import { personOf, type Person } from "../../src/compose/person.ts";
import { reserveAttestation } from "../../src/sdk/attestation.ts";
import type { Posted } from "../../src/sdk/delivery.ts";
import { submissionMessage, type Wish } from "../../src/sdk/submission.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import { signStatement } from "../../src/adapters/credential/credential.ts";
import { loadCredential } from "../../src/adapters/credential/credential-file.ts";
import { operations, type FurtherName, type Operation } from "../../src/intent/operation.ts";
import type { Kind } from "../../src/statement/message.ts";
import * as bytes32 from "../../src/values/bytes32.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { parse as parseChainId } from "../../src/values/chain-id.ts";
import { sha256, utf8 } from "../../src/values/digest.ts";
import { fromBytes } from "../../src/values/hex.ts";
import { armedIn } from "./blow.ts";
import { ownPort } from "./own-port.ts";

/** Of the replicas of serve, the first is `serve`. */
export type Replica = "serve" | "serve-2" | "serve-3";
export type Role = "gate" | "witness" | Replica | "observer-1" | "observer-2";

export const replicas: readonly Replica[] = ["serve", "serve-2", "serve-3"];

export type Place = {
  readonly folder: DevFolder;
  readonly demo: Demo;
  /** Of the first replica. */
  readonly api: string;
  readonly apis: Readonly<Record<Replica, string>>;
  readonly chain: Anvil;
  /** Somebody at the first replica, or at the next of those that were started: each call turns to another. */
  readonly person: (id: string) => Person;
  /** Somebody at one replica. */
  readonly personAt: (id: string, replica: Replica) => Person;
  /** Starts a process, or starts it again; resolves when it is ready, unless it is told to die first. */
  readonly start: (role: Role, fault?: Readonly<Record<string, string>>) => Promise<void>;
  /** Starts a process and does not wait until it answers. */
  readonly launch: (role: Role, fault?: Readonly<Record<string, string>>) => void;
  /** Starts serve; resolves when it listens, though what it stands on may not be ready. */
  readonly listen: () => Promise<void>;
  /** How a process ended: its signal. */
  readonly ended: (role: Role) => Promise<string | null>;
  readonly stop: (role: Role) => Promise<void>;
  readonly pid: (role: Role) => number | undefined;
  /** Every process that was started and is not known to have been stopped. */
  readonly roles: () => readonly Role[];
  /** What people read of the genesis file they read again. */
  readonly forget: () => void;
  /** Stops every process and leaves the folder. */
  readonly halt: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const program = fileURLToPath(new URL("process-main.ts", import.meta.url));

/** `refound` may make another genesis of the one just founded, before any process reads it. */
export async function openDeployment(
  refound: (folder: DevFolder, demo: Demo, chainUrl: string) => Promise<void> = () => Promise.resolve(),
): Promise<Place> {
  const folder = devFolder(mkdtempSync(join(tmpdir(), "cs-")));
  clearHalfFounded(folder);
  const ports = { api: await ownPort(), chain: await ownPort(), witness: await ownPort() };
  const apis = {
    serve: urlOf(ports.api),
    "serve-2": urlOf(await ownPort()),
    "serve-3": urlOf(await ownPort()),
  };
  const chain = await startAnvil({
    chainId: parseChainId(chainId),
    port: ports.chain,
    mining: "steady",
    stateFile: folder.chainState,
  });
  const demo = await found(folder, chain.url, () => undefined);
  writeSettings(folder, demo, ports);
  await refound(folder, demo, chain.url).catch(async (error: unknown) => {
    await chain.stop();
    throw error;
  });
  const running = new Map<Role, { child: ChildProcess; gone: Promise<string | null> }>();
  const atServe = (replica: Replica, path: string) => () => isOk(`${apis[replica]}${path}`);
  const answers: Readonly<Record<Role, () => Promise<boolean>>> = {
    gate: () => gateAnswers(folder),
    witness: () =>
      fetch(urlOf(ports.witness)).then(
        () => true,
        () => false,
      ),
    serve: atServe("serve", "/readyz"),
    "serve-2": atServe("serve-2", "/readyz"),
    "serve-3": atServe("serve-3", "/readyz"),
    "observer-1": () => Promise.resolve(true),
    "observer-2": () => Promise.resolve(true),
  };
  const launch = (role: Role, fault: Readonly<Record<string, string>> = {}): Promise<string | null> => {
    const child = spawnRole(folder, role, fault);
    const gone = new Promise<string | null>((resolve) =>
      child.once("exit", (_, signal) => {
        resolve(signal);
      }),
    );
    running.set(role, { child, gone });
    return gone;
  };
  const start = async (
    role: Role,
    fault: Readonly<Record<string, string>>,
    answers: () => Promise<boolean>,
  ): Promise<void> => {
    let over = false;
    void launch(role, fault).then(() => (over = true));
    await eventually(`the ${role} answers`, async () => over || (await answers()), 120_000);
  };
  const stop = async (role: Role): Promise<void> => {
    const one = running.get(role);
    running.delete(role);
    one?.child.kill("SIGTERM");
    // A process that was stopped hears nothing until it goes on.
    one?.child.kill("SIGCONT");
    await one?.gone;
  };
  const known = new Map<string, Person>();
  const personWho = (id: string, replica: Replica, timeoutMs?: number): Person => {
    const place = `${id} at ${replica} for ${String(timeoutMs)}`;
    const person = known.get(place) ?? personOf(apis[replica], folder.people(id), folder.genesis, timeoutMs);
    known.set(place, person);
    return person;
  };
  const halt = async (): Promise<void> => {
    for (const role of ["observer-1", "observer-2", ...replicas, "witness", "gate"] as const) await stop(role);
    await chain.stop();
  };
  let turns = 0;
  const place: Place = {
    folder,
    demo,
    api: apis.serve,
    apis,
    chain,
    person: (id) => {
      const up = replicas.filter((replica) => running.has(replica));
      turns += 1;
      return personWho(id, up[turns % up.length] ?? "serve", up.length > 1 ? nextAfterMs : undefined);
    },
    personAt: (id, replica) => personWho(id, replica),
    start: (role, fault = {}) => start(role, fault, answers[role]),
    launch: (role, fault) => void launch(role, fault),
    listen: () => start("serve", {}, atServe("serve", "/healthz")),
    ended: async (role) => (await running.get(role)?.gone) ?? null,
    stop,
    pid: (role) => running.get(role)?.child.pid,
    roles: () => [...running.keys()],
    forget: () => {
      known.clear();
    },
    halt,
    close: async () => {
      await halt();
      rmSync(folder.root, { recursive: true, force: true });
    },
  };
  return place;
}

/** Where another replica can be asked, nobody waits for one that stands still. */
const nextAfterMs = 5_000;

const urlOf = (port: number): string => `http://127.0.0.1:${String(port)}`;

const isOk = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

/** All five processes, and the vault auditor's word. */
export async function startAll(place: Place, gateEnv: Readonly<Record<string, string>> = {}): Promise<void> {
  await Promise.all([place.start("gate", gateEnv), place.start("witness"), place.start("serve")]);
  await Promise.all([place.start("observer-1"), place.start("observer-2"), attest(place)]);
}

export async function attest(place: Place, reserves = "10000", token = place.demo.token): Promise<void> {
  const { client } = place.person("vault");
  const now = Math.floor(Date.now() / 1000);
  const said = {
    asset: "GLD",
    chainId,
    token,
    decimals: 18,
    unit: "troy ounce",
    supply: "0",
    supplyBlock: 0,
  };
  const message = reserveAttestation({
    ...said,
    reserves,
    asOf: now - 1,
    validFor: "24h",
    reportHash: sha256(utf8("report")),
    sequence: now,
  });
  const posted = await client.say("ReserveAttestation", message);
  if (posted.kind !== "delivered") throw new Error(`the attestation was not taken: ${JSON.stringify(posted)}`);
}

function spawnRole(folder: DevFolder, role: Role, fault: Readonly<Record<string, string>>): ChildProcess {
  const [kind, config] = programOf(folder, role);
  mkdirSync(dirname(folder.log(role)), { recursive: true });
  const log = openSync(folder.log(role), "a");
  const child = spawn(process.execPath, [program, kind, config], {
    stdio: ["ignore", log, log],
    env: { ...process.env, NODE_COMPILE_CACHE: compiled, ARMED: armedIn(folder), ...fault },
  });
  closeSync(log);
  return child;
}

/** Of the program's modules: it is started many times. */
const compiled = join(tmpdir(), "countersign-compiled");

/** The first replica's is the demo's own. */
export function replicaConfig(folder: DevFolder, replica: Replica): string {
  return replica === "serve" ? folder.serveConfig : join(folder.root, `${replica}.yaml`);
}

function programOf(folder: DevFolder, role: Role): readonly [kind: string, config: string] {
  if (role === "gate") return ["gate", folder.gateConfig];
  if (role === "witness") return ["witness", folder.witnessConfig];
  if (role === "serve" || role === "serve-2" || role === "serve-3") return ["serve", replicaConfig(folder, role)];
  return ["observe", folder.observeConfig(role)];
}

async function gateAnswers(folder: DevFolder): Promise<boolean> {
  if (!existsSync(folder.socket)) return false;
  const gate = connectGate(folder.socket, { timeoutMs: 2_000 });
  try {
    return (await gate.health()).backends.every(({ ready }) => ready);
  } catch {
    return false;
  } finally {
    gate.close();
  }
}

/** Asks until it holds, every 50 ms unless told otherwise; fails with the sentence after the time given. */
export async function eventually(
  sentence: string,
  holds: () => Promise<boolean> | boolean,
  timeoutMs = 60_000,
  everyMs = 50,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`it never came true that ${sentence}`);
}

export type Mint = {
  readonly requestId: Bytes32;
  readonly amount: string;
  readonly statements: readonly (readonly [person: string, Envelope])[];
};

/** Signs a statement as somebody, without posting it. */
export function signAs(place: Place, id: string, kind: Kind, message: Readonly<Record<string, unknown>>): Envelope {
  return signStatement(loadCredential(place.folder.people(id)), place.person(id).deploymentId, kind, message);
}

export type RequestAsked = {
  readonly operation?: Operation;
  /** Of an operation that has one. */
  readonly amount?: string;
  /** The bank, where the operation has a recipient, unless given. */
  readonly to?: string;
  /** Of a redemption; the demo's first unless given. */
  readonly destination?: string;
  /** Further arguments of the operation. */
  readonly further?: Partial<Pick<Wish, FurtherName>>;
  readonly reference: string;
  readonly approvers?: readonly string[];
  readonly requestId?: Bytes32;
  /** Which managed key signs; the demo's own unless given. */
  readonly account?: string;
  /** Asked for unless given. */
  readonly inForce?: InForce;
};

/** What an approval binds beside the request: asset's policy and roster, by their hashes. */
export type InForce = { readonly policyHash: string; readonly rosterHash: string };

export async function hashesInForce(place: Place): Promise<InForce> {
  const { client } = place.person("carla");
  const [policies, roster] = await Promise.all([client.policies(), client.roster()]);
  return { policyHash: policies.find(({ asset }) => asset === "GLD")?.hash ?? "", rosterHash: roster.hash };
}

/** A request that Ida submits and people approve, as signed statements that can be posted as often as it takes. */
export async function prepareRequest(place: Place, asked: RequestAsked): Promise<Mint> {
  const { operation = "mint", amount = "0", reference, approvers = ["carla", "chris"] } = asked;
  const now = Math.floor(Date.now() / 1000);
  const requestId = asked.requestId ?? bytes32.parse(fromBytes(randomBytes(32)));
  const uses = operations[operation];
  const wish = {
    operation,
    asset: "GLD",
    chainId,
    account: asked.account ?? place.demo.account,
    ...(uses.recipient ? { to: asked.to ?? place.demo.bank } : {}),
    ...(uses.amount ? { amount } : {}),
    ...(operation === "redeem" ? { destination: asked.destination ?? "vault-zrh-7" } : {}),
    ...asked.further,
    reference,
    feeCeiling: "0.02",
    notBefore: now - 60,
    expiresAt: now + 86_400,
  };
  const message = submissionMessage(wish, { requestId, decimals: 18 });
  const { policyHash, rosterHash } = asked.inForce ?? (await hashesInForce(place));
  const approvals = approvers.map((id) => {
    const approvalId = fromBytes(randomBytes(32));
    const bound = { decision: "approve", ...shared(message), policyHash, rosterHash, reason: "checked", approvalId };
    return [
      id,
      signAs(place, id, "Approval", { ...bound, expiresAt: Math.min(message.expiresAt, now + 3_600) }),
    ] as const;
  });
  return { requestId, amount, statements: [["ida", signAs(place, "ida", "Submission", message)], ...approvals] };
}

/** A mint that two custodians approve. */
export async function prepareMint(place: Place, amount: string, reference: string): Promise<Mint> {
  return prepareRequest(place, { amount, reference });
}

/** The fields that a submission and an approval have in common. */
function shared(message: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(message).filter(([field]) => !["reference", "notBefore", "expiresAt"].includes(field)),
  );
}

/** Posts until the gate's receipt is there, each time to another replica unless one is named: what a careful client does when an answer is lost. */
export async function postUntilDelivered(
  place: Place,
  [id, statement]: readonly [string, Envelope],
  replica?: Replica,
): Promise<void> {
  let last: Posted | undefined;
  await eventually(`${id}'s ${statement.kind} is delivered`, async () => {
    try {
      const { client } = replica === undefined ? place.person(id) : place.personAt(id, replica);
      last = await client.post(statement);
    } catch {
      return false;
    }
    if (last.kind === "refused" && last.status < 500 && last.status !== 429)
      throw new Error(`${last.code}: ${last.message}`);
    return last.kind === "delivered";
  });
}
