import { type Exporter, exporter, type Role, type Series, type ServicePods } from './exporter.ts';
import { regions, total, type Viewers } from './load.ts';

/** Mean bit rate of a viewer's stream. */
export const BITS_PER_VIEWER = 4.5e6;
/** What the gateways' caches do not have, and ask the players for. */
const MISS_RATIO = 0.04;
/** What one pod carries; an HPA target of 1000 keeps it 71 % full. */
const VIEWERS_PER_PLAYER = 1400;
const VIEWERS_PER_RECOMMENDER = 11_000;

/** What the pods export of themselves: whole viewers, spread evenly over a service's pods, by region. */
export const workload = (): Exporter => exporter(seriesOf);

/** Bits a second that a service sends. */
export function bandwidthOf(role: Role, viewers: Viewers): number {
  if (role === 'gateway') return total(viewers) * BITS_PER_VIEWER;
  return role === 'player' ? total(viewers) * BITS_PER_VIEWER * MISS_RATIO : 0;
}

function seriesOf({ namespace, service, role, pods }: ServicePods, viewers: Viewers): Series[] {
  const everyone = total(viewers);
  return pods.flatMap((pod, i) =>
    regions.flatMap((region) => {
      const labels = { namespace, service, pod, region };
      const here = share(viewers[region], i, pods.length);
      return exportsOf(role, here, everyone / pods.length).map(({ name, value, labels: own }) => ({
        name,
        value,
        labels: { ...labels, ...own },
      }));
    }),
  );
}

/** Whole people: the first pods take what does not divide. */
const share = (count: number, i: number, pods: number): number => Math.floor(count / pods) + (i < count % pods ? 1 : 0);

/** here: viewers of one region on this pod. each: viewers of all regions for each pod of the service. */
function exportsOf(role: Role, here: number, each: number): Series[] {
  const bytes = (here * BITS_PER_VIEWER) / 8;
  switch (role) {
    case 'player': {
      const fill = each / VIEWERS_PER_PLAYER;
      return [
        { name: 'concurrent_viewers', labels: {}, value: here },
        { name: 'video_quality_score', labels: {}, value: quality(fill) },
        { name: 'buffering_events_total', labels: {}, value: (here * stallsPerHour(fill)) / 3600 },
        { name: 'streaming_egress_bytes_total', labels: {}, value: bytes * MISS_RATIO },
        { name: 'storage_io_bytes_total', labels: { direction: 'read' }, value: bytes * MISS_RATIO },
      ];
    }
    case 'gateway':
      return [
        { name: 'cdn_bytes_total', labels: { cache: 'hit' }, value: bytes * (1 - MISS_RATIO) },
        { name: 'cdn_bytes_total', labels: { cache: 'miss' }, value: bytes * MISS_RATIO },
      ];
    case 'api':
      return requests(0.05 * here);
    case 'sessions':
      return requests(here / 60);
    case 'recommender': {
      const value = each > VIEWERS_PER_RECOMMENDER ? 0.12 : 0.31;
      return [{ name: 'recommendation_accuracy', labels: {}, value }];
    }
    case 'analytics':
      return [{ name: 'storage_io_bytes_total', labels: { direction: 'write' }, value: (here / 30) * BEACON_BYTES }];
  }
}

const BEACON_BYTES = 600;

/** One request in a thousand fails. */
const requests = (rate: number): Series[] => [
  { name: 'http_requests_total', labels: { code: '200' }, value: rate * 0.999 },
  { name: 'http_requests_total', labels: { code: '500' }, value: rate * 0.001 },
];

/**
 * How a full pod feels; fill 1 is its capacity.
 *
 *   fill                     0.7   0.85  1.0   1.2   1.5   2.0
 *   quality                  91    89    83    76    64    45
 *   stalls a viewer-hour     2.5   2.5   5.1   11.8  26    58
 */
export const quality = (fill: number): number => Math.max(45, 91 - 38 * Math.max(0, fill - 0.8));
export const stallsPerHour = (fill: number): number => 2.5 * (1 + 18 * Math.max(0, fill - 0.85) ** 1.5);
