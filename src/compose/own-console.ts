/** One's own console: the pages of this very copy on loopback, against the API of a service. */
import { listenConsole, type ConsoleListening } from "../adapters/console-server/listener.ts";
import { consolePolicy } from "../http/console-files.ts";
import { utf8 } from "../values/digest.ts";
import { Fault } from "../values/errors.ts";
import { consoleFiles } from "./console-files.ts";

export type OwnConsoleOptions = {
  /** Scheme, host and port. */
  readonly api: string;
  /** Text of the caller's own file. */
  readonly genesis: string;
  readonly port: number;
  /** Where the built files are, when not in this copy. */
  readonly folder?: string;
};

const headers = {
  "content-security-policy": consolePolicy,
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

/** Throws `Fault` `console.not-built`, `console.port-in-use` or `console.cannot-listen`. */
export async function startOwnConsole({ api, genesis, port, folder }: OwnConsoleOptions): Promise<ConsoleListening> {
  const built = consoleFiles(folder);
  if (built.length === 0)
    throw new Fault("console.not-built", "the pages are not built in this copy: run `npm run build`", "never");
  const here = utf8(JSON.stringify({ kind: "own", api, genesis }));
  const files = [...built, { path: "here.json", type: "application/json", bytes: here }];
  return listenConsole({ port, files, headers, api });
}
