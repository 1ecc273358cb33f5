/** People at a terminal, who type what a command asks for. */
import { spawn } from "node:child_process";
import { once } from "node:events";

/** A command at a terminal of its own, made by `script`; `type` is asked at each change of the screen what is typed now. */
export async function atTerminal(
  args: readonly string[],
  type: (screen: string) => string,
): Promise<{ readonly code: number | null; readonly screen: string }> {
  const command = [process.execPath, "src/main.ts", ...args].join(" ");
  const child = spawn("script", ["-qec", command, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
  let screen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    child.stdin.write(type(screen));
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, screen };
}
