/** A request's body, read raw: bounded, UTF-8, and parsed by the one strict parser of the house. */
import type { IncomingMessage } from "node:http";
import { maxBodyBytes, maxDocumentBodyBytes } from "../request/api.ts";
import { InvalidValue } from "../values/errors.ts";
import { parseStrict, type Json } from "../values/json.ts";

/** How much of a body that is refused is still read, so that its sender reads the answer. */
const drainBytes = 4 * maxDocumentBodyBytes;
const drainMs = 1_000;

/**
 * Throws `InvalidValue`: `http.content-type`, `http.body-too-large`, or `json.*`. Beyond 64 KiB only what brings a
 * document is read, up to 2 MiB, whatever the path: a change with its attachment, a distribution, a batch, and a draft of a policy.
 */
export async function readBody(request: IncomingMessage): Promise<Json> {
  checkHeaders(request);
  const bytes = await collect(request);
  const value = parseStrict(decode(bytes));
  if (bytes.length > maxBodyBytes && !bringsDocument(value)) throw tooLarge();
  return value;
}

function checkHeaders({ headers }: IncomingMessage): void {
  const type = headers["content-type"] ?? "";
  const encoding = headers["content-encoding"] ?? "identity";
  if (!/^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(type) || encoding !== "identity") {
    throw new InvalidValue("http.content-type", "the body must be `application/json` in UTF-8, not compressed");
  }
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const declared = Number(request.headers["content-length"] ?? 0);
  const begun = performance.now();
  const pieces: AsyncIterable<unknown> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of pieces) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("a request without an encoding gives buffers");
    length += chunk.length;
    if (declared <= maxDocumentBodyBytes && length <= maxDocumentBodyBytes) {
      chunks.push(chunk);
      continue;
    }
    chunks.length = 0;
    if (length > drainBytes || performance.now() - begun > drainMs) break;
  }
  if (declared > maxDocumentBodyBytes || length > maxDocumentBodyBytes) throw tooLarge();
  return Buffer.concat(chunks);
}

/** A byte order mark stays in the text, which is no JSON then: two parsers may read it differently. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InvalidValue("json.syntax", "the body is not UTF-8");
  }
}

function bringsDocument(value: Json): boolean {
  if (["object", "string"].includes(typeof fieldOf(value, "policy"))) return true;
  const statement = fieldOf(value, "statement");
  const kind = fieldOf(statement, "kind");
  return (
    ["PolicyChange", "RosterChange", "ReserveAttestation", "BatchApproval", "Submission"].some((one) => one === kind) &&
    fieldOf(value, "attachment") !== undefined
  );
}

function fieldOf(value: Json | undefined, field: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value)).get(field);
}

function tooLarge(): InvalidValue {
  return new InvalidValue(
    "http.body-too-large",
    `a body has at most ${maxBodyBytes} bytes, one that brings a policy, a roster, lots, a distribution or a batch ${maxDocumentBodyBytes}`,
  );
}
