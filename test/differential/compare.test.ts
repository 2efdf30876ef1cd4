import { describe, expect, it } from '@jest/globals';
import type { Answered } from '../contract/metrics-api/ask.ts';
import { type Pair, differencesOf } from './compare.ts';

const ITEM = { metricName: 'm', metricLabels: { a: 'b' }, timestamp: '2026-01-02T03:04:05Z', value: '10500m' };
const HEADERS = { 'content-type': 'application/json' };

const list = (...items: object[]): Answered => ({
  code: 200,
  headers: HEADERS,
  text: JSON.stringify({ kind: 'ExternalMetricValueList', apiVersion: 'x', metadata: {}, items }),
});
const status = (code: number, message: string): Answered => ({
  code,
  headers: HEADERS,
  text: JSON.stringify({ kind: 'Status', status: 'Failure', message, reason: 'NotFound', code }),
});
const pair = (theirs: Answered, ours: Answered): Pair => ({
  about: '',
  asked: { method: 'GET', path: '/', headers: {} },
  theirs,
  ours,
});

describe('two answers', () => {
  it.each<[string, Answered, Answered]>([
    ['in another order', list(ITEM, { ...ITEM, metricLabels: {} }), list({ ...ITEM, metricLabels: {} }, ITEM)],
    ['evaluated seconds apart', list(ITEM), list({ ...ITEM, timestamp: '2026-01-02T03:04:09Z' })],
    ['with a charset', { ...list(), headers: { 'content-type': 'application/json;charset=utf-8' } }, list()],
    ['that are the same Status', status(404, 'x'), status(404, 'x')],
  ])('%s are alike', (_what, theirs, ours) => {
    expect(differencesOf(pair(theirs, ours))).toEqual([]);
  });

  it.each<[string, Answered, Answered, string[]]>([
    ['the code', status(404, 'x'), { ...status(404, 'x'), code: 200 }, ['code']],
    ['a value', list(ITEM), list({ ...ITEM, value: '10' }), ['items']],
    ['a label', list(ITEM), list({ ...ITEM, metricLabels: { a: 'c' } }), ['items']],
    ['no labels', list(ITEM), list({ ...ITEM, metricLabels: null }), ['items']],
    ['one item more', list(ITEM), list(ITEM, ITEM), ['items']],
    ['a minute', list(ITEM), list({ ...ITEM, timestamp: '2026-01-02T03:05:05Z' }), ['items']],
    ['the form of the time', list(ITEM), list({ ...ITEM, timestamp: '2026-01-02T03:04:05.5Z' }), ['items']],
    ['the message', status(404, 'x'), status(404, 'y'), ['status']],
    ['Retry-After', list(), { ...list(), headers: { ...HEADERS, 'retry-after': '1' } }, ['header']],
    ['the type', list(), { ...list(), headers: { 'content-type': 'application/yaml' } }, ['type']],
    ['the kind', list(), status(200, ''), ['document', 'document']],
  ])('that differ in %s are told apart', (_what, theirs, ours, parts) => {
    expect(differencesOf(pair(theirs, ours)).map(({ part }) => part)).toEqual(parts);
  });

  const usage = { cpu: '250m', memory: '1Mi' };
  const pod = (name: string, over: object = {}): object => ({
    metadata: { name, creationTimestamp: '2026-01-02T03:04:05Z' },
    timestamp: '2026-01-02T03:04:05Z',
    window: '1m0s',
    containers: [{ name: 'main', usage }],
    ...over,
  });
  const usages = (...items: object[]): Answered => ({
    ...list(),
    text: JSON.stringify({ kind: 'PodMetricsList', apiVersion: 'x', metadata: {}, items }),
  });

  it('of usage are alike in another order and at another time', () => {
    const later = pod('a', { timestamp: '2026-01-02T03:09:05Z' });
    expect(differencesOf(pair(usages(pod('a'), pod('b')), usages(pod('b'), later)))).toEqual([]);
  });

  it.each<[string, object]>([
    ['a number', pod('a', { containers: [{ name: 'main', usage: { ...usage, cpu: '251m' } }] })],
    ['a container', pod('a', { containers: [] })],
    ['the name', pod('b')],
    ['the form of the time', pod('a', { timestamp: '2026-01-02T03:04:05.5Z' })],
    ['the window', pod('a', { window: '60s' })],
  ])('of usage that differ in %s are told apart', (_what, other) => {
    expect(differencesOf(pair(usages(pod('a')), usages(other))).map(({ part }) => part)).toEqual(['items']);
  });
});
