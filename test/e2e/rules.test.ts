import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { ExplainedMetric } from '../../src/domain/rules/explained-metric.ts';
import type { CheckedMetric, RulesCheck } from '../../src/domain/rules/rule-check.ts';
import type { Tidecaster } from '../controlplane/tidecaster.ts';
import { type Ended, tidecasterCommand } from './command.ts';
import { Environment } from './environment.ts';
import { eventually } from './eventually.ts';
import type { PolicyFolder } from './fixture.ts';
import { type Hpa, quantity, readHpa } from './hpa.ts';
import { GROUP, SHIPPED, VIEWERS, startRulesGround } from './rules-ground.ts';
import { CONVERTED, scaledObjects } from './scaled-objects.ts';

const environment = new Environment();
const { kubectl, controlPlane, shared } = environment;
const { api } = controlPlane;
const folder = join(shared.folder, 'rules');
let rulesFile: string;
let tidecaster: Tidecaster;
let policies: PolicyFolder;
let rules: (...args: string[]) => Promise<Ended>;

beforeAll(async () => {
  ({ rulesFile, tidecaster, policies, rules } = await startRulesGround(environment, 'rules'));
});

afterAll(() => environment.close(tidecaster));

describe('rules check', () => {
  const check = (file: string, ...flags: string[]): Promise<Ended> =>
    rules('check', file, '--prometheus', shared.prometheusUrl, ...flags);

  function wrong(text: string): string {
    const file = join(mkdtempSync(join(folder, 'wrong-')), 'wrong.yaml');
    writeFileSync(file, text);
    return file;
  }

  test('says of the shipped rules what Prometheus has, what is asked, and what it answers', async () => {
    const { code, out } = await check(SHIPPED, '-n', 'streaming', '-o', 'json');
    expect(code).toBe(0);
    const { rules: all } = JSON.parse(out) as RulesCheck;
    expect(all.map(({ found }) => found.type === 'series' && found.series > 0)).toEqual(all.map(() => true));
    const metrics = all.flatMap((rule) => rule.metrics);
    expect(metrics.map(({ metric, answer }) => `${metric} ${answer.type}`)).toEqual([
      'concurrent_viewers answered',
      'bandwidth answered',
      'storage_io answered',
      'namespaces/concurrent_viewers answered',
      'pods/concurrent_viewers answered',
      'pods/cpu answered',
      'nodes/cpu answered',
      'pods/memory answered',
      'nodes/memory answered',
    ]);
    const [viewers, bandwidth] = metrics as [CheckedMetric, CheckedMetric];
    expect(viewers.batch).toMatchObject({ type: 'together', query: expect.stringMatching(/^sum by \(namespace\)/) });
    expect([viewers.seriesType, bandwidth.seriesType]).toEqual(['gauge', 'counter']);
    // the other services' viewers come and go: the same query, asked for one that stands still
    // and pods that were just started count twice for a moment
    await eventually(async () => {
      const still = await check(SHIPPED, '-n', 'streaming', '-l', 'service=streaming-service', '-o', 'json');
      const [one] = (JSON.parse(still.out) as RulesCheck).rules.flatMap((rule) => rule.metrics);
      expect(await environment.prometheus(one?.query ?? '')).toBe(VIEWERS);
      expect(one?.answer).toMatchObject({ rows: 1, items: [{ value: '6k' }] });
    });
  });

  test('says the same to people and as YAML', async () => {
    const [text, yaml] = await Promise.all([
      check(SHIPPED, '-n', 'streaming'),
      check(SHIPPED, '-n', 'streaming', '-o', 'yaml'),
    ]);
    expect([text.code, yaml.code]).toEqual([0, 0]);
    const { rules: all } = parse(yaml.out) as RulesCheck;
    for (const { place, metrics } of all) {
      expect(text.out).toContain(place);
      for (const { query } of metrics) expect(text.out).toContain(`  query   ${query}\n`);
    }
    expect(text.out).toMatch(/8 rules, 9 metrics, 0 errors, \d+ warnings\n$/);
  });

  test('finds each fault, with its place, and why a query is asked alone', async () => {
    const rule = (query: string, more = ''): string =>
      `- seriesQuery: 'concurrent_viewers{namespace!=""}'\n  resources: {overrides: {namespace: {resource: namespace}}}\n  metricsQuery: '${query}'\n${more}`;
    const file = wrong(
      `externalRules:\n${rule('sum(<<.Series>>{<<.LabelMatchers>>})', '  name: {as: Viewers_Now}\n')}` +
        rule('topk(1, <<.Series>>{<<.LabelMatchers>>})', '  name: {as: most}\n') +
        rule('sum(rate(<<.Series>>{<<.LabelMatchers>>}[1m])', '  name: {as: broken}\n') +
        rule('<<.Series>>', `  name: {matches: '(', as: x}\n`) +
        rule('max(<<.Series>>{<<.LabelMatchers>>})', '  seriesFilters: [{is: ^nothing}]\n'),
    );
    const { code, out } = await check(file);
    expect(code).toBe(2);
    for (const sentence of [
      'wrong.yaml:2:3 externalRules[0]: warning: the metric is Viewers_Now, but the HPA asks for external metrics in lower case',
      'batch   alone: topk picks among all rows',
      'externalRules[2]: error: sum(rate(concurrent_viewers{namespace="streaming"}[1m]): Prometheus at',
      'externalRules[3].name: error: "(" is not a regular expression',
      '4 rules, 3 metrics, 2 errors',
    ])
      expect(out).toContain(sentence);
    expect(out).not.toContain('tidecasterkey');
  });

  test.each<[string, () => string[], number, string]>([
    ['no file', () => [], 2, 'expected one: tidecaster rules check FILE'],
    ['a file that is not there', () => ['none.yaml'], 3, 'none.yaml cannot be read'],
    ['an address without http', () => [SHIPPED, '--prometheus', '127.0.0.1:9090'], 2, 'expected a URL such as http://'],
    ['nobody at the address', () => [SHIPPED, '--prometheus', 'http://127.0.0.1:1'], 6, 'ECONNREFUSED'],
    ['what is no Prometheus', () => [SHIPPED, '--prometheus', tidecaster.httpUrl], 6, 'HTTP 404'],
    ['a format that is none', () => [SHIPPED, '-o', 'xml'], 2, 'expected table, json or yaml'],
  ])('with %s ends with a sentence and its exit code', async (_what, args, code, sentence) => {
    const ended = await rules('check', ...args());
    expect({ code: ended.code, out: ended.out }).toEqual({ code, out: '' });
    expect(ended.err).toMatch(/^(types are not known: .*\n)?tidecaster rules check: .*\n$/);
    expect(ended.err).toContain(sentence);
  });

  test('of a ConfigMap says which file is meant', async () => {
    const file = wrong(
      stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'adapter-config' }, data: {} }),
    );
    const { code, out } = await check(file);
    expect({ code, out }).toMatchObject({
      code: 2,
      out: expect.stringContaining('is a ConfigMap, expected the rules file'),
    });
  });
});

