import { describe, expect, it } from '@jest/globals';
import { chart } from '../../../src/server/page/chart.ts';
import { html } from '../../../src/server/page/html.ts';
import { page } from '../../../src/server/page/page.ts';
import type { PlanView } from '../../../src/domain/plan-view.ts';

const about = { version: '1.2.3', simulated: null };
const view: PlanView = {
  at: '2026-11-24T12:00:00Z',
  revision: 'r1',
  holder: false,
  problems: ['policies/<b>.yaml:1:1: is "<script>alert(1)</script>"'],
  decisions: [
    {
      target: { namespace: 'n', name: 'video-hpa' },
      policy: null,
      observed: {
        minReplicas: 3,
        maxReplicas: 9,
        currentReplicas: 4,
        desiredReplicas: 4,
        metrics: [{ source: 'Pods', name: 'viewers', labels: {}, type: 'AverageValue', current: 850.5, target: 1000 }],
      },
      floor: null,
      action: null,
      reasons: [{ reason: 'TargetClaimedTwice', message: 'claimed by "a" & "b"' }],
      next: null,
    },
    {
      target: { namespace: 'n', name: 'gone-hpa' },
      policy: null,
      observed: null,
      floor: 3,
      action: null,
      reasons: [],
      next: { at: '2026-11-25T01:00:00+09:00', floor: 1 },
    },
  ],
};

describe('the page', () => {
  const text = page(view, about, () => []).text;

  it('escapes everything that comes from files and clusters', () => {
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('policies/&#60;b&#62;.yaml:1:1');
    expect(text).toContain('claimed by &#34;a&#34; &#38; &#34;b&#34;');
  });

  it('says what is held, what is not there, and who writes', () => {
    expect(text).toContain('<dd data-field="floor">held</dd>');
    expect(text).toContain('<dd data-field="replicas">not there</dd>');
    expect(text).toContain('follows: another replica writes');
    expect(text).toContain('then 1, Wed 25 Nov 01:00 (+09:00)');
  });

  it('shows an average as what it is in all', () => {
    expect(text).toContain('<dd data-field="load">3.4K</dd>');
  });

  it('is a page also before the first pass', () => {
    expect(page(null, about, () => []).text).toContain('The first pass has not decided yet.');
  });
});

describe('html', () => {
  it('leaves html alone and lists in their order', () => {
    expect(html`<p>${[html`<b>${1}</b>`, html`<i>&</i>`]}${'<'}</p>`.text).toBe('<p><b>1</b><i>&</i>&#60;</p>');
  });
});

describe('the chart', () => {
  it('draws steps for counts and leaves gaps in the load out', () => {
    const moments = [0, 1, 2].map((minute) => ({
      at: minute * 60_000,
      floor: 1,
      replicas: 2,
      load: minute === 1 ? null : 10,
    }));
    const { text } = chart(moments);
    expect(text).toContain('class="replicas" d="M0,8 H300 V8 H600 V8"');
    expect(text).toContain('class="load" d="M0,120 L0,8 L600,8 V120 Z"');
  });

  it('waits for a second moment', () => {
    expect(chart([]).text).toContain('grows with each pass');
  });
});
