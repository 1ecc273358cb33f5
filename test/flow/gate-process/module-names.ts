/** Modules of a process as the committed list names them: packages, parts of Node, and folders of ours. */
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Sorted names without repetition, such as `node:fs`, `zod`, `ethers/lib.esm/abi` and `src/adapters/journal`. */
export function moduleNames(urls: readonly string[]): readonly string[] {
  return [...new Set(urls.map(nameOf))].toSorted();
}

function nameOf(url: string): string {
  if (!url.startsWith("file:")) return url.startsWith("node:") ? url : `node:${url}`;
  const path = fileURLToPath(url);
  if (!path.startsWith(root)) return path;
  const own = path.slice(root.length);
  const inPackage = own.split("node_modules/").at(-1) ?? "";
  if (inPackage === own) return own.slice(0, own.lastIndexOf("/"));
  const [first = "", second = "", third = ""] = inPackage.split("/");
  if (first.startsWith("@")) return `${first}/${second}`;
  // Which part of ethers matters: its providers would be a way to the network.
  return first === "ethers" ? [first, second, third].join("/") : first;
}
