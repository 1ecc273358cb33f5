/** Opens the gate over its journal, and answers its five verbs. */
import { checkGenesis } from "../../genesis/check.ts";
import { genesisFileSchema, type FoundingFile } from "../../genesis/genesis.ts";
import { standingFromGenesis } from "../../gate/change.ts";
import { Word } from "../../gate/word.ts";
import { engine } from "../../gate/engine.ts";
import type { GateAnswer, GateRequest, Health } from "../../gate/wire.ts";
import { decodeLeaf } from "../../log/leaf.ts";
import { entrySchema } from "../../log/entry.ts";
import type { Standing } from "../../gate/standing.ts";
import { Fault, InvariantViolation } from "../../values/errors.ts";
import { canonical, hash } from "../../values/json.ts";
import * as instant from "../../values/instant.ts";
import { parseWith } from "../../values/schema.ts";
import { toWire } from "../../values/wire.ts";
import { admit } from "./admit.ts";
import { admitCheckpoint, stoppedByKept } from "./admit-checkpoint.ts";
import type { Core, Parts } from "./core.ts";
import { contradiction, KeyPlaces } from "./key-places.ts";
import { loadStanding } from "./documents.ts";
import { dryRun } from "./dry-run.ts";
import { signedHead } from "./log-head.ts";
import { isConfirmed } from "./missing-word.ts";
import { awaitsResumption, refuseOtherLogKey } from "./office.ts";
import { release } from "./release.ts";
import { end, isOwnRun, tryBegin } from "./run.ts";
import { sign } from "./sign.ts";
import { worldFigures } from "./world-figures.ts";

export type OpenGate = {
  /** Total for every parsed request: refusals and problems are answers; a broken invariant stops the signing and is answered as a problem. */
  readonly answer: (request: GateRequest) => Promise<GateAnswer>;
  /** Once it can be asked: this run's first leaf is written, unless the disk takes nothing yet. It is written before anything is signed in any case. */
  readonly begin: () => void;
  /** Waits for signings under way, then closes the backends and the journal. */
  readonly close: () => Promise<void>;
};

/** Throws `InvalidValue` for a genesis that does not hold, `Fault` for a journal of another deployment. */
export function openGate(parts: Parts): OpenGate {
  const checked = checkGenesis(parts.genesisFile, parts.checks);
  const { journal } = parts;
  if (journal.size() === 0) plantGenesis(parts, standingFromGenesis(checked));
  ownGenesis(parts, checked.deploymentId);
  let standing = loadStanding(journal, parts.genesisFile, parts.checks);
  refuseOtherLogKey(parts, standing);
  refuseHealthKeys(parts, standing);
  refuseOtherBackends(parts, standing);
  let losses = journal.losses();
  let stopped: string | undefined;
  let begun: number | undefined;
  /** What was lost before it was on disk never came into force, and began nothing. */
  const remember = (): void => {
    if (losses === journal.losses()) return;
    standing = loadStanding(journal, parts.genesisFile, parts.checks);
    if (begun !== undefined && !isOwnRun(parts, begun)) begun = undefined;
    losses = journal.losses();
  };
  const core: Core = {
    ...parts,
    places: new KeyPlaces(parts.places),
    deploymentId: checked.deploymentId,
    standing: () => {
      remember();
      return standing;
    },
    setStanding: (next) => {
      standing = next;
    },
    now: () => instant.parse(Math.max(parts.clock.now(), journal.lastInstant())),
    inFlight: new Map(),
    begun: () => {
      remember();
      return begun;
    },
    setBegun: (leaf) => {
      begun = leaf;
    },
    word: new Word(),
    stop: (why) => {
      stopped ??= why;
    },
    stopped: () => stopped ?? awaitsResumption({ journal }),
  };
  stopped = stoppedByKept(core);
  return {
    answer: (request) => guarded(core, request),
    begin: () => {
      tryBegin(core);
    },
    close: () => close(core),
  };
}

/** The first leaf is the genesis file itself; its documents are in force from then on. */
export function plantGenesis(
  { journal, clock, genesisFile }: Pick<Parts, "journal" | "clock" | "genesisFile">,
  standing: Standing,
): void {
  const now = clock.now();
  journal.transaction(() => {
    journal.append({
      kind: "genesis",
      epoch: journal.epoch(),
      instant: now,
      file: foundingFileOf(genesisFile),
    });
    const { roster, policies } = standing;
    const inForce = { state: "active", completeAt: now, activeAt: now } as const;
    journal.putDocument({
      hash: roster.hash,
      kind: "Roster",
      name: "roster",
      version: roster.version,
      document: toWire(roster.roster),
      ...inForce,
    });
    for (const [asset, { hash: policyHash, version, document }] of policies) {
      journal.putDocument({ hash: policyHash, kind: "Policy", name: asset, version, document, ...inForce });
    }
    journal.advance(now);
  });
}

