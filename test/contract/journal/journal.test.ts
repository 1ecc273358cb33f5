/** What the journal's port promises, method by method, on a real file. */
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import type { Journal, StoredDocument } from "../../../src/flow/gate/journal.port.ts";
import { encodeLeaf } from "../../../src/log/leaf.ts";
import { leafHash, nodeHash, rootAt } from "../../../src/log/merkle.ts";
import { InvariantViolation } from "../../../src/values/errors.ts";
import { toWire } from "../../../src/values/wire.ts";
import { textbookRoot } from "../../unit/log/memory-tree.ts";
import { faultOf, journalPlace } from "./journal-place.ts";
import { allocation, at, called, id, leaf, observation, statement, unsigned, withLeaf } from "./rows.ts";

const place = journalPlace();
let journal: Journal;

beforeEach(() => {
  journal = place.open();
});

afterEach(() => {
  place.remove();
});

describe("the file", () => {
  it("is its owner's alone, with everything beside it", () => {
    journal.append(leaf());
    journal = place.open();
    journal.append(leaf());
    expect(readdirSync(place.folder()).toSorted()).toEqual(["journal.db", "journal.db-wal"]);
    for (const file of readdirSync(place.folder()))
      expect(statSync(join(place.folder(), file)).mode & 0o777).toBe(0o600);
  });

  it("is refused to a second opener of the same process too", () => {
    expect(faultOf(() => openJournal(place.path()))).toBe("journal.locked");
    journal.append(leaf());
  });

  it("is refused when it is no journal, of a later version, damaged, or in no folder", () => {
    const file = (name: string): string => join(place.folder(), name);
    writeFileSync(file("text.db"), "not a database, and longer than a header of one hundred bytes".repeat(4));
    expect(faultOf(() => openJournal(file("text.db")))).toBe("journal.corrupt");
    const other = new DatabaseSync(file("other.db"));
    other.exec("CREATE TABLE mine (x)");
    other.close();
    expect(faultOf(() => openJournal(file("other.db")))).toBe("journal.corrupt");
    expect(faultOf(() => openJournal(file("no/folder.db")))).toBe("journal.io");
    place.raw("PRAGMA user_version = 99");
    expect(faultOf(() => openJournal(place.path()))).toBe("journal.newer");
  });

  it("says that it cannot be read rather than invent a row", () => {
    place.raw("DROP TRIGGER allocations_frozen");
    journal = withLeaf(place.open());
    journal.putAllocation(allocation(1));
    place.raw("UPDATE allocations SET amount = '0x10'");
    journal = place.open();
    expect(faultOf(() => journal.allocation(id(1)))).toBe("journal.corrupt");
  });
});

describe("a transaction", () => {
  it("is stored whole", () => {
    const result = journal.transaction(() => {
      journal.append(leaf());
      journal.advance(at(9));
      return "done";
    });
    journal = place.open();
    expect([result, journal.size(), journal.lastInstant()]).toEqual(["done", 1, 9]);
  });

  it("leaves nothing when it throws, and passes on what was thrown", () => {
    const boom = new Error("boom");
    const failing = (): never =>
      journal.transaction(() => {
        journal.putStatement(statement(1, { leaf: journal.append(leaf()) }));
        throw boom;
      });
    expect(failing).toThrow(boom);
    expect([journal.size(), journal.statement(id(1)), journal.lastInstant()]).toEqual([0, undefined, 0]);
    journal = place.open();
    expect(journal.size()).toBe(0);
  });

  it("takes a nested one in: neither is stored without the other", () => {
    const outer = (): never =>
      journal.transaction(() => {
        journal.transaction(() => journal.append(leaf()));
        expect(journal.size()).toBe(1);
        throw new Error("outer");
      });
    expect(outer).toThrow("outer");
    expect(journal.size()).toBe(0);
  });

  it("goes on without a nested one that threw", () => {
    journal.transaction(() => {
      journal.append(leaf(1));
      const nested = (): never =>
        journal.transaction(() => {
          journal.append(leaf(2));
          throw new Error("nested");
        });
      expect(nested).toThrow("nested");
      journal.append(leaf(3));
    });
    expect(journal.leaves(0, 9).map(({ bytes }) => leafHash(bytes))).toEqual(
      [leaf(1), leaf(3)].map((entry) => leafHash(encodeLeaf(toWire(entry)))),
    );
  });

  it("waits for nothing", () => {
    const waiting = (): Promise<number> => journal.transaction(() => Promise.resolve(journal.append(leaf())));
    expect(waiting).toThrow(InvariantViolation);
    expect(journal.size()).toBe(0);
  });

  it("is not stored when a row names a leaf that is not there", () => {
    expect(() => {
      journal.transaction(() => {
        journal.putStatement(statement(1, { leaf: 0 }));
      });
    }).toThrow(InvariantViolation);
    expect(journal.statement(id(1))).toBeUndefined();
  });

  it("may name a leaf that the same transaction appends later", () => {
    journal.transaction(() => {
      journal.putAllocation(allocation(1, { leaf: 0 }));
      journal.append(leaf());
    });
    journal = place.open();
    expect(journal.allocation(id(1))?.leaf).toBe(0);
  });
});

