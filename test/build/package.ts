/** What a stranger does with the package: pack it, install it where nothing else is, run its command. */
import { execFile, type ExecFileException } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "..", "..");

/** How a program ended, and what it wrote. */
export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type Setting = { readonly cwd: string; readonly env: NodeJS.ProcessEnv };

/** Runs a program to its end; never throws for an exit code. */
export function run(program: string, words: readonly string[], { cwd, env }: Setting): Promise<Ran> {
  return new Promise((done) => {
    const limits = { cwd, env, maxBuffer: 64 * 1024 * 1024, timeout: 240_000 };
    execFile(program, words, limits, (error: ExecFileException | null, stdout, stderr) => {
      done({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 127, stdout, stderr });
    });
  });
}

/** npm's own program, which any Node can run. */
export function npm(): string {
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "npm"));
  const found = onPath.filter((path) => existsSync(path)).map((path) => realpathSync(path));
  const near = (path: string): string[] => [
    path,
    join(dirname(path), "npm-cli.js"),
    join(dirname(dirname(path)), "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  const program = [process.env["npm_execpath"] ?? "", ...found.flatMap(near)].find(
    (path) => path.endsWith("npm-cli.js") && existsSync(path),
  );
  if (program === undefined) throw new Error("npm is not on the PATH");
  return program;
}

/** Our environment without what the npm that started the tests left in it. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const reach = /^npm_config_.*(registry|userconfig|globalconfig|cache|proxy|cafile|strict_ssl|auth)/i;
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || reach.test(name));
  return { ...Object.fromEntries(kept), NODE_OPTIONS: "", npm_config_loglevel: "error" };
}

/** The oldest Node on this machine that a stranger may still use (20 or later); the running one when there is no older. */
export async function oldestNode(): Promise<{ readonly program: string; readonly version: string }> {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"];
  const programs = [...new Set(folders.map((folder) => join(folder, "node")).filter(isProgram))];
  const asked = await Promise.all(
    programs.map(async (program) => {
      const { stdout } = await run(program, ["-p", "process.versions.node"], { cwd: root, env: plainEnvironment() });
      return { program, version: stdout.trim() };
    }),
  );
  const usable = asked.filter(({ version }) => Number(version.split(".")[0]) >= 20);
  usable.sort((a, b) => a.version.localeCompare(b.version, "en", { numeric: true }));
  return usable[0] ?? { program: process.execPath, version: process.versions.node };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export type Packed = { readonly tarball: string; readonly files: readonly string[] };

/** `npm pack` of this checkout into `folder`. */
export async function pack(folder: string): Promise<Packed> {
  const words = [npm(), "pack", "--json", "--pack-destination", folder];
  const { code, stdout, stderr } = await run(process.execPath, words, { cwd: root, env: plainEnvironment() });
  if (code !== 0) throw new Error(`npm pack failed: ${stderr}${stdout}`);
  const answer = JSON.parse(stdout) as Record<string, { filename: string; files: { path: string }[] }>;
  const [report] = Object.values(answer);
  return { tarball: join(folder, report!.filename), files: report!.files.map(({ path }) => path) };
}

/** A PATH with one program on it: `node`. No compiler, no make, no python. */
export function bareEnvironment(folder: string, node: string): NodeJS.ProcessEnv {
  const bin = join(folder, "path");
  mkdirSync(bin, { recursive: true });
  symlinkSync(node, join(bin, "node"));
  return { ...plainEnvironment(), PATH: bin };
}

/** Installs a tarball in an empty folder as somebody would who wants to check a bundle and nothing else. */
export async function install(tarball: string, { cwd, env }: Setting): Promise<Ran> {
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ name: "stranger", private: true }));
  const flags = ["--omit=optional", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  return run(process.execPath, [npm(), "install", tarball, ...flags], { cwd, env });
}
