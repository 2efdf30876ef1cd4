import type { Backend } from '../domain/rules/backend.ts';
import type { MetricsSource } from './metrics-source.ts';

/** The backends that rules name. Real: adapters/prometheus/backends.ts. */
export interface MetricsBackends {
  /** The same source for a backend as long as nothing of it changes, so that what is kept per source stays. */
  source(backend: Backend): MetricsSource;
}

/** For a program whose rules can name none. */
export const noBackends: MetricsBackends = {
  source(backend) {
    throw new Error(`the backend ${backend.name} is not wired`);
  },
};