describe("time and epoch", () => {
  it("begin at nothing and one, and time never falls", () => {
    expect([journal.lastInstant(), journal.epoch()]).toEqual([0, 1]);
    journal.advance(at(10));
    journal.advance(at(4));
    journal = place.open();
    expect(journal.lastInstant()).toBe(10);
  });
});

describe("the log", () => {
  it("keeps leaves verbatim with the tree over them", () => {
    const entries = Array.from({ length: 21 }, (_, number) => leaf(number, number));
    expect(entries.map((entry) => journal.append(entry))).toEqual(entries.map((_, index) => index));
    journal = place.open();
    const bytes = entries.map((entry) => encodeLeaf(toWire(entry)));
    expect(journal.leaves(0, 100).map((one) => Buffer.from(one.bytes).toString())).toEqual(
      bytes.map((one) => Buffer.from(one).toString()),
    );
    expect(journal.leaves(18, 2).map(({ index }) => index)).toEqual([18, 19]);
    expect(journal.leaves(21, 5)).toEqual([]);
    for (const size of [0, 1, 7, 16, 21])
      expect(rootAt(size, journal.node)).toBe(textbookRoot(bytes.slice(0, size).map(leafHash)));
    expect(journal.node(1, 3)).toBe(nodeHash(leafHash(bytes[6]!), leafHash(bytes[7]!)));
    expect(() => journal.node(1, 10)).toThrow(InvariantViolation);
  });

  it("writes amounts as decimal text", () => {
    journal.append({
      kind: "permit",
      epoch: 1,
      instant: at(1),
      requestId: id(1),
      key: called("k"),
      transaction: unsigned,
      digest: id(2),
    });
    const [only] = journal.leaves(0, 1);
    expect(Buffer.from(only!.bytes).toString()).toContain('"gasLimit":"100000"');
  });

  it("takes no leaf of the past or of another epoch", () => {
    journal.append(leaf(1, 10));
    expect(() => journal.append(leaf(2, 9))).toThrow(InvariantViolation);
    expect(() => journal.append({ ...leaf(2, 11), epoch: 2 })).toThrow(InvariantViolation);
    expect([journal.size(), journal.lastInstant()]).toEqual([1, 10]);
  });

  it("is not edited, not even by hand", () => {
    journal.append(leaf());
    expect(() => {
      place.raw("UPDATE leaves SET bytes = x'00'");
    }).toThrow("leaves are written once");
    expect(() => {
      place.raw("DELETE FROM leaves");
    }).toThrow("leaves are never deleted");
    expect(() => {
      place.raw("UPDATE nodes SET hash = ''");
    }).toThrow("nodes are written once");
    expect(() => {
      place.raw("UPDATE state SET last_instant = 0");
    }).toThrow("state never go back");
  });
});

