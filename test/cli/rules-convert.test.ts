import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Tools } from '../../src/cli/command.ts';
import { run } from '../../src/cli/run.ts';
import { parsePolicies } from '../../src/config/policy.ts';
import { parseRules } from '../../src/config/rules.ts';
import { ConflictError } from '../../src/domain/errors.ts';
import { type Ran, fakeTools } from './fake-tools.ts';

const GOLDEN = 'test/golden/keda/scaled-objects.yaml';
const golden = (name: string): string => readFileSync(`test/golden/keda/${name}`, 'utf8');
/** As the golden files were made. */
const FLAGS = ['--prometheus', 'http://prometheus.monitoring.svc:9090', '-n', 'tenants'];

type Converted = Ran & { files: Map<string, string> };

async function convert(
  argv: string[],
  text = golden('scaled-objects.yaml'),
  about: Partial<Tools> = {},
): Promise<Converted> {
  const files = new Map<string, string>();
  const { tools, ran } = fakeTools({
    readFile: async () => text,
    listFiles: async (path) => [path],
    writeNewFiles: async (folder, made) => {
      for (const [name, content] of made) files.set(`${folder}/${name}`, content);
    },
    ...about,
  });
  const code = await run(['rules', 'convert', ...argv], tools);
  return { ...ran, code, files };
}

/** A ScaledObject with one Prometheus trigger. */
const scaled = (metadata: string, more = '', spec = ''): string => `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {name: web}
  minReplicaCount: 1
${spec}
  triggers:
  - type: prometheus
    metadata: {serverAddress: 'http://p:9090', ${metadata}}
    ${more}
`;
const PLAIN = `query: sum(up), threshold: 3, ignoreNullValues: false`;

