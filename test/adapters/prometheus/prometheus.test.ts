import { afterEach, describe, expect, it } from '@jest/globals';
import { prometheus, type Prometheus } from '../../../src/adapters/prometheus/prometheus.ts';
import { InvalidError, UnavailableError, describeError } from '../../../src/domain/errors.ts';
import { metricsSourceContract } from '../../contract/metrics-source.ts';
import { type Answering, type FakePrometheus, failure, fakePrometheus, json, success } from './fake-prometheus.ts';

const NOW = 1_795_521_600.25;
const SERIES = [
  { __name__: 'viewers', service: 'a' },
  { __name__: 'viewers', service: 'b' },
];
const vector = (...result: unknown[]): object => success({ resultType: 'vector', result });

/** What Prometheus 3 answers to the contract's queries over two series, 10 and 20. */
const BODIES: Record<string, object> = {
  viewers: vector({ metric: SERIES[0], value: [NOW, '10'] }, { metric: SERIES[1], value: [NOW, '20'] }),
  'sum(viewers)': vector({ metric: {}, value: [NOW, '30'] }),
  'viewers{service="nobody has this"}': vector(),
  '1': success({ resultType: 'scalar', result: [NOW, '1'] }),
};
const LISTS: Record<string, object> = {
  '{__name__="viewers"}': success(SERIES),
  'viewers{service="nobody has this"}': success([]),
};

metricsSourceContract('adapters/prometheus', async () => {
  const fake = await fakePrometheus(({ path, form }, response) => {
    const body = path.endsWith('/series') ? LISTS[form.get('match[]') ?? ''] : BODIES[form.get('query') ?? ''];
    json(response, body ? 200 : 400, body ?? failure('bad_data', 'parse error: unclosed left parenthesis'));
  });
  const source = prometheus({ url: fake.url, timeoutSeconds: 5 });
  const close = async (): Promise<void> => {
    source.close();
    await fake.close();
  };
  return { source, metric: 'viewers', label: 'service', close };
});

