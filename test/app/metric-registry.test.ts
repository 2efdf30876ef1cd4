import { describe, expect, it } from '@jest/globals';
import { type MetricRegistry, createMetricRegistry } from '../../src/app/metric-registry.ts';
import { UnavailableError } from '../../src/domain/errors.ts';
import { parseNaming } from '../../src/domain/rules/naming.ts';
import { type Log, silentLog } from '../../src/ports/log.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { type ASource, aSource } from './a-source.ts';

const named = (...names: string[]): Promise<{ __name__: string }[]> =>
  Promise.resolve(names.map((name) => ({ __name__: name })));
const down = (): Promise<never> => Promise.reject(new UnavailableError('down'));
const queues = aRule({ seriesQuery: '{__name__=~"^queue_"}' });
const topics = aRule({ seriesQuery: '{__name__=~"^topic_"}' });

type Setup = { registry: MetricRegistry; source: ASource; clock: TurnedClock; warnings: object[] };

function setup(relistIntervalSeconds = 600): Setup {
  const source = aSource();
  const clock = new TurnedClock('2026-11-24T12:00:00Z');
  const warnings: object[] = [];
  const log: Log = { ...silentLog, warn: (fields) => warnings.push(fields) };
  return { registry: createMetricRegistry({ source, clock, log, relistIntervalSeconds }), source, clock, warnings };
}

describe('the registry of metrics', () => {
  it('serves a rule that pins its series at once, without asking the source', () => {
    const { registry, source } = setup();
    registry.replace([aRule()]);
    expect(registry.find('concurrent_viewers').type).toBe('served');
    expect(registry.find('other').type).toBe('unknown');
    expect(source.listings).toEqual([]);
  });

  it('lists the series of a new rule at once, equal queries once, and then at each interval', async () => {
    const { registry, source, clock } = setup();
    source.lists(() => named('queue_depth', 'queue_depth', 'queue_age'));
    registry.replace([queues, aRule({ ...queues, naming: parseNaming('depth', 'length') })]);
    expect(registry.find('queue_depth').type).toBe('unlisted');
    await clock.turn(0);
    expect(registry.names()).toEqual(['length', 'queue_age', 'queue_depth']);
    expect(source.listings).toEqual([{ selector: queues.seriesQuery, since: Date.UTC(2026, 10, 24, 11, 50) / 1000 }]);
    registry.start();
    source.lists(() => named('queue_new'));
    await clock.turn(600_000);
    expect(registry.names()).toEqual(['queue_new']);
    await registry.close();
  });

  it('never forgets a series that a query could still see, however short the interval', async () => {
    const { registry, source } = setup(1);
    registry.replace([queues]);
    await registry.relist();
    expect(source.listings[0]?.since).toBe(Date.UTC(2026, 10, 24, 11, 55) / 1000);
  });

  it("keeps a rule's last list when listing fails, and the failure to that rule", async () => {
    const { registry, source, warnings } = setup();
    source.lists((selector) => (selector === queues.seriesQuery ? named('queue_a') : named('topic_a')));
    registry.replace([queues, topics]);
    await registry.relist();
    source.lists((selector) => (selector === queues.seriesQuery ? down() : named('topic_b')));
    await registry.relist();
    expect(registry.names()).toEqual(['queue_a', 'topic_b']);
    expect(registry.troubles()).toEqual([`series of ${queues.seriesQuery}: down`]);
    expect(warnings).toEqual([{ seriesQuery: queues.seriesQuery, error: 'down' }]);
  });

  it('does not call a metric unknown before every rule was listed, and tries again soon', async () => {
    const { registry, source, clock } = setup();
    source.lists(down);
    registry.replace([queues]);
    registry.start();
    await clock.turn(1000);
    expect(registry.find('queue_a').type).toBe('unlisted');
    source.lists(() => named('queue_a'));
    await clock.turn(5000);
    expect(registry.find('queue_a').type).toBe('served');
    expect(registry.find('queue_b').type).toBe('unknown');
    expect(registry.troubles()).toEqual([]);
    await registry.close();
  });

  it('serves the last of two rules with one name, and warns once', async () => {
    const { registry, warnings } = setup();
    const other = aRule({ seriesQuery: 'x', naming: parseNaming('', 'Concurrent_Viewers') });
    registry.replace([aRule(), other]);
    await registry.relist();
    expect(registry.find('concurrent_viewers')).toMatchObject({ metric: { rule: other } });
    expect(warnings).toEqual([expect.objectContaining({ metric: 'Concurrent_Viewers' })]);
  });
});
