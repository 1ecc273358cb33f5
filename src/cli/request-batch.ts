/** `countersign request approve|reject --batch FILE`, or `--distribution HASH`: one word about many requests, every one shown, and added up here. */
import { readFileSync } from "node:fs";
import { furtherIn } from "../intent/further-argument.ts";
import { maxPage, type RequestView } from "../request/api.ts";
import { batchMessage, checkBatch, type CheckedBatch } from "../sdk/batch.ts";
import type { Followed } from "../sdk/in-force.ts";
import { isOpen } from "../sdk/shown-decision.ts";
import { maxLegs } from "../statement/message.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { fromBytes } from "../values/hex.ts";
import { toIso } from "../values/instant.ts";
import { toWire } from "../values/wire.ts";
import { asked, openService, type Service } from "./connection.ts";
import type { Given } from "./command.ts";
import { consent } from "./consent.ts";
import { deliver } from "./delivery.ts";
import { documentsInForce } from "./in-force.ts";
import type { Io } from "./io.ts";
import { option, optionAfter, optionHash, parseHash } from "./option-value.ts";
import { Refused, UsageError, type Outcome } from "./outcome.ts";
import { checkedView, signedView } from "./request-view.ts";
import { signOwn } from "./own-signature.ts";

/** Nobody is asked to take a sum on trust: the words of every request come first, what they come to last, right before the question. */
export async function voteOnBatch(
  { given, io, named }: { readonly given: Given; readonly io: Io; readonly named: Named },
  decision: "approve" | "reject",
): Promise<Outcome> {
  if (given.operands.length > 0) throw new UsageError("give the ID of one request, or name many, not both");
  if (given.maybe("reason") !== undefined)
    throw new UsageError("--reason: a word about a batch has no reason of its own");
  const find = finding(named);
  const service = openService(given);
  const documents = await documentsInForce(service);
  const shown = await find(service, documents);
  const views = shown.map(({ view }) => view);
  const policies = [...documents.policies.values()];
  const checked = checkBatch(views, policies);
  const { approval } = service.standing.genesis.lifetimes;
  const now = io.now();
  const latest = optionAfter("expires", given.maybe("expires") ?? approval, now);
  const { message, document } = batchMessage(views, {
    policies,
    roster: documents.roster,
    decision,
    expiresAt: decision === "approve" ? Math.min(latest, lastEnd(checked)) : latest,
    batchId: fromBytes(io.random(32)),
  });
  const verb = decision === "approve" ? "you approve, at once," : "you reject, for good and at once,";
  await consent(given, io, [
    `${verb} ${checked.weight.count} requests:`,
    ...linesOf(checked, shown, now),
    ...totalLines(checked, documents),
    `  your word counts until ${toIso(message.expiresAt)}`,
  ]);
  const statement = await signOwn(
    { given, io, service },
    { kind: "BatchApproval", message, about: { kind: "itself" } },
  );
  const { merkleRoot, count, totalText } = message;
  return deliver(
    service,
    given,
    { statement, attachment: toWire(document) },
    { decision, merkleRoot, count, totalText },
  );
}

/** A yes is of no use after the last of them; each ends at its own expiry, whatever was signed. A rejection lives as long as it may. */
function lastEnd({ requests }: CheckedBatch): number {
  return Math.max(...requests.map(({ submission }) => submission.expiresAt));
}

/** Which requests are meant: those of a file, or every part of a distribution. */
export type Named = { readonly batch: string | undefined; readonly distribution: string | undefined };

type Find = (service: Service, documents: Followed) => Promise<readonly Line[]>;

/** What is wrong with it is said before anybody is asked for anything. */
function finding({ batch, distribution }: Named): Find {
  if (batch !== undefined && distribution !== undefined)
    throw new UsageError("--batch names requests, --distribution all parts of one: give one of them");
  if (distribution !== undefined) return partsOf(optionHash("distribution", distribution));
  const ids = idsIn(batch ?? "");
  return (service, documents) => requestsOf(service, documents, ids);
}

