/** A token behind p11-kit's remoting, which stands for an HSM at the far end of a network: it can be cut off, stopped, gone and back. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
// @ts-expect-error plain JavaScript, which runs before there is a compiler
import * as machine from "../../scripts/machine.js";
import type { TokenConfig } from "../../src/adapters/pkcs11/token-config.ts";
import { changed } from "./softhsm.ts";

/** Where distributions keep it; the same list by which set-up knows that it is there. */
const { p11KitClients } = machine as { readonly p11KitClients: readonly string[] };

/** p11-kit's proxy, which lies a folder above the client. */
export function p11KitProxy(): string {
  const folders = p11KitClients.filter((path) => existsSync(path)).map((path) => dirname(dirname(path)));
  const found = folders
    .flatMap((folder) => ["so", "dylib"].map((end) => join(folder, `p11-kit-proxy.${end}`)))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error("p11-kit is not installed; Debian: apt install p11-kit p11-kit-modules");
  return found;
}

export type NetworkHsm = {
  /** The same token, reached over the socket. */
  readonly config: TokenConfig;
  readonly start: () => Promise<void>;
  /** The connections end; the server takes new ones. */
  readonly disconnect: () => void;
  /** The server and its connections end. */
  readonly goAway: () => Promise<void>;
  /** Nothing answers any more, and nothing ends. */
  readonly freeze: () => void;
  readonly thaw: () => void;
};

/** Throws when p11-kit is not installed. The server is not started yet. */
export function networkHsm(folder: string, token: TokenConfig): NetworkHsm {
  const client = p11KitClients.find((path) => existsSync(path));
  if (client === undefined) throw new Error("p11-kit is not installed; Debian: apt install p11-kit p11-kit-modules");
  const socket = join(folder, "hsm.sock");
  const config = changed(token, (draft) => {
    const env = { P11_KIT_SERVER_ADDRESS: `unix:path=${socket}` };
    draft["module"] = { path: client, owner: process.platform === "darwin" ? "self" : "root", env };
  });
  let server: ChildProcess | undefined;
  /** To the server and to whatever it started, which is of its group. */
  const signal = (name: NodeJS.Signals): void => {
    if (server?.pid !== undefined) process.kill(-server.pid, name);
  };
  return {
    config,
    start: async () => {
      server = spawn(
        "p11-kit",
        ["server", "--foreground", "--provider", token.module.path, "--name", socket, "pkcs11:"],
        {
          env: { ...process.env, ...token.module.env },
          stdio: "ignore",
          detached: true,
        },
      );
      for (let tries = 0; !existsSync(socket); tries += 1) {
        if (tries === 200) throw new Error("the server of p11-kit did not start");
        await pause(25);
      }
    },
    disconnect: () => {
      for (const pid of childrenOf(server?.pid)) process.kill(pid, "SIGKILL");
    },
    goAway: async () => {
      const ending = server;
      if (ending === undefined) return;
      const gone = new Promise((resolve) => ending.once("exit", resolve));
      signal("SIGKILL");
      server = undefined;
      await gone;
      rmSync(socket, { force: true });
    },
    freeze: () => {
      signal("SIGSTOP");
    },
    thaw: () => {
      signal("SIGCONT");
    },
  };
}

function childrenOf(pid: number | undefined): readonly number[] {
  if (pid === undefined) return [];
  const list = `/proc/${String(pid)}/task/${String(pid)}/children`;
  const text = existsSync(list)
    ? readFileSync(list, "utf8")
    : execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" });
  return text.split(/\s+/).filter(Boolean).map(Number);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
