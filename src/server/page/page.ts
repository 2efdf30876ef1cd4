import { DateTime } from 'luxon';
import type { Moment } from '../../app/plan-history.ts';
import type { PlanView } from '../../domain/plan-view.ts';
import { compact } from '../../domain/compact.ts';
import { loadOf } from '../../domain/hpa/metric-reading.ts';
import type { Decision } from '../../domain/decision.ts';
import { targetKey } from '../../domain/target.ts';
import { chart } from './chart.ts';
import { Html, html } from './html.ts';

/** What the page says about the process beside its plan. `simulated`: what of it is a model, in words; null for a real one. */
export type PageAbout = { version: string; simulated: string | null };

/** The whole page. It loads its style and a script that swaps `main` every two seconds from here, and nothing else. */
export function page(
  view: PlanView | null,
  about: PageAbout,
  history: (target: Decision['target']) => readonly Moment[],
): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Tidecaster</title>
        <link rel="stylesheet" href="page.css" />
        <script src="page.js" defer></script>
      </head>
      <body>
        ${main(view, about, history)}
      </body>
    </html>`;
}

function main(
  view: PlanView | null,
  about: PageAbout,
  history: (target: Decision['target']) => readonly Moment[],
): Html {
  const banner = about.simulated === null ? html`` : html`<p class="banner">${about.simulated}</p>`;
  if (!view)
    return html`<main>
      ${head('no pass yet', about)}${banner}
      <p class="quiet">The first pass has not decided yet.</p>
    </main>`;
  const role =
    view.holder === null ? '' : view.holder ? ', holds the Lease and writes' : ', follows: another replica writes';
  const decisions = view.decisions.toSorted((a, b) => (targetKey(a.target) < targetKey(b.target) ? -1 : 1));
  return html`<main>
    ${head(`${view.at.replace('T', ' ').replace('Z', ' UTC')}, policies ${view.revision}${role}`, about)} ${banner}
    ${view.problems.map((problem) => html`<p class="refused">Refused, what was in force stays: <code>${problem}</code></p>`)}
    ${decisions.length === 0 ? html`<p class="quiet">No policy is in force, and no HPA carries our field manager.</p>` : html``}
    <div class="cards">${decisions.map((decision) => card(decision, history(decision.target)))}</div>
  </main>`;
}

const head = (line: string, { version }: PageAbout): Html =>
  html`<header>
    <h1>Tidecaster</h1>
    <p>${line}</p>
    <p class="quiet">${version}</p>
  </header>`;

/** One HPA. The data attributes carry what `explain -o json` prints, so that a test can hold the two together. */
function card(decision: Decision, moments: readonly Moment[]): Html {
  const { target, observed, floor, reasons, next } = decision;
  const [metric] = observed?.metrics ?? [];
  const load = observed && loadOf(observed);
  return html`<article data-hpa="${targetKey(target)}">
    <h2>${target.name} <small>${target.namespace}</small></h2>
    <dl>
      ${figure('load', metric ? metric.name.replaceAll('_', ' ') : 'metric', load === null ? '–' : compact(load))}
      ${figure('floor', 'floor', floor === null ? 'held' : String(floor))}
      ${figure('replicas', 'replicas', observed ? String(observed.currentReplicas) : 'not there')}
      ${figure('bounds', 'HPA min–max', observed ? `${observed.minReplicas}–${observed.maxReplicas}` : '–')}
    </dl>
    ${chart(moments)}
    <ol>
      ${reasons.map(({ reason, message }) => html`<li><b data-reason>${reason}</b> <span>${message}</span></li>`)}
    </ol>
    <p class="next" data-field="next">${next ? `then ${next.floor}, ${when(next.at)}` : 'no change within a week'}</p>
  </article>`;
}

const figure = (field: string, label: string, value: string): Html =>
  html`<div>
    <dt>${label}</dt>
    <dd data-field="${field}">${value}</dd>
  </div>`;

const when = (iso: string): string => {
  const at = DateTime.fromISO(iso, { setZone: true });
  return `${at.toFormat('ccc dd LLL HH:mm')} (${at.toFormat('ZZ')})`;
};
