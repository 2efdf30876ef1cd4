import { ForbiddenError, NotFoundError, UnavailableError, describeError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { KubernetesClient } from './client.ts';
import { StatusError } from './errors.ts';
import { getJson } from './get-json.ts';
import { listPage } from './list-page.ts';
import { watch } from './watch.ts';

/**
 * What is followed. path: of the list, such as /api/v1/pods. name: for messages, such as `pods`. read: what is kept of an object
 * as it came; null: it is none.
 */
export type Followed<T> = {
  name: string;
  path: string;
  accept: { list: string; watch: string };
  fieldSelector?: string;
  read(object: unknown): T | null;
  into: Store<T>;
};

/** Where what is followed is kept. */
export type Store<T> = {
  /** All that there are, in place of what was there. */
  replace(objects: readonly T[]): void;
  /** One that is new or has changed, or is what it was. */
  put(object: T): void;
  remove(object: T): void;
};

/**
 * starting: not all were seen yet. following: the store is as the API server is, but for moments; also while it cannot be reached.
 * refused: we may not list or watch, or there is no such resource, so the store is not to be believed.
 */
export type ReflectorState = 'starting' | 'following' | 'refused';

export type Reflector = { state(): ReflectorState; close(): Promise<void> };

/** Milliseconds. first and most: pauses after failures, each up to twice as long by chance. silence: see watch(). */
export type Pace = { first: number; most: number; silence: number };

/** client-go's reflector's, and two bookmarks that did not come. */
const PACE: Pace = { first: 800, most: 30_000, silence: 150_000 };

/** Seconds after which the API server ends a watch, and up to twice as many, so that not all end at once. client-go's. */
const WATCH_SECONDS = 300;

/** After so many failures to go on from a version the next attempt lists again: that version may be one that never was. */
const ATTEMPTS = 5;

/** A watch that ended sooner counts as a failure: a server that ends each at once is not asked at full speed. */
const SHORTEST = 1_000;

/** Objects a page. */
const PAGE = '500';

export type ReflectorOptions = { client: KubernetesClient; clock: Clock; log: Log; pace?: Pace };

/**
 * Keeps a store as the API server is: lists all once, then watches from there; after a failure it goes on from the last version
 * it saw, or lists again where the server no longer knows that one (410). Runs until it is closed.
 *
 * RBAC: list and watch.
 */
export function startReflector<T>(what: Followed<T>, options: ReflectorOptions): Reflector {
  const { client, clock, log, pace = PACE } = options;
  const { name, path, accept, fieldSelector = '', read, into } = what;
  const closing = new AbortController();
  const { signal } = closing;
  let state: ReflectorState = 'starting';
  /** Where the next watch begins; null: list first. */
  let version: string | null = null;
  let failures = 0;
  /** The last trouble that was logged: each is said once, not at each attempt. */
  let said = '';

  async function list(): Promise<void> {
    const doing = `list ${name}`;
    const objects: T[] = [];
    let next = '';
    let listed = '';
    do {
      const query = { fieldSelector, limit: PAGE, continue: next };
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(client.deadlines.read)]);
      const page = listPage(await getJson(client, doing, { path, accept: accept.list, query }, inTime), doing);
      for (const item of page.items) {
        const object = read(item);
        if (object !== null) objects.push(object);
      }
      next = page.next;
      listed = page.version;
    } while (next !== '');
    into.replace(objects);
    version = listed;
  }

  async function follow(from: string): Promise<void> {
    const seconds = Math.round(WATCH_SECONDS * (1 + Math.random()));
    const query = {
      fieldSelector,
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: from,
      timeoutSeconds: `${seconds}`,
    };
    const began = clock.monotonic();
    const limits = { signal, silence: pace.silence };
    const events = await watch(client, { doing: `watch ${name}`, get: { path, accept: accept.watch, query }, limits });
    state = 'following';
    for await (const event of events) {
      worked();
      version = event.version;
      if (event.type === 'BOOKMARK') continue;
      const object = read(event.object);
      if (object === null) continue;
      if (event.type === 'DELETED') into.remove(object);
      else into.put(object);
    }
    if (clock.monotonic() - began < SHORTEST) {
      throw new UnavailableError(`cannot watch ${name}: the API server ended the watch at once`);
    }
    worked();
  }

  function worked(): void {
    if (said !== '') log.info({ name }, 'followed again');
    failures = 0;
    said = '';
  }

  function failed(error: unknown): void {
    failures += 1;
    if (isExpired(error) || failures % ATTEMPTS === 0) version = null;
    if (error instanceof ForbiddenError || error instanceof NotFoundError) state = 'refused';
    if (isExpired(error)) return; // after a while without events, or a restart of the API server
    const message = describeError(error);
    if (message !== said) log.warn({ name, error: message }, 'not followed for now, the next try comes soon');
    said = message;
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        if (version === null) await list();
        if (version !== null) await follow(version);
      } catch (error) {
        if (signal.aborted) return;
        failed(error);
        if (!isExpired(error) || failures > 1) await clock.sleep(pauseAfter(failures, pace), signal);
      }
    }
  }

  const running = run();
  return {
    state: () => state,
    async close() {
      closing.abort();
      await running;
    },
  };
}

/** The server no longer knows what happened since the version that we named. */
const isExpired = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof StatusError && error.cause.code === 410;

/** Milliseconds: doubled at each failure up to a most, of which half is by chance. */
const pauseAfter = (failures: number, { first, most }: Pace): number =>
  Math.min(first * 2 ** (failures - 1), most) * (0.5 + Math.random() / 2);
