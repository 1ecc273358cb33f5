/** Being told of every change as it happens, and coming back after a connection that ended. */
import { useEffect, useState } from "preact/hooks";
import type { Happening } from "../request/api.ts";
import type { Client } from "../sdk/client.ts";

/** `lost` until the service is there again; whoever shows it says so. */
export type Line = "listening" | "lost";

const patienceMs = 3_000;
/** Many things happen together: one look answers them all. */
const gatherMs = 250;

/** Calls back after something happened that `concerns` the page, and whenever the line is there again. */
export function useLive(client: Client, heard: () => void, concerns: (happening: Happening) => boolean): Line {
  const [line, setLine] = useState<Line>("listening");
  useEffect(() => {
    const leaving = new AbortController();
    let soon: ReturnType<typeof setTimeout> | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    const gather = (): void => {
      soon ??= setTimeout(() => {
        soon = undefined;
        heard();
      }, gatherMs);
    };
    const listen = async (): Promise<void> => {
      const opened = (): void => {
        setLine("listening");
      };
      await hearAll(client.events(leaving.signal, opened), (happening) => {
        if (concerns(happening)) gather();
      });
      if (leaving.signal.aborted) return;
      setLine("lost");
      again = setTimeout(() => {
        gather();
        void listen();
      }, patienceMs);
    };
    void listen();
    return () => {
      leaving.abort();
      clearTimeout(soon);
      clearTimeout(again);
    };
  }, [client]);
  return line;
}

/** Ends with the connection; a service that is started anew is asked again. */
async function hearAll(events: AsyncIterable<Happening>, heard: (happening: Happening) => void): Promise<void> {
  try {
    for await (const happening of events) heard(happening);
  } catch {
    return;
  }
}