describe("statements", () => {
  beforeEach(() => withLeaf(journal));

  it("gives the words of a statement as one value that nobody can change, and what stands in the file after it was changed", () => {
    journal = withLeaf(journal);
    journal.putStatement(statement(1));
    const [first, again] = [journal.statement(id(1)), journal.statement(id(1))];
    expect(again?.envelope).toBe(first?.envelope);
    expect([first?.envelope, first?.envelope.message, first?.envelope.proof].every(Object.isFrozen)).toBe(true);
    place.raw(
      "DROP TRIGGER IF EXISTS statements_frozen; UPDATE statements SET envelope = replace(envelope, 'no longer', 'still')",
    );
    expect(place.open().statement(id(1))?.envelope.message["reason"]).toBe("still wanted");
  });

  it("answers with the very words that were put, which nobody can change from then on", () => {
    const { envelope } = statement(1);
    const own = { ...envelope, message: { ...envelope.message, reason: "said here alone" } };
    journal.putStatement(statement(1, { envelope: own }));
    expect(journal.statement(id(1))?.envelope).toBe(own);
    expect(() => Object.assign(own.message, { reason: "something else" })).toThrow(TypeError);
  });

  it("come back as they were stored, in that order", () => {
    const stored = [3, 1, 2].map((number) => statement(number, number === 1 ? { attachment: { a: ["1", null] } } : {}));
    for (const one of stored) journal.putStatement(one);
    journal.putStatement(statement(4, { about: id(9) }));
    journal = place.open();
    expect(journal.statementsAbout("Cancellation", id(1))).toEqual(stored);
    expect(journal.statementsAbout("Veto", id(1))).toEqual([]);
    expect(journal.statement(id(1))).toEqual(stored[1]);
    expect(journal.statement(id(7))).toBeUndefined();
  });

  it("show the last one of each member", () => {
    const said = [
      ["carl", 1],
      ["anna", 2],
      ["carl", 3],
      ["anna", 4],
      ["bert", 5],
    ] as const;
    for (const [who, number] of said) journal.putStatement(statement(number, { member: called(who) }));
    journal.putStatement(statement(6, { about: id(9) }));
    expect(journal.latestStatements("Cancellation", id(1)).map(({ hash }) => hash)).toEqual([id(4), id(5), id(3)]);
    expect(journal.latestStatement("Cancellation", id(1), called("carl"))?.hash).toBe(id(3));
    expect(journal.latestStatement("Cancellation", id(1), called("dora"))).toBeUndefined();
    expect(journal.latestStatements("Veto", id(1))).toEqual([]);
  });

  it("show the last two of each member about each topic of a subject, and of no other", () => {
    const said = [
      ["GLD/USD lbma", "anna"],
      ["GLD/USD lbma", "carl"],
      ["GLD/USD comex", "carl"],
      ["GLD/USD lbma", "carl"],
      ["GLD/USD lbma", "carl"],
      ["GLD/USD lbma", "bert"],
      ["GLD/USD comex", "anna"],
      ["GLD/USDC lbma", "carl"],
      ["GLD/USD", "carl"],
      ["GLD/US lbma", "carl"],
      ["AGLD/USD lbma", "carl"],
      ["GLD/USD!", "carl"],
    ] as const;
    for (const [number, [about, who]] of said.entries())
      journal.putStatement(statement(number, { about, member: called(who) }));
    const found = journal.lastWords("Cancellation", "GLD/USD").map(({ hash }) => hash);
    expect(found).toEqual([6, 2, 0, 5, 4, 3].map(id));
    expect(journal.lastWords("Veto", "GLD/USD")).toEqual([]);
    expect(journal.lastWords("Cancellation", "GLD")).toEqual([]);
  });

  it("find an attestation by its sequence", () => {
    const gold = { about: "GLD", kind: "ReserveAttestation" as const };
    const said = (number: number, sequence: number, change: object = {}): void => {
      const { envelope } = statement(number);
      journal.putStatement(
        statement(number, { ...gold, envelope: { ...envelope, kind: gold.kind, message: { sequence } }, ...change }),
      );
    };
    said(1, 7);
    said(2, 8);
    said(3, 7, { member: called("anna") });
    said(4, 7, { about: "SLV" });
    const found = (sequence: number): unknown => journal.attestation(called("GLD"), called("carl"), sequence)?.hash;
    expect([found(7), found(8), found(9)]).toEqual([id(1), id(2), undefined]);
  });

  it("are stored once", () => {
    journal.putStatement(statement(1));
    expect(() => {
      journal.putStatement(statement(1, { about: id(5) }));
    }).toThrow(InvariantViolation);
    expect(journal.statement(id(1))?.about).toBe(id(1));
  });

  it("are not edited by hand", () => {
    journal.putStatement(statement(1));
    expect(() => {
      place.raw("UPDATE statements SET member = 'mallory'");
    }).toThrow("statements are written once");
    expect(() => {
      place.raw("DELETE FROM statements");
    }).toThrow("statements are never deleted");
  });
});

