/** Who held a token at a record block: said once the block is final and of no other block, while no other fact waits for it. */
import { describe, expect, it } from "vitest";
import { holdersHash } from "../../../src/evidence/distribution.ts";
import type { Holding } from "../../../src/evidence/entitlement.ts";
import * as subject from "../../../src/evidence/subject.ts";
import type { Block, ChainReader } from "../../../src/flow/observe/chain-reader.port.ts";
import type { Sighting, Watch } from "../../../src/flow/observe/observe.ts";
import { tellRecorded, type RecordMemory } from "../../../src/flow/observe/recorded.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import { Fault } from "../../../src/values/errors.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { goldToken, idOf } from "../../place/gold.ts";

const token = address.parse(goldToken);
const blockOf = (number: number, hash = idOf(`block ${String(number)}`)): Block => ({
  number,
  hash,
  time: parseInstant(1_800_000_000 + number),
});
const holders: readonly Holding[] = [
  { address: address.parse(`0x${"a1".repeat(20)}`), balance: amount.fromBigInt(5n) },
];
const about = subject.holders(token, { recordBlock: 5, recordHash: idOf("block 5") });

type World = { head: number; final: number; reads: number; fails?: Error; other?: boolean };

function readerOf(world: World): ChainReader {
  const reader = {
    head: () => Promise.resolve(blockOf(world.head)),
    finalized: () => Promise.resolve(blockOf(world.final)),
    blockAt: (height: number) =>
      Promise.resolve(
        height > world.head ? undefined : blockOf(height, world.other === true ? idOf("other") : undefined),
      ),
    holders: () => {
      world.reads += 1;
      // Longer than a look.
      return new Promise((resolve, reject) => {
        setTimeout(() => {
          if (world.fails === undefined) resolve(holders);
          else reject(world.fails);
        }, 0);
      });
    },
  };
  return reader as unknown as ChainReader;
}

const watch = (wanted: readonly string[]): Watch =>
  ({
    chain: { id: 31_337, observeEvery: 1, freshness: "120s", finality: { kind: "tag" } },
    lifetime: "10m",
    tokens: [{ address: token, standard: "role-erc20" }],
    accounts: [],
    wanted,
  }) as unknown as Watch;

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

async function recorded(reader: ChainReader, at: Watch, memory: RecordMemory): Promise<readonly Sighting[]> {
  const told: Sighting[] = [];
  await tellRecorded(reader, at, {
    memory,
    tell: (sighting) => {
      told.push(sighting);
      return Promise.resolve();
    },
  });
  return told;
}

async function twice(world: World, wanted = [about], memory: RecordMemory = new Map()): Promise<readonly unknown[]> {
  const first = await recorded(readerOf(world), watch(wanted), memory);
  expect(first).toEqual([]);
  await settle();
  return await recorded(readerOf(world), watch(wanted), memory);
}

describe("the holders of a record block", () => {
  it("are read beside everything else, and said at the next beat", async () => {
    const world = { head: 12, final: 9, reads: 0 };
    const memory: RecordMemory = new Map();
    expect(await twice(world, [about], memory)).toMatchObject([
      { subject: about, fact: "holders", value: holdersHash(holders), blockNumber: 12 },
    ]);
    world.head = 13;
    expect(await recorded(readerOf(world), watch([about]), memory)).toMatchObject([{ blockNumber: 13 }]);
    expect(world.reads).toBe(1);
  });

  it.each<[string, Partial<World>, readonly string[]]>([
    ["while the block is not final", { final: 4 }, [about]],
    ["of a block that another took the place of", { other: true }, [about]],
    [
      "of a token that nobody watches",
      {},
      [subject.holders(address.parse(`0x${"99".repeat(20)}`), { recordBlock: 5, recordHash: idOf("block 5") })],
    ],
    ["when nobody waits for them", {}, []],
  ])("are not said %s", async (_, changes, wanted) => {
    const world = { head: 12, final: 9, reads: 0, ...changes };
    expect(await twice(world, [...wanted])).toEqual([]);
    expect(world.reads).toBe(0);
  });

  it("that could not be read are a fault of the next look, and read again after it", async () => {
    const world: World = { head: 12, final: 9, reads: 0, fails: new Fault("chain.holders", "not all", "safe") };
    const memory: RecordMemory = new Map();
    await recorded(readerOf(world), watch([about]), memory);
    await settle();
    await expect(recorded(readerOf(world), watch([about]), memory)).rejects.toThrow("not all");
    delete world.fails;
    expect(await twice(world, [about], memory)).toHaveLength(1);
  });

  const nine = Array.from({ length: 9 }, (_, index) =>
    subject.holders(token, { recordBlock: index, recordHash: idOf(`block ${String(index)}`) }),
  );

  it("are read for a few distributions at a time, and said of all of them in the end, however long they stay open", async () => {
    const world = { head: 12, final: 9, reads: 0 };
    const memory: RecordMemory = new Map();
    const looks: [said: number, reads: number][] = [];
    for (let look = 0; look < 5; look += 1) {
      const said = await recorded(readerOf(world), watch(nine), memory);
      looks.push([said.length, world.reads]);
      await settle();
    }
    expect(looks).toEqual([
      [0, 4],
      [4, 8],
      [8, 9],
      [9, 9],
      [9, 9],
    ]);
  });

  it("are said though those of other blocks can never be read", async () => {
    const world: World = { head: 12, final: 9, reads: 0 };
    const memory: RecordMemory = new Map();
    const reader = {
      ...readerOf(world),
      holders: (_: unknown, { number }: Block) =>
        number < 6 ? Promise.reject(new Fault("chain.holders", "not all", "safe")) : Promise.resolve(holders),
    } as unknown as ChainReader;
    const said: string[] = [];
    const tell = (sighting: Sighting): Promise<void> => {
      said.push(sighting.subject);
      return Promise.resolve();
    };
    for (let look = 0; look < 8; look += 1) {
      await tellRecorded(reader, watch(nine), { memory, tell }).catch(() => undefined);
      await settle();
    }
    expect(new Set(said)).toEqual(new Set(nine.slice(6)));
  });

  it("are not held up by distributions whose block is still to come", async () => {
    const early = Array.from({ length: 6 }, (_, index) =>
      subject.holders(token, { recordBlock: 100 + index, recordHash: idOf(`block ${String(100 + index)}`) }),
    );
    expect(await twice({ head: 12, final: 9, reads: 0 }, [...early, about])).toMatchObject([{ subject: about }]);
  });
});
