import { type Attributes, attributesOf } from '../domain/access/attributes.ts';
import { type MetricRead, metricRead } from './metric-read.ts';
import { requestTarget } from './request-target.ts';

/** A request as far as its first line says it. */
export type Asked =
  | { type: 'read'; attributes: Attributes; read: MetricRead }
  /** Answered to everybody. */
  | { type: 'health' }
  | { type: 'other'; attributes: Attributes }
  | { type: 'malformed'; text: string };

const HEALTH = new Set(['healthz', 'livez', 'readyz']);

/** What a request asks for, and the right that it takes: both out of one reading of its path. */
export function askedOf(method: string, url: string): Asked {
  const target = requestTarget(url);
  switch (target.type) {
    case 'malformed':
      return target;
    case 'nowhere': {
      const path = url.split('?', 1)[0] ?? '';
      return { type: 'other', attributes: { type: 'path', verb: method.toLowerCase(), path } };
    }
    case 'target': {
      const { segments, query } = target;
      if (segments.length === 1 && HEALTH.has(segments[0] ?? '')) return { type: 'health' };
      const attributes = attributesOf(method, segments);
      const read = method === 'GET' || method === 'HEAD' ? metricRead(segments, query) : null;
      return read ? { type: 'read', attributes, read } : { type: 'other', attributes };
    }
  }
}

/** Longer ones are read anew each time. */
const LONGEST_KEPT = 512;

/** The reads that were asked for lately: the same objects for the same URL, so that what is made of them is made once. */
export function createAskedCache(capacity = 32_768) {
  const kept = new Map<string, Asked>();
  return {
    get: (url: string): Asked | undefined => kept.get(url),
    /** Only of who may read it: others must not push anything out. */
    keep(url: string, asked: Asked): void {
      if (url.length > LONGEST_KEPT || kept.has(url)) return;
      kept.set(url, asked);
      if (kept.size <= capacity) return;
      const [oldest = ''] = kept.keys();
      kept.delete(oldest);
    },
  };
}
