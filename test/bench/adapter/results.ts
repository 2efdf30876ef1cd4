import type { Tally } from '../client/tally.ts';
import type { Kind } from './data.ts';
import type { Usage } from './meter.ts';

/** One stretch of paced reads. */
export type Paced = { tally: Tally; usage: Usage };

export type OfKind = { paced: Paced | null; saturated: Tally | null };

/** What was measured of one adapter; null where it could not be. */
export type Side = Record<Kind, OfKind> & {
  /** External reads through the API server's aggregator, as fast as answers come. */
  aggregated: Tally | null;
};

/** The run with many keys, of ours on one core. */
export type Many = { warming: Tally; paced: Paced; peakMegabytes: number };

export type Results = {
  keys: number;
  manyKeys: number;
  /** Prometheus and the API server with no adapter, before and after all else. */
  idle: readonly Usage[];
  theirs: Side;
  ours: Side;
  /** The bare TLS server, with answers of the size of each kind. */
  bare: Record<Kind, OfKind>;
  /** Paced External reads spread over two replicas of ours. */
  replicas: Paced | null;
  many: Many | null;
};
