/** The words of `npm run chaos`, and what a seed draws. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { drawnShape } from "./chaos.ts";
import { shapes } from "../place/shape.ts";

const program = fileURLToPath(new URL("chaos-main.ts", import.meta.url));

describe("chaos", () => {
  test.each([
    [["--kills", "five"], "--kills: `five` is not a whole number from 1"],
    [["--kills", "0"], "--kills: `0` is not a whole number from 1"],
    [["--seed", "-1x"], "--seed"],
    [["7"], "'7'"],
  ])("refuses %j in words, with exit code 2, and kills nothing", (args, words) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(words);
  });

  test("draws every kind of store, and from one seed always the same", () => {
    const drawn = Array.from({ length: 60 }, (_, seed) => drawnShape(seed));
    expect(new Set(drawn)).toEqual(new Set(shapes));
    expect(Array.from({ length: 60 }, (_, seed) => drawnShape(seed))).toEqual(drawn);
  });
});
