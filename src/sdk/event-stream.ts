/** Server-sent events (WHATWG HTML, §9.2) as an async sequence of what each said. */
import { happeningSchema, type Happening } from "../request/api.ts";
import { Fault } from "../values/errors.ts";
import { parseStrict } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";

const maxPending = 65_536;

/** Ends when the body ends; throws `Fault` `client.not-understood` for an event that is not ours. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<Happening> {
  const decoder = new TextDecoder();
  let pending = "";
  for await (const chunk of body) {
    pending += decoder.decode(chunk, { stream: true });
    if (pending.length > maxPending) throw new Fault("client.not-understood", "an event is too long", "safe");
    const blocks = pending.split("\n\n");
    pending = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = dataOf(block);
      if (data !== "") yield parseWith(happeningSchema, parseStrict(data, 4), "client.not-understood");
    }
  }
}

/** A block without data is a comment that keeps the connection open. */
function dataOf(block: string): string {
  return block
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).trimStart())
    .join("\n");
}
