/**
 * `npm run chaos -- --kills N [--seed S]`: so many processes killed at random while people mint, on a store and with as many replicas as
 * chance has it; the same seed draws the same place and the same kills. The last line is the result. Exit 1 on any breach, 2 on a wrong word.
 */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";

const usual = 40;

type Asked = { readonly kills: number; readonly seed: number };

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Throws with one sentence for whoever typed it. */
function read(args: readonly string[]): Asked {
  const { values } = parseArgs({
    args: [...args],
    options: { kills: { type: "string" }, seed: { type: "string" } },
  });
  const { kills = String(usual), seed = String(randomBytes(4).readUInt32BE()) } = values;
  return { kills: wholeNumber("kills", kills, 1), seed: wholeNumber("seed", seed, 0) };
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least)) throw new Error(`--${option}: \`${text}\` is not a whole number from ${String(least)}`);
  return value;
}

async function run({ kills, seed }: Asked): Promise<number> {
  // Loaded only for words that are understood.
  const [{ drawnShape, storm }, { machine }, { shapeName }] = await Promise.all([
    import("./chaos.ts"),
    import("../place/machine.ts"),
    import("../place/shape.ts"),
  ]);
  const shape = drawnShape(seed);
  const began = performance.now();
  const took = (): string => `${((performance.now() - began) / 1_000).toFixed(0)} s, seed ${String(seed)}`;
  say(`chaos: ${String(kills)} kills on ${shapeName(shape)}, seed ${String(seed)}; ${machine()}`);
  try {
    const { requests } = await storm(kills, shape, { seed, say });
    say(
      `held: ${String(kills)} kills, ${String(requests)} requests, as many Mint events and nonces, totalSupply is their sum; ${took()}`,
    );
    return 0;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(why);
    say(`BREACH: ${why.split("\n")[0] ?? ""}; ${took()}`);
    return 1;
  }
}

let asked: Asked | undefined;
try {
  asked = read(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`chaos: ${error instanceof Error ? error.message : String(error)}\n`);
}
process.exitCode = asked === undefined ? 2 : await run(asked);
