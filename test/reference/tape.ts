/** Random choices read from a tape of numbers, so that a failing case shrinks as its tape does; zeros choose what is simplest. */
import fc from "fast-check";

export type Chooser = {
  /** A whole number from 0 to one below `bound`. */
  readonly below: (bound: number) => number;
  readonly between: (least: number, most: number) => number;
  readonly of: <T>(choices: readonly T[]) => T;
  /** True so many times in a hundred; false when the tape is over. */
  readonly chance: (percent: number) => boolean;
  /** Each of them or not, in their order. */
  readonly some: <T>(choices: readonly T[]) => T[];
  readonly shuffled: <T>(choices: readonly T[]) => T[];
};

const length = 700;

/** Tapes whose numbers are spread evenly. */
export const tape: fc.Arbitrary<Uint32Array> = fc.noBias(fc.uint32Array({ minLength: length, maxLength: length }));

export function chooser(numbers: Uint32Array): Chooser {
  let read = 0;
  const below = (bound: number): number => {
    const number = numbers[read] ?? 0;
    read += 1;
    return number % bound;
  };
  const chance = (percent: number): boolean => below(100) >= 100 - percent;
  const shuffled = <T>(choices: readonly T[]): T[] => {
    const left = [...choices];
    return choices.map(() => left.splice(below(left.length), 1)[0]!);
  };
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    of: (choices) => choices[below(choices.length)]!,
    chance,
    some: (choices) => choices.filter(() => chance(50)),
    shuffled,
  };
}
