/** Sleeping that can be cut short, and the wish to stop, for loops that run until they are told. */

export type Rest = { readonly rest: () => Promise<void>; readonly stopping: () => boolean; readonly stop: () => void };

/** Rests last `everyMs`, or until `stop` is called. */
export function createRest(everyMs: number): Rest {
  let stopping = false;
  let wake: () => void = () => undefined;
  return {
    stopping: () => stopping,
    stop: () => {
      stopping = true;
      wake();
    },
    rest: () =>
      new Promise((resolve) => {
        if (stopping) {
          resolve();
          return;
        }
        const timer = setTimeout(resolve, everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
