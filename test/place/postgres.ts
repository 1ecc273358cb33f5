/** A real PostgreSQL for one test file: a cluster of its own in a temporary folder, on a Unix socket, run by an ordinary user. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type Postgres = {
  /** Of an empty database that nobody else has. */
  readonly freshUrl: () => string;
  /** Ends it as a crash would, in the midst of whatever it does, and starts it again; resolves when it answers. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type User = { readonly uid: number; readonly gid: number };

/** Starts a server, installing Debian's package first when the machine has none, and saying so. */
export async function startPostgres(): Promise<Postgres> {
  const programs = findPrograms() ?? install("postgresql", findPrograms);
  const user = ordinaryUser();
  const folder = mkdtempSync(join(tmpdir(), "countersign-pg-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  run(join(programs, "initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], {
    ...user,
    cwd: folder,
  });
  const start = async (): Promise<ChildProcess> => {
    const server = spawn(join(programs, "postgres"), ["-D", data, "-k", folder, "-c", "listen_addresses="], {
      ...user,
      cwd: folder,
      stdio: "ignore",
    });
    await untilReady(join(programs, "pg_isready"), folder, server);
    return server;
  };
  let server = await start();
  // "Immediate shutdown": nothing is written that was not.
  const end = async (): Promise<void> => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    if (server.exitCode === null && server.kill("SIGQUIT")) await ended;
  };
  let count = 0;
  return {
    freshUrl: () => {
      count += 1;
      const name = `fresh${count}`;
      run(join(programs, "createdb"), ["-h", folder, "-U", "postgres", name], { cwd: folder });
      return `postgres://postgres@/${name}?host=${encodeURIComponent(folder)}`;
    },
    restart: async () => {
      await end();
      server = await start();
    },
    stop: async () => {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The folder of the newest server on this machine: Debian's, or Homebrew's. */
function findPrograms(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env["PATH"] ?? "").split(":"),
  ];
  return folders.find((folder) =>
    ["initdb", "postgres", "createdb", "pg_isready"].every((name) => existsSync(join(folder, name))),
  );
}

/** Installs a package of Debian, and says so; answers where what was looked for is now. */
export function install(name: string, find: () => string | undefined): string {
  const [program, ...rest] = process.getuid?.() === 0 ? ["apt-get"] : ["sudo", "-n", "apt-get"];
  process.stderr.write(`installing Debian's package \`${name}\` for the tests of the store\n`);
  run(program, [...rest, "install", "-y", "--no-install-recommends", name], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  const found = find();
  if (found === undefined) throw new Error(`\`${name}\` was installed and is not found`);
  return found;
}

/** PostgreSQL refuses to run as root; its package brings a user along. Undefined when we are an ordinary user already. */
export function ordinaryUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const number = (flag: string): number => Number(run("id", [flag, "postgres"], {}).trim());
  return { uid: number("-u"), gid: number("-g") };
}

async function untilReady(program: string, folder: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}`);
    if (spawnSync(program, ["-h", folder, "-q"]).status === 0) return;
    await sleep(100);
  }
  throw new Error("PostgreSQL did not start within 30 seconds");
}

export function run(
  program: string,
  parameters: readonly string[],
  options: Parameters<typeof spawnSync>[2] & object,
): string {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, { ...options, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${parameters.join(" ")}: ${error?.message ?? stderr}`);
  return stdout;
}
