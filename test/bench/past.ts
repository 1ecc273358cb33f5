/** What a mint costs the gate, and how long its opening takes, after a long past: real leaves of requests that were signed and came to their end. */
import { digest as digestOf } from "../../src/chain/transaction.ts";
import { spendKey } from "../../src/flow/gate/request.ts";
import type { Journal } from "../../src/flow/gate/journal.port.ts";
import { entrySchema, type Entry } from "../../src/log/entry.ts";
import { decodeLeaf } from "../../src/log/leaf.ts";
import { statementHash, type Envelope } from "../../src/statement/envelope.ts";
import * as address from "../../src/values/address.ts";
import * as amount from "../../src/values/amount.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { sha256, utf8 } from "../../src/values/digest.ts";
import * as name from "../../src/values/name.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, type GatePlace } from "../place/gate.ts";
import { goldDeployment } from "../place/gold.ts";
import { atMost, median, milliseconds, type Figure } from "./figure.ts";

const sizes = { usual: [100, 10_000], all: [1_000, 1_000_000] } as const;
const mostGrowth = 1.2;
const rounds = 24;
const mintsEach = 3;
const openings = 5;
const inOneTransaction = 500;

type EntryOf<K extends Entry["kind"]> = Extract<Entry, { kind: K }>;
type Template = {
  readonly submission: EntryOf<"statement">;
  readonly approvals: readonly EntryOf<"statement">[];
  readonly allocation: EntryOf<"allocation">;
  readonly permit: EntryOf<"permit">;
  readonly signature: EntryOf<"signature">;
};

type Grown = { readonly place: GatePlace; next: number };

/** A gate that signed one mint, and then so many that are written as that one was; they are tiny, so that no limit is full. */
async function grown(past: number): Promise<Grown> {
  const place = openPlace(goldDeployment());
  await bringEvidence(place);
  await mint({ place, next: 0 });
  const template = templateIn(place.journal);
  const { nonce } = template.allocation;
  for (let done = 0; done < past; done += inOneTransaction) {
    place.journal.transaction(() => {
      for (let number = done + 1; number <= Math.min(past, done + inOneTransaction); number += 1)
        writePast(place.journal, template, { number, nonce: nonce + number });
    });
  }
  return { place, next: 1 };
}

function templateIn(journal: Journal): Template {
  const entries = journal.leaves(0, journal.size()).map(({ bytes }) => entrySchema.parse(decodeLeaf(bytes)));
  const only = <K extends Entry["kind"]>(kind: K): EntryOf<K> =>
    entries.find((one): one is EntryOf<K> => one.kind === kind)!;
  const said = (kind: string): EntryOf<"statement">[] =>
    entries.filter((one): one is EntryOf<"statement"> => one.kind === "statement" && one.statement.kind === kind);
  return {
    submission: said("Submission")[0]!,
    approvals: said("Approval"),
    allocation: only("allocation"),
    permit: only("permit"),
    signature: only("signature"),
  };
}

const hashOf = (word: string): Bytes32 => sha256(utf8(word));

