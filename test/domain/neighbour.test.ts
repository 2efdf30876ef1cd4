import { describe, expect, it } from '@jest/globals';
import { askedOf, checkSegment, isOurs, mayBeOurs } from '../../src/domain/neighbour.ts';
import { parseSelector } from '../../src/domain/rules/selector.ts';

describe('a neighbour is ourselves', () => {
  const own = { names: ['tidecaster.tide.svc', 'localhost', '127.0.0.1'], address: '10.0.0.7', port: 6443 };

  it.each([
    ['by a name of our certificate, whatever the port', 'https://tidecaster.tide.svc', true],
    ['by such a name in capitals', 'https://TideCaster.tide.svc:443', true],
    ['by the address that we listen at', 'https://10.0.0.7:1', true],
    ['on loopback at our own port', 'https://localhost:6443', true],
    ['not on loopback at another port', 'https://127.0.0.1:6444', false],
    ['not on another loopback address', 'https://127.0.0.2:6443', false],
    ['not by another name', 'https://keda-operator-metrics-apiserver.keda.svc', false],
  ])('%s', (_what, url, expected) => {
    expect(isOurs(url, own)).toBe(expected);
  });
});

it.each([
  ['', []],
  ['0123456789abcdef', ['0123456789abcdef']],
  ['0123456789abcdef,fedcba9876543210', ['0123456789abcdef', 'fedcba9876543210']],
  ['nonsense,fedcba9876543210,0123', ['fedcba9876543210']],
])('the ids of the header %j are read, and nothing else', (header, ids) => {
  expect(askedOf(header)).toEqual(ids);
});

it('no chain of servers is long enough for more than 32 ids', () => {
  expect(askedOf(Array.from({ length: 100 }, () => '0123456789abcdef').join(','))).toHaveLength(32);
});

it.each(['.', '..', 'a/b', 'a%2fb'])('the metric %j is no segment of a path', (metric) => {
  expect(() => checkSegment(metric)).toThrow(/is no name, expected neither/);
});

it.each([
  ['', true],
  ['service=web,zone in (a,b)', true],
  ['scaledobject.keda.sh/name=web', false],
  ['service=web,app-tier=a', false],
])('the selector %j may select series of Prometheus: %s', (selector, expected) => {
  expect(mayBeOurs(parseSelector(selector))).toBe(expected);
});
