import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { followedObjects } from '../../../src/adapters/kubernetes/followed-objects.ts';
import { InvalidError } from '../../../src/domain/errors.ts';
import type { Where } from '../../../src/ports/objects.ts';
import { systemClock } from '../../../src/wiring/system-clock.ts';
import { RESOURCES } from '../../domain/rules/cluster-resources.ts';
import { soon } from '../../support/soon.ts';
import { FakeApiServer, status } from './fake-api-server.ts';
import { FakeCollection } from './fake-collection.ts';

let server: FakeApiServer;
let pods: FakeCollection;
let objects: ReturnType<typeof followedObjects>;
let warnings: object[];
const [pod, node] = ['Pod', 'Node'].map((kind) => RESOURCES.find((each) => each.kind === kind)!) as [
  (typeof RESOURCES)[number],
  (typeof RESOURCES)[number],
];

const log = { debug: () => {}, info: () => {}, warn: (fields: object) => warnings.push(fields), error: () => {} };

async function start(over: { idleSeconds?: number; silence?: number } = {}): Promise<void> {
  const { silence = 10_000, ...rest } = over;
  const pace = { first: 5, most: 20, silence };
  objects = followedObjects({ client: await server.client(5000), clock: systemClock, log, pace, ...rest });
}

beforeEach(async () => {
  warnings = [];
  server = await FakeApiServer.start();
  pods = new FakeCollection();
  server.answer = pods.answer;
});
afterEach(async () => {
  await objects.close();
  await server[Symbol.asyncDispose]();
});

const aPod = (name: string, labels: Record<string, string> = { app: 'web' }, namespace = 'x') => ({
  metadata: { name, namespace, labels },
});
const where = (labelSelector = '', namespace: string | null = 'x'): Where => ({ namespace, labelSelector });
const remembered = (at = where()): string[] | null => objects.inMemory(pod, at)?.map(({ name }) => name) ?? null;

/** Waits until memory says this. */
const comesTo = (names: string[], at = where()): Promise<void> => soon(() => expect(remembered(at)).toEqual(names));

/** Followed, so that the API server is asked nothing more. */
async function followed(...names: string[]): Promise<void> {
  pods.put(...names.map((name) => aPod(name)));
  await start();
  await comesTo(names.toSorted());
}

