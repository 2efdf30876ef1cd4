import type { Moment } from '../../app/plan-history.ts';
import { Html, html } from './html.ts';

const WIDTH = 600;
const HEIGHT = 120;

/** The last passes as a picture: the load as an area on its own scale, replicas and floor as steps on one scale. */
export function chart(moments: readonly Moment[]): Html {
  if (moments.length < 2) return html`<p class="quiet">The picture grows with each pass.</p>`;
  const from = moments[0]!.at;
  const span = moments.at(-1)!.at - from || 1;
  const x = (t: number): number => round(((t - from) / span) * WIDTH);
  const mostReplicas = Math.max(1, ...moments.map(({ replicas, floor }) => Math.max(replicas, floor ?? 0)));
  const mostLoad = Math.max(1e-9, ...moments.map(({ load }) => load ?? 0));
  const y = (value: number, most: number): number => round(HEIGHT - (value / most) * (HEIGHT - 8));

  const loads = moments.flatMap(({ at, load }) => (load === null ? [] : [`${x(at)},${y(load, mostLoad)}`]));
  const area = loads.length > 1 ? `M${loads[0]!.split(',')[0]},${HEIGHT} L${loads.join(' L')} V${HEIGHT} Z` : '';
  const line = (value: (moment: Moment) => number | null): string => {
    const points = moments.flatMap((moment) => {
      const height = value(moment);
      return height === null ? [] : [[x(moment.at), y(height, mostReplicas)] as const];
    });
    return points.map(([px, py], index) => (index === 0 ? `M${px},${py}` : `H${px} V${py}`)).join(' ');
  };
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img">
    <title>load as an area, replicas and floor as lines, over the last ${moments.length} passes</title>
    <path class="load" d="${area}" />
    <path class="replicas" d="${line(({ replicas }) => replicas)}" />
    <path class="floor" d="${line(({ floor }) => floor)}" />
  </svg>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