describe('rules convert', () => {
  const TARGETS = ['rules-plain', 'rules-tenant', 'rules-night'];
  const HPAS = ['rules-plain', 'rules-tenant-hpa', 'rules-night'];
  const out = join(folder, 'converted');
  const seen: IncomingHttpHeaders[] = [];
  let tenant: Server;

  beforeAll(async () => {
    // A Prometheus behind a gate: the token first, then the query goes on.
    tenant = createServer((request, response) => {
      seen.push(request.headers);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.headers.authorization !== 'Bearer the-token') {
          response.writeHead(401).end();
          return;
        }
        const headers = { 'content-type': request.headers['content-type'] ?? '' };
        fetch(`${shared.prometheusUrl}${request.url}`, { method: 'POST', headers, body: Buffer.concat(chunks) }).then(
          async (answer) => response.writeHead(answer.status).end(await answer.text()),
          () => response.destroy(),
        );
      });
    });
    await new Promise<void>((resolve) => tenant.listen(0, shared.address, resolve));
    await api.ask({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: CONVERTED } } });
    for (const name of TARGETS) {
      const labels = { app: name };
      const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'none:1' }] } };
      await api.ask({
        method: 'POST',
        path: `/apis/apps/v1/namespaces/${CONVERTED}/deployments`,
        body: { metadata: { name }, spec: { selector: { matchLabels: labels }, template } },
      });
    }
  });

  afterAll(async () => {
    await api.send({ method: 'DELETE', path: `/api/v1/namespaces/${CONVERTED}` });
    policies.clear();
    writeFileSync(rulesFile, readFileSync(SHIPPED));
    tenant.closeAllConnections();
    await new Promise((resolve) => tenant.close(resolve));
    await eventually(async () => {
      const hpas = `/apis/autoscaling/v2/namespaces/${CONVERTED}/horizontalpodautoscalers`;
      expect((await api.ask<{ items: object[] }>({ path: hpas })).items).toEqual([]);
    });
  });

  test('writes rules, HPAs and a policy of ScaledObjects, and names what it left out', async () => {
    const hour = new Date().getUTCHours();
    const manifests = join(folder, 'keda.yaml');
    const text = scaledObjects({
      prometheusUrl: shared.prometheusUrl,
      tenantUrl: `http://${shared.address}:${(tenant.address() as AddressInfo).port}`,
      openHours: { start: (hour + 22) % 24, end: (hour + 2) % 24 },
    });
    writeFileSync(manifests, text);
    const args = ['convert', manifests, '--prometheus', shared.prometheusUrl, '--output-dir', out];
    const { code, err } = await rules(...args);
    expect(code).toBe(0);
    expect(err.split('\n')).toEqual([
      'not converted: ScaledJob LEFT-job: has no counterpart',
      'not converted: converted/rules-plain triggers[1] (prometheus): namespace "LEFT" is sent beside the query, which a backend does not do',
      'not converted: converted/rules-left-queue triggers[0] (rabbitmq): only prometheus, cpu, memory and cron triggers are converted',
      'not converted: converted/rules-left-queue: no trigger of it became a metric, so that there is no HPA',
      '3 queries, 3 HPAs, 1 policies; read the comments before you apply them',
      '',
    ]);
    const again = await rules(...args);
    expect({ code: again.code, err: again.err }).toEqual({
      code: 5,
      err: expect.stringContaining('is not overwritten'),
    });
  });

  test('what it writes passes lint, check and the API server', async () => {
    const lint = await tidecasterCommand(['lint', join(out, 'policies.yaml')], shared.access.kubeconfig);
    expect(lint).toMatchObject({ code: 0, err: '' });
    const check = await rules('check', join(out, 'rules.yaml'), '--prometheus', shared.prometheusUrl, '-o', 'json');
    expect(check.code).toBe(0);
    const [plain] = (JSON.parse(check.out) as RulesCheck).rules;
    expect(plain?.metrics[0]).toMatchObject({
      metric: 'converted_rules_plain_0',
      answer: { items: [{ value: '6k' }] },
    });
    const said = await kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', join(out, 'hpas.yaml')]);
    expect(said.trim().split('\n')).toEqual(
      HPAS.map((name) => `horizontalpodautoscaler.autoscaling/${name} created (server dry run)`),
    );
  });

  test('its HPAs scale by what a running server answers from its rules, and its policy sets the floor', async () => {
    const mounted = join(folder, 'mounted');
    mkdirSync(join(mounted, 'converted-tenant'), { recursive: true });
    writeFileSync(join(mounted, 'converted-tenant', 'bearerToken'), 'the-token\n');
    // where the comments say that the Secret is to be mounted
    const converted = readFileSync(join(out, 'rules.yaml'), 'utf8');
    expect(converted).toContain(
      '# mount key token of Secret tenant-token as /var/run/secrets/tidecaster/converted-tenant/bearerToken',
    );
    const added = converted.replaceAll('/var/run/secrets/tidecaster', mounted);
    writeFileSync(
      rulesFile,
      stringify({ ...(parse(readFileSync(SHIPPED, 'utf8')) as object), ...(parse(added) as object) }),
    );
    policies.write('night.yaml', readFileSync(join(out, 'policies.yaml'), 'utf8'));
    await kubectl(['apply', '-f', join(out, 'hpas.yaml')]);

    const external = ({ status }: Hpa) =>
      status?.currentMetrics?.find(({ type }) => type === 'External')?.external?.current;
    await eventually(async () => {
      const plain = await readHpa(api, CONVERTED, 'rules-plain');
      // 6000 viewers at 2000 a replica
      expect(plain.status).toMatchObject({ currentReplicas: 3, desiredReplicas: 3 });
      expect(quantity(external(plain)?.averageValue)).toBe(VIEWERS / 3);
      const ofTenant = await readHpa(api, CONVERTED, 'rules-tenant-hpa');
      expect(quantity(external(ofTenant)?.value)).toBe(VIEWERS);
      expect(ofTenant.spec?.behavior?.scaleDown).toMatchObject({ stabilizationWindowSeconds: 30 });
      const night = await readHpa(api, CONVERTED, 'rules-night');
      expect(night.spec?.minReplicas).toBe(4);
    });
    expect(seen.at(-1)).toMatchObject({
      'x-scope-orgid': 'media',
      'x-cluster': 'eu',
      authorization: 'Bearer the-token',
    });
    const nothing = await api.send({ path: `${GROUP}/namespaces/${CONVERTED}/converted_rules_night_0` });
    expect(nothing.status).toBe(500);
    const elsewhere = `${GROUP}/namespaces/default/converted_rules_plain_0`;
    expect((await api.send({ path: elsewhere })).status).toBe(403);
    const explained = await rules(
      'explain',
      CONVERTED,
      'converted_rules_plain_0',
      '--server',
      tidecaster.httpUrl,
      '-o',
      'json',
    );
    expect(JSON.parse(explained.out)).toMatchObject({ wantedBy: 'hpa', rows: 1 } satisfies Partial<ExplainedMetric>);
  });

  test.each<[string, string, number, string]>([
    ['a folder without one', SHIPPED, 2, 'no ScaledObject in'],
    ['a file that is not there', 'none.yaml', 3, 'none.yaml cannot be read'],
  ])('of %s says so', async (_what, file, code, sentence) => {
    const ended = await rules('convert', file);
    expect(ended).toMatchObject({ code, out: '', err: expect.stringContaining(sentence) });
  });
});

