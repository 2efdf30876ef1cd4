import { UnavailableError } from '../../domain/errors.ts';

/** One page of a list. items: as they came. next: of the next page; '' where this is the last. version: a watch begins there. */
export type ListPage = { items: readonly unknown[]; next: string; version: string };

/** An empty list has `items: null`. @throws UnavailableError where it is no list; `doing` begins the message */
export function listPage(document: unknown, doing: string): ListPage {
  if (!isList(document)) throw new UnavailableError(`cannot ${doing}: the API server's answer is no list of objects`);
  const { continue: next = '', resourceVersion: version = '' } = document.metadata ?? {};
  return { items: document.items ?? [], next, version };
}

type List = { metadata?: { continue?: string; resourceVersion?: string }; items: readonly unknown[] | null };

const isList = (document: unknown): document is List =>
  typeof document === 'object' &&
  document !== null &&
  'items' in document &&
  (document.items === null || Array.isArray(document.items));
