/** Server-sent events (WHATWG HTML, §9.2): bounded in number and in what waits for a slow reader. */
import type { Response } from "express";
import { Fault } from "../values/errors.ts";
import type { Clock } from "../flow/clock.port.ts";
import type { Desk } from "./desk.port.ts";
import { seesOnlyOwn } from "./roles.ts";
import type { SessionReader } from "./sessions.ts";

const maxStreams = 500;
const maxStreamsEach = 10;
/** A reader that is this far behind is let go; it comes again and asks. */
const maxWaitingBytes = 262_144;
const heartbeatMs = 15_000;

type Event = Parameters<Parameters<Desk["watch"]>[0]>[0];

export type Streams = {
  /** Throws `Fault` `http.too-many-streams`. */
  readonly open: (response: Response, reader: SessionReader) => void;
  /** Ends all of them, so that the server can close. */
  readonly closeAll: () => void;
};

export function createStreams(desk: Pick<Desk, "watch" | "request">, clock: Clock): Streams {
  const open = new Map<Response, SessionReader>();
  return {
    open: (response, reader) => {
      const mine = [...open.values()].filter(({ credential }) => credential === reader.credential).length;
      if (open.size >= maxStreams || mine >= maxStreamsEach)
        throw new Fault("http.too-many-streams", "too many event streams are open; close one", "safe");
      open.set(response, reader);
      const stop = attend(response, reader, desk, clock);
      response.once("close", () => {
        open.delete(response);
        stop();
      });
    },
    closeAll: () => {
      for (const response of open.keys()) response.end();
    },
  };
}

/** Returns the way to stop. */
function attend(
  response: Response,
  reader: SessionReader,
  desk: Pick<Desk, "watch" | "request">,
  clock: Clock,
): () => void {
  response.status(200).type("text/event-stream");
  response.flushHeaders();
  response.write(": listening\n\n");
  const send = (text: string): void => {
    if (response.writableEnded) return;
    if (response.writableLength > maxWaitingBytes) response.destroy();
    else response.write(text);
  };
  const told = async (event: Event): Promise<void> => {
    if (!(await mayHear(desk, reader, event))) return;
    const { id, requestId, state } = event;
    send(`id: ${id}\nevent: request\ndata: ${JSON.stringify({ id, requestId, state })}\n\n`);
  };
  let order = Promise.resolve();
  const stop = desk.watch((event) => {
    order = order
      .then(() => told(event))
      .catch(() => {
        response.destroy();
      });
  });
  const beat = setInterval(() => {
    if (clock.now() >= reader.expiresAt) response.end();
    else send(": still here\n\n");
  }, heartbeatMs);
  beat.unref();
  return () => {
    clearInterval(beat);
    stop();
  };
}

async function mayHear(desk: Pick<Desk, "request">, reader: SessionReader, event: Event): Promise<boolean> {
  if (!seesOnlyOwn(reader)) return true;
  const found = await desk.request(event.requestId);
  return found.kind === "found" && found.value.initiator === reader.member;
}
