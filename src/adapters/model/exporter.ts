import type { Viewers } from './load.ts';
import { type MetricName, METRICS } from './metrics.ts';

/** What a service does, as far as its metrics go. */
export type Role = 'player' | 'gateway' | 'api' | 'sessions' | 'recommender' | 'analytics';

/** The ready pods of one service. */
export type ServicePods = { namespace: string; service: string; role: Role; pods: readonly string[] };

export type Series = { name: MetricName; labels: Readonly<Record<string, string>>; value: number };

/** Exports series: counters are what happened since the last time, so it is asked in the order of time. */
export type Exporter<Of = ServicePods> = {
  /** What is exported at t (epoch milliseconds) of a fleet that so many watch. */
  observe(t: number, viewers: Viewers, fleet: readonly Of[]): Series[];
};

/** seriesOf: gauges by their value, counters by their rate in a second, of one service. */
export function exporter<Of>(seriesOf: (service: Of, viewers: Viewers) => Series[]): Exporter<Of> {
  let last: number | null = null;
  let counters = new Map<string, number>();
  return {
    observe(t, viewers, fleet) {
      const seconds = last === null ? 0 : (t - last) / 1000;
      const next = new Map<string, number>();
      last = t;
      const all = fleet.flatMap((service) => seriesOf(service, viewers));
      const series = all.map(({ name, labels, value }): Series => {
        if (METRICS[name].type === 'gauge') return { name, labels, value };
        const key = JSON.stringify([name, labels]);
        // A pod that is new starts at zero; one that is gone is forgotten.
        const before = counters.get(key);
        const count = before === undefined ? 0 : before + value * seconds;
        next.set(key, count);
        return { name, labels, value: count };
      });
      counters = next;
      return series;
    },
  };
}
