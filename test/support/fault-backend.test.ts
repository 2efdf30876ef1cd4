import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakePrometheus, fakePrometheus, failure, json, success } from '../adapters/prometheus/fake-prometheus.ts';
import { type Condition, type FaultBackend, startFaultBackend } from './fault-backend.ts';

const row = (value: string, more: object = {}): object => ({ metric: { tier: 'a', ...more }, value: [5, value] });
const ROWS = success({ resultType: 'vector', result: [row('1')] });

describe('a backend that can be made bad', () => {
  let upstream: FakePrometheus;
  let backend: FaultBackend;
  beforeEach(async () => {
    upstream = await fakePrometheus(({ form }, response) => {
      const promql = form.get('query');
      if (promql === 'm') return json(response, 200, ROWS);
      if (promql === 'scalar(m)') return json(response, 200, success({ resultType: 'scalar', result: [5, '1'] }));
      return json(response, 400, failure('bad_data', 'parse error'));
    });
    backend = await startFaultBackend(upstream.url);
  });
  afterEach(async () => {
    await backend.close();
    await upstream.close();
  });

  const ask = async (query = 'm'): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${backend.url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query }),
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    });
    return { status: response.status, text: await response.text() };
  };
  const data = async (query?: string): Promise<unknown> =>
    (JSON.parse((await ask(query)).text) as { data: unknown }).data;
  const vector = (...result: object[]): object => ({ resultType: 'vector', result });

  it('passes on what it is asked and what it is told, and counts', async () => {
    expect(await ask()).toEqual({ status: 200, text: JSON.stringify(ROWS) });
    expect(await ask('(')).toMatchObject({ status: 400, text: expect.stringContaining('parse error') });
    expect(upstream.calls.map(({ path, form }) => [path, form.get('query')])).toEqual([
      ['/api/v1/query', 'm'],
      ['/api/v1/query', '('],
    ]);
    expect(backend.requests()).toBe(2);
  });

  it.each<[Condition, unknown]>([
    [{ type: 'value', value: 'NaN' }, vector(row('NaN'))],
    [{ type: 'duplicates' }, vector(row('1'), row('2'))],
    [{ type: 'empty' }, vector()],
    [{ type: 'rows', count: 2 }, vector(row('1', { row: 'r0' }), row('1', { row: 'r1' }))],
  ])('%j changes the rows', async (condition, expected) => {
    await backend.is(condition);
    expect(await data()).toEqual(expected);
    expect(await ask('(')).toMatchObject({ status: 400 });
  });

  it('changes the value of a scalar', async () => {
    await backend.is({ type: 'value', value: '+Inf' });
    expect(await data('scalar(m)')).toEqual({ resultType: 'scalar', result: [5, '+Inf'] });
  });

  it.each<[Condition, { status: number; text: unknown }]>([
    [{ type: 'unprocessable' }, { status: 422, text: expect.stringMatching(/^\{"status":"error"/) }],
    [{ type: 'overloaded' }, { status: 503, text: 'upstream connect error\n' }],
    [
      { type: 'redirect', to: 'http://127.0.0.1:1' },
      { status: 307, text: '' },
    ],
    [{ type: 'truncated' }, { status: 200, text: JSON.stringify(ROWS).slice(0, JSON.stringify(ROWS).length / 2) }],
    [
      { type: 'slow', seconds: 0.01 },
      { status: 200, text: JSON.stringify(ROWS) },
    ],
  ])('%j', async (condition, expected) => {
    await backend.is(condition);
    expect(await ask()).toEqual(expected);
  });

  it.each<Condition>([{ type: 'refused' }, { type: 'reset' }, { type: 'hanging' }, { type: 'slow', seconds: 60 }])(
    '%j gives no answer, and is well at the same address afterwards',
    async (condition) => {
      await backend.is(condition);
      const signal = AbortSignal.timeout(100);
      await expect(fetch(`${backend.url}/api/v1/query`, { method: 'POST', signal })).rejects.toThrow();
      expect(upstream.calls).toEqual([]);
      await backend.is({ type: 'well' });
      expect(await ask()).toMatchObject({ status: 200 });
    },
  );
});
