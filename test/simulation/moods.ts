/** What goes wrong more often on some days than on others: each seed has a mood. */

export const moods = {
  plain: {},
  deadly: { "kill gate": 4, "kill serve": 3, "end one": 2 },
  "put back": { copy: 3, "put back": 20, "put right": 0.5 },
  twins: { twin: 10, "put right": 0.5 },
  halted: { "halt serve": 8, work: 1.5 },
  /** Its stranger comes once the lane is at rest. */
  estranged: {},
  noisy: { line: 6, "ask again": 6 },
  witless: { witness: 6, "kill witness": 4, observers: 6 },
  /** Half of what is asked for are redemptions. */
  redeeming: { line: 4, "ask again": 10, observers: 6, reorganise: 3, copy: 2, "put back": 4, "kill gate": 2 },
  /** Gates are lost and followed by others; what one journal and its copy do is for other days. */
  succeeding: { "kill gate": 2, witness: 2, copy: 0, "put back": 0, twin: 0, "put right": 0.5 },
} as const satisfies Readonly<Record<string, Readonly<Record<string, number>>>>;

export type Mood = keyof typeof moods;

const names = Object.keys(moods) as readonly Mood[];
/** Those that a seed draws; days of the other two are asked for by their names, so that the days before them stay what they were. */
const drawn = names.filter((name) => name !== "redeeming" && name !== "succeeding");

export function moodOf(chance: (bound: number) => number): Mood {
  return drawn[chance(drawn.length)] ?? "plain";
}

/** A mood by its name; throws for any other word. */
export function readMood(word: string | undefined): Mood | undefined {
  const mood = names.find((name) => name === word);
  if (word !== undefined && mood === undefined) throw new Error(`no day has the mood \`${word}\``);
  return mood;
}

/** By how much an event is more likely. */
export function factorOf(mood: Mood, event: string): number {
  return (moods[mood] as Readonly<Record<string, number>>)[event] ?? 1;
}
