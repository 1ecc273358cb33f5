/** Watches over the demo's processes: whatever the demo is doing, it hears at once when one of them ends or a person wants to stop. */
import { Fault } from "../../values/errors.ts";

export type Watch = {
  /** Names a process; `where` says where its last words are. */
  readonly over: (name: string, gone: Promise<void>, where: string) => void;
  /** Rejects when a process ends by itself. */
  readonly broke: Promise<never>;
  /** The work, unless a process ends or a person interrupts it. */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
  readonly interrupted: () => boolean;
  /** Throws once a person interrupted or a process ended: nothing more is started then. */
  readonly goOn: () => void;
};

export function createWatch(interrupted: Promise<void>): Watch {
  let stopped = false;
  let ended: Fault | undefined;
  let fail: (error: Fault) => void = () => undefined;
  const broke = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Whoever races it hears of it; nobody has to.
  broke.catch(() => undefined);
  const stop = interrupted.then((): never => {
    stopped = true;
    throw new Fault("dev.interrupted", "interrupted", "safe");
  });
  stop.catch(() => undefined);
  return {
    over: (name, gone, where) => {
      void gone.then(() => {
        ended ??= new Fault("dev.process-ended", `the ${name} ended by itself${where}`, "never");
        fail(ended);
      });
    },
    broke,
    during: async (work) => {
      work.catch(() => undefined);
      return Promise.race([work, broke, stop]);
    },
    interrupted: () => stopped,
    goOn: () => {
      if (ended !== undefined) throw ended;
      if (stopped) throw new Fault("dev.interrupted", "interrupted", "safe");
    },
  };
}
