/** Whether a service serves the console of this very copy: each file by its hash. */
import type { ServedFile } from "../compose/cli-console.ts";
import type { Check } from "./health-check.ts";

/** `installed` is empty where this copy was never built; `served` is undefined where no service was asked. */
export function consoleChecks(
  installed: readonly ServedFile[],
  served: readonly ServedFile[] | undefined,
): readonly Check[] {
  if (installed.length === 0)
    return [{ what: "console", kind: "missing", said: "not built here: run `npm run build`" }];
  const own = installed.map(({ path, sha256 }) => good(`console ${nameOf(path)}`, `installed here, ${sha256 ?? ""}`));
  return served === undefined ? own : [...own, ...servedChecks(installed, served)];
}

function servedChecks(installed: readonly ServedFile[], served: readonly ServedFile[]): readonly Check[] {
  if (served.every(({ sha256 }) => sha256 === undefined))
    return [{ what: "served console", kind: "missing", said: "the service serves none of these files" }];
  const wrong = installed.flatMap(({ path, sha256 }): readonly Check[] => {
    const found = served.find((one) => one.path === path)?.sha256;
    if (found === sha256) return [];
    const said = `the service serves ${found ?? "nothing"}, which is not what is installed here`;
    return [{ what: `served console ${nameOf(path)}`, kind: "wrong", said }];
  });
  return wrong.length === 0 ? [good("served console", "the service serves these very files")] : wrong;
}

function good(what: string, said: string): Check {
  return { what, kind: "good", said };
}

function nameOf(path: string): string {
  return path === "" ? "page" : path;
}