describe('the Prometheus adapter', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  const over = async (
    answer: Answering,
    path = '',
    timeoutSeconds = 5,
  ): Promise<{ fake: FakePrometheus; source: Prometheus }> => {
    const fake = await fakePrometheus(answer);
    const source = prometheus({ url: `${fake.url}${path}`, timeoutSeconds });
    open.push(source, fake);
    return { fake, source };
  };
  const errorOf = async (answer: Answering, timeoutSeconds = 5): Promise<unknown> => {
    const { source } = await over(answer, '', timeoutSeconds);
    return source.query('viewers').catch((error: unknown) => error);
  };

  it('posts forms, because a URL has a limit and a query may not, and keeps the path in front of the API', async () => {
    const answer: Answering = ({ path }, response) =>
      json(response, 200, path.endsWith('/series') ? success([]) : vector());
    const { fake, source } = await over(answer, '/tenant/', 0.5);
    const long = `viewers{pod=~"${'x'.repeat(100_000)}"}`;
    await source.query(long);
    await source.series('viewers', 1234.5678);
    expect(fake.calls.map(({ method, path, contentType }) => [method, path, contentType])).toEqual([
      ['POST', '/tenant/api/v1/query', 'application/x-www-form-urlencoded;charset=utf-8'],
      ['POST', '/tenant/api/v1/series', 'application/x-www-form-urlencoded;charset=utf-8'],
    ]);
    // Seconds as a bare number: Prometheus reads no fraction with a unit, as in 0.5s.
    expect(Object.fromEntries(fake.calls[0]?.form ?? [])).toEqual({ query: long, timeout: '0.5' });
    expect(Object.fromEntries(fake.calls[1]?.form ?? [])).toEqual({ 'match[]': 'viewers', start: '1234.568' });
  });

  it('asks again over the connection that it has', async () => {
    const { fake, source } = await over((_, response) => json(response, 200, vector()));
    for (let call = 0; call < 5; call++) await source.query('viewers');
    expect(fake.connections()).toBe(1);
  });

  it.each([
    ['1.5', 1.5],
    ['+Inf', Infinity],
    ['-Inf', -Infinity],
    ['NaN', Number.NaN],
    ['1e+06', 1e6],
    ['-0', -0],
  ])('reads %s as the number %d', async (text, value) => {
    const body = success(
      { resultType: 'vector', result: [{ metric: {}, value: [NOW, text] }] },
      { warnings: ['w'], infos: ['i'] },
    );
    const { source } = await over((_, response) => json(response, 200, body));
    expect(await source.query('x')).toEqual({ type: 'vector', samples: [{ labels: {}, timestamp: NOW, value }] });
  });

  it.each([400, 422])('HTTP %d is our fault, in the words of Prometheus', async (code) => {
    const error = await errorOf((_, response) => json(response, code, failure('bad_data', 'parse error: x')));
    expect(error).toBeInstanceOf(InvalidError);
    expect(String(error)).toMatch(/^InvalidError: Prometheus at http:\S+ refuses the query: parse error: x$/);
  });

  it.each<[string, Answering, RegExp]>([
    ['503', (_, response) => json(response, 503, failure('timeout', 'too busy')), /HTTP 503 too busy$/],
    ['500 without JSON', (_, response) => response.writeHead(500).end('<h1>Oops</h1>'), /HTTP 500 <h1>Oops<\/h1>$/],
    [
      '302',
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      /HTTP 302 an empty body$/,
    ],
    ['401', (_, response) => response.writeHead(401).end(), /HTTP 401 an empty body$/],
    ['a web page', (_, response) => response.end('<html>'), /expected \{"status":"success","data":...\}, got <html>$/],
    ['half a body', (_, response) => response.end('{"status":"succ'), /got \{"status":"succ$/],
    ['an error with 200', (_, response) => json(response, 200, failure('x', 'y')), /expected \{"status":"success"/],
    [
      'a matrix',
      (_, response) => json(response, 200, success({ resultType: 'matrix', result: [] })),
      /expected a vector or a scalar, got "matrix"/,
    ],
    [
      'a number that is none',
      (_, response) => json(response, 200, vector({ metric: {}, value: [NOW, '1,5'] })),
      /expected a number, got "1,5"/,
    ],
    [
      'an empty number',
      (_, response) => json(response, 200, vector({ metric: {}, value: [NOW, ''] })),
      /expected a number, got ""/,
    ],
    [
      'a sample without value',
      (_, response) => json(response, 200, vector({ metric: {} })),
      /expected \[time, "value"\]/,
    ],
    [
      'a histogram',
      (_, response) => json(response, 200, vector({ metric: {}, histogram: [NOW, {}] })),
      /native histogram/,
    ],
    ['a cut connection', (_, response) => response.destroy(), /socket hang up|ECONNRESET/],
  ])('%s is UnavailableError, and says what came', async (_name, answer, message) => {
    const error = await errorOf(answer);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(describeError(error)).toMatch(message);
  });

  it('gives up at the deadline, also when the answer has begun', async () => {
    const silent = await errorOf(() => {}, 0.05);
    const halting = await errorOf((_, response) => response.writeHead(200).write('{"status":'), 0.05);
    for (const error of [silent, halting]) {
      expect(error).toBeInstanceOf(UnavailableError);
      expect(describeError(error)).toMatch(/no answer within 0.05 s$/);
    }
  });

  it('does not take in an answer without end', async () => {
    const { fake } = await over((_, response) => response.writeHead(200).end('x'.repeat(10_000)));
    const source = prometheus({ url: fake.url, timeoutSeconds: 5, maxAnswerBytes: 1000 });
    open.push(source);
    await expect(source.query('x')).rejects.toThrow(InvalidError);
    await expect(source.query('x')).rejects.toThrow(/larger than 1000 bytes/);
  });

  it('says where nobody listens, without the password that the URL has', async () => {
    const { fake } = await over(() => {});
    await fake.close();
    const source = prometheus({ url: fake.url.replace('http://', 'http://me:secret@'), timeoutSeconds: 1 });
    const error = await source.query('x').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(describeError(error)).toMatch(/^Prometheus at http:\/\/127.0.0.1:\d+: connect ECONNREFUSED/);
  });
});