describe('rules explain', () => {
  const explain = (...args: string[]): Promise<Ended> => rules('explain', ...args, '--server', tidecaster.httpUrl);

  test('says why an external metric that an HPA names has its number', async () => {
    await eventually(async () => {
      const { code, out } = await explain('streaming', 'concurrent_viewers', 'service=streaming-service', '-o', 'json');
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        rule: `${rulesFile}:19:5 externalRules[0]`,
        query: 'sum(concurrent_viewers{service="streaming-service",namespace="streaming"}) by ()',
        batch: { type: 'together' },
        rows: 1,
        items: [{ value: '6k' }],
        error: null,
      });
    });
  });

  test('says what a metric of pods is by the selector that the HPA controller reads it with', async () => {
    await eventually(async () => {
      const { code, out } = await explain(
        'streaming',
        'pods/concurrent_viewers',
        'app.kubernetes.io/name=streaming-service',
      );
      expect(code).toBe(0);
      expect(out).toContain('rule    ');
      expect(out).toMatch(/value {3}[1-9]\d* rows?, \d+\.\d s old\n +\d+m? at .* \{pod="streaming-service-/);
    });
  });

  test.each<[string, string[], number, string]>([
    ['a metric of no rule', ['streaming', 'nobodys'], 3, 'not     no rule answers the external metric nobodys'],
    ['a metric of pods of no rule', ['streaming', 'pods/nobodys'], 3, 'not     no rule answers nobodys for pods\n'],
    [
      'a namespace that nobody reads',
      ['nowhere', 'concurrent_viewers'],
      0,
      'wanted  nobody, so that nothing is kept of it\nrule    ',
    ],
  ])('of %s says that', async (_what, words, code, sentence) => {
    const ended = await explain(...words);
    expect(ended).toMatchObject({ code, err: '', out: expect.stringContaining(sentence) });
    expect(ended.out).toContain('value   none yet\n');
  });

  test('where no server answers says what was expected', async () => {
    const nobody = await rules('explain', 'streaming', 'm', '--server', 'http://127.0.0.1:1');
    const other = await rules('explain', 'streaming', 'm', '--server', shared.prometheusUrl);
    expect([nobody.code, other.code]).toEqual([6, 6]);
    expect(nobody.err).toContain("expected a running server's page address");
    expect(other.err).toContain('it is no Tidecaster');
  });
});
