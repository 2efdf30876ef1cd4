import { describe, expect, it } from '@jest/globals';
import { createAnswerer } from '../../src/app/answer-metric.ts';
import { type NeighbourlyAnswerer, askNeighbour } from '../../src/app/ask-neighbour.ts';
import { createMetricRegistry } from '../../src/app/metric-registry.ts';
import { InvalidError, NotFoundError, UnavailableError } from '../../src/domain/errors.ts';
import type { ExternalMetricValue } from '../../src/domain/rules/external-metric-value.ts';
import { silentLog } from '../../src/ports/log.ts';
import type { Neighbour, NeighbourRead } from '../../src/ports/neighbour.ts';
import { silentServingRecorder } from '../../src/ports/serving-recorder.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { type ASource, aSource, oneRow } from './a-source.ts';
import { someValues } from './some-values.ts';

const ITEM = { metricName: 's0-kafka', metricLabels: {}, timestamp: '2026-01-01T00:00:00Z', value: '7' };
const KEDA = { namespace: 'shop', metric: 's0-kafka', selector: 'scaledobject.keda.sh/name=web' };

type Setup = {
  answerer: NeighbourlyAnswerer;
  reads: NeighbourRead[];
  told: string[];
  source: ASource;
  clock: TurnedClock;
  neighbour: { read(read: NeighbourRead): Promise<ExternalMetricValue[]>; metricNames(): Promise<string[]> };
};

function setup({ rules = [aRule()], id = 'b', mostInFlight = 2 } = {}): Setup {
  const source = aSource();
  const clock = new TurnedClock();
  const registry = createMetricRegistry({ source, clock, log: silentLog, relistIntervalSeconds: 60 });
  registry.replace(rules);
  const told: string[] = [];
  const recorder = { ...silentServingRecorder, neighbourAsked: (_: number, outcome: string) => told.push(outcome) };
  const reads: NeighbourRead[] = [];
  const fake = {
    read: () => Promise.resolve<ExternalMetricValue[]>([ITEM]),
    metricNames: () => Promise.resolve(['a']),
  };
  const neighbour: Neighbour = {
    id,
    read(read) {
      reads.push(read);
      return answers.read(read);
    },
    metricNames: () => answers.metricNames(),
  };
  const answers: Setup['neighbour'] = fake;
  const own = createAnswerer({ registry, values: someValues({ source, clock, registry, recorder }) });
  const answerer = askNeighbour({
    own,
    rules: registry,
    neighbour,
    clock,
    log: silentLog,
    recorder,
    mostInFlight,
  });
  return { answerer, reads, told, source, clock, neighbour: answers };
}

describe('a metric that no rule names', () => {
  it('is asked for at the neighbour, whose items are given as they are', async () => {
    const { answerer, reads, told } = setup();
    expect(await answerer.answer(KEDA)).toEqual([ITEM]);
    expect(reads).toEqual([{ ...KEDA, asked: [] }]);
    expect(told).toEqual(['ok']);
  });

  it('is asked for each time: nothing of it is kept', async () => {
    const { answerer, reads } = setup();
    await answerer.answer(KEDA);
    await answerer.answer(KEDA);
    expect(reads).toHaveLength(2);
  });

  it('is not there where the read came through this neighbour already', async () => {
    const { answerer, reads } = setup({ id: 'b' });
    await expect(answerer.answer({ ...KEDA, asked: ['a', 'b'] })).rejects.toThrow(NotFoundError);
    expect(reads).toEqual([]);
  });

  it.each([
    ['a namespace that is none', { namespace: '../x' }],
    ['a selector that does not parse', { selector: 'a in (b' }],
    ['a name that would leave the path', { metric: '..' }],
  ])('of %s is refused before anybody is asked', async (_what, about) => {
    const { answerer, reads } = setup();
    await expect(answerer.answer({ ...KEDA, ...about })).rejects.toThrow(InvalidError);
    expect(reads).toEqual([]);
  });

  it("is the neighbour's error where it says one", async () => {
    const { answerer, told, neighbour } = setup();
    const status = { code: 404, reason: 'NotFound', message: 'no such metric' };
    neighbour.read = () => Promise.reject(new UnavailableError('answered 404', { status }));
    await expect(answerer.answer(KEDA)).rejects.toMatchObject({ status });
    expect(told).toEqual(['status']);
  });

  it('is an error at once while too many are asked for', async () => {
    const { answerer, told, neighbour } = setup({ mostInFlight: 2 });
    const open: (() => void)[] = [];
    neighbour.read = () => new Promise((resolve) => open.push(() => resolve([])));
    const waiting = [answerer.answer(KEDA), answerer.answer(KEDA)];
    await expect(answerer.answer(KEDA)).rejects.toMatchObject({ told: 'too many reads of the neighbour at a time' });
    for (const end of open) end();
    await Promise.all(waiting);
    neighbour.read = () => Promise.resolve([]);
    await answerer.answer(KEDA);
    expect(told).toEqual(['full', 'ok', 'ok', 'ok']);
  });
});

