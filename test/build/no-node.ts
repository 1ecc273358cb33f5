/** A plugin of vite that refuses modules of Node: vite would put an empty object in their place, and the fault would show in somebody's browser. */
import { builtinModules } from "node:module";
import type { Plugin } from "vite";

export const noNode: Plugin = {
  name: "no-node",
  enforce: "pre",
  resolveId: (id, importer) => {
    if (id.startsWith("node:") || builtinModules.includes(id))
      throw new Error(`${importer ?? "something"} imports ${id}, which no browser has`);
  },
};
