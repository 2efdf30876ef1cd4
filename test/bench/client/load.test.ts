import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Server, createServer } from 'node:https';
import { selfSignedForLoopback } from '../../../src/adapters/certificates/maker.ts';
import type { Target } from './connection.ts';
import { type Job, load } from './load.ts';
import { quantileOf } from './tally.ts';
import { type Read, verdictOf } from './verdict.ts';

const list = (...items: object[]): string => JSON.stringify({ items });
const item = (value: string, name?: string): object => ({
  value,
  timestamp: new Date(0).toISOString(),
  ...(name !== undefined && { describedObject: { name } }),
});

describe('the verdict on an answer', () => {
  const external: Read = { path: '/x', expected: { type: 'external', value: '7' } };
  const pods: Read = { path: '/x', expected: { type: 'pods', values: { a: '1', b: '3' } } };
  const ok = (body: string) => ({ type: 'answer', code: 200, body }) as const;

  it.each<[string, Read, Parameters<typeof verdictOf>[1], string]>([
    ['the value', external, ok(list(item('7'))), 'right'],
    ['another value', external, ok(list(item('8'))), 'wrong'],
    ['no item', external, ok(list()), 'wrong'],
    ['the value twice', external, ok(list(item('7'), item('7'))), 'wrong'],
    ['no JSON', external, ok('{'), 'wrong'],
    ['a status', external, { type: 'answer', code: 503, body: list(item('7')) }, 'failed'],
    ['no answer', external, { type: 'none', why: 'closed' }, 'failed'],
    ['all pods in any order', pods, ok(list(item('3', 'b'), item('1', 'a'))), 'right'],
    ['the value of another pod', pods, ok(list(item('1', 'b'), item('3', 'a'))), 'wrong'],
    ['a pod too few', pods, ok(list(item('1', 'a'))), 'wrong'],
    ['a pod too many', pods, ok(list(item('1', 'a'), item('3', 'b'), item('5', 'c'))), 'wrong'],
  ])('that gives %s', (_what, read, answer, type) => {
    expect(verdictOf(read, answer).type).toBe(type);
  });

  it('has the time of its oldest item', () => {
    const old = { ...item('1', 'a'), timestamp: '1970-01-01T00:00:05Z' };
    const young = { ...item('3', 'b'), timestamp: '1970-01-01T00:00:09Z' };
    expect(verdictOf(pods, ok(list(young, old)))).toEqual({ type: 'right', evaluatedAt: 5000 });
  });
});

it.each<[number[], number, number]>([
  [[5], 0.99, 5],
  [[1, 2, 3, 4], 0.5, 2],
  [Array.from({ length: 100 }, (_none, index) => index + 1), 0.99, 99],
  [Array.from({ length: 101 }, (_none, index) => index + 1), 0.99, 100],
  [[], 0.5, NaN],
])('of %j the quantile %d is one that was measured: %d', (values, part, quantile) => {
  expect(quantileOf(Float64Array.from(values), part)).toBe(quantile);
});

describe('the load', () => {
  let server: Server;
  let target: Target;
  const asked: string[] = [];
  const read = (path: string, value: string): Read => ({ path, expected: { type: 'external', value } });

  beforeAll(async () => {
    const { certificatePem, privateKeyPem } = await selfSignedForLoopback({ from: new Date(), days: 1 });
    server = createServer({ cert: certificatePem, key: privateKeyPem }, (request, response) => {
      asked.push(`${request.url} ${String(request.headers['x-remote-user'])}`);
      if (request.url === '/refused') response.statusCode = 403;
      const body = list(item('7'));
      // in chunks, as Go answers what is long
      if (request.url === '/chunks') {
        response.write(body.slice(0, 5));
        response.end(body.slice(5));
        return;
      }
      response.setHeader('content-length', body.length);
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('a TCP server has an address');
    target = { address: '127.0.0.1', port: bound.port, client: null, headers: { 'x-remote-user': 'hpa' } };
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const run = (reads: Read[], pace: Job['pace'], connections = 2) => {
    asked.length = 0;
    return load({ targets: [target], reads, connections, pace });
  };

  it('paced, asks for each key once a round and waits for the end of the last', async () => {
    const reads = [read('/a', '7'), read('/chunks', '7'), read('/refused', '7'), read('/b', '8')];
    const tally = await run(reads, { type: 'paced', periodSeconds: 0.05, rounds: 3 });
    expect(asked.toSorted()).toEqual(
      ['/a', '/b', '/chunks', '/refused'].flatMap((path) => Array(3).fill(`${path} hpa`)),
    );
    expect(tally).toMatchObject({ reads: 12, failed: 3, wrong: 3 });
    expect(tally.firstFault).toMatch(/^\/(refused: 403|b: 200) /);
    expect(tally.oldestSeconds).toBeGreaterThan(1e9);
    expect(tally.p99).toBeGreaterThanOrEqual(tally.p50);
  });

  it('saturated, asks for one key after another until the time is over', async () => {
    const tally = await run([read('/a', '7'), read('/b', '7')], { type: 'saturated', seconds: 0.05 });
    expect(tally).toMatchObject({ failed: 0, wrong: 0, bodyBytes: list(item('7')).length });
    expect(tally.reads).toBe(asked.length);
    const ofA = asked.filter((path) => path.startsWith('/a ')).length;
    expect([ofA, ofA - 1]).toContain(asked.length - ofA);
  });

  it('counts an answer that never came as failed, and goes on', async () => {
    const nobody: Target = { ...target, port: 1 };
    const tally = await load({
      targets: [nobody],
      reads: [read('/a', '7')],
      connections: 1,
      pace: { type: 'paced', periodSeconds: 0.01, rounds: 2 },
    });
    expect(tally).toMatchObject({ reads: 2, failed: 2, wrong: 0, bodyBytes: 0 });
    expect(tally.firstFault).toContain('ECONNREFUSED');
  });
});
