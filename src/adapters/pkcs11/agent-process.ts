/** Starts a token agent as a process of its own and speaks with it: what goes in is counted out, what comes back is checked. */
import { spawn, type ChildProcess } from "node:child_process";
import { createSecretKey, randomBytes, type KeyObject } from "node:crypto";
import { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { Fault } from "../../values/errors.ts";
import { concat } from "../../values/hex.ts";
import { decodeFailure, decodePinMark, decodeReady, type Ready } from "./agent-message.ts";
import { ordersFrom, type AgentMode } from "./agent-orders.ts";
import { createSplitter, createWriter, encode, keyBytes, open, type Frame, type Verb } from "./frame.ts";
import { checkCodeFile, checkModuleFile } from "./module-file.ts";
import { createOutputCapture } from "./output-capture.ts";
import { typingMs } from "./pin-source.ts";
import type { TokenConfig } from "./token-config.ts";
import { TokenFailure } from "./token-failure.ts";

export type Agent = {
  readonly pid: number | undefined;
  /** Resolves once the token is open and every configured key was found; rejects with a TokenFailure. */
  readonly ready: Promise<Ready>;
  /** Rejects with a TokenFailure: the token's, or class `reconnect` when the process ends before it answers. */
  readonly ask: (verb: Verb, payload: Uint8Array) => Promise<Uint8Array>;
  /** Resolves with a sentence when the process has ended, whoever ended it. */
  readonly gone: Promise<string>;
  /** At once and without a word: a hung module does not hear a gentler signal. */
  readonly kill: () => void;
  /** The last it printed, without the PIN. */
  readonly output: () => string;
};

/** The failure of a question whose agent ended before it answered. */
export const agentGone = "agent-gone";

/** `agent-main.ts` beside this file, or `.js` once compiled. */
const entry = fileURLToPath(new URL(`./agent-main${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url));

/** What a process said before its end lies in its pipes by then; it only has to be read. */
const lastWordsMs = 250;

/** No core file may hold the PIN; the shell's own variables do not reach the agent. */
const withoutCore = 'ulimit -c 0 && unset PWD OLDPWD SHLVL _ && exec "$0" "$@"';

/** All the agent's environment: what the module needs, threads for every session, and the PIN only where the configuration says so. */
export function agentEnvironment(config: TokenConfig, ours: NodeJS.ProcessEnv): Record<string, string> {
  const { pin, allowEnvPin } = config.login;
  const secret = "env" in pin && !("command" in pin) && allowEnvPin ? { [pin.env]: ours[pin.env] ?? "" } : {};
  const credentials = "credential" in pin ? { CREDENTIALS_DIRECTORY: ours["CREDENTIALS_DIRECTORY"] ?? "" } : {};
  return { ...config.module.env, ...credentials, ...secret, UV_THREADPOOL_SIZE: String(config.sessions + 4) };
}

/** Starts the process, with its output caught and its pipe at file descriptor 3. Throws a Fault when the module's file is not trustworthy. */
export function spawnAgent(config: TokenConfig, mode: AgentMode): ChildProcess {
  const { module, login } = config;
  checkModuleFile(module);
  if ("command" in login.pin)
    checkCodeFile({ path: login.pin.command[0], owner: module.owner }, "the command for the PIN");
  return spawn("/bin/sh", ["-c", withoutCore, process.execPath, "--disable-warning=ExperimentalWarning", entry, mode], {
    cwd: "/",
    env: agentEnvironment(config, process.env),
    stdio: ["ignore", "pipe", "pipe", "pipe", ...("descriptor" in login.pin ? [login.pin.descriptor] : [])],
  });
}

/** The first frame, which only who starts the process can write: its key, and its orders; whether the PIN's mark is wanted is one of them. */
export function startFrame(config: TokenConfig, mode: AgentMode, key: Uint8Array, pinMark = true): Buffer {
  const payload = concat(key, new TextEncoder().encode(JSON.stringify(ordersFrom(config, mode, pinMark))));
  return encode({ verb: "start", id: 0, payload }, createSecretKey(key), "to-agent");
}

/** The pipe of a process that `spawnAgent` started. */
export function pipeOf(child: ChildProcess): Duplex {
  const pipe = child.stdio[3];
  if (!(pipe instanceof Duplex)) throw new Fault("pkcs11.agent", "the token agent could not be started", "safe");
  return pipe;
}

/**
 * Resolves with a sentence when the process has ended and nothing of it is heard any more. A helper that the module started may outlive it
 * and hold its pipes open for ever: what was said before the end is read, and the pipes are let go.
 */
export function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    const over = (why: string): void => {
      for (const stream of child.stdio) stream?.destroy();
      resolve(why);
    };
    child.on("error", (error) => {
      over(`the token agent could not be started: ${error.message}`);
    });
    child.once("exit", (code, signal) => {
      const why = `the token agent ended (${signal ?? `exit ${String(code)}`})`;
      const late = setTimeout(over, lastWordsMs, why);
      child.once("close", () => {
        clearTimeout(late);
        over(why);
      });
    });
  });
}

/** Throws a Fault when the module's file is not trustworthy; everything else comes by `ready`. */
export function startAgent(config: TokenConfig, mode: AgentMode): Agent {
  const { login, limits } = config;
  const child = spawnAgent(config, mode);
  const key = new Uint8Array(randomBytes(keyBytes));
  const capture = createOutputCapture(key);
  child.stdout?.on("data", capture.add);
  child.stderr?.on("data", capture.add);
  const pipe = pipeOf(child);
  pipe.write(startFrame(config, mode, key));
  const line = createLine(pipe, createSecretKey(key), {
    heard: (frame) => {
      if (frame.verb === "pinMark") capture.arm(decodePinMark(frame.payload));
    },
    kill: () => {
      child.kill("SIGKILL");
    },
    ended: endOf(child),
  });
  const speaking = speakOver(line, limits.startTimeoutMs + ("terminal" in login.pin ? typingMs : 0));
  return { pid: child.pid, ...speaking, output: capture.text };
}

/** Questions and answers over a line whose other end says `ready` first. */
export function speakOver(line: Line, startMs: number): Pick<Agent, "ready" | "ask" | "gone" | "kill"> {
  const late = setTimeout(line.kill, startMs);
  const ready = line
    .answerTo(0)
    .then(decodeReady)
    .finally(() => {
      clearTimeout(late);
    });
  ready.catch(() => undefined);
  let asked = 0;
  const ask = (verb: Verb, payload: Uint8Array): Promise<Uint8Array> => {
    asked += 1;
    const answer = line.answerTo(asked);
    line.say(verb, asked, payload);
    return answer;
  };
  return { ready, ask, gone: line.gone, kill: line.kill };
}

type Waiting = { readonly resolve: (payload: Uint8Array) => void; readonly reject: (error: Error) => void };

type Line = {
  readonly say: (verb: Verb, id: number, payload: Uint8Array) => void;
  readonly answerTo: (id: number) => Promise<Uint8Array>;
  readonly gone: Promise<string>;
  readonly kill: () => void;
};

type LineEnd = {
  /** Frames that answer no question. */
  readonly heard: (frame: Frame) => void;
  readonly kill: () => void;
  /** Resolves with a sentence once nothing can come from the other end any more. */
  readonly ended: Promise<string>;
};

/** The gate's end. A frame that is not as agreed ends the agent: then it is not our agent that speaks. */
export function createLine(pipe: Duplex, key: KeyObject, { heard, kill, ended: over }: LineEnd): Line {
  const waiting = new Map<number, Waiting>();
  const split = createSplitter();
  const write = createWriter(pipe);
  let ended: string | undefined;
  const gone = over.then((why) => {
    ended ??= why;
    for (const { reject } of waiting.values()) reject(lost(ended));
    waiting.clear();
    return ended;
  });
  pipe.on("error", kill);
  pipe.on("data", (chunk: Uint8Array) => {
    if (ended !== undefined) return;
    try {
      for (const body of split(chunk)) receive(open(body, key, "from-agent"));
    } catch {
      kill();
    }
  });
  const receive = (frame: Frame): void => {
    const asker = waiting.get(frame.id);
    switch (frame.verb) {
      case "ready":
      case "done":
        waiting.delete(frame.id);
        asker?.resolve(frame.payload);
        break;
      case "failed":
        waiting.delete(frame.id);
        asker?.reject(new TokenFailure(decodeFailure(frame.payload)));
        break;
      default:
        heard(frame);
    }
  };
  return {
    say: (verb, id, payload) => {
      if (ended === undefined) write(encode({ verb, id, payload }, key, "to-agent"));
    },
    answerTo: (id) =>
      new Promise((resolve, reject) => {
        if (ended === undefined) waiting.set(id, { resolve, reject });
        else reject(lost(ended));
      }),
    gone,
    kill,
  };
}

export function lost(why: string): TokenFailure {
  return new TokenFailure({ class: "reconnect", code: 0, name: agentGone, doing: "asking the token", why });
}
