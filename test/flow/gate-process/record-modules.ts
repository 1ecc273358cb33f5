/** Loaded before the gate (`--import`): writes down, when the process ends, every module that it loaded and which modules asked for it. */
import { writeFileSync } from "node:fs";
import { registerHooks } from "node:module";

const target = process.env["GATE_MODULES_FILE"];
const askers = new Map<string, Set<string>>();

registerHooks({
  resolve: (specifier, context, next) => {
    const resolved = next(specifier, context);
    const asker = context.parentURL ?? "";
    if (asker !== import.meta.url) askers.set(resolved.url, (askers.get(resolved.url) ?? new Set()).add(asker));
    return resolved;
  },
});

process.on("exit", () => {
  if (target !== undefined)
    writeFileSync(target, JSON.stringify([...askers].map(([url, by]) => ({ url, by: [...by] }))));
});
