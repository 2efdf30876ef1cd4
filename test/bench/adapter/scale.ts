/** How much one run measures. Times in seconds. */
export type Scale = {
  name: 'full' | 'quick';
  namespaces: number;
  podsPerNamespace: number;
  /** Between two reads of a key when paced; the HPA controller's sync period is 15. */
  period: number;
  /** Rounds over all keys that are measured, after one that is not. */
  rounds: number;
  /** Of reading as fast as answers come. */
  saturated: number;
  /** Of watching Prometheus and the API server do nothing for anybody, before and after. */
  idle: number;
  /** Metrics of the run with many keys: each is a rule, each has a key in every namespace. */
  metrics: number;
  manyRounds: number;
};

export const FULL: Scale = {
  name: 'full',
  namespaces: 2000,
  podsPerNamespace: 10,
  period: 15,
  rounds: 5,
  saturated: 10,
  idle: 30,
  metrics: 15,
  manyRounds: 4,
};

/** About a minute, to see that all of it works. */
export const QUICK: Scale = {
  name: 'quick',
  namespaces: 100,
  podsPerNamespace: 10,
  period: 1,
  rounds: 1,
  saturated: 1,
  idle: 1,
  metrics: 3,
  manyRounds: 1,
};

/** Connections that ask at once. */
export const CONNECTIONS = 20;
