/** One thing the evidence shows: what, how often at each scale, and how one round of it runs. */

/** `small` is a quick try of the programme itself; only `stated` counts are evidence. */
export type Scale = "small" | "stated";

/** What a round counted, by words: `{ kills: 29 }`. Rounds are added up. */
export type Counts = Readonly<Record<string, number>>;

export type Round = {
  readonly number: number;
  readonly scale: Scale;
  /** Every random choice of the round follows from it. */
  readonly seed: number;
  readonly say: (sentence: string) => void;
};

export type Item = {
  readonly name: string;
  /** One sentence: what holds when it passed. */
  readonly shows: string;
  readonly rounds: Readonly<Record<Scale, number>>;
  /** What of `src/` its rounds read, as git's pathspecs, when that is a part: what is shown of it holds as long as it stays as it is. */
  readonly reads?: readonly string[];
  /** Throws with what is wrong. */
  readonly run: (round: Round) => Promise<Counts>;
};

const but = (...rooms: readonly string[]): readonly string[] => [
  "src",
  ...rooms.map((room) => `:(exclude)src/${room}`),
];
/** What whole processes are made of. */
export const processes = but("console");
/** What gate, service, observers and witness are made of when a test puts them together itself. */
export const flows = but("cli", "compose", "config", "console");

/** What an item is evidence of. */
export function readsOf({ reads }: Pick<Item, "reads">): readonly string[] {
  return reads ?? ["src"];
}

/** Says how far a long round is, at most every two seconds. */
export function progress(say: (sentence: string) => void, of: number, what: string): (done: number) => void {
  let last = performance.now();
  return (done) => {
    if (performance.now() - last < 2_000) return;
    last = performance.now();
    say(`${String(done)} of ${String(of)} ${what}`);
  };
}
