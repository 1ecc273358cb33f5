/** Starts a device agent as a process of its own and asks it one thing at a time: a library that crashes or hangs takes only that process. */
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { answerSchema, type Answer, type Orders, type Question } from "./agent-message.ts";
import { deviceFailure } from "./device-failure.ts";

type Asked = Question extends infer One ? (One extends { readonly id: number } ? Omit<One, "id"> : never) : never;

export type Agent = {
  readonly pid: number | undefined;
  /** Rejects with a DeviceFailure when the process ends before it answers; an answer that is not as agreed ends it. */
  readonly ask: (question: Asked) => Promise<Answer>;
  /** Resolves with a sentence when the process has ended, whoever ended it. */
  readonly gone: Promise<string>;
  readonly isGone: () => boolean;
  readonly kill: () => void;
};

/** `agent-main.ts` beside this file, or `.js` once compiled. */
const entry = fileURLToPath(new URL(`./agent-main${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url));

type Waiting = { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void };

/** Nothing of the gate's environment goes with it. */
export function startAgent(orders: Orders): Agent {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", entry], {
    cwd: "/",
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const waiting = new Map<number, Waiting>();
  let ended: string | undefined;
  let asked = 0;
  const gone = new Promise<string>((resolve) => {
    const end = (why: string): void => {
      ended ??= why;
      for (const { reject } of waiting.values()) reject(deviceFailure("device", 0, ended));
      waiting.clear();
      resolve(ended);
    };
    child.once("error", () => {
      end("the device's agent could not be started");
    });
    child.once("exit", (code, signal) => {
      end(`the device's agent ended: ${signal ?? `exit ${String(code)}`}`);
    });
  });
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  child.on("message", (said) => {
    const read = answerSchema.safeParse(said);
    const asker = read.success ? waiting.get(read.data.id) : undefined;
    if (!read.success || asker === undefined) {
      kill();
      return;
    }
    waiting.delete(read.data.id);
    asker.resolve(read.data);
  });
  const ask = (question: Asked): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) {
        reject(deviceFailure("device", 0, ended));
        return;
      }
      asked += 1;
      waiting.set(asked, { resolve, reject });
      send(child, { ...question, id: asked });
    });
  ask({ verb: "start", orders }).catch(() => undefined);
  return { pid: child.pid, ask, gone, isGone: () => ended !== undefined, kill };
}

/** A channel that is closed already is told by the end of the process. */
function send(child: ChildProcess, question: Question): void {
  if (child.connected) child.send(question, () => undefined);
}