describe("observations", () => {
  beforeEach(() => withLeaf(journal));
  const blocks = (): number[] => journal.observations(1, "token:0x", "supply").map((one) => one.blockNumber);

  it("of one observer are kept for its newest three blocks", () => {
    for (const block of [10, 30, 20, 40, 50]) journal.putObservation(observation(block));
    expect(blocks()).toEqual([30, 40, 50]);
    expect(journal.observation(id(10))).toBeUndefined();
    expect(journal.putObservation(observation(5))).toBe(false);
    expect(journal.observation(id(5))).toBeUndefined();
    expect(journal.putObservation(observation(35))).toBe(true);
    expect(blocks()).toEqual([35, 40, 50]);
    journal = place.open();
    expect(journal.observation(id(50))).toEqual({ ...observation(50), leaf: undefined });
  });

  it("that have a leaf stay, whatever comes after", () => {
    journal.putObservation(observation(10));
    journal.setObservationLeaf(id(10), 0);
    for (const block of [20, 30, 40, 50]) journal.putObservation(observation(block));
    expect(blocks()).toEqual([10, 30, 40, 50]);
    expect(journal.observation(id(10))?.leaf).toBe(0);
  });

  it("are counted apart by observer, chain, subject and fact", () => {
    const others = [{ observer: called("oscar") }, { chainId: 2 }, { subject: "token:0y" }, { fact: "paused" }];
    others.forEach((change, index) => {
      journal.putObservation(observation(5, { ...change, hash: id(1_000 + index) }));
    });
    for (const block of [10, 20, 30, 40]) journal.putObservation(observation(block));
    expect(blocks()).toEqual([5, 20, 30, 40]);
    others.forEach((_, index) => {
      expect(journal.observation(id(1_000 + index))?.blockNumber).toBe(5);
    });
  });

  it("of one block signed again and again fill no disk, and two different ones both stay", () => {
    for (let again = 0; again < 9; again += 1) journal.putObservation(observation(10, { hash: id(100 + again) }));
    journal.putObservation(observation(20));
    expect(blocks()).toEqual([10, 10, 10, 20]);
  });

  it("go when they have expired, a bounded number at a time, unless they were used", () => {
    const old = Array.from({ length: 30 }, (_, index) => index + 1);
    for (const number of old)
      journal.putObservation(observation(number, { subject: `token:${String(number)}`, expiresAt: 100 }));
    journal.setObservationLeaf(id(1), 0);
    const left = (): number => old.filter((number) => journal.observation(id(number)) !== undefined).length;
    journal.putObservation(observation(50, { at: at(99) }));
    expect(left()).toBe(30);
    journal.putObservation(observation(51, { at: at(100) }));
    expect(left()).toBe(10);
    journal.putObservation(observation(52, { at: at(100) }));
    expect(left()).toBe(1);
    expect(journal.observation(id(1))?.leaf).toBe(0);
    expect(blocks()).toEqual([50, 51, 52]);
  });

  it("are left out of a decision once they are used and behind the used block", () => {
    for (const block of [10, 20]) {
      journal.putObservation(observation(block));
      journal.setObservationLeaf(id(block), 0);
      journal.raiseUsedBlock(1, "token:0x", "supply", block);
    }
    expect(blocks()).toEqual([20]);
    expect(journal.observation(id(10))?.leaf).toBe(0);
  });

  it("get one leaf and are not changed otherwise", () => {
    journal.putObservation(observation(10));
    expect(() => {
      journal.putObservation(observation(10));
    }).toThrow(InvariantViolation);
    journal.setObservationLeaf(id(10), 0);
    expect(() => {
      journal.setObservationLeaf(id(10), 0);
    }).toThrow(InvariantViolation);
    expect(() => {
      journal.setObservationLeaf(id(11), 0);
    }).toThrow(InvariantViolation);
    expect(() => {
      place.raw("UPDATE observations SET envelope = '{}'");
    }).toThrow("observations are written once");
    expect(() => {
      place.raw("DELETE FROM observations");
    }).toThrow("used observations are never deleted");
  });

  it("say the newest block time of each observer of a chain", () => {
    journal.putObservation(observation(10, { blockTime: 100 }));
    journal.putObservation(observation(11, { blockTime: 110, subject: "account:0x" }));
    journal.putObservation(observation(12, { blockTime: 90, observer: called("oscar") }));
    journal.putObservation(observation(13, { blockTime: 500, chainId: 2 }));
    expect(journal.newestBlockTimes(1)).toEqual([
      { observer: "olga", blockTime: 110 },
      { observer: "oscar", blockTime: 90 },
    ]);
    expect(journal.newestBlockTimes(3)).toEqual([]);
  });

  it("raise the used block of a fact and never lower it", () => {
    expect(journal.usedBlock(1, "a", "supply")).toBe(-1);
    journal.raiseUsedBlock(1, "a", "supply", 0);
    expect(journal.usedBlock(1, "a", "supply")).toBe(0);
    journal.raiseUsedBlock(1, "a", "supply", 7);
    journal.raiseUsedBlock(1, "a", "supply", 3);
    journal = place.open();
    expect([journal.usedBlock(1, "a", "supply"), journal.usedBlock(1, "a", "paused")]).toEqual([7, -1]);
  });

  it("raise the round of a feed by its number, however long, and never lower it", () => {
    expect(journal.highestRound(1, "feed:a")).toBe(0n);
    const phased = (4n << 64n) + 1n;
    for (const round of [9n, 10n, 9n, phased, phased - 2n, 11n]) journal.raiseRound(1, "feed:a", round);
    journal.raiseRound(2, "feed:a", 3n);
    journal = place.open();
    expect([1, 2, 3].map((chain) => journal.highestRound(chain, "feed:a"))).toEqual([phased, 3n, 0n]);
    expect(() => {
      place.raw("UPDATE feed_rounds SET round = '9'");
    }).toThrow("feed_rounds never go back");
    expect(() => {
      place.raw("DELETE FROM feed_rounds");
    }).toThrow("feed_rounds are never deleted");
  });
});

