/** The service's log of calls: an allow-list of fields, so that nothing a caller sent can end up in it. */
import { pino, type DestinationStream, type Logger } from "pino";
import { Fault, InvalidValue } from "../values/errors.ts";
import { withoutBytes } from "./problem.ts";

/** One call; `route` is a row of the role table or `unknown`, never the path as it came. */
export type Line = { readonly route: string; readonly status: number; readonly ms: number; readonly code?: string };

export type AccessLog = {
  readonly called: (line: Line) => void;
  /** A world that did not answer, or a bug. Causes are left out: they are others' words. */
  readonly failed: (route: string, error: unknown) => void;
};

/** Writes JSON lines to the stream, standard error unless another is given. */
export function createAccessLog(stream?: DestinationStream): AccessLog {
  const logger: Logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream ?? pino.destination(2));
  return {
    called: ({ route, status, ms, code }) => {
      logger.info({ route, status, ms, ...(code === undefined ? {} : { code }) }, "call");
    },
    failed: (route, error) => {
      logger.error({ route, ...failure(error) }, "failure");
    },
  };
}

export const silent: AccessLog = { called: () => undefined, failed: () => undefined };

function failure(error: unknown): Readonly<Record<string, string>> {
  if (error instanceof Fault || error instanceof InvalidValue)
    return { code: error.code, why: withoutBytes(error.message) };
  if (!(error instanceof Error)) return { code: "http.broken", why: "something was thrown that is no error" };
  // Names of functions and files: the first line would repeat the message, which a bug may have filled with input.
  const where = (error.stack ?? "")
    .split("\n")
    .slice(1, 6)
    .map((line) => line.trim())
    .join(" | ");
  return { code: "http.broken", error: error.name, where };
}
