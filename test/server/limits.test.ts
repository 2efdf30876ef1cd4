import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { selfSignedForLoopback } from '../../src/adapters/certificates/maker.ts';
import { silentServingRecorder } from '../../src/ports/serving-recorder.ts';
import { systemClock } from '../../src/wiring/system-clock.ts';
import { createApiHandler } from '../../src/server/api-handler.ts';
import { openGate } from '../../src/server/access/gate.ts';
import { writtenOf } from '../../src/server/respond.ts';
import type { MetricRead } from '../../src/server/metric-read.ts';
import type { MetricAnswer } from '../../src/server/metric-reads.ts';
import { anApi } from './an-api.ts';
import { get } from './get.ts';

const READ = '/apis/external.metrics.k8s.io/v1beta1/namespaces/shop/concurrent_viewers';

describe('a request that is too much', () => {
  it.each([
    { what: 'a body', code: 413, reason: 'RequestEntityTooLarge', headers: { 'transfer-encoding': 'chunked' } },
    { what: 'a URL of 20,000 characters', code: 414, path: `${READ}?labelSelector=${'a'.repeat(20_000)}` },
  ])('is answered $code: $what', async ({ code, path = READ, headers }) => {
    const certificate = await selfSignedForLoopback({ from: new Date(), days: 1 });
    await using api = closing(await anApi({ certificate: { read: () => Promise.resolve(certificate) } }));
    const answer = await get({ port: api.port, path, ...(headers && { headers }) });
    expect(answer.code).toBe(code);
    expect(answer.headers['retry-after']).toBeUndefined();
    expect(answer.text.length).toBeLessThan(2000);
    expect(api.source.queries).toEqual([]);
  });

  it('is cut off where its head is of 70,000 bytes, and the server goes on', async () => {
    const certificate = await selfSignedForLoopback({ from: new Date(), days: 1 });
    await using api = closing(await anApi({ certificate: { read: () => Promise.resolve(certificate) } }));
    const much = get({ port: api.port, path: READ, headers: { 'x-much': 'a'.repeat(70_000) } });
    // Who still writes when the answer comes sees the end of the connection, not the 431.
    const outcome = await much.then(
      ({ code }) => code,
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect([431, 'ECONNRESET']).toContain(outcome);
    expect(api.source.queries).toEqual([]);
    expect((await get({ port: api.port, path: '/healthz' })).code).toBe(200);
  });
});

describe('requests that wait', () => {
  const open: { close(): void }[] = [];
  afterEach(() => open.splice(0).forEach((server) => server.close()));

  async function listening(handler: RequestListener): Promise<string> {
    const server = createServer(handler);
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('are refused beyond the limit with 429, fast and without Retry-After, and let in when others are done', async () => {
    const answers: ((answer: MetricAnswer) => void)[] = [];
    const url = await listening(
      createApiHandler({
        gate: { admit: () => null, strip: () => {} },
        reads: () => () => new Promise((resolve) => void answers.push(resolve)),
        rest: (_request, response) => response.end('ok'),
        clock: systemClock,
        recorder: silentServingRecorder,
        limits: { urlLength: 1000, inFlight: 2 },
      }),
    );
    const waiting = [fetch(`${url}${READ}`), fetch(`${url}${READ}`)];
    while (answers.length < 2) await new Promise(setImmediate);
    const refused = await fetch(`${url}${READ}`);
    expect(refused.status).toBe(429);
    expect(refused.headers.has('retry-after')).toBe(false);
    expect(await refused.json()).toMatchObject({ kind: 'Status', reason: 'TooManyRequests', code: 429 });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    answers.splice(0).forEach((answer) => answer(EMPTY));
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
    const again = fetch(`${url}${READ}`);
    while (answers.length < 1) await new Promise(setImmediate);
    answers[0]?.(EMPTY);
    expect((await again).status).toBe(200);
  });

  it('refuse neither what is in memory nor documents', async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const url = await listening(
      createApiHandler({
        gate: openGate,
        reads: (read) => (isOf('hot', read) ? EMPTY : () => (arrive(), new Promise(() => {}))),
        rest: (_request, response) => response.end('ok'),
        clock: systemClock,
        recorder: silentServingRecorder,
        limits: { urlLength: 1000, inFlight: 1 },
      }),
    );
    const leaving = new AbortController();
    const waiting = fetch(`${url}${READ}`, { signal: leaving.signal }).catch(() => 'left');
    await arrived;
    expect((await fetch(`${url}${READ}`)).status).toBe(429);
    const hot = READ.replace('shop', 'hot');
    const resource = '/apis/metrics.k8s.io/v1beta1/nodes';
    const codes = [];
    for (const path of [hot, '/apis', '/apis/external.metrics.k8s.io/v1beta1', resource]) {
      codes.push((await fetch(`${url}${path}`)).status);
    }
    expect(codes).toEqual([200, 200, 200, 429]);
    leaving.abort();
    expect(await waiting).toBe('left');
  });

  it('for a review keep nobody out whose review is known, and at the limit no other is asked for', async () => {
    const { promise, resolve } = Promise.withResolvers<null>();
    const reviews: (() => void)[] = [];
    const review = (): Promise<null> => {
      reviews.push(() => resolve(null));
      return promise;
    };
    const url = await listening(
      createApiHandler({
        gate: { admit: ({ headers }) => (headers.authorization === 'known' ? null : review), strip: () => {} },
        reads: () => EMPTY,
        rest: (_request, response) => response.end('ok'),
        clock: systemClock,
        recorder: silentServingRecorder,
        limits: { urlLength: 1000, inFlight: 1 },
      }),
    );
    const waiting = fetch(`${url}${READ}`);
    while (reviews.length < 1) await new Promise(setImmediate);
    expect((await fetch(`${url}${READ}`)).status).toBe(429);
    expect((await fetch(`${url}${READ}`, { headers: { authorization: 'known' } })).status).toBe(200);
    reviews[0]?.();
    expect([(await waiting).status, reviews.length]).toEqual([200, 1]);
  });
});

const EMPTY: MetricAnswer = { code: 200, body: writtenOf('{}') };

const isOf = (namespace: string, read: MetricRead): boolean =>
  read.type === 'external' && read.request.namespace === namespace;

/** Closed at the end of the test. */
function closing<T extends { close(): Promise<void> }>(of: T): T & AsyncDisposable {
  return Object.assign(of, { [Symbol.asyncDispose]: () => of.close() });
}