describe("documents", () => {
  const document = (number: number, change: Partial<StoredDocument> = {}): StoredDocument => ({
    hash: id(number),
    kind: "Policy",
    name: "GLD",
    version: number,
    document: { version: number, lists: [] },
    state: "proposed",
    completeAt: undefined,
    activeAt: undefined,
    ...change,
  });

  it("are one value for one text, which nobody can change", () => {
    journal.putDocument(document(1, { document: { version: 1, lists: [{ address: "0x01" }] } }));
    const [first, again] = [journal.document(id(1)), journal.document(id(1))];
    expect(again?.document).toBe(first?.document);
    const { lists } = first?.document as { readonly lists: readonly [object] };
    expect([first?.document, lists, lists[0]].every(Object.isFrozen)).toBe(true);
  });

  it("come into force one after the other", () => {
    const first = document(1, { state: "active", activeAt: at(5) });
    journal.putDocument(first);
    journal.putDocument(document(2, { kind: "Roster", name: "roster", state: "active", activeAt: at(5) }));
    journal.putDocument(document(3));
    journal.updateDocument(id(3), { completeAt: at(6) });
    expect(journal.activeDocument("Policy", "GLD")).toEqual(first);
    expect(journal.proposedDocuments()).toEqual([document(3, { completeAt: at(6) })]);
    journal.transaction(() => {
      journal.updateDocument(id(1), { state: "superseded" });
      journal.updateDocument(id(3), { state: "active", activeAt: at(5) });
    });
    journal = place.open();
    expect(journal.activeDocument("Policy", "GLD")).toEqual(
      document(3, { completeAt: at(6), state: "active", activeAt: at(5) }),
    );
    expect(journal.activatedDocuments().map(({ hash }) => hash)).toEqual([id(1), id(2), id(3)]);
    expect(journal.documentHistory("Policy", "GLD").map(({ hash, state }) => [hash, state])).toEqual([
      [id(1), "superseded"],
      [id(3), "active"],
    ]);
    expect(journal.proposedDocuments()).toEqual([]);
  });

  it("that never came into force are in the history and not among those that did", () => {
    journal.putDocument(document(9));
    journal.putDocument(document(4));
    journal.updateDocument(id(9), { state: "vetoed" });
    expect(journal.documentHistory("Policy", "GLD").map(({ version }) => version)).toEqual([4, 9]);
    expect(journal.activatedDocuments()).toEqual([]);
    expect(journal.activeDocument("Policy", "GLD")).toBeUndefined();
    expect(journal.document(id(9))?.state).toBe("vetoed");
    expect(journal.document(id(8))).toBeUndefined();
  });

  it("of one name are never in force two at a time", () => {
    journal.putDocument(document(1, { state: "active", activeAt: at(5) }));
    expect(() => {
      journal.putDocument(document(2, { state: "active", activeAt: at(6) }));
    }).toThrow(InvariantViolation);
  });

  it("are stored once, keep what they say, and are known before they change", () => {
    journal.putDocument(document(1));
    expect(() => {
      journal.putDocument(document(1));
    }).toThrow(InvariantViolation);
    expect(() => {
      journal.updateDocument(id(2), { state: "vetoed" });
    }).toThrow(InvariantViolation);
    expect(() => {
      place.raw("UPDATE documents SET document = '{}'");
    }).toThrow("documents are written once");
  });
});

describe("freezes", () => {
  const freeze = (number: number) =>
    ({
      freezeId: id(number),
      scope: "asset",
      target: "GLD",
      reason: "a doubt",
      by: called("olaf"),
      at: at(number),
      lifted: false,
    }) as const;

  it("hold until they are lifted, and stay on record", () => {
    journal.putFreeze(freeze(2));
    journal.putFreeze(freeze(1));
    journal.liftFreeze(id(2));
    journal.liftFreeze(id(2));
    journal = place.open();
    expect(journal.freezes()).toEqual([{ ...freeze(2), lifted: true }, freeze(1)]);
  });

  it("are known by one id, lifted by that id only, and not frozen again by hand", () => {
    journal.putFreeze(freeze(1));
    expect(() => {
      journal.putFreeze(freeze(1));
    }).toThrow(InvariantViolation);
    expect(() => {
      journal.liftFreeze(id(2));
    }).toThrow(InvariantViolation);
    expect(() => {
      place.raw("DELETE FROM freezes");
    }).toThrow("freezes are never deleted");
  });
});

describe("a closed journal", () => {
  it("may be closed again and answers nothing", () => {
    journal.close();
    journal.close();
    expect(() => journal.size()).toThrow();
  });
});