function ownGenesis({ journal, genesisFile }: Parts, deploymentId: string): void {
  const [first] = journal.leaves(0, 1);
  const entry = first === undefined ? undefined : parseWith(entrySchema, decodeLeaf(first.bytes), "gate.document");
  const own = entry?.kind === "genesis" ? hash(entry.file.genesis) : undefined;
  if (
    own === deploymentId &&
    entry?.kind === "genesis" &&
    canonical(toWire(entry.file)) === canonical(toWire(foundingFileOf(genesisFile)))
  )
    return;
  throw new Fault("gate.other-deployment", "the journal belongs to another genesis than the one configured", "never");
}

/** The log says itself who took over since. */
function foundingFileOf(genesisFile: unknown): FoundingFile {
  const { genesis, policies, possessions } = parseWith(genesisFileSchema, genesisFile, "genesis.malformed");
  return { genesis, policies, possessions };
}

/** A key that moves funds signs permits and nothing else, however harmless it looks. */
function refuseHealthKeys({ places }: Parts, { roster }: Standing): void {
  for (const { name, healthKey } of places) {
    const managed = roster.roster.keys.find(({ publicKey }) => publicKey === healthKey);
    if (managed !== undefined)
      throw new Fault("gate.health-key", `the health key of \`${name}\` is the roster's \`${managed.id}\``, "never");
  }
}

/** What people were told of where a key lies is what they sign for; the gate does not take the roster's word alone. */
function refuseOtherBackends({ places }: Parts, { roster }: Standing): void {
  const why = contradiction(places, roster.roster.keys);
  if (why !== undefined) throw new Fault("gate.other-backend", why, "never");
}

/** No answer leaves before all that it follows from is on disk; one that outlived a loss may follow from what was taken back. */
async function guarded(core: Core, request: GateRequest): Promise<GateAnswer> {
  const losses = core.journal.losses();
  try {
    const said = await answer(core, request);
    await core.journal.durable();
    if (losses !== core.journal.losses())
      throw new Fault("journal.io", "what the journal wrote meanwhile is lost; ask again", "safe");
    return said;
  } catch (error) {
    if (error instanceof Fault) return { kind: "problem", code: error.code, message: error.message, field: "" };
    if (error instanceof InvariantViolation) core.stop(`the gate stopped signing: ${error.message}`);
    return {
      kind: "problem",
      code: "gate.broken",
      message: "the gate met a fault of its own and signed nothing",
      field: "",
    };
  }
}

async function answer(core: Core, request: GateRequest): Promise<GateAnswer> {
  switch (request.verb) {
    case "admit":
      if ("statement" in request) return admit(core, request.statement, request.attachment);
      return admitCheckpoint(core, request.checkpoint);
    case "sign":
      if ("release" in request) return release(core, request);
      return "fees" in request ? sign(core, request) : dryRun(core, request);
    case "entries":
      return entries(core, request.from, request.limit);
    case "head":
      return {
        kind: "head",
        size: core.journal.size(),
        checkpoint: signedHead(core),
        instant: core.now(),
        epoch: core.journal.epoch(),
        witnessed: core.journal.witnessed()?.checkpoint ?? null,
      };
    case "health":
      return health(core);
  }
}

/** Bytes of leaves in one answer: half of what a frame holds, and always one leaf. */
const pageBytes = 1_500_000;

function entries(core: Core, from: number, limit: number): GateAnswer {
  const leaves: { index: number; leaf: string }[] = [];
  let bytes = 0;
  for (let index = from; index < from + limit && (leaves.length === 0 || bytes < pageBytes); index += 1) {
    const [found] = core.journal.leaves(index, 1);
    if (found === undefined) break;
    if (leaves.length > 0 && bytes + found.bytes.length > pageBytes) break;
    bytes += found.bytes.length;
    leaves.push({ index, leaf: new TextDecoder().decode(found.bytes) });
  }
  return { kind: "entries", size: core.journal.size(), leaves };
}

function health(core: Core): Health {
  const frozen = core.journal.freezes().filter((freeze) => !freeze.lifted);
  return {
    kind: "health",
    engine,
    deployment: core.deploymentId,
    instant: core.now(),
    size: core.journal.size(),
    witnessed: {
      min: core.standing().genesis.witnesses.min,
      size: core.journal.witnessed()?.size ?? null,
      confirmed: isConfirmed(core),
    },
    frozen: frozen.map(({ freezeId, scope, target, reason, by, at }) => ({ freezeId, scope, target, reason, by, at })),
    backends: core.places.reports(core.now()).map(({ name, keys, serves, ready, why, pid, recovery, rests, work }) => ({
      name,
      keys: [...keys],
      serves: [...serves],
      ready: ready && core.stopped() === undefined,
      why: core.stopped() ?? why,
      pid: pid ?? null,
      recovery,
      rests,
      work: work ?? null,
    })),
    ...worldFigures(core),
  };
}

async function close(core: Core): Promise<void> {
  for (const { backend } of core.places.all) backend.release?.();
  await Promise.allSettled(core.inFlight.values());
  await Promise.allSettled(core.places.all.map(({ backend }) => backend.close()));
  end(core);
  await Promise.allSettled([core.journal.durable()]);
  core.journal.close();
}
