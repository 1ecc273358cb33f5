/** Versions of the device's app, compared by number. */

/** `1.22.0-dev` counts as `1.22.0`; what is no version is older than everything. */
export function isAtLeast(version: string, min: string): boolean {
  const found = numbers(version);
  const wanted = numbers(min);
  const at = wanted.findIndex((one, index) => found[index] !== one);
  return at === -1 || (found[at] ?? -1) > (wanted[at] ?? 0);
}

function numbers(version: string): readonly number[] {
  const [, ...parts] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  return parts.map(Number);
}
