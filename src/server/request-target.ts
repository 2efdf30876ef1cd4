import { type ParsedUrlQuery, parse } from 'node:querystring';

/**
 * What a request's first line names. segments: the path, split at each `/` and then decoded, so that authorization and routing
 * can never see two different paths. malformed: what does not decode; no: what no path of ours looks like.
 */
export type RequestTarget =
  | { type: 'target'; segments: readonly string[]; query: ParsedUrlQuery }
  | { type: 'malformed'; text: string }
  | { type: 'nowhere' };

/** A `/` at the end says nothing. An empty segment, or one with a `/` in it, is of no path. */
export function requestTarget(url: string): RequestTarget {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  if (!path.startsWith('/')) return { type: 'nowhere' };
  const raw = path.slice(1).split('/');
  if (raw.at(-1) === '') raw.pop();
  const segments: string[] = [];
  for (const text of raw) {
    const segment = decoded(text);
    if (segment === null) return { type: 'malformed', text };
    if (segment === '' || segment.includes('/')) return { type: 'nowhere' };
    segments.push(segment);
  }
  return { type: 'target', segments, query: at < 0 ? {} : parse(url.slice(at + 1)) };
}

function decoded(text: string): string | null {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** A query parameter as text; the first, where it comes several times, and '' where it does not come. */
export function firstOf(query: ParsedUrlQuery, name: string): string {
  const value = query[name] ?? '';
  return typeof value === 'string' ? value : (value[0] ?? '');
}