/** Seven leaves and their rows, by the journal's own methods; nobody signed these statements, which nothing reads again. */
function writePast(
  journal: Journal,
  { submission, approvals, allocation, permit, signature }: Template,
  { number, nonce }: { readonly number: number; readonly nonce: number },
): void {
  const requestId = hashOf(`past ${String(number)}`);
  const instant = journal.lastInstant();
  const reference = `PAST-${String(number)}`;
  const mine = { ...submission.statement.message, requestId, reference, amount: "1" };
  const said = (entry: EntryOf<"statement">, message: Envelope["message"]): Bytes32 => {
    const envelope = { ...entry.statement, message };
    const member = name.parse(envelope.credential.replace(/-1$/, ""));
    const [kind, hash] = [envelope.kind, statementHash(envelope)];
    const leaf = journal.append({ ...entry, instant, statement: envelope });
    journal.putStatement({ hash, kind, about: requestId, member, at: instant, leaf, envelope, attachment: undefined });
    return hash;
  };
  const asked = said(submission, mine);
  const { key, transaction: first } = permit;
  const { chainId, account } = allocation;
  const leaf = journal.size() + approvals.length;
  for (const approval of approvals) {
    const approvalId = hashOf(`${approval.statement.credential} ${requestId}`);
    said(approval, { ...approval.statement.message, requestId, approvalId, amount: "1" });
    journal.spendApproval(
      spendKey(name.parse(approval.statement.credential.replace(/-1$/, "")), approvalId),
      requestId,
    );
  }
  journal.append({ ...allocation, instant, requestId, submission: asked, nonce });
  const tiny = amount.fromBigInt(1n);
  const common = { requestId, chainId, account, nonce, key, asset: name.parse("GLD"), initiator: name.parse("ida") };
  const put = journal.putAllocation({
    ...common,
    ...{
      operation: "mint",
      reference,
      to: address.parse(submission.statement.message["to"]),
      amount: tiny,
      feeCeilingWei: tiny,
      at: instant,
      leaf,
    },
    ...{ outcome: "open", outcomeBlock: undefined },
  });
  if (put.kind !== "stored") throw new Error(`taken: ${put.by}`);
  const transaction = { ...first, nonce };
  const digest = digestOf(transaction);
  journal.append({ ...permit, instant, requestId, transaction, digest });
  journal.putPermit({ digest, requestId, ordinal: 1, transaction, filler: false });
  journal.markAsked(digest);
  const txHash = hashOf(`transaction ${String(number)}`);
  journal.append({ ...signature, instant, requestId, digest, txHash });
  journal.storeSignature(digest, { raw: "0x02", txHash });
  journal.append({
    kind: "outcome",
    epoch: 1,
    instant,
    requestId,
    txHash,
    status: "success",
    blockNumber: 5,
    statements: [],
  });
  journal.settleAllocation(requestId, { outcome: "success", outcomeBlock: 5, at: instant });
}

/** A submission, two approvals, a dry run and the signature; it is a real one, signed and checked. */
async function mint(grown: Grown): Promise<void> {
  const { place } = grown;
  const reference = `NEXT-${String(grown.next)}`;
  grown.next += 1;
  const requestId = requestIdOf(await approvedMint(place, { intent: { reference, amount: "1" } }));
  const judged = await place.gate.answer({ verb: "sign", dryRun: true, requestId });
  const answer = await place.sign(requestId);
  if (judged.kind !== "decided" || answer.kind !== "signed") throw new Error(JSON.stringify([judged, answer]));
}

/** Milliseconds of processor time of one mint. */
async function mintCost(one: Grown): Promise<number> {
  const before = process.cpuUsage();
  for (let count = 0; count < mintsEach; count += 1) await mint(one);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / mintsEach;
}

type Sizes<T> = Readonly<Record<"small" | "large", T>>;

/** Medians of rounds that take turns; the first one warms up. */
async function mintCosts({ small, large }: Sizes<Grown>): Promise<Sizes<number>> {
  const turns: Sizes<number>[] = [];
  for (let round = 0; round <= rounds; round += 1)
    turns.push({ small: await mintCost(small), large: await mintCost(large) });
  const warm = turns.slice(1);
  return { small: median(warm.map((turn) => turn.small)), large: median(warm.map((turn) => turn.large)) };
}

async function openingCost({ place }: Grown): Promise<number> {
  const took: number[] = [];
  for (let count = 0; count < openings; count += 1) {
    let began = { user: 0, system: 0 };
    await place.reopen(() => {
      began = process.cpuUsage();
    });
    const { user, system } = process.cpuUsage(began);
    took.push((user + system) / 1_000);
  }
  return Math.min(...took);
}

/** With `all` a million requests are written, which takes an hour. */
export async function measurePast(all: boolean): Promise<readonly Figure[]> {
  const [few, many] = all ? sizes.all : sizes.usual;
  const [small, large] = [await grown(few), await grown(many)];
  try {
    const mints = await mintCosts({ small, large });
    const opened = { small: await openingCost(small), large: await openingCost(large) };
    return [
      {
        name: `a mint in the gate, ${String(many)} past requests`,
        value: milliseconds(mints.large),
        reference: `${milliseconds(mints.small)} at ${String(few)}`,
        ...atMost(mints.large / mints.small, mostGrowth),
      },
      {
        name: `the gate opened, ${String(many)} past requests`,
        value: milliseconds(opened.large),
        reference: `${milliseconds(opened.small)} at ${String(few)}`,
        ...atMost(opened.large / opened.small, mostGrowth),
      },
    ];
  } finally {
    await small.place.close();
    await large.place.close();
  }
}
