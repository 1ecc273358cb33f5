/** A case as plain JSON, the way a stranger would find it: the policy's own text, the roster, and what is known. */

export type Comparison = { eq?: string; gt?: string; gte?: string; lt?: string; lte?: string };
export type ListTest = { in?: string; notIn?: string };
/** Of an argument of a call, or of a field of typed data. */
export type ValueTest = Comparison & ListTest & { is?: string; within?: string };

export type PlainCondition = {
  operation?: string | { in: string[] };
  initiator?: { group: string };
  to?: ListTest;
  account?: string | { in: string[] };
  amount?: Comparison;
  maxFee?: Comparison;
  args?: Record<string, ValueTest>;
  typedData?: {
    domain: { name?: string; version?: string; chainId: number; verifyingContract: string };
    primaryType: string;
    fields?: Record<string, ValueTest>;
  };
  time?: { days?: string[]; from?: string; to?: string; holidays?: string };
};

export type PlainQuorum =
  | { group: string; min: number; credentials?: string[] }
  | { all: PlainQuorum[] }
  | { any: PlainQuorum[] }
  | { ordered: PlainQuorum[] };

export type GroupMin = { group: string; min: number };
export type PlainDistinct = { people?: number; units?: number };

/** What a tier asks for, and what is added to it. */
export type PlainAddition = { quorum?: PlainQuorum; delay?: string; distinct?: PlainDistinct; veto?: GroupMin };

export type PlainCover = {
  ratio: string;
  warn?: { ratio: string; add: PlainAddition };
  price?: { par: string; by?: GroupMin; quote?: string; maxAge: string; sources: number; deviation: string };
};

export type PlainEvidence = {
  evidence: "reserve" | "price" | "identity" | "document";
  by?: GroupMin;
  maxAge?: string;
  cover?: PlainCover;
  feeds?: string[];
  quote?: string;
  sources?: number;
  deviation?: string;
};

export type PlainGuard = {
  id: string;
  when?: PlainCondition;
  unless?: PlainCondition;
  deny?: true;
  add?: PlainAddition;
  require?: PlainEvidence;
};

export type PlainLimit = {
  id: string;
  when?: PlainCondition;
  metric: "sum" | "count" | "net";
  window: string;
  per: "asset" | "initiator" | "to" | "account";
  max: string | number;
  over: "deny" | { add: PlainAddition };
};

export type PlainTier = PlainAddition & { upTo: string; quorum: PlainQuorum; sign: string };

export type PlainRule = { id: string; when: PlainCondition; loud?: true; tiers: PlainTier[] };

export type PlainCalendar = { until: number; offsets: { from: number; seconds: number }[] };

export type PlainFeed = {
  chain: number;
  address: string;
  codehash: string;
  implementation?: string;
  aggregator?: string;
  decimals: number;
  description: string;
  heartbeat: string;
  grace?: string;
  min: string;
  max: string;
};

/** What observers say of a feed. */
export type PlainSeenFeed = {
  code: string;
  implementation: string;
  aggregator: string | null;
  decimals: number;
  description: string;
  round: string;
  answer: string;
  updatedAt: string;
  answeredInRound: string;
};

export type PlainPolicy = {
  apiVersion: string;
  kind: string;
  asset: string;
  version: number;
  previous: string | null;
  timezone?: string;
  calendar?: PlainCalendar;
  holidays?: Record<string, string[]>;
  token: {
    chain: number;
    address: string;
    decimals: number;
    standard: string;
    codehash: string;
    implementation?: string;
  };
  feeds?: Record<string, PlainFeed>;
  lists?: Record<string, { minAge?: string; entries: { address: string; label: string }[] }>;
  groups: Record<string, { min: number; credentials?: string[] }>;
  separation?: [string, string][];
  guards?: PlainGuard[];
  limits?: PlainLimit[];
  rules: PlainRule[];
  change: unknown;
};

export type PlainMember = {
  id: string;
  name: string;
  groups: string[];
  unit?: string;
  credentials: { kind: string; id: string; [field: string]: string }[];
};

export type PlainRoster = {
  apiVersion: string;
  kind: string;
  version: number;
  previous: null;
  people: PlainMember[];
  services: PlainMember[];
  keys: unknown[];
};

export type PlainIntent = {
  operation: string;
  asset: string;
  chainId: number;
  account: string;
  to: string;
  amount: string;
  reference: string;
  feeCeilingWei: string;
  notBefore: number;
  expiresAt: number;
};

/** Typed data that a managed key would sign; its message holds the fields. */
export type PlainTypedData = {
  domain: { name?: string; version?: string; chainId: number; verifyingContract: string };
  types: Record<string, { name: string; type: string }[]>;
  primaryType: string;
  message: Record<string, unknown>;
};

export type PlainVote = {
  person: string;
  credential: string;
  credentialKind: string;
  expiresAt: number;
  position?: number;
};

export type PlainAttested = {
  attestor: string;
  subject: string;
  value: string;
  source: string;
  asOf: number;
  expiresAt: number;
};

export type PlainReserve = {
  attestor: string;
  reserves: string;
  supply: string;
  asOf: number;
  expiresAt: number;
  sequence: number;
};

export type PlainSpend = {
  asset: string;
  operation: string;
  initiator: string;
  account: string;
  to: string;
  amount: string;
  feeCeilingWei: string;
  at: number;
};

export type PlainUsage = { added: string; removed: string; count: number };

export type PlainFacts = {
  now: number;
  firstSeen: number;
  votes: PlainVote[];
  vetoes?: { person: string; at: number }[];
  spends?: PlainSpend[];
  usage?: Record<string, PlainUsage>;
  reserves: PlainReserve[];
  prices?: PlainAttested[];
  identities?: PlainAttested[];
  documents?: PlainAttested[];
  observed: Record<string, { value: string; blockTime: number }>;
  rounds?: Record<string, string>;
  outstanding: string;
  listedSince: Record<string, number>;
};

export type PlainBounds = {
  asset: { request: string; day: string; shareOfSupplyMillionths?: string };
  feesPerDayWei: string;
  freshnessSeconds: number;
  lifetimeSubmissionSeconds: number;
  chainKnown: boolean;
  managed?: { key: string; account: string };
};

export type PlainCase = {
  policy: PlainPolicy;
  roster: PlainRoster;
  bounds: PlainBounds;
  intent: PlainIntent;
  typedData?: PlainTypedData;
  initiator: string;
  facts: PlainFacts;
};