describe('a metric that a rule names', () => {
  const OURS = { namespace: 'streaming', metric: 'concurrent_viewers', selector: 'service=web' };

  it('is ours, and stays so while the neighbour is away', async () => {
    const { answerer, reads, source, neighbour } = setup();
    neighbour.read = () => Promise.reject(new UnavailableError('away'));
    source.answers(() => Promise.resolve(oneRow(3)));
    expect(await answerer.answer(OURS)).toMatchObject([{ value: '3' }]);
    expect(reads).toEqual([]);
  });

  it('is not asked for at the neighbour when our own source is away', async () => {
    const { answerer, reads, source } = setup();
    source.answers(() => Promise.reject(new UnavailableError('away')));
    await expect(answerer.answer(OURS)).rejects.toThrow(UnavailableError);
    expect(reads).toEqual([]);
  });
});

describe('while the series of a rule were never listed', () => {
  const rules = [aRule({ pinnedSeries: null, seriesQuery: '{__name__=~"queue_.*"}' })];

  it('a metric that this rule may give is an error, not a number of somebody else', async () => {
    const { answerer, reads } = setup({ rules });
    await expect(answerer.answer({ ...KEDA, selector: 'queue=a' })).rejects.toThrow(UnavailableError);
    expect(reads).toEqual([]);
  });

  it("a selector that no series can match is the neighbour's", async () => {
    const { answerer, reads } = setup({ rules });
    expect(await answerer.answer(KEDA)).toEqual([ITEM]);
    expect(reads).toHaveLength(1);
  });
});

describe('discovery', () => {
  it('has the names of both, read in the background', async () => {
    const { answerer, clock, neighbour } = setup();
    neighbour.metricNames = () => Promise.resolve(['s0-kafka', 'concurrent_viewers']);
    expect(answerer.metricNames()).toEqual(['concurrent_viewers']);
    answerer.start();
    await clock.turn(0);
    expect(answerer.metricNames()).toEqual(['concurrent_viewers', 's0-kafka']);
    await answerer.close();
  });

  it('keeps the last names while the neighbour is away, and says so', async () => {
    const { answerer, clock, neighbour } = setup();
    answerer.start();
    await clock.turn(0);
    neighbour.metricNames = () => Promise.reject(new UnavailableError('no answer within 3 s'));
    await clock.turn(30_000);
    expect(answerer.trouble()).toBe('no answer within 3 s');
    expect(answerer.metricNames()).toContain('a');
    neighbour.metricNames = () => Promise.resolve(['b']);
    await clock.turn(30_000);
    expect(answerer.trouble()).toBe('');
    expect(answerer.metricNames()).toContain('b');
    await answerer.close();
  });
});

describe('two servers that are neighbours of each other', () => {
  it('end a read at the first repeat', async () => {
    const [first, second] = [setup({ id: 'second' }), setup({ id: 'first' })];
    const through = (other: Setup, id: string) => async (read: NeighbourRead) => [
      ...(await other.answerer.answer({ ...read, asked: [...read.asked, id] })),
    ];
    first.neighbour.read = through(second, 'second');
    second.neighbour.read = through(first, 'first');
    await expect(first.answerer.answer(KEDA)).rejects.toThrow(NotFoundError);
    expect([first.reads.length, second.reads.length]).toEqual([1, 1]);
  });
});
