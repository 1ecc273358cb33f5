/** The tables of the service's store, as Kysely sees them; every number is a safe integer, every document is JSON text. */

export type RequestRow = {
  request_id: string;
  leaf: number;
  state: string;
  asset: string;
  initiator: string;
  chain_id: number;
  account: string;
  nonce: number | null;
  /** Null when nothing is due any more. */
  due_at: number | null;
  /** Somebody works on it until then. */
  leased_until: number;
  revision: number;
  body: string;
  /** Of which distribution it is a part. */
  distribution: string | null;
};

export type StatementRow = {
  hash: string;
  leaf: number;
  kind: string;
  about: string;
  member: string;
  at: number;
  envelope: string;
};

export type NoticeRow = {
  id: number;
  receiver: string;
  notice_key: string;
  at: number;
  body: string;
  due_at: number | null;
  leased_until: number;
  tries: number;
  state: string;
  ended_at: number | null;
  why: string;
};

export type Tables = {
  requests: RequestRow;
  happenings: { id: number; request_id: string; at: number; event: string; detail: string };
  outbox: { id: number; request_id: string; state: string; at: number };
  /** Signed bytes: rows are added and their bytes never changed. `settled` is 1 once the gate's log tells the outcome of the request. */
  transactions: { tx_hash: string; request_id: string; chain_id: number; raw: string; settled: number };
  /** A row for each receiver; `due_at` is null once it was delivered or given up, at `ended_at`. */
  notices: NoticeRow;
  attempts: { id: number; tx_hash: string; at: number; answer: string | null };
  leaves: { leaf_index: number; leaf: string; kind: string; about: string };
  nodes: { place: string; hash: string };
  statements: StatementRow;
  documents: { hash: string; kind: string; name: string; version: number; document: string; state: string; at: number };
  /** Which request stands where under the root of a batch; `batch` counts up in the order of the log. */
  legs: { place: string; batch: number; root: string; position: number; request_id: string };
  distributions: { hash: string; leaf: number; token: string; record_block: number; record_hash: string };
  outcomes: { tx_hash: string; request_id: string; status: string };
  sightings: {
    place: string;
    chain_id: number;
    subject: string;
    fact: string;
    value: string;
    block_number: number;
    block_time: number;
    observer: string;
  };
};