describe('rules convert', () => {
  it.each(['rules.yaml', 'hpas.yaml', 'policies.yaml'])('writes %s as it stands in the repository', async (name) => {
    const { code, out, files } = await convert([GOLDEN, ...FLAGS, '--output-dir', 'out']);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(files.get(`out/${name}`)).toBe(golden(`converted/${name}`));
  });

  it('writes what our own parsers read without a fault', async () => {
    const { files } = await convert([GOLDEN, '--output-dir', 'out']);
    const rules = parseRules('rules.yaml', files.get('out/rules.yaml')!);
    expect(rules.problems).toEqual([]);
    expect(rules.rules).toHaveLength(4);
    expect(rules.rules.every(({ allowedNamespaces }) => allowedNamespaces?.length === 1)).toBe(true);
    expect(parsePolicies('policies.yaml', files.get('out/policies.yaml')!).problems).toEqual([]);
  });

  it('prints all of it where no folder is named, and names what it left out on stderr', async () => {
    const { out, err } = await convert([GOLDEN, ...FLAGS]);
    expect(out).toBe(
      ['rules.yaml', 'hpas.yaml', 'policies.yaml']
        .map((name) => `# ${name}\n${golden(`converted/${name}`)}`)
        .join('---\n'),
    );
    expect(err.split('\n').filter((line) => line.startsWith('not converted: '))).toHaveLength(6);
    expect(err).toContain('4 queries, 3 HPAs, 1 policies');
  });

  it.each<[string, string, string[], string]>([
    [
      '0 where a query has no number, if that is asked for',
      scaled('query: sum(up), threshold: 3'),
      ['--null-is-zero'],
      'empty: zero',
    ],
    ['an error where KEDA has one too', scaled(PLAIN), ['--null-is-zero'], 'empty: error'],
    ['a fraction as a Quantity', scaled('query: sum(up), threshold: 0.25'), [], 'averageValue: 250m'],
    [
      'a name that is taken with a number behind it',
      `${scaled(PLAIN, 'name: a.b')}---\n${scaled(PLAIN, 'name: b').replaceAll('name: web', 'name: web-a')}`,
      [],
      'name: shop_web_a_b_2',
    ],
    [
      'client certificates',
      scaled(`${PLAIN}, authModes: tls`).replace('http:', 'https:'),
      [],
      'certFile: /var/run/secrets/tidecaster/p-9090/cert',
    ],
    [
      'no backend for the Prometheus of --prometheus-url',
      scaled(PLAIN),
      ['--prometheus', 'http://p:9090/'],
      'tidecaster:\n  queries:',
    ],
    [
      "a container's memory",
      scaled(PLAIN, '- {type: memory, metricType: AverageValue, metadata: {value: 1Gi, containerName: app}}').replace(
        '    - {',
        '  - {',
      ),
      [],
      'containerResource:\n        name: memory\n        container: app',
    ],
  ])('makes %s', async (_what, text, flags, part) => {
    const { code, out } = await convert(['f.yaml', ...flags], text);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(part) });
  });

  it.each<[string, string, string]>([
    ['queryParameters', scaled(`${PLAIN}, queryParameters: 'dedup=true'`), 'which a backend does not do'],
    ['a threshold that is none', scaled('query: up, threshold: many'), 'threshold is "many", expected a number'],
    [
      'a threshold that no HPA can have',
      scaled('query: up, threshold: 0'),
      'threshold is "0", expected a number above 0',
    ],
    ['a threshold below thousandths', scaled('query: up, threshold: 0.0001'), 'expected a number above 0'],
    ['no query', scaled('threshold: 1'), 'query is missing'],
    ['what is no PromQL', scaled("query: 'sum(up', threshold: 1"), 'query is no PromQL'],
    ['a trigger of another kind of target', scaled(PLAIN, 'metricType: Utilization'), 'metricType is Utilization'],
    ['no address', scaled(PLAIN).replace('http://p:9090', '${PROMETHEUS}'), 'serverAddress is "${PROMETHEUS}"'],
    ['headers that are no list', scaled(`${PLAIN}, customHeaders: abc`), 'customHeaders is not a list of name=value'],
  ])('leaves out a trigger with %s, and says why', async (_what, text, why) => {
    const { code, out, err } = await convert(['f.yaml'], text);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^not converted: shop\/web triggers\[0\] \(prometheus\): /);
    expect(err).toContain(why);
    expect(err).toContain('0 queries, 0 HPAs');
  });

  it.each<[string, string, string, number]>([
    [
      'more replicas at least than at most',
      scaled(PLAIN, '', '  maxReplicaCount: 3').replace('minReplicaCount: 1', 'minReplicaCount: 4'),
      'shop/web: minReplicaCount 4 is above maxReplicaCount 3',
      0,
    ],
    [
      'the name of another HPA',
      `${scaled(PLAIN)}---\n${scaled(PLAIN)}`,
      'shop/web: its HPA would be web, as that of f.yaml:1:1',
      1,
    ],
    [
      'the target of another one',
      `${scaled(PLAIN)}---\n${scaled(PLAIN).replace('name: web, namespace', 'name: also, namespace')}`,
      "shop/also: shop/web scales Deployment web too, and two HPAs would undo each other's work",
      1,
    ],
  ])('leaves out a ScaledObject with %s, all of it', async (_what, text, why, made) => {
    const { err } = await convert(['f.yaml'], text);
    expect(err).toBe(
      `not converted: ${why}\n${made} queries, ${made} HPAs, 0 policies; read the comments before you apply them\n`,
    );
  });

  it('says what is not taken over of a trigger that asks the Prometheus of --prometheus-url', async () => {
    const text = scaled(`${PLAIN}, authModes: basic, unsafeSsl: 'true'`);
    const { out } = await convert(['f.yaml', '--prometheus', 'http://p:9090'], text);
    expect(out).not.toContain('backends:');
    expect(out).toContain('# authModes basic has no counterpart');
    expect(out).toContain('# unsafeSsl is not taken over');
  });

  it.each<[string, string, string]>([
    ['a zone that is none', 'timezone: Asia/Soul, start: 0 1 * * *, end: 0 2 * * *, desiredReplicas: 3', 'Asia/Soul'],
    [
      'more replicas than the most',
      'timezone: UTC, start: 0 1 * * *, end: 0 2 * * *, desiredReplicas: 300',
      'above maxReplicaCount 100',
    ],
    ['a cron that is none', 'timezone: UTC, start: soon, end: 0 2 * * *, desiredReplicas: 3', 'soon'],
    [
      'other days for its end',
      'timezone: UTC, start: 0 1 * * 1-5, end: 0 2 * * *, desiredReplicas: 3',
      'are on different days',
    ],
  ])('makes no policy of a window with %s', async (_what, metadata, why) => {
    const text = scaled(PLAIN, `- {type: cron, metadata: {${metadata}}}`).replace('    - {', '  - {');
    const { out, err } = await convert(['f.yaml'], text);
    expect(err).toContain(why);
    expect(out).not.toContain('AutoscalingPolicy');
    expect(out).toContain('minReplicas: 1');
  });

  it.each<[string, string[], string, number, string]>([
    ['no file', [], '', 2, 'no file given'],
    ['an address that is none', ['f.yaml', '--prometheus', 'p:9090'], scaled(PLAIN), 2, '--prometheus is "p:9090"'],
    ['files without one', ['f.yaml'], 'kind: Service\n', 2, 'no ScaledObject in f.yaml'],
    [
      'a fault of a file',
      ['f.yaml'],
      scaled(PLAIN).replace('name: web}\n', 'name: 7}\n'),
      2,
      'f.yaml:5:20 spec.scaleTargetRef.name: is 7',
    ],
  ])('refuses %s', async (_what, argv, text, code, sentence) => {
    const result = await convert(argv, text);
    expect(result).toMatchObject({ code, out: '' });
    expect(result.err).toContain(sentence);
  });

  it('fails where a file is there already', async () => {
    const writeNewFiles = (): Promise<never> => Promise.reject(new ConflictError('out/rules.yaml is there already'));
    const { code, err } = await convert([GOLDEN, '--output-dir', 'out'], undefined, { writeNewFiles });
    expect({ code, err }).toEqual({ code: 5, err: expect.stringContaining('is there already') });
  });
});
