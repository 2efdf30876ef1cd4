import { ApiException } from '@kubernetes/client-node';
import { UnavailableError } from '../../domain/errors.ts';
import type { KubernetesClient } from './client.ts';
import { request, translate } from './errors.ts';
import { type Get, respond } from './get-json.ts';

/** object: as it came. version: the resourceVersion from which a watch goes on behind this event. */
export type WatchEvent = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; object: unknown; version: string };

/** No object is longer: etcd takes 1.5 MiB. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** What ends a watch besides the server: signal, and so many milliseconds without a byte (a bookmark comes about every minute). */
export type Limits = { signal: AbortSignal; silence: number };

/**
 * One watch: resolves when the API server has taken it, to the events as they come. They end when the server ends them, which it
 * does every few minutes, or falls silent. What is cut off in the middle of a line is left out: a watch from the last version
 * brings it again.
 *
 * @throws what errors.ts makes of a failure, also of one that the server reports as an event; UnavailableError for nonsense
 */
export async function watch(
  client: KubernetesClient,
  { doing, get, limits }: { doing: string; get: Get; limits: Limits },
): Promise<AsyncGenerator<WatchEvent>> {
  const stop = new AbortController();
  const signal = AbortSignal.any([limits.signal, stop.signal]);
  const late = setTimeout(() => stop.abort(new DOMException('no answer', 'TimeoutError')), client.deadlines.read);
  try {
    const { body } = await request(doing, respond(client, get, signal));
    const stream = body.stream();
    if (!stream) throw nonsense(doing, 'nothing');
    return events(chunks(stream, { doing, silence: limits.silence, end: () => stop.abort() }), doing);
  } finally {
    clearTimeout(late);
  }
}

type Reading = { doing: string; silence: number; end(): void };

/** Ends, as if the server had ended it, where nothing came for so long. Whoever stops reading ends it for the server too. */
async function* chunks(
  stream: ReadableStream<Uint8Array>,
  { doing, silence, end }: Reading,
): AsyncGenerator<Uint8Array> {
  let silent = false;
  const guard = setTimeout(() => {
    silent = true;
    end();
  }, silence);
  try {
    for await (const chunk of stream) {
      guard.refresh();
      yield chunk;
    }
  } catch (error) {
    if (!silent) throw translate(doing, error);
  } finally {
    clearTimeout(guard);
    end();
  }
}

async function* events(source: AsyncGenerator<Uint8Array>, doing: string): AsyncGenerator<WatchEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield eventOf(line, doing);
    if (rest.length > LONGEST_LINE) throw nonsense(doing, 'a line without an end');
  }
}

function eventOf(line: string, doing: string): WatchEvent {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    throw nonsense(doing, `what is not JSON: ${line.slice(0, 80)}`);
  }
  if (!isRecord(event) || !isRecord(event.object)) throw nonsense(doing, `what is no event: ${line.slice(0, 80)}`);
  const { type, object } = event;
  if (type === 'ERROR') {
    const code = typeof object.code === 'number' ? object.code : 500;
    throw translate(doing, new ApiException(code, 'the watch failed', JSON.stringify(object), {}));
  }
  const version = isRecord(object.metadata) ? object.metadata.resourceVersion : undefined;
  if (!isEventType(type) || typeof version !== 'string' || version === '') {
    throw nonsense(doing, `what is no event: ${line.slice(0, 80)}`);
  }
  return { type, object, version };
}

const nonsense = (doing: string, what: string): UnavailableError =>
  new UnavailableError(`cannot ${doing}: the API server sent ${what}`);

const isEventType = (type: unknown): type is WatchEvent['type'] =>
  type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
