/** Which files of the gate another user of the machine could read or replace. */
import { lstatSync, type Stats } from "node:fs";
import { dirname } from "node:path";

/** One sentence for each exposure, empty when there is none; files that are not there yet are no exposure. Other users are all but root. */
export function exposuresOf(files: readonly string[]): readonly string[] {
  const folders = [...new Set(files.map((file) => dirname(file)))];
  return [
    ...files.flatMap((file) => exposure(file, 0o077, "can be read by other users; its mode must be 0600")),
    ...folders.flatMap((folder) => exposure(folder, 0o022, "can be changed by other users; its mode must be 0700")),
  ];
}

function exposure(path: string, forbidden: number, what: string): readonly string[] {
  const stats = statsOf(path);
  if (stats === undefined) return [];
  if (stats.isSymbolicLink()) return [`\`${path}\` is a link; name the file itself`];
  const own = process.getuid?.() ?? stats.uid;
  if (stats.uid !== own && stats.uid !== 0) return [`\`${path}\` belongs to another user`];
  return (stats.mode & forbidden) === 0 ? [] : [`\`${path}\` ${what}`];
}

function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
