/** Takes so many bytes at a time from a stream that was not read yet, and leaves the rest to whoever reads next. */
import type { Duplex } from "node:stream";

type ByteReader = {
  /** Rejects when the stream ends first. */
  readonly take: (count: number) => Promise<Uint8Array>;
  /** What came is put back, and nobody listens here any more. */
  readonly release: () => void;
};

export function createByteReader(stream: Duplex): ByteReader {
  let held: Buffer = Buffer.alloc(0);
  let wanted: { readonly count: number; readonly give: (bytes: Uint8Array) => void } | undefined;
  let fail: (error: Error) => void = () => undefined;
  let ended = false;
  const offer = (): void => {
    if (wanted === undefined || held.length < wanted.count) return;
    const { count, give } = wanted;
    wanted = undefined;
    const bytes = new Uint8Array(held.subarray(0, count));
    held = held.subarray(count);
    give(bytes);
  };
  const more = (chunk: Uint8Array): void => {
    held = Buffer.concat([held, chunk]);
    offer();
  };
  const over = (): void => {
    ended = true;
    fail(new Error("the connection ended"));
  };
  stream.on("data", more);
  stream.once("close", over);
  return {
    take: (count) =>
      new Promise((give, reject) => {
        fail = reject;
        wanted = { count, give };
        offer();
        if (ended) over();
      }),
    release: () => {
      stream.pause();
      stream.off("data", more);
      stream.off("close", over);
      if (held.length > 0) stream.unshift(held);
    },
  };
}