describe('pods', () => {
  it('are listed at the first question, and afterwards come from memory', async () => {
    pods.put(aPod('b'), aPod('a'));
    await start();
    expect(remembered()).toBeNull();
    expect((await objects.list(pod, where())).map(({ name }) => name).toSorted()).toEqual(['a', 'b']);
    await comesTo(['a', 'b']);
    const before = server.received.length;
    for (const selector of ['', 'app=web', 'app!=web']) await objects.list(pod, where(selector));
    expect(server.received).toHaveLength(before);
    expect(pods.watches).toHaveLength(1);
  });

  it('are followed as metadata, in all namespaces, with bookmarks', async () => {
    await followed('a');
    const [watch] = pods.watches;
    expect(watch?.path).toBe('/api/v1/pods');
    expect(watch?.accept).toContain('as=PartialObjectMetadata,');
    expect(watch?.query.get('allowWatchBookmarks')).toBe('true');
    expect(watch?.query.get('resourceVersion')).toBe('2');
    expect(Number(watch?.query.get('timeoutSeconds'))).toBeGreaterThanOrEqual(300);
    expect(pods.lists.every(({ accept }) => accept.includes('as=PartialObjectMetadataList'))).toBe(true);
  });

  it('come, change and go as they do in the cluster', async () => {
    await followed('b');
    pods.put(aPod('c'), aPod('a', { app: 'db' }));
    await comesTo(['a', 'b', 'c']);
    expect(remembered(where('app=web'))).toEqual(['b', 'c']);
    pods.put(aPod('c', { app: 'db' }));
    await comesTo(['a', 'c'], where('app=db'));
    pods.remove('b');
    await comesTo([], where('app=web'));
  });

  it('are those of their namespace, or all, sorted by namespace and name', async () => {
    pods.put(aPod('a', {}, 'y'), aPod('b', {}, 'x'), aPod('a', {}, 'x'));
    await start();
    await comesTo(['a', 'b']);
    expect(remembered(where('', 'y'))).toEqual(['a']);
    expect(remembered(where('', 'elsewhere'))).toEqual([]);
    expect(objects.inMemory(pod, where('', null))?.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual([
      'x/a',
      'x/b',
      'y/a',
    ]);
    expect(remembered({ ...where(), name: 'b' })).toEqual(['b']);
  });

  it('come page by page', async () => {
    pods.pageSize = 2;
    await followed('a', 'b', 'c', 'd', 'e');
    expect(pods.watches).toHaveLength(1);
  });

  it('are the very same array until what was asked for changes', async () => {
    await followed('a', 'b');
    const before = objects.inMemory(pod, where('app=web'));
    const none = objects.inMemory(pod, where('app=none'));
    pods.put(aPod('a'), aPod('b')); // a new status
    pods.put(aPod('z', { app: 'db' }), aPod('a', { app: 'web' }, 'y'));
    await comesTo(['z'], where('app=db'));
    expect(objects.inMemory(pod, where('app=web'))).toBe(before);
    expect(objects.inMemory(pod, where('app=none'))).toBe(none);
    pods.put(aPod('c'));
    await comesTo(['a', 'b', 'c'], where('app=web'));
    expect(objects.inMemory(pod, where('app=web'))).not.toBe(before);
  });

  it('that run are followed as a list of their own, once somebody asks for them', async () => {
    await followed('a');
    expect(objects.inMemory(pod, { ...where(), running: true })).toBeNull();
    await comesTo(['a'], { ...where(), running: true });
    expect(pods.watches.map(({ query }) => query.get('fieldSelector'))).toEqual([null, 'status.phase=Running']);
  });

  it('by a selector that is none are refused', async () => {
    await followed('a');
    expect(() => remembered(where('a in'))).toThrow(InvalidError);
    expect(() => remembered(where('a in', 'elsewhere'))).toThrow(InvalidError);
  });
});

it('what is root-scoped is the same in every namespace', async () => {
  pods.put({ metadata: { name: 'n1', labels: {} } });
  await start();
  await soon(() => expect(objects.inMemory(node, where('', null))?.map(({ name }) => name)).toEqual(['n1']));
  expect(objects.inMemory(node, where('', 'x'))?.map(({ name }) => name)).toEqual(['n1']);
});

describe('after trouble', () => {
  const change = (): void => {
    pods.remove('a');
    pods.put(aPod('c'));
  };

  it.each<[string, () => Promise<void> | void]>([
    ['the server ended the watch', () => pods.cut('end')],
    ['the connection broke', () => pods.cut('destroy')],
    [
      'the connection broke in the middle of a line',
      () => {
        pods.send('{"type":"ADDED","object":{"metadata":{"name":"half"');
        pods.cut('destroy');
      },
    ],
    ['garbage came', () => pods.send('<html>\n')],
    ['an event that is none came', () => pods.send('{"type":"ADDED","object":null}\n')],
    [
      'the server reported an error',
      () => pods.send('{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcd is away"}}\n'),
    ],
    [
      'the server forgot what happened meanwhile',
      () => {
        pods.remove('b');
        pods.forget();
        pods.put(aPod('b'));
        pods.cut('destroy');
      },
    ],
    [
      'the server restarted',
      async () => {
        await server.down();
        pods.put(aPod('b'));
        await server.up();
      },
    ],
  ])('memory is as the cluster again: %s', async (_, trouble) => {
    await followed('a', 'b');
    await trouble();
    change();
    await comesTo(['b', 'c']);
  });

  it('it goes on from the last version, without a list', async () => {
    await followed('a');
    pods.bookmark();
    pods.put(aPod('b'));
    await comesTo(['a', 'b']);
    const lists = pods.lists.length;
    pods.cut('destroy');
    await soon(() => expect(pods.watches).toHaveLength(2));
    expect(pods.watches[1]?.query.get('resourceVersion')).toBe('4');
    expect(pods.lists).toHaveLength(lists);
  });

  it('it lists again where the server forgot that version, and what did not change stays the same array', async () => {
    await followed('a');
    const before = objects.inMemory(pod, where());
    const lists = pods.lists.length;
    pods.cut('destroy');
    pods.bookmark();
    pods.forget();
    await soon(() => expect(pods.watchers).toBe(1));
    expect(pods.lists).toHaveLength(lists + 1);
    expect(objects.inMemory(pod, where())).toBe(before);
  });

  it('memory answers while the server is away, and a watch that is silent for too long is made anew', async () => {
    pods.put(aPod('a'));
    await start({ silence: 50 });
    await comesTo(['a']);
    await soon(() => expect(pods.watches.length).toBeGreaterThan(2));
    await server.down();
    expect(remembered()).toEqual(['a']);
    await server.up();
  });
});

describe('without the right to watch', () => {
  it('each question is a list, which is said once; with it, memory answers', async () => {
    pods.put(aPod('a'));
    pods.refuseWatch = status(403, 'pods is forbidden: cannot watch');
    await start();
    expect(await objects.list(pod, where())).toHaveLength(1);
    await soon(() => expect(pods.watches.length).toBeGreaterThan(3));
    expect(remembered()).toBeNull();
    expect(await objects.list(pod, where())).toHaveLength(1);
    expect(warnings).toEqual([{ name: 'pods', error: expect.stringContaining('cannot watch') }]);
    pods.refuseWatch = null;
    await comesTo(['a']);
  });

  it('and without the right to list the question fails', async () => {
    server.answer = () => status(403, 'pods is forbidden');
    await start();
    await expect(objects.list(pod, where())).rejects.toThrow('cannot list pods of namespace x: pods is forbidden');
  });
});

it('what nobody asks for any more is let go, and followed again when somebody does', async () => {
  pods.put(aPod('a'));
  await start({ idleSeconds: 0.2 });
  await comesTo(['a']);
  await soon(() => expect(pods.watchers).toBe(0));
  expect(remembered()).toBeNull();
  await comesTo(['a']);
});

it('closing ends the watches', async () => {
  await followed('a');
  await objects.close();
  await soon(() => expect(pods.watchers).toBe(0));
});
