/** JSON-RPC 2.0 on the caller's own machine: reads go to a node, `eth_sendTransaction` becomes a signed submission, everything else that signs is refused in words. */
import { z } from "zod";
import { checksum, type Address } from "../../values/address.ts";
import { Fault, InvalidValue } from "../../values/errors.ts";
import { parseStrict, type Json } from "../../values/json.ts";
import { jsonSchema } from "../../values/schema.ts";
import { senderOf } from "./raw-sender.ts";
import { followDocuments, type Documents, type Following } from "../in-force.ts";
import { hashOfAsked, type Asking, type CallPlace } from "./asked-request.ts";
import { methodOf } from "./methods.ts";
import { codes, RpcRefusal } from "./refusal.ts";
import { readTransaction } from "./transaction.ts";

/** A node's answer to a call that was passed on. */
export type Passed =
  | { readonly kind: "answered"; readonly result: unknown }
  | { readonly kind: "refused"; readonly code: number; readonly message: string; readonly data?: unknown }
  | { readonly kind: "unknown"; readonly why: string };

export type RpcParts = Asking & {
  readonly following: Following;
  readonly pass: (method: string, params: readonly unknown[]) => Promise<Passed>;
};

/** The text of an answer to the text of one call or of a batch; undefined where nothing is to be answered. Total. */
export type Rpc = (text: string, place: CallPlace) => Promise<string | undefined>;

const maxBatch = 100;
const maxDepth = 20;

const callSchema = z.strictObject({
  jsonrpc: z.literal("2.0"),
  method: z.string().max(100),
  params: z.array(jsonSchema).max(20).optional(),
  id: z.union([z.string().max(200), z.number(), z.null()]).optional(),
});
type Call = z.output<typeof callSchema>;
type Id = string | number | null;

export function createRpc(parts: RpcParts): Rpc {
  const one = async (input: Json, place: CallPlace): Promise<object | undefined> => {
    const call = callSchema.safeParse(input);
    if (!call.success) return failure(null, new RpcRefusal(codes.invalid, "this is no call of JSON-RPC 2.0"));
    const { id } = call.data;
    try {
      const result = await answer(parts, call.data, place);
      return id === undefined ? undefined : { jsonrpc: "2.0", id, result };
    } catch (error) {
      return id === undefined ? undefined : failure(id, error);
    }
  };
  return async (text, place) => {
    const input = read(text);
    if (input instanceof RpcRefusal) return JSON.stringify(failure(null, input));
    if (!Array.isArray(input)) return written(await one(input, place));
    if (input.length === 0 || input.length > maxBatch)
      return JSON.stringify(failure(null, new RpcRefusal(codes.invalid, `a batch has 1 to ${maxBatch} calls`)));
    const answers = await Promise.all(input.map((each: Json) => one(each, place)));
    const given = answers.filter((each) => each !== undefined);
    return given.length === 0 ? undefined : JSON.stringify(given);
  };
}

function written(answer: object | undefined): string | undefined {
  return answer === undefined ? undefined : JSON.stringify(answer);
}

function read(text: string): Json | RpcRefusal {
  try {
    return parseStrict(text, maxDepth);
  } catch (error) {
    if (error instanceof InvalidValue) return new RpcRefusal(codes.parse, `the body is not JSON: ${error.message}`);
    throw error;
  }
}

async function answer(parts: RpcParts, { method, params = [] }: Call, place: CallPlace): Promise<unknown> {
  const known = methodOf(method);
  switch (known.kind) {
    case "read":
      return passedOn(await parts.pass(method, params));
    case "chain":
      return method === "net_version" ? String(parts.chainId) : `0x${parts.chainId.toString(16)}`;
    case "accounts":
      return [...(await managed(parts)).accounts].map(checksum);
    case "send":
      return await send(parts, params, place);
    case "raw":
      return await sendRaw(parts, params);
    case "refused":
      throw new RpcRefusal(codes.unsupported, `\`${method}\` is refused: ${known.why}`, { code: "rpc.refused" });
    case "unknown":
      throw new RpcRefusal(codes.method, `\`${method}\` is no method that is passed on here`);
  }
}

function passedOn(passed: Passed): unknown {
  switch (passed.kind) {
    case "answered":
      return passed.result;
    case "refused":
      throw new NodeRefusal(passed.code, passed.message, passed.data);
    case "unknown":
      throw new RpcRefusal(codes.internal, `the node does not answer: ${passed.why}`, { code: "chain.no-answer" });
  }
}

/** The node's own error, with its data: a revert's reason is in it. */
class NodeRefusal extends Error {
  override readonly name = "NodeRefusal";
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

type Managed = { readonly documents: Documents; readonly accounts: ReadonlySet<Address> };

async function managed({ client, following }: RpcParts): Promise<Managed> {
  const documents = await followDocuments(client, following);
  const { keys } = documents.standing.roster.roster;
  return { documents, accounts: new Set(keys.map(({ account }) => account)) };
}

async function send(parts: RpcParts, params: readonly Json[], place: CallPlace): Promise<string> {
  if (params.length !== 1) throw new RpcRefusal(codes.params, "one transaction is asked for at a time");
  const transaction = readTransaction(params[0], parts.chainId);
  const { documents, accounts } = await managed(parts);
  if (!accounts.has(transaction.from))
    throw new RpcRefusal(
      codes.params,
      `\`${transaction.from}\` is no managed account; they are ${[...accounts].map(checksum).join(", ")}`,
      {
        code: "rpc.not-managed",
      },
    );
  return await hashOfAsked(parts, documents, transaction, place);
}

/** What other keys signed is their own affair; a managed account's transaction goes out by the service alone. */
async function sendRaw(parts: RpcParts, params: readonly Json[]): Promise<unknown> {
  const sender = senderOf(params[0]);
  if (sender === undefined) throw new RpcRefusal(codes.params, "the bytes are no signed transaction");
  if ((await managed(parts)).accounts.has(sender))
    throw new RpcRefusal(
      codes.unsupported,
      "`eth_sendRawTransaction` is refused: the transactions of a managed account are sent by the service, which keeps them first",
      { code: "rpc.refused" },
    );
  return passedOn(await parts.pass("eth_sendRawTransaction", params));
}

function failure(id: Id, error: unknown): object {
  return { jsonrpc: "2.0", id, error: said(error) };
}

function said(error: unknown): object {
  if (error instanceof RpcRefusal || error instanceof NodeRefusal) {
    const { code, message, data } = error;
    return { code, message, ...(data === undefined ? {} : { data }) };
  }
  if (error instanceof InvalidValue) return { code: codes.params, message: error.message, data: { code: error.code } };
  if (error instanceof Fault) return { code: codes.internal, message: error.message, data: { code: error.code } };
  return { code: codes.internal, message: "an error that nobody expected" };
}
