/** Rows into values and back, by the same parsers that read everything else. */
import { z } from "zod";
import type {
  MirroredDistribution,
  MirroredDocument,
  MirroredStatement,
  Sighting,
} from "../../flow/serve/store.port.ts";
import { furtherIn } from "../../intent/further-argument.ts";
import { due } from "../../request/due.ts";
import { requestSchema, type Request } from "../../request/request.ts";
import { envelopeSchema } from "../../statement/envelope.ts";
import { kindSchema } from "../../statement/message.ts";
import { canonical } from "../../values/json.ts";
import { addressSchema, bytes32Schema, countSchema, instantSchema, nameSchema } from "../../values/schema.ts";
import { toWire } from "../../values/wire.ts";
import type { RequestRow, StatementRow, Tables } from "./tables.ts";

const statementSchema = z.strictObject({
  hash: bytes32Schema,
  leaf: countSchema,
  kind: kindSchema,
  about: z.string(),
  member: nameSchema,
  at: instantSchema,
  envelope: envelopeSchema,
});

const documentSchema = z.strictObject({
  hash: bytes32Schema,
  kind: z.enum(["Policy", "Roster"]),
  name: z.string(),
  version: countSchema,
  document: z.json(),
  state: z.enum(["proposed", "active", "superseded"]),
  at: instantSchema,
});

const sightingSchema = z.strictObject({
  chainId: countSchema,
  subject: z.string(),
  fact: z.string(),
  value: z.string(),
  blockNumber: countSchema,
  blockTime: instantSchema,
  observer: nameSchema,
});

/** A resting request has no time at which it is due. */
export function requestRow(request: Request): Omit<RequestRow, "leased_until"> {
  const { requestId, leaf, initiator, submission, state, nonce, revision, dueAt } = request;
  const { asset, chainId, account } = submission;
  return {
    request_id: requestId,
    leaf,
    state,
    asset,
    initiator,
    chain_id: chainId,
    account,
    nonce,
    due_at: due(request, dueAt).kind === "rest" ? null : dueAt,
    revision,
    body: canonical(toWire(request)),
    distribution: furtherIn(submission).distribution ?? null,
  };
}

/** The column wins over the body, because a request can be hastened without a change. */
export function readRequest({ body, due_at: dueAt }: Pick<RequestRow, "body" | "due_at">): Request {
  const request = requestSchema.parse(JSON.parse(body));
  return dueAt === null ? request : { ...request, dueAt: instantSchema.parse(dueAt) };
}

export function statementRow(statement: MirroredStatement): StatementRow {
  return { ...statement, envelope: canonical(statement.envelope) };
}

export function readStatementRow(row: StatementRow): MirroredStatement {
  return statementSchema.parse({ ...row, envelope: JSON.parse(row.envelope) as unknown });
}

export function documentRow(document: MirroredDocument): Tables["documents"] {
  return { ...document, document: canonical(document.document) };
}

export function readDocument(row: Tables["documents"]): MirroredDocument {
  return documentSchema.parse({ ...row, document: JSON.parse(row.document) as unknown });
}

const distributionSchema = z.strictObject({
  hash: bytes32Schema,
  leaf: countSchema,
  token: addressSchema,
  recordBlock: countSchema,
  recordHash: bytes32Schema,
});

export function distributionRow(distribution: MirroredDistribution): Tables["distributions"] {
  const { recordBlock: record_block, recordHash: record_hash, ...rest } = distribution;
  return { ...rest, record_block, record_hash };
}

export function readDistributionRow(row: Tables["distributions"]): MirroredDistribution {
  const { record_block: recordBlock, record_hash: recordHash, ...rest } = row;
  return distributionSchema.parse({ ...rest, recordBlock, recordHash });
}

export function sightingRow(sighting: Sighting): Tables["sightings"] {
  const { chainId, subject, fact, value, blockNumber, blockTime, observer } = sighting;
  const place = `${chainId} ${subject} ${fact}`;
  return { place, chain_id: chainId, subject, fact, value, block_number: blockNumber, block_time: blockTime, observer };
}

export function readSighting(row: Tables["sightings"]): Sighting {
  const { chain_id: chainId, block_number: blockNumber, block_time: blockTime, subject, fact, value, observer } = row;
  return sightingSchema.parse({ chainId, subject, fact, value, blockNumber, blockTime, observer });
}
