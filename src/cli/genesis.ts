/** `countersign genesis create|sign|check`: the root of a deployment, made once and held by everybody it names. */
import { openOwn } from "../compose/cli-credentials.ts";
import { logKeyIn } from "../compose/cli-log-key.ts";
import { logKeyOf } from "../gate/standing.ts";
import { held } from "../genesis/change.ts";
import { deploymentId, documentName, type GenesisFile } from "../genesis/genesis.ts";
import { envelopeSchema, type Envelope } from "../statement/envelope.ts";
import { parse as parseBytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { fromBytes } from "../values/hex.ts";
import { canonical } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";
import { fileJson, readDocument, replace, writeNew } from "./document-file.ts";
import { brokenWords, findingsOf, openGenesis, readGenesisFile, type GenesisFinding } from "./genesis-file.ts";
import { genesisFromSpec } from "./genesis-spec.ts";
import type { Given } from "./command.ts";
import type { Io } from "./io.ts";
import { optionHash } from "./option-value.ts";
import { no, Refused, UsageError, yes, type Outcome } from "./outcome.ts";

export function create(given: Given, io: Io): Promise<Outcome> {
  const out = given.text("out");
  const logKey = given.maybe("log-key");
  const log = logKey === undefined ? undefined : { publicKey: logKeyIn(logKey) };
  const file = genesisFromSpec(given.text("spec"), parseBytes32(fromBytes(io.random(32))), log);
  const broken = brokenWords(file);
  if (broken.length > 0) return Promise.resolve(wrong(broken, {}));
  writeNew(out, fileJson(file));
  const id = deploymentId(file.genesis);
  const lines = [
    `deployment ${id}`,
    `${out} is written; each of ${missingFrom(file).length} credentials now proves that it is held:`,
    `  countersign genesis sign ${out} --credential FILE`,
  ];
  return Promise.resolve(yes(lines, { deploymentId: id, file: out, missing: [...missingFrom(file)] }));
}

/** Adds one proof of possession: made here with a credential, or elsewhere with `credential prove`. */
export function sign(given: Given): Promise<Outcome> {
  const path = given.operand;
  const file = readGenesisFile(path);
  const proof = proofFor(given, file);
  const others = file.possessions.filter(({ credential }) => credential !== proof.credential);
  const signed = { ...file, possessions: [...others, proof] };
  replace(path, fileJson(signed));
  const missing = missingFrom(signed);
  const next = missing.length === 0 ? "everybody has signed" : `still missing: ${missing.join(", ")}`;
  return Promise.resolve(
    yes([`${proof.credential} is proven in ${path}`, next], {
      deploymentId: deploymentId(file.genesis),
      credential: proof.credential,
      missing: [...missing],
    }),
  );
}

export function check(given: Given): Promise<Outcome> {
  const standing = readOrRefuse(() => openGenesis(given.operand));
  const { deploymentId: id, genesis, epochs, policies, roster } = standing;
  const pinned = given.maybe("genesis");
  if (pinned !== undefined && optionHash("genesis", pinned) !== id)
    throw new Refused("genesis.other", `this is the genesis of ${id}, not of ${pinned}`, "genesis");
  const findings = findingsOf(standing);
  if (findings.length > 0) return Promise.resolve(wrong(findings, { deploymentId: id }));
  const { people, services, keys } = roster.roster;
  const lines = [
    `deployment ${id}`,
    `${counted(people.length, "person", "people")}, ${counted(services.length, "service", "services")} and ${counted(keys.length, "managed key", "managed keys")}; every credential is proven`,
    ...[...policies].map(([asset, { hash }]) => `policy of ${asset}: ${documentName(hash)}`),
    `roster: ${documentName(roster.hash)}`,
    `log key: ${genesis.log.publicKey}`,
    ...epochs.slice(1).map(({ epoch, logKey }) => `taken over in epoch ${epoch}, log key: ${logKey}`),
  ];
  const json = {
    deploymentId: id,
    rosterHash: roster.hash,
    policies: Object.fromEntries([...policies].map(([asset, { hash }]) => [asset, hash])),
    logPublicKey: logKeyOf(standing),
    epoch: epochs.length,
  };
  return Promise.resolve(yes(lines, json));
}

function wrong(findings: readonly GenesisFinding[], json: Readonly<Record<string, string>>): Outcome {
  const lines = findings.map(({ asset, field, message }) =>
    message.startsWith(`${field}:`)
      ? `wrong: policy of ${asset}, ${message}`
      : `wrong: policy of ${asset}, ${field}: ${message}`,
  );
  return no(lines, { ...json, findings: findings.map((finding) => ({ ...finding })) });
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function proofFor(given: Given, file: GenesisFile): Envelope {
  const path = given.maybe("credential");
  const made = given.maybe("proof");
  if ((path === undefined) === (made === undefined)) throw new UsageError("give one of --credential and --proof");
  if (made !== undefined) return parseWith(envelopeSchema, readDocument(made), "genesis.malformed");
  const { known, sign: signWith } = openOwn(path ?? "");
  const found = held(file.genesis.roster).find(({ credential }) => credential.id === known.id);
  if (found === undefined)
    throw new Refused("genesis.foreign-possession", `the genesis names no credential \`${known.id}\``);
  const { holder, credential } = found;
  if (canonical(credential) !== canonical(known))
    throw new Refused("genesis.foreign-possession", `the genesis has another key under \`${known.id}\``);
  const asked = given.maybe("holder");
  if (asked !== undefined && asked !== holder)
    throw new Refused("genesis.foreign-possession", `\`${known.id}\` belongs to \`${holder}\`, not to \`${asked}\``);
  const id = deploymentId(file.genesis);
  return signWith(id, "Possession", { holder, credential: known.id, documentHash: id });
}

/** Credentials that have not proven yet that they are held, by id. */
function missingFrom({ genesis, possessions }: GenesisFile): readonly string[] {
  const proven = new Set<string>(possessions.map(({ credential }) => credential));
  return held(genesis.roster).flatMap(({ credential }) => (proven.has(credential.id) ? [] : [credential.id]));
}

/** A file that is not what it must be is a failed check here, not a slip of the command line. */
function readOrRefuse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidValue) throw new Refused(error.code, error.message, error.field);
    throw error;
  }
}
