/** `countersign log export|verify`: the whole log, held against the checkpoint that the log key signed. */
import { checksHere } from "../compose/cli-credentials.ts";
import { checkBatches, type BatchCount } from "../gate/batches-from-log.ts";
import { isComplete } from "../gate/key-ceremony.ts";
import { keyRecordsIn } from "../gate/key-records.ts";
import { checkLanes } from "../gate/lanes-from-log.ts";
import { recount } from "../gate/recount.ts";
import { toIso } from "../values/instant.ts";
import { canonical, type Json } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import type { Given } from "./command.ts";
import { openService } from "./connection.ts";
import { fileJson, writeNew } from "./document-file.ts";
import { logOf, trustedBy } from "./given-log.ts";
import { exportedLog, exportOf, wholeLog, type HeldLog, type Trusted } from "./held-log.ts";
import { Refused, yes, type Outcome } from "./outcome.ts";

export async function exportLog(given: Given): Promise<Outcome> {
  const log = await wholeLog(openService(given));
  const file = given.text("out");
  writeNew(file, fileJson(exportOf(log)));
  const { size } = log;
  return yes([`${size} leaves are in ${file}, under the checkpoint that the log key signed`, ...witnessLines(log)], {
    file,
    size,
    cosigned: cosignedJson(log),
  });
}

/** Every leaf under the signed root, the genesis first; with `--since` also that an earlier export is the beginning of it. */
export async function verify(given: Given): Promise<Outcome> {
  const log = await logOf(given);
  const { size, root } = log;
  const kinds = kindsOf(log);
  const counted = checkUsage(log);
  const ceremonies = keyRecordsIn(log.entries, checksHere());
  const complete = ceremonies.filter(isComplete).length;
  const lanes = lanesOf(log);
  const batches = batchesOf(log);
  const since = given.maybe("since");
  const earlier = since === undefined ? undefined : checkBeginning(trustedBy(given.text("genesis")), since, log);
  const lines = [
    `${size} leaves are under the root ${root}, which the log key signed`,
    ...witnessLines(log),
    ...Object.entries(kinds).map(([kind, count]) => `  ${kind}: ${count}`),
    ...(counted === 0 ? [] : [`what ${counted} of the allocations say was used of limits is what the log adds up to`]),
    ...(ceremonies.length === 0
      ? []
      : [`${complete} of ${ceremonies.length} key ceremonies are signed by both who were there`]),
    ...laneLines(lanes),
    ...(batches.words === 0
      ? []
      : [`${batches.words} words about ${batches.batches} batches say what their requests come to`]),
    ...(earlier === undefined ? [] : [`the ${earlier} leaves of ${since ?? ""} are its beginning, unchanged`]),
  ];
  return yes(lines, {
    ok: true,
    size,
    root,
    cosigned: cosignedJson(log),
    kinds,
    counted,
    ceremonies: { all: ceremonies.length, complete },
    lanes,
    batches,
    ...(earlier === undefined ? {} : { since: earlier }),
  });
}

function witnessLines({ cosigned }: HeldLog): readonly string[] {
  return cosigned.map(({ name, at }) => `witness ${name} cosigned it, ${toIso(at)} by its own clock`);
}

function cosignedJson({ cosigned }: HeldLog): Json {
  return cosigned.map(({ name, at }) => ({ name, at }));
}

/** How many leaves there are of each kind. */
function kindsOf({ entries }: HeldLog): Readonly<Record<string, number>> {
  const kinds: Record<string, number> = {};
  for (const { entry } of entries) kinds[entry.kind] = (kinds[entry.kind] ?? 0) + 1;
  return kinds;
}

/** Used limits are the gate's own word, but everything they add up is in the log. Answers for how many allocations. */
function checkUsage({ entries }: HeldLog): number {
  const { allocations, miscounts } = recount(entries, checksHere());
  const [first] = miscounts;
  if (first === undefined) return allocations;
  const { leaf, key, said, counted } = first;
  const text = (usage: typeof said): string => (usage === undefined ? "nothing" : canonical(toWire(usage)));
  throw new Refused("log.usage", `leaf ${leaf} says of ${key} ${text(said)}, the log adds up to ${text(counted)}`);
}

/** What people signed of many requests is what these come to. */
function batchesOf({ entries }: HeldLog): Omit<BatchCount, "faults"> {
  const { faults, ...counted } = checkBatches(entries, checksHere());
  const [first] = faults;
  if (first === undefined) return counted;
  throw new Refused("log.batch", `leaf ${first.leaf}: ${first.why}`);
}

type LaneCount = Omit<ReturnType<typeof checkLanes>, "faults">;

/** Nothing was signed but by a permit or a filler of its own nonce, and no nonce was left out. */
function lanesOf({ entries }: HeldLog): LaneCount {
  const { lanes, nonces, closed, released, faults } = checkLanes(entries, checksHere());
  const [first] = faults;
  if (first === undefined) return { lanes, nonces, closed, released };
  throw new Refused("log.lane", `leaf ${first.leaf} of request ${first.requestId}: ${first.why}`);
}

function laneLines({ lanes, nonces, closed, released }: LaneCount): readonly string[] {
  if (nonces === 0) return [];
  const by = closed === 0 ? "" : `; ${closed} of them closed by a filler`;
  return [
    `${nonces} nonces of ${lanes} managed accounts follow one another without a gap${by}`,
    ...(released === 0 ? [] : [`${released} releases, each of another burn that is final`]),
  ];
}

/** The export is checked whole, so its root stands for its leaves. */
function checkBeginning(trusted: Trusted, path: string, { leaves }: HeldLog): number {
  const before = exportedLog(trusted, path).leaves;
  const altered = before.find(({ index, leaf }) => leaves[index]?.leaf !== leaf);
  if (altered !== undefined)
    throw new Refused("log.rewritten", `leaf ${altered.index} is not the one it was when ${path} was exported`);
  return before.length;
}
