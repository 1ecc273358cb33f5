/** How many questions an endpoint is asked at a time. */
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Block, ChainReader } from "../../../src/flow/observe/chain-reader.port.ts";
import { fewAtOnce } from "../../../src/flow/observe/few-at-once.ts";
import { observe } from "../../../src/flow/observe/observe.ts";
import type { Chain } from "../../../src/genesis/genesis.ts";
import { parse as parseChainId } from "../../../src/values/chain-id.ts";
import * as instant from "../../../src/values/instant.ts";
import { idOf } from "../../place/gold.ts";

const chain = {
  id: parseChainId(31_337),
  observeEvery: 5,
  freshness: "120s",
  finality: { kind: "depth", blocks: 10 },
} as unknown as Chain;
const block: Block = { number: 20, hash: idOf("block"), time: instant.parse(1_800_000_000) };

it("looks for every transaction that somebody waits for, and for no more than eight at once", async () => {
  let [under, most, asked] = [0, 0, 0];
  const reader = {
    head: () => Promise.resolve(block),
    finalized: () => Promise.resolve(undefined),
    blockAt: () => Promise.resolve(block),
    receipt: async () => {
      [under, asked] = [under + 1, asked + 1];
      most = Math.max(most, under);
      await turn();
      under -= 1;
      return undefined;
    },
  } as unknown as ChainReader;
  const wanted = Array.from({ length: 500 }, (_, i) => `tx:${idOf(String(i))}`);
  await observe(reader, { chain, lifetime: "10m", tokens: [], accounts: [], feeds: [], wanted });
  expect({ asked, most }).toEqual({ asked: 500, most: 8 });
});

it("answers in the order of the questions, and asks nothing more once one failed", async () => {
  const questions = Array.from({ length: 20 }, (_, i) => i);
  const slow = async (question: number): Promise<string> => {
    if (question % 2 === 0) await turn();
    return String(question);
  };
  expect(await fewAtOnce(questions, slow)).toEqual(questions.map(String));
  const asked: number[] = [];
  const failing = (question: number): Promise<number> => {
    asked.push(question);
    return question === 3 ? Promise.reject(new Error("away")) : Promise.resolve(question);
  };
  await expect(fewAtOnce(questions, failing)).rejects.toThrow("away");
  expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