/** Every part that the service shows, each of which says itself that it is one. */
function partsOf(hash: Bytes32): Find {
  return async ({ client }, documents) => {
    const views: RequestView[] = [];
    for (let after: Bytes32 | undefined; ; after = views.at(-1)?.requestId) {
      const page = await asked(
        client.requests({ distribution: hash, limit: maxPage, ...(after === undefined ? {} : { after }) }),
      );
      views.push(...page.requests);
      if (page.next === null || page.requests.length === 0 || views.length > maxLegs) break;
    }
    if (views.length === 0) throw new Refused("cli.absent", `nobody asked for a part of the distribution ${hash}`);
    return views.map((view) => {
      const { submission } = checkedView(view, documents).checked;
      if (furtherIn(submission).distribution !== hash)
        throw new Refused("client.untrue", `nothing is signed: request ${view.requestId} is no part of ${hash}`);
      return { view, asked: `asked for by ${view.initiator}, as the service says` };
    });
  };
}

/** Ids, one a line; empty lines and what stands behind a `#` say nothing. */
function idsIn(file: string): readonly Bytes32[] {
  const lines = textOf(file)
    .split("\n")
    .map((line) => line.replace(/#.*$/, "").trim())
    .filter((line) => line !== "");
  if (lines.length === 0) throw new UsageError(`--batch: \`${file}\` names no request`);
  return lines.map((line) => option("batch", line, parseHash));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UsageError(`--batch: \`${file}\` cannot be read`);
  }
}

/** A few are asked for one by one, each with the signature of who asked for it; of many, the list is gone through until all are found. */
const few = 20;

type Line = { readonly view: RequestView; readonly asked: string };

async function requestsOf(service: Service, documents: Followed, ids: readonly Bytes32[]): Promise<readonly Line[]> {
  const found = new Map(ids.length > few ? await listed(service, ids) : await oneByOne(service, documents, ids));
  return ids.map((id) => {
    const line = found.get(id);
    if (line === undefined) throw new Refused("cli.absent", `there is no request \`${id}\``);
    return line;
  });
}

async function oneByOne(
  service: Service,
  documents: Followed,
  ids: readonly Bytes32[],
): Promise<readonly (readonly [Bytes32, Line])[]> {
  const lines: (readonly [Bytes32, Line])[] = [];
  for (const id of ids) {
    const one = await asked(service.client.request(id));
    if (one.kind === "absent") continue;
    const { view, doubt } = signedView(service, checkedView(one.value, documents, id));
    const by = `asked for by ${view.initiator}`;
    lines.push([id, { view, asked: doubt === undefined ? by : `${by}, not certain: ${doubt}` }]);
  }
  return lines;
}

async function listed({ client }: Service, ids: readonly Bytes32[]): Promise<readonly (readonly [Bytes32, Line])[]> {
  const left = new Set(ids);
  const lines: (readonly [Bytes32, Line])[] = [];
  let after: Bytes32 | undefined;
  while (left.size > 0) {
    const page = await asked(client.requests({ limit: maxPage, ...(after === undefined ? {} : { after }) }));
    for (const view of page.requests)
      if (left.delete(view.requestId))
        lines.push([view.requestId, { view, asked: `asked for by ${view.initiator}, as the service says` }]);
    if (page.next === null) break;
    after = page.next;
  }
  return lines;
}

function linesOf({ requests }: CheckedBatch, shown: readonly Line[], now: number): readonly string[] {
  const byId = new Map(shown.map((line) => [line.view.requestId, line]));
  return requests.map(({ submission, words }) => {
    const line = byId.get(submission.requestId);
    const { state = "" } = line?.view ?? {};
    const isOver = submission.expiresAt <= now || !isOpen(state);
    const over = isOver ? ", which is over: your word does nothing for it" : "";
    return `  ${submission.requestId}  ${words}; ${line?.asked ?? ""}; ${state}${over}`;
  });
}

function totalLines({ weight, requests }: CheckedBatch, documents: Followed): readonly string[] {
  const { count, totalText, merkleRoot, asset } = weight;
  const sizes = requests.map(({ submission }) => submission);
  const largest = sizes.find(({ amount }) => amount === weight.largest)?.amountText ?? "";
  return [
    `  together: ${count} requests, ${totalText}; the largest is ${largest}`,
    `  root of the batch: ${merkleRoot}`,
    `  policy: version ${requests[0]?.policy.version ?? 0}, ${documents.policies.get(asset)?.hash ?? ""}`,
    `  roster: version ${documents.roster.version}, ${documents.roster.hash}`,
  ];
}
