import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InvalidError } from '../../src/domain/errors.ts';
import type { MetricsSource, Sample } from '../../src/ports/metrics-source.ts';

/** A source that has at least two series of `metric`, which differ in `label`. */
export type MetricsSourceHarness = {
  source: MetricsSource;
  metric: string;
  label: string;
  /** VictoriaMetrics gives a number as a row without labels, which sums up to the same. Default: scalar. */
  numbersAre?: 'scalar' | 'row';
  close(): Promise<void>;
};

/** What every MetricsSource promises. */
export function metricsSourceContract(name: string, make: () => Promise<MetricsSourceHarness>): void {
  describe(`the MetricsSource port on ${name}`, () => {
    let harness: MetricsSourceHarness;
    beforeEach(async () => {
      harness = await make();
    });
    afterEach(() => harness.close());

    const rows = async (promql: string): Promise<Sample[]> => {
      const result = await harness.source.query(promql);
      if (result.type !== 'vector') throw new Error(`expected a vector, got a ${result.type}`);
      return result.samples;
    };

    it('gives one row for each series, with its labels and its name', async () => {
      const { metric, label } = harness;
      const samples = await rows(metric);
      expect(samples.length).toBeGreaterThan(1);
      for (const { labels, value } of samples) {
        expect(labels).toMatchObject({ __name__: metric, [label]: expect.any(String) });
        expect(value).toEqual(expect.any(Number));
      }
    });

    it('evaluates a query at one time, in epoch seconds', async () => {
      const times = new Set((await rows(harness.metric)).map(({ timestamp }) => timestamp));
      expect(times.size).toBe(1);
      const [time = 0] = times;
      expect(time).toBeGreaterThan(Date.UTC(2000) / 1000);
      expect(time).toBeLessThan(Date.UTC(2200) / 1000);
    });

    it('gives a sum one row without labels', async () => {
      const parts = await rows(harness.metric);
      const total = await rows(`sum(${harness.metric})`);
      expect(total).toEqual([{ labels: {}, timestamp: expect.any(Number), value: expect.any(Number) }]);
      expect(parts.length).toBeGreaterThan(1);
    });

    it('gives no rows where nothing matches', async () => {
      expect(await rows(`${harness.metric}{${harness.label}="nobody has this"}`)).toEqual([]);
    });

    it('gives a number as scalar, or as the one row that a backend makes of it', async () => {
      const timestamp: unknown = expect.any(Number);
      expect(await harness.source.query('1')).toEqual(
        harness.numbersAre === 'row'
          ? { type: 'vector', samples: [{ labels: {}, timestamp, value: 1 }] }
          : { type: 'scalar', timestamp, value: 1 },
      );
    });

    it('lists the label sets of series', async () => {
      const { source, metric, label } = harness;
      const listed = await source.series(`{__name__="${metric}"}`, 0);
      const values = new Set(listed.map((labels) => labels[label]));
      expect(listed.every(({ __name__: of }) => of === metric)).toBe(true);
      expect(values.size).toBeGreaterThan(1);
      expect(await source.series(`${metric}{${label}="nobody has this"}`, 0)).toEqual([]);
    });

    it('throws InvalidError for what is no PromQL', async () => {
      await expect(harness.source.query(`sum(${harness.metric}`)).rejects.toThrow(InvalidError);
      await expect(harness.source.series(`${harness.metric}{`, 0)).rejects.toThrow(InvalidError);
    });
  });
}
