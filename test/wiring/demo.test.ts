import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:https';

/** The program itself, as a user starts it; killed at the end in any case. */
let demo: ChildProcess;
let said = '';
let pageUrl = '';
let metricUrl = '';

beforeAll(async () => {
  const flags = ['--speed', '60', '--start', '2026-11-24T20:00+09:00', '--secure-port', '0', '--http-port', '0'];
  // A group of its own, as a terminal gives one: Ctrl-C goes to npm, its shell and node alike.
  demo = spawn('npm', ['start', '--', ...flags], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  for (const stream of [demo.stdout!, demo.stderr!]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!/Ctrl-C ends it/.test(said))
    await Promise.race([once(demo.stderr!, 'data'), once(demo, 'exit').then(() => Promise.reject(new Error(said)))]);
  pageUrl = /page\s+(\S+)/.exec(said)![1]!;
  metricUrl = /curl -k '([^']+)'/.exec(said)![1]!;
}, 30_000);

afterAll(async () => {
  if (demo.exitCode !== null || demo.signalCode !== null) return;
  process.kill(-demo.pid!, 'SIGKILL');
  await once(demo, 'exit');
});

/** A GET that trusts the demo's own certificate, as `curl -k` does. */
async function curl(url: string): Promise<{ status: number; body: string }> {
  const request = get(url, { rejectUnauthorized: false });
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, body };
}

async function tidecaster(...argv: string[]): Promise<{ code: number; out: string }> {
  const child = spawn(process.execPath, ['bin/tidecaster.js', ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out };
}

/** What a person reads on the card of one HPA. */
function card(
  page: string,
  hpa: string,
): { floor: string; replicas: string; bounds: string; reasons: [string, string][] } {
  const article = new RegExp(`<article data-hpa="${hpa}">[\\s\\S]*?</article>`).exec(page)?.[0] ?? '';
  const text = (html: string): string =>
    html
      .replace(/<[^>]*>/g, '')
      .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
      .trim();
  const field = (name: string): string =>
    text(new RegExp(`<dd data-field="${name}">([\\s\\S]*?)</dd>`).exec(article)?.[1] ?? '');
  const reasons = [...article.matchAll(/<b data-reason>([\s\S]*?)<\/b>\s*<span>([\s\S]*?)<\/span>/g)];
  return {
    floor: field('floor'),
    replicas: field('replicas'),
    bounds: field('bounds'),
    reasons: reasons.map(([, word, message]) => [text(word!), text(message!)]),
  };
}

type Explained = {
  at: string;
  target: { namespace: string; name: string };
  floor: number;
  observed: { minReplicas: number; maxReplicas: number; currentReplicas: number };
  reasons: { reason: string; message: string }[];
};

describe('npm start', () => {
  it('prints a curl line that reads a metric from it', async () => {
    const { status, body } = await curl(metricUrl);
    expect(status).toBe(200);
    const list = JSON.parse(body) as { kind: string; items: { value: string }[] };
    expect(list.kind).toBe('ExternalMetricValueList');
    expect(list.items).toHaveLength(1);
  });

  it('answers for each pod, too', async () => {
    const path = '/apis/custom.metrics.k8s.io/v1beta2/namespaces/streaming/pods/*/concurrent_viewers';
    const { status, body } = await curl(new URL(path, metricUrl).href);
    expect(status).toBe(200);
    const { items } = JSON.parse(body) as { items: { describedObject: { kind: string; name: string } }[] };
    expect(items.length).toBeGreaterThan(0);
    for (const { describedObject } of items) {
      expect(describedObject).toMatchObject({ kind: 'Pod', name: expect.stringContaining('streaming-service') });
    }
  });

  it('shows on the page what explain -o json prints', async () => {
    const plan = (await (await fetch(`${pageUrl}/api/v1/plan`)).json()) as {
      decisions: { target: Explained['target'] }[];
    };
    expect(plan.decisions.length).toBeGreaterThan(3);
    for (const { target } of plan.decisions) {
      const hpa = `${target.namespace}/${target.name}`;
      // The tide moves on between two looks: take a page and an explanation of one and the same pass.
      for (let attempt = 0; ; attempt++) {
        const before = await (await fetch(pageUrl)).text();
        const { code, out } = await tidecaster('explain', hpa, '--server', pageUrl, '-o', 'json');
        const after = await (await fetch(pageUrl)).text();
        expect(code).toBe(0);
        const explained = JSON.parse(out) as Explained;
        const shown = [before, after].find((page) =>
          page.includes(explained.at.replace('T', ' ').replace('Z', ' UTC')),
        );
        if (shown === undefined && attempt < 10) continue;
        expect(card(shown ?? '', hpa)).toEqual({
          floor: String(explained.floor),
          replicas: String(explained.observed.currentReplicas),
          bounds: `${explained.observed.minReplicas}–${explained.observed.maxReplicas}`,
          reasons: explained.reasons.map(({ reason, message }) => [reason, message]),
        });
        break;
      }
    }
  }, 60_000);

  it('loads nothing from outside, and says that it is simulated', async () => {
    const answer = await fetch(pageUrl);
    const page = await answer.text();
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'",
    );
    expect(page.match(/(?:src|href)="[^"]*"/g)).toEqual(['href="page.css"', 'src="page.js"']);
    expect(page).toContain('Simulated: ');
    for (const asset of ['page.css', 'page.js']) expect((await fetch(`${pageUrl}/${asset}`)).status).toBe(200);
  });

  it('prints the table of floors and replicas', async () => {
    expect(said).toMatch(/HPA +METRICS +FLOOR +REPLICAS +WHY/);
    expect(said).toMatch(/streaming\/streaming-service-hpa +concurrent_viewers \S+, cpu \S+/);
  });

  it('gives its own metrics', async () => {
    const text = await (await fetch(`${pageUrl}/metrics`)).text();
    expect(text).toMatch(/^tidecaster_floor_replicas\{namespace="streaming",hpa="streaming-service-hpa"\} \d+$/m);
    expect(text).toMatch(/^tidecaster_policy_problems 0$/m);
  });

  it('ends cleanly on Ctrl-C, exit 0', async () => {
    process.kill(-demo.pid!, 'SIGINT');
    const [code] = (await once(demo, 'exit')) as [number];
    expect(code).toBe(0);
  });
});
