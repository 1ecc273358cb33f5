/** What the journal promises of allocations, approvals, permits and refusals, on a real file. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Journal } from "../../../src/flow/gate/journal.port.ts";
import { max } from "../../../src/values/amount.ts";
import { InvariantViolation } from "../../../src/values/errors.ts";
import { parse as parseHex } from "../../../src/values/hex.ts";
import { journalPlace } from "./journal-place.ts";
import { account, allocation, at, called, id, units, unsigned, withLeaf } from "./rows.ts";

const place = journalPlace();
let journal: Journal;

beforeEach(() => {
  journal = place.open();
});

afterEach(() => {
  place.remove();
});

describe("allocations", () => {
  beforeEach(() => withLeaf(journal));
  const put = (number: number, change: Parameters<typeof allocation>[1] = {}): ReturnType<Journal["putAllocation"]> =>
    journal.putAllocation(allocation(number, change));
  const taken = (by: string) => ({ kind: "taken", by });
  const end = (
    request: string,
    outcome: "success" | "reverted" | "mismatch" | "closed",
    outcomeBlock: number,
  ): void => {
    journal.settleAllocation(request as never, { outcome, outcomeBlock, at: at(1_000) });
  };
  const requests = (list: readonly { readonly requestId: string }[]): string[] =>
    list.map(({ requestId }) => requestId);

  it("come back with every digit of their amounts", () => {
    expect(put(1)).toEqual({ kind: "stored" });
    journal = place.open();
    expect(journal.allocation(id(1))).toEqual(allocation(1));
    expect(journal.allocation(id(1))?.amount).toBe(max);
    expect(journal.allocation(id(2))).toBeUndefined();
  });

  it("tie one request to one nonce, both ways", () => {
    put(1);
    expect(put(1, { nonce: 5, reference: "other" })).toEqual(taken("request"));
    expect(put(2, { nonce: 1 })).toEqual(taken("nonce"));
    expect(put(3, { nonce: 1, chainId: 2 })).toEqual({ kind: "stored" });
    expect(put(4, { nonce: 1, account: account(1) })).toEqual({ kind: "stored" });
    expect(requests(journal.openAllocations())).toEqual([id(1), id(3), id(4)]);
  });

  it("take a reference once, until a revert gives it back", () => {
    const same = { reference: "receipt-1" };
    put(1);
    expect(put(2, same)).toEqual(taken("reference"));
    expect(put(3, { ...same, initiator: called("ivan") })).toEqual(taken("reference"));
    expect(put(4, { ...same, operation: "redeem" })).toEqual({ kind: "stored" });
    expect(put(5, { ...same, asset: called("SLV") })).toEqual({ kind: "stored" });
    end(id(1), "reverted", 9);
    expect(put(6, same)).toEqual({ kind: "stored" });
    expect(put(7, same)).toEqual(taken("reference"));
    end(id(6), "mismatch", 9);
    expect(put(8, same)).toEqual(taken("reference"));
  });

  it("of which a filler closed the nonce are over, with their reference free", () => {
    put(1, { reference: "receipt-1" });
    end(id(1), "closed", 9);
    end(id(1), "closed", 9);
    journal = place.open();
    expect(journal.allocation(id(1))).toMatchObject({ outcome: "closed", outcomeBlock: 9 });
    expect(journal.openAllocations()).toEqual([]);
    expect(put(2, { reference: "receipt-1" })).toEqual({ kind: "stored" });
    expect(() => {
      end(id(1), "success", 10);
    }).toThrow(InvariantViolation);
    expect(() => {
      place.raw("UPDATE allocations SET closed = 1 WHERE id = 2");
    }).toThrow("CHECK constraint failed");
  });

  it("are forbidden twice by the file itself", () => {
    put(1);
    const copy = (changes: string): string =>
      `INSERT INTO allocations SELECT ${changes}, at, leaf, outcome, outcome_block, 0, distribution FROM allocations WHERE id = 1`;
    const rest = "asset, operation, reference, initiator, recipient, amount, fee_ceiling_wei";
    expect(() => {
      place.raw(
        copy(
          `2, '0x2', chain_id, account, nonce, key, asset, operation, 'other', initiator, recipient, amount, fee_ceiling_wei`,
        ),
      );
    }).toThrow("allocations.chain_id, allocations.account, allocations.nonce");
    expect(() => {
      place.raw(copy(`2, '0x2', chain_id, account, 9, key, ${rest}`));
    }).toThrow("allocations.asset, allocations.operation, allocations.reference");
    expect(() => {
      place.raw("DELETE FROM allocations");
    }).toThrow("allocations are never deleted");
    expect(() => {
      place.raw("UPDATE allocations SET nonce = 9");
    }).toThrow("allocations are written once");
  });

  it("know the highest nonce of a lane", () => {
    expect(journal.highestNonce(1, account(7))).toBeUndefined();
    put(5, { at: at(100) });
    put(3, { at: at(100) });
    put(9, { chainId: 2, at: at(100) });
    expect([journal.highestNonce(1, account(7)), journal.highestNonce(1, account(8))]).toEqual([5, undefined]);
  });

  it("that are open are known", () => {
    put(1);
    put(2);
    put(3, { asset: called("SLV") });
    end(id(1), "success", 3);
    expect(requests(journal.openAllocations())).toEqual([id(2), id(3)]);
  });

  it("know the lowest nonce of a lane that no token can have signed", () => {
    const lowest = (): number | undefined => journal.lowestUnsigned(1, account(7));
    expect(lowest()).toBeUndefined();
    for (const number of [1, 2, 3, 4]) {
      put(number);
      const permit = { digest: id(20 + number), requestId: id(number), ordinal: 1, transaction: unsigned };
      journal.putPermit({ ...permit, filler: false });
    }
    put(5, { chainId: 2, nonce: 0 });
    put(6, { account: account(8), nonce: 0 });
    const seen = [lowest()];
    journal.markAsked(id(21));
    journal.markAsked(id(22));
    journal.storeSignature(id(22), { raw: "0x02", txHash: id(32) });
    end(id(3), "reverted", 12);
    seen.push(lowest());
    journal.markUnsigned(id(21));
    seen.push(lowest());
    for (const number of [21, 24]) journal.markAsked(id(number));
    seen.push(lowest());
    expect(seen).toEqual([1, 4, 1, undefined]);
  });

  it("end once", () => {
    put(1);
    end(id(1), "success", 12);
    end(id(1), "success", 12);
    expect(journal.allocation(id(1))).toEqual(allocation(1, { outcome: "success", outcomeBlock: 12 }));
    for (const [outcome, block] of [
      ["reverted", 12],
      ["success", 13],
    ] as const) {
      expect(() => {
        end(id(1), outcome, block);
      }).toThrow(InvariantViolation);
    }
    expect(() => {
      end(id(2), "success", 1);
    }).toThrow(InvariantViolation);
    expect(journal.openAllocations()).toEqual([]);
  });

  it("show the mints that a supply observed at a height does not have yet", () => {
    // Of each power of two a sum tells whether it is in it.
    const amountOf = (number: number): bigint => 2n ** BigInt(number * 30);
    for (const number of [1, 2, 3, 4, 5, 6, 7])
      put(number, {
        amount: units(amountOf(number)),
        operation: number === 4 ? "redeem" : "mint",
        asset: called(number === 5 ? "SLV" : "GLD"),
      });
    end(id(7), "mismatch", 12);
    for (const number of [1, 2, 4, 5]) end(id(number), "success", 10 + number);
    end(id(3), "reverted", 20);
    const unseen = (above?: number, except?: number): bigint =>
      journal.mintsUnseen(called("GLD"), { chainId: 1, above, except: except === undefined ? undefined : id(except) });
    // The sixth is open.
    const of = (...numbers: number[]): bigint => numbers.reduce((all, number) => all + amountOf(number), 0n);
    expect([unseen(10), unseen(11), unseen(12), unseen()]).toEqual([of(1, 2, 6, 7), of(2, 6, 7), of(6), of(6)]);
    expect([unseen(12, 6), unseen(12, 7), unseen(10, 1)]).toEqual([0n, of(6), of(1, 2, 6, 7)]);
    expect(journal.mintsUnseen(called("XAU"), { chainId: 1, above: 0, except: undefined })).toBe(0n);
  });

  it("tell of a freeze or a pause that a block does not show yet", () => {
    const [holder, other, nobody] = [account(1), account(2), account(0)];
    const stopped = (operation: "freeze" | "pause", who: typeof holder, block: number, asset = "GLD"): boolean =>
      journal.isStoppedAfter(called(asset), { chainId: 1, operation, holder: who, block, before: undefined });
    put(1, { operation: "freeze", to: holder });
    put(2, { operation: "pause", to: nobody });
    put(3, { operation: "mint", to: other });
    expect([stopped("freeze", holder, 99), stopped("pause", nobody, 99)]).toEqual([true, true]);
    expect([stopped("freeze", other, 0), stopped("pause", holder, 0)]).toEqual([false, false]);
    expect(stopped("freeze", holder, 0, "SLV")).toBe(false);
    end(id(1), "success", 10);
    expect([stopped("freeze", holder, 9), stopped("freeze", holder, 10)]).toEqual([true, false]);
    end(id(2), "mismatch", 12);
    expect([stopped("pause", nobody, 11), stopped("pause", nobody, 12)]).toEqual([true, false]);
    put(4, { operation: "freeze", to: other });
    end(id(4), "reverted", 20);
    put(5, { operation: "freeze", to: other });
    end(id(5), "closed", 20);
    expect(stopped("freeze", other, 0)).toBe(false);
  });

  it("compare no height of one chain with that of another", () => {
    const issued = (chainId: number): bigint =>
      journal.mintsUnseen(called("GLD"), { chainId, above: 40, except: undefined });
    const holder = account(1);
    const stopped = (chainId: number): boolean =>
      journal.isStoppedAfter(called("GLD"), { chainId, operation: "freeze", holder, block: 40, before: undefined });
    put(1, { amount: units(5n) });
    put(2, { operation: "freeze", to: holder });
    expect([issued(2), stopped(2)]).toEqual([5n, false]);
    end(id(1), "success", 5_000);
    end(id(2), "success", 5_000);
    expect([issued(1), issued(2), stopped(1), stopped(2)]).toEqual([5n, 0n, true, false]);
  });

  it("tell of none that comes behind an allocation on its lane", () => {
    const stopped = (nonce: number, lane = 1): boolean =>
      journal.isStoppedAfter(called("GLD"), {
        chainId: 1,
        operation: "freeze",
        holder: account(1),
        block: 99,
        before: { ...allocation(lane), nonce },
      });
    put(3, { operation: "freeze", to: account(1) });
    const { nonce } = allocation(3);
    expect([stopped(nonce - 1), stopped(nonce), stopped(nonce + 1)]).toEqual([false, false, true]);
    const elsewhere = { chainId: 1, operation: "freeze", holder: account(1), block: 99 } as const;
    const on = (change: Partial<ReturnType<typeof allocation>>): boolean =>
      journal.isStoppedAfter(called("GLD"), { ...elsewhere, before: { ...allocation(1), ...change } });
    expect([on({}), on({ chainId: 2 }), on({ account: account(8) })]).toEqual([false, true, true]);
  });

  it("spend an approval once", () => {
    expect(journal.spendApproval(id(50), id(1))).toBe(true);
    expect(journal.spendApproval(id(50), id(2))).toBe(false);
    expect(journal.spendApproval(id(50), id(1))).toBe(false);
    journal = place.open();
    expect([journal.approvalSpentBy(id(50)), journal.approvalSpentBy(id(51))]).toEqual([id(1), undefined]);
    expect(() => {
      place.raw("UPDATE approvals SET request_id = '0x'");
    }).toThrow("approvals are written once");
  });
});

describe("permits", () => {
  beforeEach(() => {
    withLeaf(journal);
    journal.putAllocation(allocation(1));
    journal.putPermit({ digest: id(20), requestId: id(1), ordinal: 1, transaction: unsigned, filler: false });
  });
  const signed = { raw: parseHex("0x02f8"), txHash: id(30) };

  it("remember whether a token was asked and what it answered", () => {
    const permit = {
      digest: id(20),
      requestId: id(1),
      ordinal: 1,
      transaction: unsigned,
      filler: false,
      asked: false,
      doubt: false,
      declined: undefined,
      signed: undefined,
    };
    expect(journal.permits(id(1))).toEqual([permit]);
    journal.markAsked(id(20));
    journal.markAsked(id(20));
    expect(journal.permits(id(1))).toEqual([{ ...permit, asked: true, doubt: true }]);
    journal.storeSignature(id(20), signed);
    journal.storeSignature(id(20), signed);
    journal.markAsked(id(20));
    journal = place.open();
    expect(journal.permits(id(1))).toEqual([{ ...permit, asked: true, doubt: true, signed }]);
    expect(journal.permitByTxHash(id(30))?.digest).toBe(id(20));
    expect(journal.permitByTxHash(id(31))).toBeUndefined();
  });

  it("are in doubt from each asking on, until the token is certain that it gave nothing", () => {
    journal.markAsked(id(20));
    journal.markUnsigned(id(20));
    journal.markDeclined(id(20), "it was rejected on the device");
    journal.markDeclined(id(20), "something else");
    journal = place.open();
    expect(journal.permits(id(1))).toMatchObject([
      { asked: true, doubt: false, declined: "it was rejected on the device" },
    ]);
    journal.markAsked(id(20));
    expect(journal.permits(id(1))).toMatchObject([{ doubt: true }]);
    journal.storeSignature(id(20), signed);
    expect(() => {
      journal.markUnsigned(id(20));
    }).toThrow(InvariantViolation);
  });

  it("of a nonce that a filler closes are neither put nor asked for", () => {
    journal.putPermit({ digest: id(21), requestId: id(1), ordinal: 2, transaction: unsigned, filler: true });
    expect(() => {
      journal.markAsked(id(20));
    }).toThrow("permits of a closed nonce are not used");
    expect(() => {
      journal.putPermit({ digest: id(22), requestId: id(1), ordinal: 3, transaction: unsigned, filler: false });
    }).toThrow("permits of a closed nonce are not used");
    journal.markAsked(id(21));
    journal.storeSignature(id(21), signed);
    journal.putPermit({ digest: id(23), requestId: id(1), ordinal: 3, transaction: unsigned, filler: true });
    expect(journal.permits(id(1)).map(({ filler }) => filler)).toEqual([false, true, true]);
    expect(() => {
      place.raw("UPDATE permits SET filler = 0");
    }).toThrow("permits are written once");
  });

  it("come in their order, one for each digest and place", () => {
    journal.putPermit({ digest: id(5), requestId: id(1), ordinal: 3, transaction: unsigned, filler: false });
    journal.putPermit({ digest: id(6), requestId: id(1), ordinal: 2, transaction: unsigned, filler: false });
    expect(journal.permits(id(1)).map(({ ordinal }) => ordinal)).toEqual([1, 2, 3]);
    for (const [digest, ordinal] of [
      [20, 9],
      [21, 1],
    ] as const) {
      expect(() => {
        journal.putPermit({ digest: id(digest), requestId: id(1), ordinal, transaction: unsigned, filler: false });
      }).toThrow(InvariantViolation);
    }
  });

  it("keep what they allow", () => {
    expect(() => {
      place.raw("UPDATE permits SET digest = '0x'");
    }).toThrow("permits are written once");
  });

  it("belong to an allocation", () => {
    expect(() => {
      journal.putPermit({ digest: id(21), requestId: id(2), ordinal: 1, transaction: unsigned, filler: false });
    }).toThrow(InvariantViolation);
    expect(() => {
      journal.markAsked(id(99));
    }).toThrow(InvariantViolation);
  });

  it("keep the first signature", () => {
    journal.storeSignature(id(20), signed);
    expect(() => {
      journal.storeSignature(id(20), { raw: parseHex("0x02f9"), txHash: id(31) });
    }).toThrow(InvariantViolation);
    expect(journal.permits(id(1))[0]?.signed).toEqual(signed);
    expect(() => {
      place.raw("UPDATE permits SET raw = NULL, tx_hash = NULL");
    }).toThrow("permits never go back");
  });
});

describe("refusals", () => {
  const refusal = (about: string, why: string, seconds: number) =>
    ({ verb: "sign", about, code: "policy.denied", why, at: at(seconds) }) as const;

  it("are kept in order, the same one in a row once", () => {
    for (const [why, seconds] of [
      ["a", 1],
      ["a", 2],
      ["b", 3],
      ["a", 4],
    ] as const)
      journal.recordRefusal(refusal("x", why, seconds));
    journal.recordRefusal(refusal("y", "a", 5));
    journal = place.open();
    expect(journal.refusals("x").map(({ why, at: seconds }) => [why, seconds])).toEqual([
      ["a", 1],
      ["b", 3],
      ["a", 4],
    ]);
    expect(journal.refusals("y")).toEqual([{ verb: "sign", code: "policy.denied", why: "a", at: 5 }]);
    expect(journal.refusals("z")).toEqual([]);
  });

  it("of one request are the last hundred", () => {
    journal.transaction(() => {
      for (let number = 1; number <= 130; number += 1) journal.recordRefusal(refusal("x", String(number), number));
    });
    expect(journal.refusals("x").map(({ why }) => Number(why))).toEqual(
      Array.from({ length: 100 }, (_, index) => 31 + index),
    );
  });
});
