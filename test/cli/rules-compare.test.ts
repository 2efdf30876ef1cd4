import { describe, expect, it } from '@jest/globals';
import type { AdapterAccess, Tools } from '../../src/cli/command.ts';
import { run } from '../../src/cli/run.ts';
import type { Comparison } from '../../src/domain/compare/comparison.ts';
import { UnavailableError } from '../../src/domain/errors.ts';
import type { MetricWant } from '../../src/domain/hpa/metric-want.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { type Ran, fakeTools } from './fake-tools.ts';

const WANTED: MetricWant[] = [
  { type: 'external', namespace: 'n', metric: 'depth', selector: 'b in (c),q=a' },
  { type: 'custom', namespace: 'n', resource: 'pods', object: '*', metric: 'hits', metricLabelSelector: '' },
  { type: 'custom', namespace: null, resource: 'namespaces', object: 'n', metric: 'hits', metricLabelSelector: 'x=y' },
  { type: 'custom', namespace: null, resource: 'nodes', object: 'n1', metric: 'load', metricLabelSelector: '' },
];
const PATHS = [
  '/apis/external.metrics.k8s.io/v1beta1/namespaces/n/depth?labelSelector=b+in+%28c%29%2Cq%3Da',
  '/apis/custom.metrics.k8s.io/v1beta1/namespaces/n/pods/*/hits',
  '/apis/custom.metrics.k8s.io/v1beta1/namespaces/n/metrics/hits?metricLabelSelector=x%3Dy',
  '/apis/custom.metrics.k8s.io/v1beta1/nodes/n1/load',
];

type Compared = Ran & { access: AdapterAccess[]; paths: string[]; closed: number };

async function compare(
  argv: string[],
  theirs: (path: string) => string | number = () => '5',
  about: Partial<Tools> = {},
): Promise<Compared> {
  const clock = new TurnedClock();
  const access: AdapterAccess[] = [];
  const paths: string[] = [];
  let closed = 0;
  const answer = (value: string | number): { status: number; body: unknown } =>
    typeof value === 'number'
      ? { status: value, body: { kind: 'Status', reason: 'NotFound', message: 'gone' } }
      : { status: 200, body: { items: [{ metricLabels: {}, value }] } };
  const { tools, ran } = fakeTools({
    clock,
    metricWants: async () => WANTED,
    metricsApi: async (asked) => {
      access.push(asked);
      const other = asked.url === 'https://other';
      return {
        get: async (path) => {
          if (other) paths.push(path);
          return answer(other ? theirs(path) : '5');
        },
        close: () => void closed++,
      };
    },
    ...about,
  });
  const running = run(['rules', 'compare', ...argv], tools);
  await clock.turn(120_000);
  const code = await running;
  return { ...ran, code, access, paths, closed };
}
const WITH = ['--with', 'https://other', '--for', '60s', '--every', '15s'];

