/** A killed process as those see it who wait for its answer. */
import { Fault } from "../../src/values/errors.ts";

/** `killed` only ever rejects, when somebody says so. */
export type Death = { readonly killed: Promise<never>; readonly die: () => void };

export function death(code: string, message: string): Death {
  let die = (): void => undefined;
  const killed = new Promise<never>((_, reject) => {
    die = () => {
      reject(new Fault(code, message, "safe"));
    };
  });
  killed.catch(() => undefined);
  return { killed, die };
}

/** What does not answer is asked again by somebody else, some other time. */
export async function unlessAway(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Fault && error.retry === "safe")) throw error;
  }
}
