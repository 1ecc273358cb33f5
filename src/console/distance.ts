/** How far away a moment is, in words. */

/** `3 hours ago`, `in 5 minutes`. */
export function distance(at: number, now: number): string {
  const seconds = Math.abs(at - now);
  const [size, name] = scales.find(([least]) => seconds >= least) ?? [1, "second"];
  const count = Math.floor(seconds / size);
  const text = `${count} ${name}${count === 1 ? "" : "s"}`;
  if (seconds < 1) return "now";
  return at < now ? `${text} ago` : `in ${text}`;
}

const scales: readonly (readonly [number, string])[] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
];