describe('rules compare', () => {
  it('reads all that is wanted from both, each round, and exits 0 where nothing differs', async () => {
    const { code, out, err, paths, closed, access } = await compare(WITH);
    expect({ code, out }).toEqual({ code: 0, out: '4 reads in 5 rounds: 4 equal, 0 differ\n' });
    expect(paths.slice(0, 4)).toEqual(PATHS);
    expect(paths).toHaveLength(20);
    expect(err.split('\n')[0]).toBe('4 reads, 0 of them differ so far');
    expect(closed).toBe(2);
    expect(access.map(({ url }) => url)).toEqual([null, 'https://other']);
  });

  it('prints what differs by its cause, and exits 1', async () => {
    const { code, out } = await compare(WITH, (path) => (path.includes('external') ? '7' : 404));
    expect(code).toBe(1);
    expect(out).toBe(`ours answers rows, the other 404 NotFound: 3 reads, 15 times
  such as n/pods/*/hits: 1 rows | gone
  - n/pods/*/hits
  - namespaces/n/hits x=y
  - nodes/n1/load
ours is less than the other: 1 reads, 5 times
  such as n/depth b in (c),q=a: {}: ours 5, the other 7
  - n/depth b in (c),q=a
4 reads in 5 rounds: 0 equal, 4 differ
`);
  });

  it('prints the same for programs', async () => {
    const { out } = await compare([...WITH, '-o', 'json'], () => '5100m');
    const { reads, equal, differences } = JSON.parse(out) as Comparison;
    expect({ reads, equal, causes: differences.map(({ cause }) => cause) }).toEqual({
      reads: 4,
      equal: 0,
      causes: ['ours is less than the other'],
    });
  });

  it('lets numbers be as far apart as it is told', async () => {
    expect((await compare([...WITH, '--tolerance', '0.1'], () => '5100m')).code).toBe(0);
  });

  it('takes an adapter that does not answer for one that differs', async () => {
    const metricsApi: Tools['metricsApi'] = async ({ url }) => ({
      get: async () => {
        if (url !== null) throw new UnavailableError('connection refused');
        return { status: 200, body: { items: [] } };
      },
      close: () => {},
    });
    const { code, out } = await compare(WITH, undefined, { metricsApi });
    expect(code).toBe(1);
    expect(out).toContain('ours answers no rows, the other no answer: 4 reads');
    expect(out).toContain('connection refused');
  });

  it('reads what was read of the server too, each read once', async () => {
    const asked: string[] = [];
    const liveReads: Tools['liveReads'] = async (url) => {
      asked.push(url);
      return [
        { type: 'external', namespace: 'n', metric: 'depth', selector: 'b in (c),q=a' },
        {
          type: 'custom',
          namespace: 'n',
          resource: 'pods',
          object: '*',
          labelSelector: 'app=web',
          metric: 'hits',
          metricLabelSelector: 'k=v',
        },
      ];
    };
    const argv = ['--with', 'https://other', '--for', '1s', '--server', 'http://page:8080'];
    const { code, out, paths } = await compare(argv, (path) => (path.includes('app%3Dweb') ? '7' : '5'), { liveReads });
    expect(asked).toEqual(['http://page:8080']);
    expect(paths).toEqual([
      ...PATHS,
      '/apis/custom.metrics.k8s.io/v1beta1/namespaces/n/pods/*/hits?labelSelector=app%3Dweb&metricLabelSelector=k%3Dv',
    ]);
    expect(code).toBe(1);
    expect(out).toContain('  - n/pods/*/hits of app=web k=v\n5 reads in 1 rounds: 4 equal, 1 differ\n');
  });

  it('ends at Ctrl-C with what it has', async () => {
    const { code, out } = await compare(WITH, undefined, { signal: AbortSignal.abort() });
    expect({ code, out }).toEqual({ code: 0, out: '4 reads in 1 rounds: 4 equal, 0 differ\n' });
  });

  it('hands credentials and names on to where they belong', async () => {
    const argv =
      '--ours https://mine --ours-server-name a.svc --with-server-name b.svc --ca-file ca ' +
      '--client-certificate-file c --client-key-file k --insecure-skip-tls-verify';
    const { access } = await compare([...WITH, ...argv.split(' ')]);
    const shared = { caFile: 'ca', certFile: 'c', keyFile: 'k', verification: 'skip' };
    expect(access).toMatchObject([
      { ...shared, url: 'https://mine', serverName: 'a.svc' },
      { ...shared, url: 'https://other', serverName: 'b.svc' },
    ]);
  });

  it.each([
    [[], '--with is missing'],
    [['--with', 'http://other'], '--with is "http://other", expected https://host:port or cluster'],
    [[...WITH, '--for', 'long'], '--for is "long"'],
    [[...WITH, '--tolerance', '2'], '--tolerance is "2"'],
    [[...WITH, '--client-key-file', 'k'], 'go together, only one is set'],
    [[...WITH, 'more'], '"more" is no flag'],
    [[...WITH, '--server', 'page:8080'], '--server is "page:8080", expected a URL such as http://127.0.0.1:8080'],
  ])('refuses %j', async (argv, sentence) => {
    const { code, out, err } = await compare(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(sentence);
  });

  it('says so where nothing is wanted', async () => {
    const { code, err } = await compare(WITH, undefined, { metricWants: async () => [] });
    expect(code).toBe(2);
    expect(err).toContain('no HPA of the cluster names a metric');
  });
});
