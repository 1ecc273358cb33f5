/** A real PgBouncer before a test's database: the proxy that many put there, and that lends sessions of the server to others. */
import { spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { install, ordinaryUser } from "./postgres.ts";

export type Bouncer = { readonly url: string; readonly stop: () => Promise<void> };

const places = ["/usr/sbin/pgbouncer", "/usr/local/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"];
const find = (): string | undefined => places.find((path) => existsSync(path));
const port = 6432;

/** `url` as `startPostgres` gives it; `mode` is `session`, `transaction` or `statement`. */
export async function startBouncer(url: string, mode: string): Promise<Bouncer> {
  const program = find() ?? install("pgbouncer", find);
  const user = ordinaryUser();
  const folder = mkdtempSync(join(tmpdir(), "countersign-bouncer-"));
  const settings = join(folder, "settings.ini");
  const host = new URL(url.replace("@/", "@x/")).searchParams.get("host") ?? "";
  const database = /\/([^/?]+)\?/.exec(url)?.[1] ?? "";
  writeFileSync(join(folder, "users"), '"postgres" ""\n');
  writeFileSync(
    settings,
    `[databases]
${database} = host=${host} user=postgres
[pgbouncer]
listen_addr =
unix_socket_dir = ${folder}
listen_port = ${String(port)}
auth_type = any
auth_file = ${join(folder, "users")}
pool_mode = ${mode}
ignore_startup_parameters = extra_float_digits, statement_timeout
`,
  );
  if (user !== undefined)
    for (const path of [folder, settings, join(folder, "users")]) chownSync(path, user.uid, user.gid);
  const proxy = spawn(program, ["-q", settings], { ...user, cwd: folder, stdio: "ignore" });
  const socket = join(folder, `.s.PGSQL.${String(port)}`);
  for (let attempt = 0; attempt < 100 && !existsSync(socket); attempt += 1) await sleep(50);
  if (!existsSync(socket)) throw new Error(`PgBouncer does not listen (${String(proxy.exitCode ?? "it runs")})`);
  return {
    url: `postgres://postgres@/${database}?host=${encodeURIComponent(folder)}&port=${String(port)}`,
    stop: async () => {
      const ended = new Promise((resolve) => proxy.once("exit", resolve));
      if (proxy.exitCode === null && proxy.kill("SIGQUIT")) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
