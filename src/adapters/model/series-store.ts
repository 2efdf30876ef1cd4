import type { Labels } from '../../ports/metrics-source.ts';
import type { Series } from './exporter.ts';

/** Epoch milliseconds. */
export type Point = { at: number; value: number };
export type Stored = { labels: Labels; points: Point[] };

/** How long points are kept: longer than any range that is asked for. */
const RETENTION = 15 * 60_000;
/** Prometheus' lookback: a sample older than this is no answer. */
const LOOKBACK = 5 * 60_000;

/** The last quarter of an hour of every series, as a Prometheus that scrapes the model would have it. */
export class SeriesStore {
  readonly #series = new Map<string, Map<string, Stored>>();
  #scraped = 0;

  /** One scrape of all pods: a series that is not in it has ended. */
  append(at: number, series: readonly Series[]): void {
    this.#scraped = at;
    for (const { name, labels, value } of series) this.#of(name, labels).points.push({ at, value });
    for (const family of this.#series.values()) {
      for (const [key, { points }] of family) {
        const kept = points.findIndex((point) => point.at > at - RETENTION);
        if (kept === -1) family.delete(key);
        else points.splice(0, kept);
      }
    }
  }

  /** The stored series that match, labels with __name__. name: of the only family that can, null where there is none such. */
  select({ name, matches }: { name: string | null; matches(labels: Labels): boolean }): Stored[] {
    const families = name === null ? [...this.#series.values()] : [this.#series.get(name) ?? new Map<string, Stored>()];
    return families.flatMap((family) => [...family.values()].filter(({ labels }) => matches(labels)));
  }

  /** The value at an instant, null where the series has ended or is too old. */
  valueAt({ points }: Stored, at: number): number | null {
    const last = points.findLast((point) => point.at <= at);
    if (!last || last.at <= at - LOOKBACK) return null;
    return last.at < this.#scraped && last === points.at(-1) ? null : last.value;
  }

  #of(name: string, labels: Labels): Stored {
    let family = this.#series.get(name);
    if (!family) this.#series.set(name, (family = new Map()));
    const key = JSON.stringify(labels);
    let stored = family.get(key);
    if (!stored) family.set(key, (stored = { labels: { __name__: name, ...labels }, points: [] }));
    return stored;
  }
}
